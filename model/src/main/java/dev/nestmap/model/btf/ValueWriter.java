package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes the bytes of a value that is given by names. What is not given is zero, padding too, as in an initialiser of C. Of a
 * union any members may be given that say the same of the bytes they share.
 */
public final class ValueWriter {
    private static final Pattern HEX_NUMBER = Pattern.compile("0x[0-9a-fA-F]{1,32}");
    private static final Pattern HEX_BYTES = Pattern.compile("hex( [0-9a-fA-F]{2})+");

    private final Target target;
    private final IdentityHashMap<Shape.Composite, Map<String, MemberIndex.Place>> indexes = new IdentityHashMap<>();

    private ValueWriter(int sizeBytes) {
        this.target = new Target(sizeBytes);
    }

    /**
     * The bytes of a value.
     *
     * @param name what messages call it: {@code value}; members follow behind it: {@code value.backends[3].port}
     * @return EINVAL where it does not fit, with the path to what is wrong
     */
    public static Outcome<Bytes> write(String name, Shape shape, Datum value) {
        ValueWriter writer = new ValueWriter(shape.sizeBytes());
        try {
            writer.value(name, shape, 0, value);
            return Outcome.done(Bytes.wrap(writer.target.data()));
        } catch (MisfitException e) {
            return Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
        }
    }

    private void value(String path, Shape shape, int at, Datum value) throws MisfitException {
        switch (shape) {
            case Shape.Whole number -> number(path, number, at, value);
            case Shape.Enumeration enumeration -> target.bits(path, at * Byte.SIZE,
                    enumeration.sizeBytes() * Byte.SIZE,
                    constant(path, enumeration, enumeration.sizeBytes() * Byte.SIZE, value));
            case Shape.Real(int size) -> real(path, at, size, value);
            case Shape.Pointer _ -> target.bits(path, at * Byte.SIZE, Long.SIZE,
                    whole(path, "u64", Long.SIZE, BtfType.Sign.UNSIGNED, value));
            case Shape.Sequence sequence -> sequence(path, sequence, at, value);
            case Shape.Composite composite -> composite(path, composite, at, value);
        }
    }

    private void number(String path, Shape.Whole number, int at, Datum value)
            throws MisfitException {
        if (number.order() == Shape.ByteOrder.HOST) {
            target.bits(path, at * Byte.SIZE + number.firstBit(), number.bits(),
                    integer(path, number, number.bits(), value));
            return;
        }
        if (number.sizeBytes() == 4 && value instanceof Datum.Text(String text)
                && !HEX_NUMBER.matcher(text).matches()) {
            target.bytes(path, at, address(path, text, AddressText.ipv4(text),
                    "an IPv4 address, as in \"10.0.0.1\""));
            return;
        }
        target.network(path, at, number.sizeBytes(),
                integer(path, number, number.bits(), value));
    }

    private static BigInteger integer(String path, Shape.Whole number, int bits, Datum value)
            throws MisfitException {
        if (value instanceof Datum.Truth(boolean truth)
                && number.encoding() == BtfType.Encoding.BOOL) {
            return truth ? BigInteger.ONE : BigInteger.ZERO;
        }
        if (value instanceof Datum.Text(String text) && number.isCharacter()
                && text.length() == 1 && text.charAt(0) < 0x80) {
            return BigInteger.valueOf(text.charAt(0));
        }
        boolean signed = number.encoding() == BtfType.Encoding.SIGNED;
        return whole(path, (signed ? "s" : "u") + bits, bits,
                signed ? BtfType.Sign.SIGNED : BtfType.Sign.UNSIGNED, value);
    }

    private static BigInteger whole(String path, String type, int bits, BtfType.Sign sign,
            Datum value) throws MisfitException {
        BigInteger number = switch (value) {
            case Datum.Whole(BigInteger given) -> given;
            case Datum.Text(String text) when HEX_NUMBER.matcher(text).matches() ->
                new BigInteger(text.substring(2), 16);
            default -> throw new MisfitException("%s: %s is no %s"
                    .formatted(path, Describing.of(value), type));
        };
        if (!Bits.fits(number, bits, sign)) {
            throw new MisfitException("%s: %s does not fit %s".formatted(path,
                    Describing.of(number), type));
        }
        return number;
    }

