package dev.nestmap.model.btf;

/** The kinds of Linux 6.18 by the kernel's numbers, and the sizes of their records (linux/btf.h). */
final class BtfKind {
    static final int INT = 1;
    static final int PTR = 2;
    static final int ARRAY = 3;
    static final int STRUCT = 4;
    static final int UNION = 5;
    static final int ENUM = 6;
    static final int FWD = 7;
    static final int TYPEDEF = 8;
    static final int VOLATILE = 9;
    static final int CONST = 10;
    static final int RESTRICT = 11;
    static final int FUNC = 12;
    static final int FUNC_PROTO = 13;
    static final int VAR = 14;
    static final int DATASEC = 15;
    static final int FLOAT = 16;
    static final int DECL_TAG = 17;
    static final int TYPE_TAG = 18;
    static final int ENUM64 = 19;

    /** struct btf_type: name, info, size or type. */
    static final int HEAD_BYTES = 12;
    static final int MEMBER_BYTES = 12;
    static final int CONSTANT_BYTES = 8;
    static final int WIDE_CONSTANT_BYTES = 12;
    private static final int PARAMETER_BYTES = 8;
    static final int SECTION_VARIABLE_BYTES = 12;

    private BtfKind() {}

    static int of(int info) {
        return info >>> 24 & 0x1f;
    }

    /** Bytes behind the head; -1 for a kind that is not known. */
    static int bodyBytes(int kind, int length) {
        return switch (kind) {
            case INT, VAR, DECL_TAG -> Integer.BYTES;
            case ARRAY -> 3 * Integer.BYTES;
            case STRUCT, UNION -> length * MEMBER_BYTES;
            case ENUM -> length * CONSTANT_BYTES;
            case ENUM64 -> length * WIDE_CONSTANT_BYTES;
            case FUNC_PROTO -> length * PARAMETER_BYTES;
            case DATASEC -> length * SECTION_VARIABLE_BYTES;
            case PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG -> 0;
            default -> -1;
        };
    }
}
