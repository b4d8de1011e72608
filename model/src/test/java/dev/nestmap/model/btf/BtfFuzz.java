package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import java.util.Random;

/** One change of a section, and everything that is done with sections: each must end with a value or a refusal. */
final class BtfFuzz {
    private BtfFuzz() {}

    static void once(Bytes whole, Random random, String name) {
        byte[] data = whole.toByteArray();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(data.length);
            switch (random.nextInt(4)) {
                case 0 -> data[at] = (byte) random.nextInt();
                case 1 -> data[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> data[at] = random.nextBoolean() ? (byte) 0xff : 0;
                default -> {
                    int from = random.nextInt(data.length);
                    int length = Math.min(random.nextInt(16), data.length - Math.max(at, from));
                    System.arraycopy(data, from, data, at, length);
                }
            }
        }
        try {
            walk(Bytes.wrap(data), random);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + ": " + Bytes.wrap(data), e);
        }
    }

    private static void walk(Bytes data, Random random) {
        if (!(Btf.parse(data) instanceof Outcome.Done<Btf>(Btf btf))) {
            return;
        }
        for (int i = 0; i < 3; i++) {
            int id = random.nextInt(btf.typeCount());
            if (ShapeBuilder.shape(btf, id) instanceof Outcome.Done<Shape>(Shape shape)) {
                byte[] value = new byte[shape.sizeBytes()];
                random.nextBytes(value);
                Datum read = ValueReader.read(shape, Bytes.wrap(value));
                BpftoolForm.read(shape, Bytes.wrap(value));
                ValueWriter.write("value", shape, read);
            }
            if (MinimalBtf.of(btf, id, id) instanceof Outcome.Done<MapBtf>(MapBtf map)) {
                map.resolve();
            }
        }
    }
}
