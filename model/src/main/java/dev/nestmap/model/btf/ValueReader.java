package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Bytes as a person edits them: enum names, texts, addresses, numbers in network order by their value. {@link ValueWriter}
 * makes the same bytes of it again, but for padding, which it zeroes.
 */
public final class ValueReader {
    private final byte[] data;
    private final IdentityHashMap<Shape.Enumeration, Map<BigInteger, String>> names = new IdentityHashMap<>();

    private ValueReader(byte[] data) {
        this.data = data;
    }

    /** The value; the bytes must be as many as the shape has. */
    public static Datum read(Shape shape, Bytes bytes) {
        if (bytes.size() != shape.sizeBytes()) {
            throw new IllegalArgumentException("%d bytes for a shape of %d".formatted(bytes.size(),
                    shape.sizeBytes()));
        }
        return new ValueReader(bytes.toByteArray()).value(shape, 0);
    }

    private Datum value(Shape shape, int at) {
        return switch (shape) {
            case Shape.Whole number -> number(number, at);
            case Shape.Enumeration enumeration ->
                enumeration(enumeration, at * Byte.SIZE, enumeration.sizeBytes() * Byte.SIZE);
            case Shape.Real(int size) -> real(at, size);
            case Shape.Pointer pointer ->
                new Datum.Whole(Bits.read(data, at * Byte.SIZE, pointer.sizeBytes() * Byte.SIZE));
            case Shape.Sequence sequence -> sequence(sequence, at);
            case Shape.Composite composite -> switch (composite.address()) {
                case NONE -> {
                    List<Datum.Field> fields = new ArrayList<>();
                    fields(composite, at, fields);
                    yield new Datum.Fields(fields);
                }
                case IPV4 -> text(at, 4, AddressText::ipv4);
                case IPV6 -> text(at, 16, AddressText::ipv6);
            };
        };
    }

    private Datum number(Shape.Whole number, int at) {
        if (number.order() == Shape.ByteOrder.NETWORK) {
            return number.sizeBytes() == 4
                    ? text(at, 4, AddressText::ipv4)
                    : new Datum.Whole(Bits.readNetwork(data, at, number.sizeBytes()));
        }
        return bits(number.encoding(), at * Byte.SIZE + number.firstBit(), number.bits());
    }

    private Datum bits(BtfType.Encoding encoding, int from, int count) {
        if (encoding == BtfType.Encoding.SIGNED) {
            return new Datum.Whole(Bits.readSigned(data, from, count));
        }
        BigInteger number = Bits.read(data, from, count);
        return encoding == BtfType.Encoding.BOOL && number.bitLength() <= 1
                ? new Datum.Truth(number.signum() != 0)
                : new Datum.Whole(number);
    }

    private Datum enumeration(Shape.Enumeration enumeration, int from, int count) {
        BigInteger number = enumeration.sign() == BtfType.Sign.SIGNED
                ? Bits.readSigned(data, from, count)
                : Bits.read(data, from, count);
        Map<BigInteger, String> known = names.computeIfAbsent(enumeration, ValueReader::names);
        String name = known.get(number);
        if (name == null && enumeration.mayBeNegative() && count <= Integer.SIZE
                && number.testBit(count - 1)) {
            name = known.get(number.add(BigInteger.ONE.shiftLeft(Integer.SIZE))
                    .subtract(BigInteger.ONE.shiftLeft(count)));
        }
        return name == null ? new Datum.Whole(number) : new Datum.Text(name);
    }

    private static Map<BigInteger, String> names(Shape.Enumeration enumeration) {
        Map<BigInteger, String> names = new HashMap<>();
        enumeration.constants()
                .forEach((name, constant) -> names
                        .putIfAbsent(enumeration.number(constant, Long.SIZE), name));
        return names;
    }

    /** What JSON has no number for, as text that is read again to the same bytes. */
    private Datum real(int at, int size) {
        double number = switch (size) {
            case Float.BYTES -> Float.intBitsToFloat(
                    Bits.read(data, at * Byte.SIZE, Float.SIZE).intValue());
            case Double.BYTES -> Double.longBitsToDouble(
                    Bits.read(data, at * Byte.SIZE, Double.SIZE).longValue());
            default -> Double.NaN;
        };
        return Double.isFinite(number)
                ? new Datum.Fraction(number)
                : new Datum.Text(
                        "hex " + HexFormat.ofDelimiter(" ").formatHex(data, at, at + size));
    }

    private Datum sequence(Shape.Sequence sequence, int at) {
        return switch (sequence.script()) {
            case CHARACTERS, NAMED_CHARACTERS -> Characters.text(data, at, sequence.count())
                    .<Datum>map(Datum.Text::new)
                    .orElseGet(() -> list(sequence, at));
            case MAC -> text(at, 6, AddressText::mac);
            // Sixteen bytes are as often a key of a cipher; only in6_addr is shown as an address.
            case NONE, IPV6 -> list(sequence, at);
        };
    }

    private Datum list(Shape.Sequence sequence, int at) {
        List<Datum> items = new ArrayList<>(sequence.count());
        for (int i = 0; i < sequence.count(); i++) {
            items.add(value(sequence.element(), at + i * sequence.element().sizeBytes()));
        }
        return new Datum.Sequence(items);
    }

    /** Members of anonymous members stand among the others, as in C. */
    private void fields(Shape.Composite composite, int at, List<Datum.Field> fields) {
        for (Shape.Member member : composite.members()) {
            if (member.name().isEmpty()) {
                if (member.shape() instanceof Shape.Composite inner) {
                    fields(inner, at + member.byteOffset(), fields);
                }
                continue;
            }
            fields.add(new Datum.Field(member.name(), member.bitWidth() == 0
                    ? value(member.shape(), at + member.byteOffset())
                    : bitfield(member, at)));
        }
    }

    private Datum bitfield(Shape.Member member, int at) {
        int from = at * Byte.SIZE + member.bitOffset();
        return switch (member.shape()) {
            case Shape.Enumeration enumeration ->
                enumeration(enumeration, from, member.bitWidth());
            case Shape.Whole number -> bits(number.encoding(), from, member.bitWidth());
            case Shape.Real _,Shape.Pointer _,Shape.Sequence _,Shape.Composite _ ->
                throw new IllegalStateException("a bitfield of " + member.shape());
        };
    }

    private Datum text(int at, int size, Function<byte[], String> script) {
        return new Datum.Text(script.apply(Arrays.copyOfRange(data, at, at + size)));
    }
}
