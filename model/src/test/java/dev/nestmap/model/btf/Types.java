package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.BtfType.Encoding;
import java.util.ArrayList;
import java.util.List;

/** Types as a compiler would write them, for tests. */
final class Types {
    final BtfWriter writer = new BtfWriter();
    final int u8 = integer("unsigned char", 1, Encoding.UNSIGNED);
    final int u16 = integer("unsigned short", 2, Encoding.UNSIGNED);
    final int u32 = integer("unsigned int", 4, Encoding.UNSIGNED);
    final int u64 = integer("unsigned long long", 8, Encoding.UNSIGNED);
    final int u128 = integer("unsigned __int128", 16, Encoding.UNSIGNED);
    final int s8 = integer("signed char", 1, Encoding.SIGNED);
    final int s16 = integer("short", 2, Encoding.SIGNED);
    final int s32 = integer("int", 4, Encoding.SIGNED);
    final int s64 = integer("long long", 8, Encoding.SIGNED);
    final int character = integer("char", 1, Encoding.SIGNED);
    final int bool = integer("_Bool", 1, Encoding.BOOL);
    final int be16 = typedef("__be16", u16);
    final int be32 = typedef("__be32", u32);
    final int be64 = typedef("__be64", u64);
    final int real32 = writer.add(new BtfType.Real("float", 4));
    final int real64 = writer.add(new BtfType.Real("double", 8));
    final int pointer = writer.add(new BtfType.Pointer(0));

    int integer(String name, int size, Encoding encoding) {
        return writer.add(new BtfType.Int(name, size, encoding, 0, size * 8));
    }

    int typedef(String name, int target) {
        return writer.add(new BtfType.Altered(BtfType.Alteration.TYPEDEF, name, target));
    }

    int array(int element, long count) {
        return writer.add(new BtfType.Array(element, u32, count));
    }

    int enumeration(String name, int size, Object... namesAndNumbers) {
        List<BtfType.Constant> constants = new ArrayList<>();
        boolean signed = false;
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            long number = ((Number) namesAndNumbers[i + 1]).longValue();
            constants.add(new BtfType.Constant((String) namesAndNumbers[i], number));
            signed |= number < 0;
        }
        return writer.add(new BtfType.Enumeration(
                size == 8 ? BtfType.Width.BITS_64 : BtfType.Width.BITS_32, name, size,
                signed ? BtfType.Sign.SIGNED : BtfType.Sign.UNSIGNED, constants));
    }

    int struct(String name, long size, BtfType.Member... members) {
        return writer.add(new BtfType.Composite(BtfType.Layout.STRUCT, name, size,
                List.of(members)));
    }

    int union(String name, long size, BtfType.Member... members) {
        return writer.add(new BtfType.Composite(BtfType.Layout.UNION, name, size,
                List.of(members)));
    }

    static BtfType.Member at(int offset, String name, int type) {
        return new BtfType.Member(name, type, offset * 8L, 0);
    }

    static BtfType.Member bits(int offset, int width, String name, int type) {
        return new BtfType.Member(name, type, offset, width);
    }

    Btf btf() {
        return done(Btf.parse(writer.build()));
    }

    Shape shape(int type) {
        return done(ShapeBuilder.shape(btf(), type));
    }

    static <T> T done(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(var refusal) -> throw new AssertionError(refusal.toString());
        };
    }

    static String refusal(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Done<?>(var value) -> throw new AssertionError("done: " + value);
            case Outcome.Refused<?>(var refusal) -> refusal.toString();
        };
    }

    Bytes write(int type, Datum value) {
        return done(ValueWriter.write("value", shape(type), value));
    }

    String refused(int type, Datum value) {
        return refusal(ValueWriter.write("value", shape(type), value));
    }

    Datum read(int type, Bytes bytes) {
        return ValueReader.read(shape(type), bytes);
    }

    static Datum number(long number) {
        return Datum.Whole.of(number);
    }

    static Datum text(String text) {
        return new Datum.Text(text);
    }

    static Datum list(Datum... items) {
        return new Datum.Sequence(List.of(items));
    }

    static Datum fields(Object... namesAndValues) {
        List<Datum.Field> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(new Datum.Field((String) namesAndValues[i], (Datum) namesAndValues[i + 1]));
        }
        return new Datum.Fields(fields);
    }
}
