package dev.nestmap.model.btf;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts a section down to the types of one map's keys and values, numbered in the order in which they are met: the same types
 * give the same bytes, whatever else the object file has. Pointers point to void, and tags are gone: what a pointer points
 * to is of no use outside of the program.
 */
public final class MinimalBtf {
    private final Btf btf;
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private final List<Integer> order = new ArrayList<>();

    private MinimalBtf(Btf btf) {
        this.btf = btf;
    }

    /** The types of a map; EINVAL where a type is none of a value, E2BIG where they take too much room. */
    public static Outcome<MapBtf> of(Btf btf, int keyTypeId, int valueTypeId) {
        MinimalBtf minimal = new MinimalBtf(btf);
        try {
            int key = minimal.number(keyTypeId);
            int value = minimal.number(valueTypeId);
            BtfWriter writer = new BtfWriter();
            // Grows while it is walked: each type numbers those that it names.
            for (int i = 0; i < minimal.order.size(); i++) {
                writer.add(minimal.renumbered(btf.type(minimal.order.get(i))));
            }
            MapBtf cut = new MapBtf(writer.build(), key, value);
            return cut.data().size() <= MapBtf.SIZE_LIMIT_BYTES
                    ? Outcome.done(cut)
                    : Outcome.refused(Errno.E2BIG,
                            "its types take %d bytes of BTF, a map carries at most %d".formatted(
                                    cut.data().size(), MapBtf.SIZE_LIMIT_BYTES));
        } catch (MisfitException e) {
            return Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
        }
    }

    private int number(int id) throws MisfitException {
        if (id < 0 || id >= btf.typeCount()) {
            throw new MisfitException("there is no type %s, the BTF has %d".formatted(
                    Integer.toUnsignedString(id), btf.typeCount() - 1));
        }
        int real = withoutTags(id);
        if (real == 0) {
            return 0;
        }
        Integer known = numbers.putIfAbsent(real, order.size() + 1);
        if (known == null) {
            order.add(real);
            return order.size();
        }
        return known;
    }

    private int withoutTags(int id) throws MisfitException {
        int steps = 0;
        int real = id;
        while (btf.type(real) instanceof BtfType.Altered altered
                && altered.alteration() == BtfType.Alteration.TYPE_TAG) {
            real = altered.target();
            if (++steps > btf.typeCount()) {
                throw new MisfitException("type %d contains itself".formatted(id));
            }
        }
        return real;
    }

    private BtfType renumbered(BtfType type) throws MisfitException {
        return switch (type) {
            case BtfType.Int _,BtfType.Real _,BtfType.Enumeration _,BtfType.Forward _ -> type;
            case BtfType.Pointer _ -> new BtfType.Pointer(0);
            case BtfType.Array(int element, int index, long count) ->
                new BtfType.Array(number(element), number(index), count);
            case BtfType.Altered(var alteration, String name, int target) ->
                new BtfType.Altered(alteration, name, number(target));
            case BtfType.Composite composite -> {
                List<BtfType.Member> members = new ArrayList<>();
                for (BtfType.Member member : composite.members()) {
                    members.add(new BtfType.Member(member.name(), number(member.type()),
                            member.bitOffset(), member.bitWidth()));
                }
                yield new BtfType.Composite(composite.layout(), composite.name(),
                        composite.sizeBytes(), members);
            }
            case BtfType.Nothing _,BtfType.Variable _,BtfType.DataSection _,BtfType.Foreign _ ->
                throw new MisfitException(
                        "\"%s\" is no type of a value".formatted(type.name()));
        };
    }
}
