package dev.nestmap.cli.command;

import dev.nestmap.cli.render.LiveRenderer.KeySum;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.Datum;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.ValueReader;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adds values of one key over CPUs and nodes: whole numbers of 1, 2, 4 or 8 bytes, or, of a map with BTF, field by field. Sums are of
 * any size. What is no number stays where it is the same everywhere, and is shown as {@code (differs)} elsewhere. One thread uses it.
 */
final class Sums {
    private static final Set<Integer> NUMBER_BYTES = Set.of(1, 2, 4, 8);
    private static final Datum DIFFERS = new Datum.Text("(differs)");

    private final Optional<MapBtf.Resolved> types;
    private final TreeMap<Bytes, Datum> sums = new TreeMap<>();

    private Sums(Optional<MapBtf.Resolved> types) {
        this.types = types;
    }

    /** Nothing so far; empty where the map's values are not known to be numbers. */
    static Optional<Sums> of(MapDescription map) {
        MapSpec spec = map.spec();
        Optional<MapBtf.Resolved> types = TypedWords.types(map)
                .filter(known -> known.value().sizeBytes() == spec.valueSize());
        return !spec.type().isOuter()
                && (types.isPresent() || NUMBER_BYTES.contains(spec.valueSize()))
                        ? Optional.of(new Sums(types))
                        : Optional.empty();
    }

    void add(Element element) {
        List<Bytes> values = switch (element.value()) {
            case Value.Data(Bytes bytes) -> List.of(bytes);
            case Value.PerCpu(List<Bytes> each) -> each;
            case Value.Slot _,Value.Expression _ -> List.of();
        };
        values.forEach(value -> sums.merge(element.key(), read(value), Sums::plus));
    }

    /** By key. */
    List<KeySum> all() {
        List<KeySum> all = new ArrayList<>(sums.size());
        sums.forEach((key, sum) -> all.add(new KeySum(key, sum)));
        return all;
    }

    private Datum read(Bytes value) {
        if (types.isPresent()) {
            return ValueReader.read(types.get().value(), value);
        }
        BigInteger number = BigInteger.ZERO;
        for (int i = value.size() - 1; i >= 0; i--) {
            number = number.shiftLeft(Byte.SIZE).add(BigInteger.valueOf(value.at(i)));
        }
        return new Datum.Whole(number);
    }

    private static Datum plus(Datum one, Datum other) {
        return switch (one) {
            case Datum.Whole(BigInteger a) when other instanceof Datum.Whole(BigInteger b) ->
                new Datum.Whole(a.add(b));
            case Datum.Fraction(double a) when other instanceof Datum.Fraction(double b) ->
                new Datum.Fraction(a + b);
            case Datum.Sequence(List<Datum> a) when other instanceof Datum.Sequence(List<Datum> b)
                    && a.size() == b.size() ->
                new Datum.Sequence(both(a, b));
            case Datum.Fields(List<Datum.Field> a) when other instanceof Datum.Fields(List<Datum.Field> b)
                    && a.size() == b.size() ->
                fields(a, b);
            case Datum.Whole _,Datum.Fraction _,Datum.Sequence _,Datum.Fields _,Datum.Text _,Datum.Truth _,Datum.Nothing _ ->
                one.equals(other) ? one : DIFFERS;
        };
    }

    private static List<Datum> both(List<Datum> one, List<Datum> other) {
        List<Datum> sums = new ArrayList<>(one.size());
        for (int i = 0; i < one.size(); i++) {
            sums.add(plus(one.get(i), other.get(i)));
        }
        return sums;
    }

    private static Datum fields(List<Datum.Field> one, List<Datum.Field> other) {
        List<Datum.Field> sums = new ArrayList<>(one.size());
        for (int i = 0; i < one.size(); i++) {
            sums.add(new Datum.Field(one.get(i).name(),
                    plus(one.get(i).value(), other.get(i).value())));
        }
        return new Datum.Fields(sums);
    }
}
