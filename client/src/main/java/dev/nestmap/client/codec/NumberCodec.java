package dev.nestmap.client.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** A whole number of one, two, four or eight bytes. */
record NumberCodec<T>(
        int sizeBytes,
        boolean signed,
        ByteOrder order,
        ToLongFunction<T> toLong,
        LongFunction<T> ofLong) implements Codec<T> {

    /** For a boxed type: Byte, Short, Integer or Long. */
    @SuppressWarnings("unchecked") // each case gives the type that was asked for
    static <T> NumberCodec<T> of(Class<T> type, int sizeBytes, boolean signed, ByteOrder order) {
        LongFunction<?> ofLong;
        if (type == Byte.class) {
            ofLong = number -> (byte) number;
        } else if (type == Short.class) {
            ofLong = number -> (short) number;
        } else if (type == Integer.class) {
            ofLong = number -> (int) number;
        } else if (type == Long.class) {
            ofLong = number -> number;
        } else {
            throw new IllegalArgumentException(type.getSimpleName() + " is no whole number");
        }
        return new NumberCodec<>(sizeBytes, signed, order,
                number -> ((Number) number).longValue(), (LongFunction<T>) ofLong);
    }

    @Override
    public int alignmentBytes() {
        return sizeBytes;
    }

    @Override
    public void write(T value, ByteBuffer target) {
        long number = toLong.applyAsLong(value);
        check(number);
        target.order(order);
        switch (sizeBytes) {
            case 1 -> target.put((byte) number);
            case 2 -> target.putShort((short) number);
            case 4 -> target.putInt((int) number);
            default -> target.putLong(number);
        }
    }

    @Override
    public T read(ByteBuffer source) {
        source.order(order);
        long number = switch (sizeBytes) {
            case 1 -> source.get();
            case 2 -> source.getShort();
            case 4 -> source.getInt();
            default -> source.getLong();
        };
        return ofLong.apply(signed || sizeBytes == 8 ? number : number & ((1L << bits()) - 1));
    }

    @Override
    public long word(T value) {
        long number = toLong.applyAsLong(value);
        check(number);
        int above = Long.SIZE - bits();
        return order == ByteOrder.BIG_ENDIAN
                ? Long.reverseBytes(number << above)
                : number << above >>> above;
    }

    private void check(long number) {
        if (sizeBytes == 8) {
            return;
        }
        long least = signed ? -(1L << (bits() - 1)) : 0;
        long most = signed ? (1L << (bits() - 1)) - 1 : (1L << bits()) - 1;
        if (number < least || number > most) {
            throw new IllegalArgumentException("%d does not fit into %s: it takes %d to %d"
                    .formatted(number, this, least, most));
        }
    }

    private int bits() {
        return 8 * sizeBytes;
    }

    @Override
    public String toString() {
        String name = (signed ? "i" : "u") + bits();
        return sizeBytes == 1 ? name : name + (order == ByteOrder.BIG_ENDIAN ? "be" : "le");
    }
}
