package dev.nestmap.model.btf;

import java.math.BigInteger;
import java.util.List;
import java.util.SequencedMap;

/**
 * What the bytes of a value mean: a type with typedefs and qualifiers resolved, finite, of a known size. Shared where types
 * are shared. Numbers are little-endian but for those of {@link ByteOrder#NETWORK}.
 */
public sealed interface Shape {
    /** Bytes that a value takes. */
    int sizeBytes();

    /** The order of the bytes in a number. */
    enum ByteOrder {
        /** As the nodes' kernels have it. */
        HOST,
        /** Big-endian: a typedef named __be16, be16 and so on led here. */
        NETWORK
    }

    /**
     * An integer.
     *
     * @param typeName as C has it, without typedefs
     * @param encoding what it means
     * @param firstBit where its bits begin, other than 0 only in the bitfields of old compilers
     * @param bits up to 128
     */
    record Whole(
            String typeName,
            int sizeBytes,
            BtfType.Encoding encoding,
            ByteOrder order,
            int firstBit,
            int bits) implements Shape {
        /** The name that messages use: u16, s64. */
        public String brief() {
            return (encoding == BtfType.Encoding.SIGNED ? "s" : "u") + bits;
        }

        /** True for C's char. */
        boolean isCharacter() {
            return sizeBytes == 1 && bits == Byte.SIZE
                    && (encoding == BtfType.Encoding.CHAR || typeName.equals("char"));
        }

        /** True for a byte that is no character. */
        boolean isByte() {
            return sizeBytes == 1 && bits == Byte.SIZE && !isCharacter()
                    && encoding == BtfType.Encoding.UNSIGNED;
        }
    }

    /** IEEE 754 of 4 or 8 bytes; of other sizes shown as bytes. */
    record Real(int sizeBytes) implements Shape {}

    /** An address in a node's memory, of eight bytes. */
    record Pointer() implements Shape {
        @Override
        public int sizeBytes() {
            return Long.BYTES;
        }
    }

    /**
     * A number with names.
     *
     * @param width of the constants in BTF
     * @param name may be empty
     * @param sign of constants of 32 bits UNSIGNED also where it is not known: clang before 15 does not tell
     * @param constants in the order of their definition
     */
    record Enumeration(
            BtfType.Width width,
            String name,
            int sizeBytes,
            BtfType.Sign sign,
            SequencedMap<String, Long> constants) implements Shape {
        /** True where a negative number may be meant though the constants are told without a sign. */
        boolean mayBeNegative() {
            return sign == BtfType.Sign.UNSIGNED && width == BtfType.Width.BITS_32;
        }

        /** A constant as a number that fits into so many bits, where it does. */
        BigInteger number(long constant, int bits) {
            BigInteger number = BigInteger.valueOf(constant);
            if (sign == BtfType.Sign.SIGNED) {
                return number;
            }
            if (constant < 0) {
                return number.add(BigInteger.ONE.shiftLeft(Long.SIZE));
            }
            int low = (int) constant;
            BigInteger negative = BigInteger.valueOf(low);
            return mayBeNegative() && number.bitLength() > bits && negative.signum() < 0
                    && negative.bitLength() < bits
                            ? negative.add(BigInteger.ONE.shiftLeft(bits))
                            : number;
        }

        /** The name that messages use. */
        public String brief() {
            return name.isEmpty() ? "the enum" : "enum " + name;
        }
    }

    /** How an array is written besides as a list. */
    enum Script {
        /** Not at all. */
        NONE,
        /** As characters. */
        CHARACTERS,
        /** As characters; bpftool shows a list, because a typedef stands between. */
        NAMED_CHARACTERS,
        /** Six bytes, as 02:00:00:00:00:01. */
        MAC,
        /** Sixteen bytes or four __be32, as 2001:db8::1. */
        IPV6
    }

    /** An array. */
    record Sequence(Shape element, int count, int sizeBytes, Script script) implements Shape {}

    /** A struct or union as a single address. */
    enum Address {
        /** None. */
        NONE,
        /** struct in_addr. */
        IPV4,
        /** struct in6_addr. */
        IPV6
    }

    /** A struct or union. */
    record Composite(
            BtfType.Layout layout,
            String name,
            int sizeBytes,
            List<Member> members,
            Address address) implements Shape {}

    /**
     * A member of a struct or union.
     *
     * @param name empty where it is anonymous, so that its own members are members of the outer one
     * @param bitWidth 0: it is no bitfield, and the offset is one of bytes
     */
    record Member(String name, Shape shape, int bitOffset, int bitWidth) {
        int byteOffset() {
            return bitOffset / Byte.SIZE;
        }
    }
}
