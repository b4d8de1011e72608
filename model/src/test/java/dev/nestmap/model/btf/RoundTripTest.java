package dev.nestmap.model.btf;

import static dev.nestmap.model.btf.Types.done;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    @Test
    void whatWasReadIsWrittenAsTheSameBytesButForPadding() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            Types types = new Types();
            int type = compound(types, random, 0);
            Shape shape = types.shape(type);
            byte[] noise = new byte[shape.sizeBytes()];
            random.nextBytes(noise);
            Bytes value = Bytes.wrap(noise);
            String name = "seed " + seed;
            Datum read = ValueReader.read(shape, value);
            Bytes written = done(ValueWriter.write(name, shape, read));
            assertEquals(read, ValueReader.read(shape, written), name);
            assertEquals(written,
                    done(ValueWriter.write(name, shape, ValueReader.read(shape, written))), name);
            Bytes padded = withPadding(shape, value, written);
            assertEquals(value, padded, name);
            MapBtf minimal = done(MinimalBtf.of(types.btf(), types.u32, type));
            MapBtf.Resolved resolved = done(minimal.resolve());
            assertEquals(read, ValueReader.read(resolved.value(), value), name);
            assertEquals(minimal, done(MinimalBtf.of(resolved.btf(), minimal.keyTypeId(),
                    minimal.valueTypeId())), name);
        }
    }

    /** Where the writer writes ones for ones: everything else is padding, and taken from the original. */
    private static Bytes withPadding(Shape shape, Bytes original, Bytes written) {
        byte[] ones = new byte[shape.sizeBytes()];
        Arrays.fill(ones, (byte) 0xff);
        Bytes mask = done(ValueWriter.write("mask", shape,
                ValueReader.read(shape, Bytes.wrap(ones))));
        byte[] all = new byte[shape.sizeBytes()];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (written.at(i) | (original.at(i) & ~mask.at(i)));
        }
        return Bytes.wrap(all);
    }

    private static int compound(Types types, Random random, int depth) {
        int count = 1 + random.nextInt(6);
        List<BtfType.Member> members = new ArrayList<>();
        boolean union = random.nextInt(4) == 0;
        int end = 0;
        int longest = 0;
        for (int i = 0; i < count; i++) {
            int type = any(types, random, depth);
            int size = types.shape(type).sizeBytes();
            int at = union ? 0 : end + random.nextInt(3);
            boolean bits = types.shape(type) instanceof Shape.Whole number
                    && number.order() == Shape.ByteOrder.HOST && random.nextInt(4) == 0;
            boolean anonymous = types.shape(type) instanceof Shape.Composite
                    && random.nextInt(3) == 0;
            members.add(bits
                    ? Types.bits(at * 8 + random.nextInt(3),
                            1 + random.nextInt(Math.min(size * 8, 64) - 3), name(random, i), type)
                    : Types.at(at, anonymous ? "" : name(random, i), type));
            end = at + size;
            longest = Math.max(longest, end);
        }
        BtfType.Member[] all = members.toArray(BtfType.Member[]::new);
        return union ? types.union("", longest, all) : types.struct("s", longest + 1, all);
    }

    /** Unique within a struct with all of its anonymous members. */
    private static String name(Random random, int i) {
        return "m" + i + "_" + random.nextInt(1 << 30);
    }

    private static int any(Types types, Random random, int depth) {
        int[] simple = {types.u8, types.u16, types.u32, types.u64, types.u128, types.s8, types.s16,
                types.s32, types.s64, types.character, types.bool, types.be16, types.be32,
                types.be64, types.real32, types.real64, types.pointer};
        return switch (random.nextInt(depth > 2 ? 8 : 12)) {
            case 0 -> types.array(types.character, random.nextInt(12));
            case 1 -> types.array(types.u8, random.nextBoolean() ? 6 : 16);
            case 2 -> types.enumeration("e", 1 << random.nextInt(4), "A", 1, "B",
                    random.nextInt(3) - 1);
            case 8, 9, 10 -> compound(types, random, depth + 1);
            case 11 -> types.array(compound(types, random, depth + 1), random.nextInt(4));
            default -> simple[random.nextInt(simple.length)];
        };
    }
}
