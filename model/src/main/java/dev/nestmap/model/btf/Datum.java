package dev.nestmap.model.btf;

import java.math.BigInteger;
import java.util.List;

/** A value by names instead of bytes: what JSON can say, with whole numbers of any size. */
public sealed interface Datum {
    /** A text: a name of an enum, characters, an address. */
    record Text(String text) implements Datum {}

    /** A whole number. */
    record Whole(BigInteger number) implements Datum {
        /** Of a long. */
        public static Whole of(long number) {
            return new Whole(BigInteger.valueOf(number));
        }
    }

    /** Another number. */
    record Fraction(double number) implements Datum {}

    /** True or false. */
    record Truth(boolean value) implements Datum {}

    /** JSON's null. */
    record Nothing() implements Datum {}

    /** Elements of an array. */
    record Sequence(List<Datum> items) implements Datum {
        /** Copies the list. */
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Members of a struct or union, in order. */
    record Fields(List<Field> fields) implements Datum {
        /** Copies the list. */
        public Fields {
            fields = List.copyOf(fields);
        }
    }

    /** A member. */
    record Field(String name, Datum value) {}
}
