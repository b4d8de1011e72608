package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a section, type after type; each name once. One thread uses it. */
public final class BtfWriter {
    private static final int HEADER_BYTES = 24;
    private static final short MAGIC = (short) 0xeb9f;
    private static final int FLAG = 1 << 31;
    private static final int MORE = 4096;

    private final Map<String, Integer> nameOffsets = new HashMap<>();
    private ByteBuffer names = buffer(MORE);
    private ByteBuffer types = buffer(MORE);
    private int count;

    /** Writes no types yet. */
    public BtfWriter() {
        names.put((byte) 0);
        nameOffsets.put("", 0);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds a type that may name types to come; gives its id, the first being 1. A value's type, not void and not foreign. */
    public int add(BtfType type) {
        count++;
        switch (type) {
            case BtfType.Int(String name, int size, var encoding, int offset, int bits) -> {
                head(name, BtfKind.INT, 0, 0, size);
                put(code(encoding) << 24 | offset << 16 | bits);
            }
            case BtfType.Real(String name, int size) -> head(name, BtfKind.FLOAT, 0, 0, size);
            case BtfType.Pointer(int target) -> head("", BtfKind.PTR, 0, 0, target);
            case BtfType.Array(int element, int index, long elements) -> {
                head("", BtfKind.ARRAY, 0, 0, 0);
                put(element);
                put(index);
                put((int) elements);
            }
            case BtfType.Composite composite -> composite(composite);
            case BtfType.Enumeration enumeration -> enumeration(enumeration);
            case BtfType.Forward(var layout, String name) -> head(name, BtfKind.FWD, 0,
                    layout == BtfType.Layout.UNION ? FLAG : 0, 0);
            case BtfType.Altered(var alteration, String name, int target) ->
                head(name, kind(alteration), 0, 0, target);
            case BtfType.Nothing _,BtfType.Variable _,BtfType.DataSection _,BtfType.Foreign _ ->
                throw new IllegalArgumentException("no type of a value: " + type);
        }
        return count;
    }

    private void composite(BtfType.Composite composite) {
        List<BtfType.Member> members = composite.members();
        boolean widths = members.stream().anyMatch(member -> member.bitWidth() != 0);
        head(composite.name(),
                composite.layout() == BtfType.Layout.STRUCT ? BtfKind.STRUCT : BtfKind.UNION,
                members.size(), widths ? FLAG : 0, (int) composite.sizeBytes());
        for (BtfType.Member member : members) {
            put(name(member.name()));
            put(member.type());
            put((int) member.bitOffset() | (widths ? member.bitWidth() << 24 : 0));
        }
    }

    private void enumeration(BtfType.Enumeration enumeration) {
        boolean wide = enumeration.width() == BtfType.Width.BITS_64;
        head(enumeration.name(), wide ? BtfKind.ENUM64 : BtfKind.ENUM,
                enumeration.constants().size(),
                enumeration.sign() == BtfType.Sign.SIGNED ? FLAG : 0, enumeration.sizeBytes());
        for (BtfType.Constant constant : enumeration.constants()) {
            put(name(constant.name()));
            put((int) constant.number());
            if (wide) {
                put((int) (constant.number() >> Integer.SIZE));
            }
        }
    }

    private void head(String name, int kind, int length, int flag, int last) {
        put(name(name));
        put(kind << 24 | length | flag);
        put(last);
    }

    private static int code(BtfType.Encoding encoding) {
        return switch (encoding) {
            case UNSIGNED -> 0;
            case SIGNED -> 1;
            case CHAR -> 2;
            case BOOL -> 4;
        };
    }

    private static int kind(BtfType.Alteration alteration) {
        return switch (alteration) {
            case TYPEDEF -> BtfKind.TYPEDEF;
            case VOLATILE -> BtfKind.VOLATILE;
            case CONST -> BtfKind.CONST;
            case RESTRICT -> BtfKind.RESTRICT;
            case TYPE_TAG -> BtfKind.TYPE_TAG;
        };
    }

    private int name(String name) {
        Integer known = nameOffsets.get(name);
        if (known != null) {
            return known;
        }
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        int offset = names.position();
        names = roomFor(names, bytes.length + 1).put(bytes).put((byte) 0);
        nameOffsets.put(name, offset);
        return offset;
    }

    private void put(int number) {
        types = roomFor(types, Integer.BYTES).putInt(number);
    }

    private static ByteBuffer roomFor(ByteBuffer buffer, int bytes) {
        return buffer.remaining() >= bytes
                ? buffer
                : buffer(2 * buffer.capacity() + bytes).put(buffer.flip());
    }

    /** The section. */
    public Bytes build() {
        int typeBytes = types.position();
        byte[] section = new byte[HEADER_BYTES + typeBytes + names.position()];
        ByteBuffer all = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
        all.putShort(MAGIC).put((byte) 1).put((byte) 0).putInt(HEADER_BYTES);
        all.putInt(0).putInt(typeBytes).putInt(typeBytes).putInt(names.position());
        all.put(types.duplicate().flip()).put(names.duplicate().flip());
        return Bytes.wrap(section);
    }
}
