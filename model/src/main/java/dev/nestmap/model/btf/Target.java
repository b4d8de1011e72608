package dev.nestmap.model.btf;

import java.math.BigInteger;

/** The bytes of a value while it is written, with a note of which bits were given: no bit can be given two values. */
final class Target {
    private final byte[] data;
    private final byte[] given;

    Target(int sizeBytes) {
        this.data = new byte[sizeBytes];
        this.given = new byte[sizeBytes];
    }

    byte[] data() {
        return data;
    }

    /** Writes the lowest bits of a number to bits {@code [from, from + count)}. */
    void bits(String path, int from, int count, BigInteger number) throws MisfitException {
        if (from % Byte.SIZE == 0 && count % Byte.SIZE == 0) {
            for (int i = 0; i < count / Byte.SIZE; i++) {
                put(path, from / Byte.SIZE + i, number.shiftRight(i * Byte.SIZE).intValue(), 0xff);
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            int shift = (from + i) % Byte.SIZE;
            put(path, (from + i) / Byte.SIZE, (number.testBit(i) ? 1 : 0) << shift, 1 << shift);
        }
    }

    /** Writes the lowest bytes of a number, the highest first. */
    void network(String path, int at, int size, BigInteger number) throws MisfitException {
        for (int i = 0; i < size; i++) {
            put(path, at + i, number.shiftRight((size - 1 - i) * Byte.SIZE).intValue(), 0xff);
        }
    }

    void bytes(String path, int at, byte[] bytes) throws MisfitException {
        for (int i = 0; i < bytes.length; i++) {
            put(path, at + i, bytes[i], 0xff);
        }
    }

    private void put(String path, int at, int bits, int mask) throws MisfitException {
        if (((data[at] ^ bits) & mask & given[at]) != 0) {
            throw new MisfitException(
                    ("%s: contradicts another member of the same union that was given too; they share their "
                            + "bytes, give one of them").formatted(path));
        }
        data[at] |= (byte) (bits & mask);
        given[at] |= (byte) mask;
    }
}
