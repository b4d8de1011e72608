package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Random;

/** Kinds of elements that trees are tried with. */
enum Shape {
    FIXED_WIDTH {
        @Override
        Bytes key(Random random) {
            return Bytes.u64be(random.nextInt(5_000));
        }

        @Override
        Bytes value(Random random) {
            return Bytes.u32le(random.nextInt(3));
        }
    },
    VARIABLE_WIDTH {
        @Override
        Bytes key(Random random) {
            return Shape.bytes(random, random.nextInt(4), 8);
        }

        @Override
        Bytes value(Random random) {
            return Shape.bytes(random, random.nextInt(100), 2);
        }
    },
    LONG_KEYS {
        @Override
        Bytes key(Random random) {
            return Bytes.u32be(random.nextInt(3_000)).concat(Bytes.zeros(random.nextInt(1_500)));
        }

        @Override
        Bytes value(Random random) {
            return Bytes.empty();
        }
    },
    /** On both sides of the size from which values are held by reference. */
    LARGE_VALUES {
        @Override
        Bytes key(Random random) {
            return Bytes.u32be(random.nextInt(3_000));
        }

        @Override
        Bytes value(Random random) {
            return Shape.bytes(random,
                    random.nextInt(10) == 0 ? random.nextInt(5_000) : 250 + random.nextInt(10), 2);
        }
    };

    abstract Bytes key(Random random);

    abstract Bytes value(Random random);

    private static Bytes bytes(Random random, int sizeBytes, int distinct) {
        byte[] bytes = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            // Also bytes that are negative as signed numbers.
            bytes[i] = (byte) (random.nextInt(distinct) * 255 / distinct);
        }
        return Bytes.wrap(bytes);
    }
}
