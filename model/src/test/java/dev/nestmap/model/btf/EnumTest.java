package dev.nestmap.model.btf;

import static dev.nestmap.model.btf.Types.at;
import static dev.nestmap.model.btf.Types.bits;
import static dev.nestmap.model.btf.Types.fields;
import static dev.nestmap.model.btf.Types.number;
import static dev.nestmap.model.btf.Types.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Enums of compilers that do not tell the sign, and what bpftool makes of enums. */
class EnumTest {
    private final Types types = new Types();
    /** As clang 14 writes {@code enum neg { NA = -1, NB = 2, NC = -0x80000000 }}. */
    private final int unsaid = unsaid(4);

    private int unsaid(int size) {
        return types.writer.add(new BtfType.Enumeration(BtfType.Width.BITS_32, "neg", size,
                BtfType.Sign.UNSIGNED, List.of(new BtfType.Constant("NA", 0xffff_ffffL),
                        new BtfType.Constant("NB", 2),
                        new BtfType.Constant("NC", 0x8000_0000L))));
    }

    private Datum bpftool(int type, String hex) {
        return BpftoolForm.read(types.shape(type), Bytes.hex(hex));
    }

    @Test
    void negativeConstantsFitIntoBitfieldsAndSmallEnums() {
        int struct = types.struct("s", 8, at(0, "n", unsaid), bits(32, 5, "bf", unsaid));
        Datum named = fields("n", text("NA"), "bf", text("NA"));
        assertEquals(Bytes.hex("ffffffff1f000000"), types.write(struct, named));
        assertEquals(named, types.read(struct, Bytes.hex("ffffffff1f000000")));
        assertEquals(fields("n", text("NC"), "bf", number(30)),
                types.read(struct, Bytes.hex("000000801e000000")));
        assertTrue(types.refused(struct, fields("bf", text("NC"))).contains("does not fit"));
        int packed = unsaid(1);
        assertEquals(Bytes.hex("ff"), types.write(packed, text("NA")));
        assertEquals(text("NA"), types.read(packed, Bytes.hex("ff")));
    }

    @Test
    void numbersOfBothSignsAreTaken() {
        assertEquals(Bytes.hex("ffffffff"), types.write(unsaid, number(-1)));
        assertEquals(Bytes.hex("ffffffff"), types.write(unsaid, number(0xffff_ffffL)));
        assertEquals(Bytes.hex("00000080"), types.write(unsaid, number(-0x8000_0000L)));
        assertTrue(types.refused(unsaid, number(-0x8000_0001L)).contains("does not fit"));
        int struct = types.struct("s", 4, bits(0, 5, "bf", unsaid));
        assertEquals(Bytes.hex("10000000"), types.write(struct, fields("bf", number(-16))));
        assertTrue(types.refused(struct, fields("bf", number(-17))).contains("does not fit"));
        int wide = types.enumeration("wide", 8, "BIG", 1L << 40);
        assertTrue(types.refused(wide, number(-1)).contains("does not fit"), "its sign is known");
    }

    @Test
    void bpftoolReadsEnumsAsSigned() {
        assertEquals(number(-16_711_424), bpftool(unsaid, "000101ff"));
        assertEquals(text("NC"), bpftool(unsaid, "00000080"));
        assertEquals(text("NA"), bpftool(unsaid, "ffffffff"));
        int packed = types.enumeration("packed", 1, "A", 255);
        assertEquals(number(-1), bpftool(packed, "ff"));
        int wide = types.enumeration("wide", 8, "BIG", 1L << 40);
        assertEquals(number(-1), bpftool(wide, "ffffffffffffffff"));
        assertEquals(text("BIG"), bpftool(wide, "0000000000010000"));
    }

    /** Where bpftool 7.1 writes what is no JSON. */
    @Test
    void theFormOfBpftoolKeepsBackslashesAndFloats() {
        assertEquals(text("\\A"), bpftool(types.array(types.character, 3), "5c4100"));
        assertEquals(new Datum.Fraction(1.5), bpftool(types.real32, "0000c03f"));
    }

    @Test
    void aWholeNumberThatAFloatDoesNotHoldIsRefused() {
        assertEquals(Bytes.hex("0000804b"), types.write(types.real32, number(16_777_216)));
        assertEquals(
                "value: a float of 4 bytes does not hold 16777217, the nearest that it holds is "
                        + "16777216 (EINVAL)",
                types.refused(types.real32, number(16_777_217)));
        assertEquals(
                "value: a float of 8 bytes does not hold 9007199254740993, the nearest that it "
                        + "holds is 9007199254740992 (EINVAL)",
                types.refused(types.real64, number(9_007_199_254_740_993L)));
        assertEquals(Bytes.hex("cdcccc3d"), types.write(types.real32, new Datum.Fraction(0.1)));
    }

    @Test
    void aSizeNeedsNoShape() {
        int large = types.array(types.u64, 2 << 20);
        assertTrue(Types.refusal(ShapeBuilder.shape(types.btf(), large)).contains("at most"));
        assertEquals(16L << 20, Types.done(ShapeBuilder.sizeBytes(types.btf(), large)));
        int small = types.array(types.array(types.be16, 3), 1);
        assertEquals(6L, Types.done(ShapeBuilder.sizeBytes(types.btf(), small)));
        int vast = types.array(types.array(types.u64, 0xffff_ffffL), 0xffff_ffffL);
        assertTrue(Types.refusal(ShapeBuilder.sizeBytes(types.btf(), vast)).contains("more than"));
        assertTrue(Types.refusal(ShapeBuilder.sizeBytes(types.btf(), 0)).contains("void"));
    }
}
