package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes as {@code "formatted"} of {@code bpftool -j map dump} has them (btf_dumper.c of bpftool 7.1): numbers as the host
 * reads them, bitfields in hexadecimal, anonymous members under an empty name.
 */
public final class BpftoolForm {
    private final byte[] data;
    private final IdentityHashMap<Shape.Enumeration, Map<Long, String>> names = new IdentityHashMap<>();

    private BpftoolForm(byte[] data) {
        this.data = data;
    }

    /** The value; the bytes must be as many as the shape has. */
    public static Datum read(Shape shape, Bytes bytes) {
        if (bytes.size() != shape.sizeBytes()) {
            throw new IllegalArgumentException("%d bytes for a shape of %d".formatted(bytes.size(),
                    shape.sizeBytes()));
        }
        return new BpftoolForm(bytes.toByteArray()).value(shape, 0);
    }

    private Datum value(Shape shape, int at) {
        return switch (shape) {
            case Shape.Whole number -> number(number, at);
            case Shape.Enumeration enumeration -> enumeration(enumeration, at);
            case Shape.Real real -> ValueReader.read(real,
                    Bytes.copyOfRange(data, at, at + real.sizeBytes()));
            case Shape.Pointer pointer -> whole(at, pointer.sizeBytes());
            case Shape.Sequence sequence -> sequence(sequence, at);
            case Shape.Composite composite -> composite(composite, at);
        };
    }

    private Datum number(Shape.Whole number, int at) {
        int from = at * Byte.SIZE + number.firstBit();
        boolean plain = number.firstBit() == 0 && number.bits() <= Long.SIZE
                && number.bits() == number.sizeBytes() * Byte.SIZE;
        return switch (number.encoding()) {
            case UNSIGNED -> plain
                    ? new Datum.Whole(Bits.read(data, from, number.bits()))
                    : hexadecimal(from, number.bits());
            case SIGNED -> plain
                    ? new Datum.Whole(Bits.readSigned(data, from, number.bits()))
                    : hexadecimal(from, number.bits());
            case BOOL -> new Datum.Truth(data[at] != 0);
            case CHAR -> character(data[at]);
        };
    }

    private static Datum character(byte c) {
        // bpftool escapes by itself, and its JSON writer is not asked again.
        return new Datum.Text(String.valueOf((char) (c & 0xff)));
    }

    private Datum hexadecimal(int from, int count) {
        return new Datum.Text("0x" + Bits.read(data, from, count).toString(16));
    }

    private Datum whole(int at, int sizeBytes) {
        return new Datum.Whole(Bits.read(data, at * Byte.SIZE, sizeBytes * Byte.SIZE));
    }

    private Datum enumeration(Shape.Enumeration enumeration, int at) {
        // Whatever sign BTF tells: bpftool reads and prints both kinds of enums as signed.
        BigInteger number = Bits.readSigned(data, at * Byte.SIZE,
                enumeration.sizeBytes() * Byte.SIZE);
        String name = names.computeIfAbsent(enumeration, BpftoolForm::names)
                .get(number.longValue());
        return name == null ? new Datum.Whole(number) : new Datum.Text(name);
    }

    private static Map<Long, String> names(Shape.Enumeration enumeration) {
        Map<Long, String> names = new HashMap<>();
        enumeration.constants()
                .forEach((name, constant) -> names.putIfAbsent(signed(enumeration, constant),
                        name));
        return names;
    }

    private static long signed(Shape.Enumeration enumeration, long constant) {
        int low = (int) constant;
        return enumeration.width() == BtfType.Width.BITS_32 ? low : constant;
    }

    private Datum sequence(Shape.Sequence sequence, int at) {
        if (sequence.script() == Shape.Script.CHARACTERS) {
            var text = Characters.bpftoolText(data, at, sequence.count());
            if (text.isPresent()) {
                return new Datum.Text(text.get());
            }
        }
        List<Datum> items = new ArrayList<>(sequence.count());
        for (int i = 0; i < sequence.count(); i++) {
            items.add(value(sequence.element(), at + i * sequence.element().sizeBytes()));
        }
        return new Datum.Sequence(items);
    }

    private Datum composite(Shape.Composite composite, int at) {
        List<Datum.Field> fields = new ArrayList<>();
        for (Shape.Member member : composite.members()) {
            fields.add(new Datum.Field(member.name(), member.bitWidth() == 0
                    ? value(member.shape(), at + member.byteOffset())
                    : hexadecimal(at * Byte.SIZE + member.bitOffset(), member.bitWidth())));
        }
        return new Datum.Fields(fields);
    }
}