    private static BigInteger constant(String path, Shape.Enumeration enumeration, int bits,
            Datum value) throws MisfitException {
        if (value instanceof Datum.Text(String text) && !HEX_NUMBER.matcher(text).matches()) {
            Long constant = enumeration.constants().get(text);
            if (constant == null) {
                throw new MisfitException("%s: %s has no %s; it has %s".formatted(path,
                        enumeration.brief(), Describing.of(value),
                        Describing.names(enumeration.constants().keySet())));
            }
            value = new Datum.Whole(enumeration.number(constant, bits));
        }
        if (value instanceof Datum.Whole(BigInteger number) && number.signum() < 0
                && enumeration.mayBeNegative()
                && Bits.fits(number, bits, BtfType.Sign.SIGNED)) {
            return number.add(BigInteger.ONE.shiftLeft(bits));
        }
        return whole(path, enumeration.brief() + " of " + bits + " bits", bits,
                enumeration.sign(), value);
    }

    private void real(String path, int at, int size, Datum value) throws MisfitException {
        if (value instanceof Datum.Text(String text) && HEX_BYTES.matcher(text).matches()) {
            byte[] bytes = hex(text);
            if (bytes.length != size) {
                throw new MisfitException("%s: %d bytes, the number has %d".formatted(path,
                        bytes.length, size));
            }
            target.bytes(path, at, bytes);
            return;
        }
        double number = switch (value) {
            case Datum.Fraction(double fraction) -> fraction;
            case Datum.Whole(BigInteger given) -> given.doubleValue();
            default -> throw new MisfitException(
                    "%s: %s is no number".formatted(path, Describing.of(value)));
        };
        if (size != Float.BYTES && size != Double.BYTES) {
            throw new MisfitException(
                    "%s: a float of %d bytes is given by its bytes, as in \"hex 00 ff\""
                            .formatted(path, size));
        }
        if (Double.isInfinite(size == Float.BYTES ? (float) number : number)) {
            throw new MisfitException("%s: %s does not fit a float of %d bytes".formatted(path,
                    Describing.of(value), size));
        }
        double held = size == Float.BYTES ? (float) number : number;
        if (value instanceof Datum.Whole(BigInteger given)
                && !new BigDecimal(held).toBigIntegerExact().equals(given)) {
            throw new MisfitException(
                    "%s: a float of %d bytes does not hold %s, the nearest that it holds is %s"
                            .formatted(path, size, Describing.of(value),
                                    new BigDecimal(held).toBigInteger()));
        }
        target.bits(path, at * Byte.SIZE, size * Byte.SIZE, BigInteger.valueOf(size == Float.BYTES
                ? Float.floatToRawIntBits((float) number)
                : Double.doubleToRawLongBits(number)));
    }

    private void sequence(String path, Shape.Sequence sequence, int at, Datum value)
            throws MisfitException {
        switch (value) {
            case Datum.Sequence(List<Datum> items) -> {
                if (items.size() > sequence.count()) {
                    throw new MisfitException("%s: %d elements, there is room for %d".formatted(
                            path, items.size(), sequence.count()));
                }
                for (int i = 0; i < items.size(); i++) {
                    value(path + "[" + i + "]", sequence.element(),
                            at + i * sequence.element().sizeBytes(), items.get(i));
                }
            }
            case Datum.Text(String text) -> target.bytes(path, at, scripted(path, sequence, text));
            default -> throw new MisfitException("%s: %s, and this is an array of %d".formatted(
                    path, Describing.of(value), sequence.count()));
        }
    }

    private static byte[] scripted(String path, Shape.Sequence sequence, String text)
            throws MisfitException {
        boolean bytes = sequence.element() instanceof Shape.Whole number && number.isByte();
        if (bytes && HEX_BYTES.matcher(text).matches()) {
            return exactly(path, sequence, hex(text));
        }
        return switch (sequence.script()) {
            case CHARACTERS, NAMED_CHARACTERS -> characters(path, sequence, text);
            case MAC -> address(path, text, AddressText.mac(text),
                    "a MAC address, as in \"02:00:00:00:00:01\"");
            case IPV6 -> address(path, text, AddressText.ipv6(text),
                    "an IPv6 address, as in \"2001:db8::1\"");
            case NONE -> throw new MisfitException(
                    "%s: %s is a text, and this is an array of %d".formatted(path,
                            Describing.of(new Datum.Text(text)), sequence.count()));
        };
    }

