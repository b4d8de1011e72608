package dev.nestmap.model.btf;

import java.math.BigInteger;

/** Numbers of 1 to 128 bits anywhere in little-endian bytes, and of whole bytes in network order. */
final class Bits {
    private Bits() {}

    /** The unsigned number in bits {@code [from, from + count)}. */
    static BigInteger read(byte[] data, int from, int count) {
        if (count <= Long.SIZE - Byte.SIZE) {
            long number = 0;
            int last = (from + count - 1) / Byte.SIZE;
            // A field of up to 56 bits touches at most eight bytes.
            for (int at = last; at >= from / Byte.SIZE; at--) {
                number = number << Byte.SIZE | (data[at] & 0xff);
            }
            return BigInteger.valueOf(number >>> from % Byte.SIZE & ((1L << count) - 1));
        }
        if (from % Byte.SIZE == 0 && count % Byte.SIZE == 0) {
            byte[] highestFirst = new byte[count / Byte.SIZE];
            for (int i = 0; i < highestFirst.length; i++) {
                highestFirst[highestFirst.length - 1 - i] = data[from / Byte.SIZE + i];
            }
            return new BigInteger(1, highestFirst);
        }
        BigInteger number = BigInteger.ZERO;
        for (int bit = from + count - 1; bit >= from; bit--) {
            number = number.shiftLeft(1);
            if ((data[bit / Byte.SIZE] >> bit % Byte.SIZE & 1) != 0) {
                number = number.setBit(0);
            }
        }
        return number;
    }

    /** The same as two's complement. */
    static BigInteger readSigned(byte[] data, int from, int count) {
        BigInteger number = read(data, from, count);
        return number.testBit(count - 1)
                ? number.subtract(BigInteger.ONE.shiftLeft(count))
                : number;
    }

    /** The unsigned number of {@code size} bytes, the highest first. */
    static BigInteger readNetwork(byte[] data, int from, int size) {
        return new BigInteger(1, data, from, size);
    }

    /** True where a number has a place in so many bits. */
    static boolean fits(BigInteger number, int bits, BtfType.Sign sign) {
        return switch (sign) {
            case UNSIGNED -> number.signum() >= 0 && number.bitLength() <= bits;
            case SIGNED -> number.bitLength() < bits;
        };
    }
}
