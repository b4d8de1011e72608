package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Types of one compilation, as {@code .BTF} of an object file or BPF_BTF_LOAD holds them. Types are decoded when they are
 * asked for, so that a large section costs four bytes a type beside itself.
 */
public final class Btf {
    /** The largest section that is read. */
    public static final int SIZE_LIMIT_BYTES = 16 << 20;

    private final Bytes data;
    /** The position of each type; [0], void, has none. */
    private final int[] positions;
    private final int stringsFrom;
    private final int stringsTo;

    Btf(Bytes data, int[] positions, int stringsFrom, int stringsTo) {
        this.data = data;
        this.positions = positions;
        this.stringsFrom = stringsFrom;
        this.stringsTo = stringsTo;
    }

    /**
     * Reads a section. EINVAL for bytes that are no BTF, are cut short, point outside of themselves or are big-endian; E2BIG
     * above {@link #SIZE_LIMIT_BYTES}.
     */
    public static Outcome<Btf> parse(Bytes data) {
        return BtfParser.parse(data);
    }

    /** Ids run from 0, void, to below this. */
    public int typeCount() {
        return positions.length;
    }

    /** The type with an id from 0 to below {@link #typeCount}. */
    public BtfType type(int id) {
        if (id == 0) {
            return new BtfType.Nothing();
        }
        int at = positions[id];
        int info = data.intLe(at + 4);
        int length = info & 0xffff;
        boolean flag = info < 0;
        String name = name(at);
        int last = data.intLe(at + 8);
        int kind = BtfKind.of(info);
        int body = at + BtfKind.HEAD_BYTES;
        return switch (kind) {
            case BtfKind.INT -> integer(name, last, data.intLe(body));
            case BtfKind.PTR -> new BtfType.Pointer(last);
            case BtfKind.ARRAY -> new BtfType.Array(data.intLe(body), data.intLe(body + 4),
                    Integer.toUnsignedLong(data.intLe(body + 8)));
            case BtfKind.STRUCT, BtfKind.UNION -> new BtfType.Composite(layout(kind), name,
                    Integer.toUnsignedLong(last), members(body, length, flag));
            case BtfKind.ENUM -> new BtfType.Enumeration(BtfType.Width.BITS_32, name, last,
                    sign(flag), constants(body, length, flag));
            case BtfKind.ENUM64 -> new BtfType.Enumeration(BtfType.Width.BITS_64, name, last,
                    sign(flag), wideConstants(body, length));
            case BtfKind.FWD -> new BtfType.Forward(
                    flag ? BtfType.Layout.UNION : BtfType.Layout.STRUCT, name);
            case BtfKind.TYPEDEF -> altered(BtfType.Alteration.TYPEDEF, name, last);
            case BtfKind.VOLATILE -> altered(BtfType.Alteration.VOLATILE, name, last);
            case BtfKind.CONST -> altered(BtfType.Alteration.CONST, name, last);
            case BtfKind.RESTRICT -> altered(BtfType.Alteration.RESTRICT, name, last);
            case BtfKind.TYPE_TAG -> altered(BtfType.Alteration.TYPE_TAG, name, last);
            case BtfKind.FLOAT -> new BtfType.Real(name, last);
            case BtfKind.VAR -> new BtfType.Variable(name, last, data.intLe(body));
            case BtfKind.DATASEC -> new BtfType.DataSection(name, variables(body, length));
            default -> new BtfType.Foreign(kind, name);
        };
    }

    private static BtfType.Altered altered(BtfType.Alteration alteration, String name, int target) {
        return new BtfType.Altered(alteration, name, target);
    }

    private static BtfType.Int integer(String name, int sizeBytes, int description) {
        BtfType.Encoding encoding = switch (description >>> 24 & 7) {
            case 1 -> BtfType.Encoding.SIGNED;
            case 2 -> BtfType.Encoding.CHAR;
            case 4 -> BtfType.Encoding.BOOL;
            default -> BtfType.Encoding.UNSIGNED;
        };
        return new BtfType.Int(name, sizeBytes, encoding, description >>> 16 & 0xff,
                description & 0xff);
    }

    private List<BtfType.Member> members(int from, int count, boolean withWidths) {
        List<BtfType.Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = from + i * BtfKind.MEMBER_BYTES;
            int offset = data.intLe(at + 8);
            members.add(new BtfType.Member(name(at), data.intLe(at + 4),
                    withWidths ? offset & 0xffffff : Integer.toUnsignedLong(offset),
                    withWidths ? offset >>> 24 : 0));
        }
        return members;
    }

    private List<BtfType.Constant> constants(int from, int count, boolean signed) {
        List<BtfType.Constant> constants = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = from + i * BtfKind.CONSTANT_BYTES;
            int number = data.intLe(at + 4);
            constants.add(new BtfType.Constant(name(at),
                    signed ? number : Integer.toUnsignedLong(number)));
        }
        return constants;
    }

    private List<BtfType.Constant> wideConstants(int from, int count) {
        List<BtfType.Constant> constants = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = from + i * BtfKind.WIDE_CONSTANT_BYTES;
            constants.add(new BtfType.Constant(name(at),
                    Integer.toUnsignedLong(data.intLe(at + 4)) | (long) data.intLe(at + 8) << 32));
        }
        return constants;
    }

    private List<Integer> variables(int from, int count) {
        List<Integer> variables = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            variables.add(data.intLe(from + i * BtfKind.SECTION_VARIABLE_BYTES));
        }
        return variables;
    }

    private static BtfType.Layout layout(int kind) {
        return kind == BtfKind.STRUCT ? BtfType.Layout.STRUCT : BtfType.Layout.UNION;
    }

    private static BtfType.Sign sign(boolean signed) {
        return signed ? BtfType.Sign.SIGNED : BtfType.Sign.UNSIGNED;
    }

    /** The name whose offset stands at a position. Bytes that cannot be printed are question marks. */
    private String name(int at) {
        int from = stringsFrom + data.intLe(at);
        int to = from;
        while (to < stringsTo && data.at(to) != 0) {
            to++;
        }
        byte[] name = data.slice(from, to).toByteArray();
        for (int i = 0; i < name.length; i++) {
            if (name[i] < ' ' || name[i] == 0x7f) {
                name[i] = '?';
            }
        }
        return new String(name, StandardCharsets.US_ASCII);
    }
}
