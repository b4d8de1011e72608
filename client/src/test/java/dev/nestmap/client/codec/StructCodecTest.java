package dev.nestmap.client.codec;

import static dev.nestmap.client.codec.CodecsTest.check;
import static dev.nestmap.client.codec.CodecsTest.refused;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StructCodecTest {
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT.withOrder(BIG_ENDIAN);

    record Inner(byte a, int b) {}

    record Mixed(byte a, long b, @Unsigned(bits = 16) int c, Inner d, boolean e) {}

    record Backend(
            Inet4Address address,
            @BigEndian @Unsigned(bits = 16) int port,
            MacAddress mac,
            @Length(4) String zone) {}

    @SuppressWarnings("ArrayRecordComponent") // some have them, and they must work
    record Many(
            @Length(3) short[] numbers,
            @Length(2) List<Inner> inners,
            @Length(2) @Unsigned(bits = 8) int[] small,
            @Length(3) Bytes raw) {}

    @Test
    void aRecordIsLaidOutAsCDoes() {
        // struct { s8 a; s64 b; u16 c; struct { s8 a; s32 b; } d; u8 e; } on x86-64
        check(Codecs.struct(Mixed.class, LITTLE_ENDIAN),
                new Mixed((byte) -1, 2, 0xfffe, new Inner((byte) 3, 4), true),
                "ff00000000000000" + "0200000000000000" + "feff0000" + "0300000004000000"
                        + "01000000");
        check(Codecs.packed(Mixed.class, LITTLE_ENDIAN),
                new Mixed((byte) -1, 2, 0xfffe, new Inner((byte) 3, 4), true),
                "ff" + "0200000000000000" + "feff" + "0300000004000000" + "01");
    }

    @Test
    void packedIsWithoutPaddingBetweenTheComponentsOnly() {
        // struct inner { char a; int b; }; struct __attribute__((packed)) outer { char x; struct inner in; };
        // clang 14 on x86-64: sizeof(outer) 9, in at 1, in.b at 5; with the attribute on inner too: 6
        record Outer(byte x, Inner in) {}
        check(Codecs.packed(Outer.class, LITTLE_ENDIAN),
                new Outer((byte) 1, new Inner((byte) 2, 3)),
                "01" + "0200000003000000");
        Codec<Inner> packed = Codecs.packed(Inner.class, LITTLE_ENDIAN);
        check(StructCodec.of(Outer.class, LITTLE_ENDIAN).packed().component("in", packed).build(),
                new Outer((byte) 1, new Inner((byte) 2, 3)), "01" + "0203000000");
        // struct plain { char x; struct inner in; int t; } with inner packed: sizeof 12, in at 1, t at 8
        record Plain(byte x, Inner in, int t) {}
        check(StructCodec.of(Plain.class, LITTLE_ENDIAN).component("in", packed).build(),
                new Plain((byte) 1, new Inner((byte) 2, 3), 4),
                "01" + "0203000000" + "0000" + "04000000");
    }

    @Test
    void paddingThatIsNotZeroIsOverlookedAndWrittenAsZero() {
        Codec<Inner> codec = Codecs.struct(Inner.class, BIG_ENDIAN);
        assertEquals(new Inner((byte) 1, 2), codec.decode(Bytes.hex("01ffffff00000002")));
        assertEquals(Bytes.hex("0100000000000002"), codec.encode(new Inner((byte) 1, 2)));
    }

    @Test
    void componentsMayHaveAnOrderOfTheirOwn() throws UnknownHostException {
        check(Codecs.struct(Backend.class, LITTLE_ENDIAN),
                new Backend((Inet4Address) InetAddress.getByName("10.0.0.1"), 443,
                        MacAddress.parse("02:00:00:00:00:01"), "eu"),
                "0a000001" + "01bb" + "020000000001" + "65750000");
    }

    @Test
    void arraysAndListsHaveTheLengthOfTheirAnnotation() {
        Codec<Many> codec = Codecs.struct(Many.class, BIG_ENDIAN);
        Bytes bytes = Bytes.hex("000100020003" + "0000" + "0100000000000002" + "0300000000000004"
                + "05ff" + "0a0b0c" + "000000");
        Many many = codec.decode(bytes);
        assertArrayEquals(new short[]{1, 2, 3}, many.numbers());
        assertEquals(List.of(new Inner((byte) 1, 2), new Inner((byte) 3, 4)), many.inners());
        assertArrayEquals(new int[]{5, 255}, many.small());
        assertEquals(Bytes.of(10, 11, 12), many.raw());
        assertEquals(bytes, codec.encode(many));
        refused(() -> codec.encode(new Many(new short[2], many.inners(), many.small(),
                many.raw())), "Many.numbers: i16be[3] takes 3 values, these are 2");
    }

    @Test
    void theBuilderTakesACodecForAComponent() {
        record Line(String text, Integer number) {}
        refused(() -> Codecs.struct(Line.class, LITTLE_ENDIAN),
                "Line.text: its size is not said; annotate it with @Length");
        check(StructCodec.of(Line.class, LITTLE_ENDIAN)
                .component("text", Codecs.text(3))
                .component("number", Codecs.u16(BIG_ENDIAN))
                .build(), new Line("ab", 258), "61620000" + "0102");
        refused(() -> StructCodec.of(Line.class, LITTLE_ENDIAN).component("txt", Codecs.u8()),
                "Line has no component \"txt\", it has [text, number]");
    }

    @Test
    void whatCannotBeWrittenIsSaidByName() {
        record Floating(float x) {}
        record Wide(@Unsigned(bits = 64) int x) {}
        record Port(@Unsigned(bits = 16) int port) {}
        refused(() -> Codecs.struct(Floating.class, LITTLE_ENDIAN),
                "Floating.x: no codec for float; give one to the builder");
        refused(() -> Codecs.struct(Wide.class, LITTLE_ENDIAN),
                "Wide.x: an unsigned number of 64 bits is none, or does not fit into Integer");
        refused(() -> Codecs.struct(Port.class, LITTLE_ENDIAN).encode(new Port(70_000)),
                "Port.port: 70000 does not fit into u16le: it takes 0 to 65535");
    }

    @Test
    void itsNameIsItsLayout() {
        assertEquals("Inner{a@0 i8, b@4 i32le}",
                Codecs.struct(Inner.class, LITTLE_ENDIAN).toString());
    }

    @Test
    void aMemoryLayoutGivesOffsetsOrdersAndWidths() {
        @SuppressWarnings("ArrayRecordComponent") // as above
        record Pair(long address, short[] ports, Inner inner) {}
        StructLayout inner = MemoryLayout.structLayout(ValueLayout.JAVA_BYTE.withName("a"),
                MemoryLayout.paddingLayout(3), BE32.withName("b"));
        StructLayout layout = MemoryLayout.structLayout(inner.withName("inner"),
                BE32.withName("address"), BE32.withName("unused"), MemoryLayout
                        .sequenceLayout(2, ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN))
                        .withName("ports"));
        Codec<Pair> codec = Codecs.struct(Pair.class, layout);
        Bytes bytes = Bytes.hex("0100000000000002" + "fffffffe" + "00000000" + "05000600");
        Pair pair = codec.decode(bytes);
        assertEquals(0xfffffffeL, pair.address());
        assertEquals(new Inner((byte) 1, 2), pair.inner());
        assertArrayEquals(new short[]{5, 6}, pair.ports());
        assertEquals(bytes, codec.encode(pair));

        record Stranger(int nowhere) {}
        record Narrow(short address) {}
        refused(() -> Codecs.struct(Stranger.class, layout), "Stranger.nowhere: ");
        refused(() -> Codecs.struct(Narrow.class, layout), "Narrow.address: short does not go");
    }

    @Test
    void aSegmentIsACopyThatTheLayoutsHandlesRead() {
        StructLayout layout = MemoryLayout.structLayout(ValueLayout.JAVA_LONG
                .withOrder(LITTLE_ENDIAN)
                .withName("count"), BE32.withName("address"));
        Bytes bytes = Bytes.hex("0100000000000000" + "0a000001");
        MemorySegment segment = Codecs.segment(layout).decode(bytes);
        assertEquals(12, segment.byteSize());
        assertEquals(1L, segment.get(ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN), 0));
        segment.set(BE32, 8, 0x0a000002);
        assertEquals(Bytes.hex("0100000000000000" + "0a000002"),
                Codecs.segment(layout).encode(segment));
        refused(() -> Codecs.segment(layout).encode(segment.asSlice(0, 8)),
                "the segment has 8 bytes, the layout 12");
    }
}