    private static byte[] exactly(String path, Shape.Sequence sequence, byte[] bytes)
            throws MisfitException {
        if (bytes.length != sequence.count()) {
            throw new MisfitException("%s: %d bytes, there are %d".formatted(path, bytes.length,
                    sequence.count()));
        }
        return bytes;
    }

    private static byte[] characters(String path, Shape.Sequence sequence, String text)
            throws MisfitException {
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        if (given.length > sequence.count()) {
            throw new MisfitException("%s: a text of %d bytes, there is room for %d".formatted(
                    path, given.length, sequence.count()));
        }
        if (text.indexOf(0) >= 0) {
            throw new MisfitException(
                    "%s: a zero within the text; give the bytes as a list".formatted(path));
        }
        byte[] all = new byte[sequence.count()];
        System.arraycopy(given, 0, all, 0, given.length);
        return all;
    }

    private void composite(String path, Shape.Composite composite, int at, Datum value)
            throws MisfitException {
        if (value instanceof Datum.Text(String text)) {
            switch (composite.address()) {
                case IPV4 -> target.bytes(path, at, address(path, text, AddressText.ipv4(text),
                        "an IPv4 address, as in \"10.0.0.1\""));
                case IPV6 -> target.bytes(path, at, address(path, text, AddressText.ipv6(text),
                        "an IPv6 address, as in \"2001:db8::1\""));
                case NONE -> throw notFields(path, composite, value);
            }
            return;
        }
        if (!(value instanceof Datum.Fields(List<Datum.Field> fields))) {
            throw notFields(path, composite, value);
        }
        Map<String, MemberIndex.Place> index = indexes.computeIfAbsent(composite,
                MemberIndex::of);
        Set<String> given = new HashSet<>();
        for (Datum.Field field : fields) {
            String fieldPath = path + "." + Describing.name(field.name());
            MemberIndex.Place place = index.get(field.name());
            if (place == null) {
                throw new MisfitException("%s: %s has no such member; it has %s".formatted(
                        fieldPath, Describing.of(composite), Describing.names(index.keySet())));
            }
            if (!given.add(field.name())) {
                throw new MisfitException("%s: given twice".formatted(fieldPath));
            }
            member(fieldPath, place, at, field.value());
        }
    }

    private void member(String path, MemberIndex.Place place, int at, Datum value)
            throws MisfitException {
        Shape.Member member = place.member();
        int start = at + place.offset();
        if (member.bitWidth() == 0) {
            value(path, member.shape(), start + member.byteOffset(), value);
            return;
        }
        BigInteger bits = switch (member.shape()) {
            case Shape.Enumeration enumeration ->
                constant(path, enumeration, member.bitWidth(), value);
            case Shape.Whole number -> integer(path, number, member.bitWidth(), value);
            case Shape.Real _,Shape.Pointer _,Shape.Sequence _,Shape.Composite _ ->
                throw new IllegalStateException("a bitfield of " + member.shape());
        };
        target.bits(path, start * Byte.SIZE + member.bitOffset(), member.bitWidth(), bits);
    }

    private static MisfitException notFields(String path, Shape.Composite composite, Datum value) {
        return new MisfitException("%s: %s, and this is %s; give its members, as in {\"NAME\":...}"
                .formatted(path, Describing.of(value), Describing.of(composite)));
    }

    private static byte[] address(String path, String text, Optional<byte[]> parsed, String wanted)
            throws MisfitException {
        if (parsed.isEmpty()) {
            throw new MisfitException("%s: %s is not %s".formatted(path,
                    Describing.of(new Datum.Text(text)), wanted));
        }
        return parsed.get();
    }

    private static byte[] hex(String text) {
        return HexFormat.ofDelimiter(" ").parseHex(text.substring("hex ".length()));
    }
}
