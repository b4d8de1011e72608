package dev.nestmap.model.btf;

import java.util.List;

/**
 * One BTF type (Documentation/bpf/btf.rst). Other types are named by their ids in the {@link Btf} that it is of; id 0 is
 * void.
 */
public sealed interface BtfType {
    /** Empty for an anonymous type. */
    String name();

    /** Id 0. */
    record Nothing() implements BtfType {
        @Override
        public String name() {
            return "void";
        }
    }

    /** What an integer means. */
    enum Encoding {
        /** No sign. */
        UNSIGNED,
        /** Two's complement. */
        SIGNED,
        /** A character; clang gives it to nothing, C's char is SIGNED and known by its name. */
        CHAR,
        /** A truth. */
        BOOL
    }

    /**
     * BTF_KIND_INT.
     *
     * @param sizeBytes 1, 2, 4, 8 or 16
     * @param bitOffset where its bits begin in these bytes; other than 0 only in the bitfields of old compilers
     * @param bits 1 to 8 times the size
     */
    record Int(String name, int sizeBytes, Encoding encoding, int bitOffset, int bits)
            implements
                BtfType {}

    /** BTF_KIND_FLOAT. */
    record Real(String name, int sizeBytes) implements BtfType {}

    /** BTF_KIND_PTR. */
    record Pointer(int target) implements BtfType {
        @Override
        public String name() {
            return "";
        }
    }

    /**
     * BTF_KIND_ARRAY.
     *
     * @param count elements, an unsigned 32-bit number
     */
    record Array(int element, int index, long count) implements BtfType {
        @Override
        public String name() {
            return "";
        }
    }

    /** Which of the two kinds with members. */
    enum Layout {
        /** One behind the other. */
        STRUCT,
        /** All in the same place. */
        UNION
    }

    /**
     * BTF_KIND_STRUCT and BTF_KIND_UNION.
     *
     * @param sizeBytes an unsigned 32-bit number
     */
    record Composite(Layout layout, String name, long sizeBytes, List<Member> members)
            implements
                BtfType {
        /** Copies the list. */
        public Composite {
            members = List.copyOf(members);
        }
    }

    /**
     * A member of a struct or union.
     *
     * @param name empty where it is anonymous
     * @param bitOffset from the beginning of the struct
     * @param bitWidth 0: it is no bitfield
     */
    record Member(String name, int type, long bitOffset, int bitWidth) {}

    /** What the numbers of an enum are. */
    enum Sign {
        /** From 0. */
        UNSIGNED,
        /** From below 0. */
        SIGNED
    }

    /**
     * BTF_KIND_ENUM and BTF_KIND_ENUM64.
     *
     * @param sizeBytes 1, 2, 4 or 8
     */
    record Enumeration(Width width, String name, int sizeBytes, Sign sign, List<Constant> constants)
            implements
                BtfType {
        /** Copies the list. */
        public Enumeration {
            constants = List.copyOf(constants);
        }
    }

    /** How many bits the constants have in BTF. */
    enum Width {
        /** BTF_KIND_ENUM. */
        BITS_32,
        /** BTF_KIND_ENUM64. */
        BITS_64
    }

    /** A constant of an enum; the sign is the enum's. */
    record Constant(String name, long number) {}

    /** BTF_KIND_FWD: a struct or union of which nothing but the name is known. */
    record Forward(Layout layout, String name) implements BtfType {}

    /** Ways to say another type. */
    enum Alteration {
        /** Gives a name. */
        TYPEDEF,
        /** volatile. */
        VOLATILE,
        /** const. */
        CONST,
        /** restrict. */
        RESTRICT,
        /** btf_type_tag. */
        TYPE_TAG
    }

    /**
     * BTF_KIND_TYPEDEF, VOLATILE, CONST, RESTRICT and TYPE_TAG.
     *
     * @param name of a typedef, or the text of a tag
     */
    record Altered(Alteration alteration, String name, int target) implements BtfType {}

    /**
     * BTF_KIND_VAR.
     *
     * @param linkage 0 static, 1 global, 2 extern
     */
    record Variable(String name, int type, int linkage) implements BtfType {}

    /** BTF_KIND_DATASEC: the variables of a section of the object file. */
    record DataSection(String name, List<Integer> variables) implements BtfType {
        /** Copies the list. */
        public DataSection {
            variables = List.copyOf(variables);
        }
    }

    /**
     * What is of no use here: BTF_KIND_FUNC (12), FUNC_PROTO (13) and DECL_TAG (17).
     *
     * @param kind the kernel's number
     */
    record Foreign(int kind, String name) implements BtfType {}
}
