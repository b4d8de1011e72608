package dev.nestmap.client.codec;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecsTest {
    @Test
    void numbersHaveTheirWidthTheirSignAndTheOrderThatIsSaid() {
        check(Codecs.u8(), 255, "ff");
        check(Codecs.i8(), (byte) -1, "ff");
        check(Codecs.u16(BIG_ENDIAN), 0x0102, "0102");
        check(Codecs.u16(LITTLE_ENDIAN), 0xfffe, "feff");
        check(Codecs.i16(LITTLE_ENDIAN), (short) -2, "feff");
        check(Codecs.u32(BIG_ENDIAN), 0xfffefdfcL, "fffefdfc");
        check(Codecs.i32(LITTLE_ENDIAN), -2, "feffffff");
        check(Codecs.u64(LITTLE_ENDIAN), -1L, "ffffffffffffffff");
        check(Codecs.i64(BIG_ENDIAN), 1L, "0000000000000001");
        check(Codecs.index(), 258, "02010000");
    }

    @Test
    void aNumberThatIsTooLargeIsRefusedWithItsRange() {
        refused(() -> Codecs.u8().encode(256), "256 does not fit into u8: it takes 0 to 255");
        refused(() -> Codecs.u16(BIG_ENDIAN).encode(-1), "-1 does not fit into u16be");
        refused(() -> Codecs.u32(LITTLE_ENDIAN).encode(1L << 32), "it takes 0 to 4294967295");
        refused(() -> Codecs.index().encode(-1), "-1 does not fit");
    }

    record Small(short port, @Unsigned(bits = 8) short protocol, @BigEndian int address) {}

    /** Tables hold short keys by it. */
    @Test
    void aShortValueAsANumberIsItsBytes() throws UnknownHostException {
        for (ByteOrder order : List.of(BIG_ENDIAN, LITTLE_ENDIAN)) {
            for (long number : List.of(0L, 1L, 0x7fL, 0x80L, 0xffL)) {
                word(Codecs.u8(), (int) number);
                word(Codecs.i8(), (byte) number);
                word(Codecs.u16(order), 257 * (int) number);
                word(Codecs.i16(order), (short) (257 * number));
                word(Codecs.u32(order), 0x01010101L * number);
                word(Codecs.i32(order), (int) (0x01020304 * number));
                word(Codecs.u64(order), 0x0102030405060708L * number);
                word(Codecs.i64(order), -number);
                word(Codecs.index(), (int) number);
                word(Codecs.struct(Small.class, order),
                        new Small((short) -number, (short) number, (int) -number));
                word(Codecs.list(Codecs.u16(order), 3), List.of(1, (int) number, 0xffff));
                word(Codecs.bytes(3), Bytes.of(1, (int) number, 3));
                word(Codecs.byteArray(2), new byte[]{(byte) number, 2});
                word(Codecs.text(8), "k" + number);
                word(Codecs.mac(), new MacAddress(Bytes.of(2, 0, 0, 0, (int) number, 1)));
                word(Codecs.ipv4(), (Inet4Address) InetAddress
                        .getByAddress(new byte[]{10, (byte) number, 127, (byte) 128}));
            }
        }
        refused(() -> Codecs.u8().word(256), "256 does not fit into u8: it takes 0 to 255");
        refused(() -> Codecs.bytes(4).word(Bytes.of(1)), "bytes[4] takes 4 bytes, these are 1");
        refused(() -> Codecs.struct(Small.class, BIG_ENDIAN)
                .word(new Small((short) 1, (short) 256, 1)), "Small.protocol: 256 does not fit");
    }

    private static <T> void word(Codec<T> codec, T value) {
        assertEquals(codec.encode(value).head(), codec.word(value), () -> codec + " of " + value);
    }

    @Test
    void bytesOfAnotherLengthAreRefusedWithBoth() {
        refused(() -> Codecs.bytes(4).encode(Bytes.of(1)), "bytes[4] takes 4 bytes, these are 1");
        refused(() -> Codecs.u16(BIG_ENDIAN).decode(Bytes.of(1, 2, 3)),
                "u16be takes 2 bytes, these are 3");
        refused(() -> Codecs.u8().fromValue(new Value.Slot(new MapRef.ById(1))), "reads bytes");
        refused(() -> Codecs.bytes(0), "above 0");
    }

    @Test
    void aByteArrayIsCopied() {
        byte[] bytes = {1, 2};
        Bytes encoded = Codecs.byteArray(2).encode(bytes);
        bytes[0] = 9;
        assertEquals(Bytes.of(1, 2), encoded);
        Codecs.byteArray(2).decode(encoded)[0] = 9;
        assertArrayEquals(new byte[]{1, 2}, Codecs.byteArray(2).decode(encoded));
    }

    @Test
    void textIsPaddedWithZerosAndRefusedWhereItDoesNotFit() {
        check(Codecs.text(4), "ab", "61620000");
        check(Codecs.text(4), "", "00000000");
        check(Codecs.text(4), "é€".substring(0, 1) + "ab", "c3a96162");
        refused(() -> Codecs.text(4).encode("héllo"),
                "\"héllo\" has 6 bytes, text[4] takes at most 4");
        refused(() -> Codecs.text(4).encode("a\0b"), "has a zero");
        refused(() -> Codecs.text(4).encode("\ud800"), "half a surrogate");
        refused(() -> Codecs.text(2).decode(Bytes.of(0xc3, 0)), "c3 is not UTF-8");
    }

    @Test
    void addressesAreInNetworkOrder() throws UnknownHostException {
        check(Codecs.ipv4(), (Inet4Address) InetAddress.getByName("10.0.0.1"), "0a000001");
        check(Codecs.ipv6(), (Inet6Address) InetAddress.getByName("2001:db8::1"),
                "20010db8000000000000000000000001");
        Bytes mapped = Bytes.hex("00000000000000000000ffff01020304");
        assertEquals(mapped, Codecs.ipv6().encode(Codecs.ipv6().decode(mapped)));
        check(Codecs.mac(), MacAddress.parse("02:00:00:00:0a:ff"), "020000000aff");
        assertEquals("02:00:00:00:0a:ff", MacAddress.parse("02:00:00:00:0A:FF").toString());
        refused(() -> MacAddress.parse("02:00"), "write it as 02:00:00:00:00:01");
    }

    @Test
    void aPrefixIsItsLengthThenTheData() throws UnknownHostException {
        Inet4Address address = (Inet4Address) InetAddress.getByName("10.1.0.0");
        check(Codecs.prefix(Codecs.ipv4()), new Prefix<>(address, 16), "100000000a010000");
        refused(() -> Codecs.prefix(Codecs.ipv4()).encode(new Prefix<>(address, 33)),
                "a prefix of 33 bits: ipv4 has 32");
    }

    @Test
    void aListHasItsLength() {
        check(Codecs.list(Codecs.u16(BIG_ENDIAN), 2), List.of(1, 2), "00010002");
        refused(() -> Codecs.list(Codecs.u8(), 2).encode(List.of(1)),
                "u8[2] takes 2 values, these are 1");
    }

    @Test
    void aSlotIsAMapAndANodeValueBytesOrAnExpression() {
        MapRef map = new MapRef.ById(7);
        assertEquals(new Value.Slot(map), Codecs.slot().toValue(map));
        assertEquals(map, Codecs.slot().fromValue(new Value.Slot(map)));
        refused(() -> Codecs.slot().fromValue(new Value.Data(Bytes.of(1))), "slot reads slots");

        ValueCodec<NodeValue<Long>> device = Codecs.nodeValue(Codecs.u32(LITTLE_ENDIAN));
        Value expression = new Value.Expression("ifindex(\"eth0\")");
        assertEquals(expression, device.toValue(NodeValue.ifindex("eth0")));
        assertEquals(NodeValue.ifindex("eth0"), device.fromValue(expression));
        assertEquals(new Value.Expression("cpus()"), device.toValue(NodeValue.possibleCpus()));
        Value number = new Value.Data(Bytes.u32le(3));
        assertEquals(number, device.toValue(NodeValue.of(3L)));
        assertEquals(NodeValue.of(3L), device.fromValue(number));
        refused(() -> NodeValue.ifindex("a name that is too long"), "is no node expression");
    }

    @Test
    void aPerCpuValueIsOneForAllOrOneForEach() {
        ValueCodec<PerCpu<Integer>> codec = Codecs.perCpu(Codecs.u8());
        Value each = new Value.PerCpu(List.of(Bytes.of(1), Bytes.of(2)));
        assertEquals(each, codec.toValue(new PerCpu.Each<>(List.of(1, 2))));
        assertEquals(new PerCpu.Each<>(List.of(1, 2)), codec.fromValue(each));
        assertEquals(new Value.Data(Bytes.of(7)), codec.toValue(new PerCpu.Same<>(7)));
        assertEquals(new PerCpu.Same<>(7), codec.fromValue(new Value.Data(Bytes.of(7))));
        refused(() -> new PerCpu.Each<>(List.of()), "of no CPU");
    }

    static <T> void check(Codec<T> codec, T value, String hex) {
        Bytes bytes = Bytes.hex(hex);
        assertEquals(bytes, codec.encode(value), codec::toString);
        assertEquals(value, codec.decode(bytes), codec::toString);
        assertEquals(bytes.size(), codec.sizeBytes(), codec::toString);
    }

    static void refused(Runnable call, String words) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }
}
