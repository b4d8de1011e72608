package dev.nestmap.model.btf;

import static dev.nestmap.model.btf.Types.at;
import static dev.nestmap.model.btf.Types.done;
import static dev.nestmap.model.btf.Types.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileBtfTest {
    private final Types types = new Types();

    @Test
    void bytesThatAreNoBtfAreRefusedInOneSentence() {
        assertEquals("BTF of 0 bytes: shorter than its header of 24 bytes (EINVAL)",
                refusal(Btf.parse(Bytes.empty())));
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        assertTrue(refusal(Btf.parse(Bytes.wrap(noise))).contains("instead of 0xeb9f"));
        assertEquals("BTF of 67108864 bytes: at most 16777216 are read (E2BIG)",
                refusal(Btf.parse(Bytes.zeros(64 << 20))));
    }

    @Test
    void bigEndianIsRefusedByName() {
        byte[] header = new byte[32];
        header[0] = (byte) 0xeb;
        header[1] = (byte) 0x9f;
        assertEquals("BTF of 32 bytes: big-endian, and the nodes are little-endian; compile with "
                + "-target bpfel (EINVAL)", refusal(Btf.parse(Bytes.wrap(header))));
    }

    @Test
    void everyBeginningOfASectionIsRefused() {
        Bytes whole = types.writer.build();
        for (int size = 0; size < whole.size(); size++) {
            refusal(Btf.parse(whole.slice(0, size)));
        }
        done(Btf.parse(whole));
    }

    @Test
    void aTypeThatContainsItselfIsRefused() {
        int first = types.u32 + 1000;
        Types loop = new Types();
        int self = loop.typedef("self", loop.pointer + 1);
        assertEquals("type %d contains itself (EINVAL)".formatted(self),
                refusal(ShapeBuilder.shape(loop.btf(), self)));
        Types pair = new Types();
        int outer = pair.struct("outer", 8, at(0, "inner", pair.pointer + 2));
        pair.struct("inner", 8, at(0, "outer", outer));
        assertTrue(refusal(ShapeBuilder.shape(pair.btf(), outer)).contains("contains itself"));
        types.typedef("beyond", first);
        assertTrue(refusal(Btf.parse(types.writer.build())).contains("names type " + first));
    }

    @Test
    void nestingIsBounded() {
        int id = types.u32;
        for (int i = 0; i < 1000; i++) {
            id = types.typedef("t" + i, id);
        }
        assertTrue(refusal(ShapeBuilder.shape(types.btf(), id)).contains("nests more than 32"));
    }

    @Test
    void countsThatNoValueHasAreRefused() {
        int empty = types.struct("empty", 0);
        assertTrue(refusal(ShapeBuilder.shape(withArray(empty, 0xffffffffL), types.pointer + 2))
                .contains("at most 1048576"));
        Types wide = new Types();
        int array = wide.array(wide.u64, 0x80000000L);
        assertTrue(refusal(ShapeBuilder.shape(wide.btf(), array)).contains("at most 1048576"));
        Types deep = new Types();
        int nothing = deep.struct("e", 0);
        int id = nothing;
        for (int i = 0; i < 20; i++) {
            id = deep.struct("s" + i, 0, at(0, "a", id), at(0, "b", id));
        }
        int bomb = id;
        int four = deep.array(bomb, 4);
        assertTrue(refusal(ShapeBuilder.shape(deep.btf(), four)).contains("consists of more"));
    }

    private Btf withArray(int element, long count) {
        types.array(element, count);
        return types.btf();
    }

    /** Many members of one type with many parts: decoded for each member, this takes a quarter of a minute. */
    @Test
    void aTypeThatManyMembersAreOfIsDecodedOnce() {
        String name = "n".repeat(500);
        Object[] constants = new Object[2 * 3_500];
        for (int i = 0; i < constants.length; i += 2) {
            constants[i] = name;
            constants[i + 1] = i;
        }
        int wide = types.enumeration("wide", 4, constants);
        BtfType.Member[] members = new BtfType.Member[2_500];
        Arrays.setAll(members, i -> at(0, "", wide));
        int value = types.struct("value", 4, members);
        Bytes section = types.writer.build();
        assertTrue(section.size() <= MapBtf.SIZE_LIMIT_BYTES, "%d bytes".formatted(section.size()));
        assertTimeout(Duration.ofSeconds(3), () -> new MapBtf(section, 0, value).resolve());
    }

    @Test
    void membersOutsideOfTheirStructAreRefused() {
        int outside = types.struct("outside", 8, at(6, "x", types.u32));
        assertEquals("type %d, \"outside\": member \"x\" with 32 bits at bit 48 does not lie in 8 "
                .formatted(outside) + "bytes (EINVAL)",
                refusal(ShapeBuilder.shape(types.btf(), outside)));
    }

    @Test
    void changedBytesNeverBreakTheReader() {
        Bytes whole = sample();
        for (int seed = 0; seed < 20_000; seed++) {
            BtfFuzz.once(whole, new Random(seed), "seed " + seed);
        }
    }

    private Bytes sample() {
        int mode = types.enumeration("mode", 4, "A", 0, "B", -1);
        int inner = types.union("u", 16, at(0, "v4", types.be32),
                at(0, "v6", types.array(types.be32, 4)));
        int flags = types.struct("flags", 4, Types.bits(0, 3, "a", types.u32),
                Types.bits(3, 29, "b", types.u32));
        types.struct("all", 64, at(0, "", inner), at(16, "mode", mode), at(20, "flags", flags),
                at(24, "name", types.array(types.character, 16)), at(40, "f", types.real64),
                at(48, "ok", types.bool), at(56, "p", types.pointer));
        return types.writer.build();
    }
}
