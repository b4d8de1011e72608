package dev.nestmap.cli.render;

import dev.nestmap.model.btf.Datum;
import java.math.BigInteger;
import java.util.List;

/** Values by field name in JSON. */
final class DatumJson {
    private DatumJson() {}

    static void write(JsonWriter out, Datum value) {
        switch (value) {
            case Datum.Text(String text) -> out.value(text);
            case Datum.Whole(BigInteger number) -> out.number(number.toString());
            case Datum.Fraction(double number) -> out.number(Double.toString(number));
            case Datum.Truth(boolean truth) -> out.truth(truth);
            case Datum.Nothing() -> out.nothing();
            case Datum.Sequence(List<Datum> items) -> {
                out.array();
                items.forEach(item -> write(out, item));
                out.endArray();
            }
            case Datum.Fields(List<Datum.Field> fields) -> {
                out.object();
                fields.forEach(field -> write(out.name(field.name()), field.value()));
                out.endObject();
            }
        }
    }
}
