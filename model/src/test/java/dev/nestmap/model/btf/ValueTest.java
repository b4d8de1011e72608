package dev.nestmap.model.btf;

import static dev.nestmap.model.btf.Types.at;
import static dev.nestmap.model.btf.Types.bits;
import static dev.nestmap.model.btf.Types.fields;
import static dev.nestmap.model.btf.Types.list;
import static dev.nestmap.model.btf.Types.number;
import static dev.nestmap.model.btf.Types.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class ValueTest {
    private final Types types = new Types();

    /** struct vip { __be32 addr; __be16 port; u8 proto; } with a byte of padding. */
    private int vip() {
        return types.struct("vip", 8, at(0, "addr", types.be32), at(4, "port", types.be16),
                at(6, "proto", types.u8));
    }

    @Test
    void fieldsBecomeBytesInTheirOrderWithPaddingZeroed() {
        int vip = vip();
        Datum value = fields("addr", text("10.0.0.1"), "port", number(443), "proto", number(6));
        assertEquals(Bytes.hex("0a00000101bb0600"), types.write(vip, value));
        assertEquals(value, types.read(vip, Bytes.hex("0a00000101bb0600")));
    }

    @Test
    void whatIsNotGivenIsZero() {
        assertEquals(Bytes.hex("0000000000500000"),
                types.write(vip(), fields("port", number(80))));
    }

    @Test
    void aNumberIsTakenInTheOrderOfItsType() {
        assertEquals(Bytes.hex("0a000001"), types.write(types.be32, number(0x0a000001)));
        assertEquals(Bytes.hex("0100000a"), types.write(types.u32, number(0x0a000001)));
        assertEquals(Bytes.hex("0000000000000007"), types.write(types.be64, number(7)));
        assertEquals(number(7), types.read(types.be64, Bytes.hex("0000000000000007")));
        assertEquals(Bytes.hex("ff00"), types.write(types.u16, text("0xff")));
    }

    @Test
    void aNumberThatDoesNotFitIsRefusedByItsPath() {
        int backend = types.struct("backend", 8, at(0, "addr", types.be32),
                at(4, "port", types.be16));
        int pool = types.struct("pool", 32, at(0, "backends", types.array(backend, 4)));
        Datum fine = fields();
        assertEquals("value.backends[3].port: 70000 does not fit u16 (EINVAL)",
                types.refused(pool, fields("backends",
                        list(fine, fine, fine, fields("port", number(70000))))));
        assertEquals("value: -129 does not fit s8 (EINVAL)",
                types.refused(types.s8, number(-129)));
        assertEquals("value: -1 does not fit u64 (EINVAL)", types.refused(types.u64, number(-1)));
        assertEquals("value.backends: 5 elements, there is room for 4 (EINVAL)",
                types.refused(pool, fields("backends", list(fine, fine, fine, fine, fine))));
    }

    @Test
    void anUnknownMemberIsRefusedWithThoseThereAre() {
        assertEquals(
                "value.prot: struct vip has no such member; it has addr, port, proto (EINVAL)",
                types.refused(vip(), fields("prot", number(6))));
        assertEquals("value.port: given twice (EINVAL)",
                types.refused(vip(), fields("port", number(1), "port", number(1))));
        assertEquals("value: 7, and this is struct vip; give its members, as in {\"NAME\":...}"
                + " (EINVAL)", types.refused(vip(), number(7)));
    }

    @Test
    void enumsGoByName() {
        int mode = types.enumeration("mode", 4, "DROP", 0, "PASS", 1, "TX", -3);
        assertEquals(Bytes.hex("fdffffff"), types.write(mode, text("TX")));
        assertEquals(text("TX"), types.read(mode, Bytes.hex("fdffffff")));
        assertEquals(number(9), types.read(mode, Bytes.u32le(9)));
        assertEquals(Bytes.u32le(9), types.write(mode, number(9)));
        assertEquals("value: enum mode has no \"REDIRECT\"; it has DROP, PASS, TX (EINVAL)",
                types.refused(mode, text("REDIRECT")));
        int wide = types.enumeration("wide", 8, "BIG", 1L << 40, "ALL", Long.MAX_VALUE);
        assertEquals(text("BIG"), types.read(wide, Bytes.u64le(1L << 40)));
        assertEquals(Bytes.u64le(Long.MAX_VALUE), types.write(wide, text("ALL")));
        int small = types.enumeration("small", 1, "A", 200);
        assertEquals(Bytes.of(200), types.write(small, text("A")));
        assertTrue(types.refused(small, number(256)).contains("does not fit enum small"));
    }

    @Test
    void charactersAreATextWhereTheyCanBePrinted() {
        int name = types.array(types.character, 8);
        assertEquals(Bytes.hex("6162630000000000"), types.write(name, text("abc")));
        assertEquals(text("abc"), types.read(name, Bytes.hex("6162630000000000")));
        assertEquals(text("abcdefgh"), types.read(name, Bytes.hex("6162636465666768")));
        assertEquals(text("gr\u00fcn"), types.read(name, Bytes.hex("6772c3bc6e000000")));
        assertEquals(list(number(97), number(0), number(98), number(0), number(0), number(0),
                number(0), number(0)), types.read(name, Bytes.hex("6100620000000000")));
        assertEquals("value: a text of 9 bytes, there is room for 8 (EINVAL)",
                types.refused(name, text("abcdefghi")));
    }

    @Test
    void addressesAreTakenAsPeopleWriteThem() {
        int mac = types.array(types.u8, 6);
        assertEquals(Bytes.hex("020000000001"), types.write(mac, text("02:00:00:00:00:01")));
        assertEquals(text("02:00:00:00:00:01"), types.read(mac, Bytes.hex("020000000001")));
        int words = types.array(types.be32, 4);
        Bytes address = Bytes.hex("20010db8000000000000000000000001");
        assertEquals(address, types.write(words, text("2001:db8::1")));
        assertEquals(address, types.write(types.array(types.u8, 16), text("2001:db8::1")));
        int in6 = types.struct("in6_addr", 16, at(0, "s6_addr", types.array(types.u8, 16)));
        assertEquals(text("2001:db8::1"), types.read(in6, address));
        assertEquals(address, types.write(in6, text("2001:0DB8:0:0::0.0.0.1")));
        assertEquals(
                "value: \"2001:db8::1::\" is not an IPv6 address, as in \"2001:db8::1\" (EINVAL)",
                types.refused(in6, text("2001:db8::1::")));
        assertEquals("value: \"10.0.0.256\" is not an IPv4 address, as in \"10.0.0.1\" (EINVAL)",
                types.refused(types.be32, text("10.0.0.256")));
        assertEquals(Bytes.hex("000102030405060708090a0b0c0d0e0f"),
                types.write(types.array(types.u8, 16),
                        text("hex 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f")));
    }

    @Test
    void membersOfAUnionAreGivenOneOrInAgreement() {
        int destination = types.union("", 16, at(0, "dst", types.be32),
                at(0, "dstv6", types.array(types.be32, 4)));
        int real = types.struct("real", 20, at(0, "", destination), at(16, "flags", types.u8));
        Datum one = fields("dst", text("10.0.0.1"), "flags", number(1));
        Bytes bytes = Bytes.hex("0a00000100000000000000000000000001000000");
        assertEquals(bytes, types.write(real, one));
        assertEquals(bytes, types.write(real, types.read(real, bytes)));
        assertEquals(
                "value.dstv6[0]: contradicts another member of the same union that was given too; they "
                        + "share their bytes, give one of them (EINVAL)",
                types.refused(real,
                        fields("dst", text("10.0.0.1"), "dstv6", list(text("10.0.0.2")))));
    }

    @Test
    void bitfieldsLieWhereTheCompilerPutThem() {
        int flags = types.struct("flags", 4, bits(0, 3, "a", types.u32),
                bits(3, 11, "b", types.u32), bits(14, 5, "c", types.s32),
                bits(19, 1, "d", types.bool));
        Datum value = fields("a", number(5), "b", number(1027), "c", number(-16), "d",
                new Datum.Truth(true));
        Bytes bytes = types.write(flags, value);
        assertEquals(5 | 1027 << 3 | 16 << 14 | 1 << 19, bytes.intLe(0));
        assertEquals(value, types.read(flags, bytes));
        assertEquals("value.a: 8 does not fit u3 (EINVAL)",
                types.refused(flags, fields("a", number(8))));
    }

    @Test
    void wideAndBrokenNumbersComeBackAsTheyWere() {
        Datum wide = new Datum.Whole(BigInteger.ONE.shiftLeft(127).add(BigInteger.TWO));
        assertEquals(Bytes.hex("02000000000000000000000000000080"),
                types.write(types.u128, wide));
        assertEquals(wide, types.read(types.u128, types.write(types.u128, wide)));
        Bytes nan = Bytes.hex("010000000000f87f");
        assertEquals(text("hex 01 00 00 00 00 00 f8 7f"), types.read(types.real64, nan));
        assertEquals(nan, types.write(types.real64, types.read(types.real64, nan)));
        assertEquals(Bytes.hex("0000803f"), types.write(types.real32, number(1)));
        assertEquals("value: 1.0E39 does not fit a float of 4 bytes (EINVAL)",
                types.refused(types.real32, new Datum.Fraction(1e39)));
        assertEquals("value: 1.5 is no u32 (EINVAL)",
                types.refused(types.u32, new Datum.Fraction(1.5)));
        assertEquals(number(2), types.read(types.bool, Bytes.of(2)));
    }
}
