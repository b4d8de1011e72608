package dev.nestmap.model.object;

import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.MinimalBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ShapeBuilder;
import dev.nestmap.model.btf.SpinLock;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the members of one struct in {@code .maps} say (parse_btf_map_def and bpf_object__create_map of libbpf 1.x):
 * {@code __uint(NAME, N)} is a pointer to an array of N elements, {@code __type(NAME, T)} a pointer to T, {@code __array(values, T)}
 * an array of pointers to T.
 */
final class DefinitionReader {
    private static final int QUALIFIERS_LIMIT = 64;
    private static final long PAGE_BYTES = 4096;
    private static final int POINTERS_BYTES = 4;

    private final Btf btf;
    private final String name;
    private final List<String> remarks = new ArrayList<>();
    /** Behind the name in messages. */
    private String whose = "";
    private int type;
    private OptionalInt keySize = OptionalInt.empty();
    private OptionalInt valueSize = OptionalInt.empty();
    private int keyType;
    private int valueType;
    private int maxEntries;
    private int flags;
    private long mapExtra;
    private int numaNode;
    private MapDefinition.Pinning pinning = MapDefinition.Pinning.NONE;
    private @Nullable Definition inner;
    private long valuesOffset;

    DefinitionReader(Btf btf, String name) {
        this.btf = btf;
        this.name = name;
    }

    /**
     * A definition without its slots.
     *
     * @param valuesOffset where the slots begin in the variable
     */
    record Definition(String name, MapDefinition map, long valuesOffset) {
        boolean isOuter() {
            return map.type().isOuter();
        }

        MapDefinition finish(SortedMap<Integer, String> slots) {
            return new MapDefinition(name, map.type(), map.keySize(), map.valueSize(),
                    map.maxEntries(), map.flags(), map.mapExtra(), map.numaNode(), map.inner(),
                    map.btf(), map.pinning(), slots, map.remarks());
        }
    }

    Definition read(int typeId) throws ObjectException {
        return read(typeId, Nesting.TOP);
    }

    private enum Nesting {
        TOP, INNER
    }

    private Definition read(int typeId, Nesting nesting) throws ObjectException {
        if (!(unqualified(typeId) instanceof BtfType.Composite struct)
                || struct.layout() != BtfType.Layout.STRUCT) {
            throw problem("is no struct");
        }
        for (BtfType.Member member : struct.members()) {
            member(member, nesting);
        }
        MapType mapType = MapType.ofNumber(type)
                .orElseThrow(() -> problem(type == 0
                        ? "does not say its type"
                        : "has type %d, the kernel knows the types 1 to 33".formatted(
                                Integer.toUnsignedLong(type))));
        if (mapType == MapType.RINGBUF || mapType == MapType.USER_RINGBUF) {
            maxEntries = ringBufferBytes(maxEntries);
        }
        Optional<MapBtf> types = types(mapType);
        MapDefinition map = new MapDefinition(name, mapType, keySize.orElse(0),
                valueSize.orElse(0), maxEntries, flags, mapExtra, numaNode,
                Optional.ofNullable(inner).map(definition -> template(definition.map())), types,
                pinning, new TreeMap<>(), remarks);
        return new Definition(name, map, valuesOffset);
    }

    private static InnerTemplate template(MapDefinition map) {
        InnerTemplate template = new InnerTemplate(map.type(), map.keySize(), map.valueSize(),
                map.maxEntries(), map.flags());
        return map.btf().map(template::withBtf).orElse(template);
    }

    private void member(BtfType.Member member, Nesting nesting) throws ObjectException {
        switch (member.name()) {
            case "type" -> type = number(member);
            case "max_entries" -> maxEntries = number(member);
            case "map_flags" -> flags = number(member);
            case "numa_node" -> numaNode = number(member);
            case "map_extra" -> mapExtra = longNumber(member);
            case "key_size" -> keySize = size(member, keySize, number(member));
            case "value_size" -> valueSize = size(member, valueSize, number(member));
            case "key" -> {
                keyType = defined(member, target(member));
                keySize = size(member, keySize, sizeOf(member, keyType));
            }
            case "value" -> {
                valueType = defined(member, target(member));
                valueSize = size(member, valueSize, sizeOf(member, valueType));
            }
            case "values" -> values(member, nesting);
            case "pinning" -> {
                if (number(member) > 1 || nesting == Nesting.INNER) {
                    throw problem("has a pinning that is not known");
                }
                pinning = number(member) == 1
                        ? MapDefinition.Pinning.BY_NAME
                        : MapDefinition.Pinning.NONE;
            }
            default -> throw problem("has a member \"%s\" that is not known".formatted(
                    member.name()));
        }
    }

    /** Compilers write out a struct where something has it, and only its name where something points to it. */
    private int defined(BtfType.Member member, int typeId) throws ObjectException {
        if (unqualified(typeId) instanceof BtfType.Forward(var layout, String declared)) {
            throw problem(
                    ("has a %s, %s %s, that is only declared in the BTF; define a map that has it as its value, "
                            + "or a variable of it, so that the compiler writes it out")
                            .formatted(member.name(),
                                    layout == BtfType.Layout.STRUCT ? "struct" : "union",
                                    declared));
        }
        return typeId;
    }

    private OptionalInt size(BtfType.Member member, OptionalInt before, int now)
            throws ObjectException {
        if (before.isPresent() && before.getAsInt() != now) {
            throw problem("says two different sizes, %s and with \"%s\" %s".formatted(
                    Integer.toUnsignedString(before.getAsInt()), member.name(),
                    Integer.toUnsignedString(now)));
        }
        return OptionalInt.of(now);
    }

    private int sizeOf(BtfType.Member member, int typeId) throws ObjectException {
        return switch (ShapeBuilder.sizeBytes(btf, typeId)) {
            case Outcome.Done<Long>(Long size) -> size.intValue();
            case Outcome.Refused<Long>(Refusal refusal) ->
                throw problem("has a %s whose size is not known: %s".formatted(member.name(),
                        refusal.rule()));
        };
    }

    private int number(BtfType.Member member) throws ObjectException {
        if (unqualified(member.type()) instanceof BtfType.Pointer(int target)
                && btf.type(target) instanceof BtfType.Array array) {
            return (int) array.count();
        }
        throw problem("has a %s that is no number".formatted(member.name()));
    }

    /** {@code __ulong(NAME, N)} of newer libbpf is an enum with one constant. */
    private long longNumber(BtfType.Member member) throws ObjectException {
        return unqualified(member.type()) instanceof BtfType.Enumeration enumeration
                && enumeration.constants().size() == 1
                        ? enumeration.constants().getFirst().number()
                        : Integer.toUnsignedLong(number(member));
    }

    private int target(BtfType.Member member) throws ObjectException {
        if (unqualified(member.type()) instanceof BtfType.Pointer(int target)) {
            return target;
        }
        throw problem("has a %s that is no type".formatted(member.name()));
    }

    private void values(BtfType.Member member, Nesting nesting) throws ObjectException {
        valuesOffset = member.bitOffset() / Byte.SIZE;
        boolean outer = MapType.ofNumber(type).filter(MapType::isOuter).isPresent();
        if (nesting == Nesting.INNER || !(outer || type == MapType.PROG_ARRAY.number())) {
            throw problem("has values, but only maps of maps and prog_array take such");
        }
        valueSize = size(member, valueSize, POINTERS_BYTES);
        if (!(unqualified(member.type()) instanceof BtfType.Array array)
                || !(unqualified(array.element()) instanceof BtfType.Pointer(int target))) {
            throw problem("has values that are no pointers");
        }
        if (outer) {
            DefinitionReader reader = new DefinitionReader(btf, name);
            reader.whose = ": its inner map";
            inner = reader.read(target, Nesting.INNER);
        } else {
            remarks.add("programs in its slots are not imported");
        }
    }

    /** The types that libbpf hands to the kernel. Where the kernel refuses them, libbpf goes on without them, as here. */
    private Optional<MapBtf> types(MapType mapType) throws ObjectException {
        if (keyType == 0 && valueType == 0) {
            return Optional.empty();
        }
        if (!takesTypes(mapType)) {
            return left("the kernel takes none for %s".formatted(mapType.one()));
        }
        for (int typeId : new int[]{keyType, valueType}) {
            if (typeId != 0 && ShapeBuilder.shape(btf,
                    typeId) instanceof Outcome.Refused<Shape>(Refusal refusal)) {
                return left(refusal.rule());
            }
        }
        return switch (MinimalBtf.of(btf, keyType, valueType)) {
            case Outcome.Refused<MapBtf>(Refusal refusal) -> left(refusal.rule());
            case Outcome.Done<MapBtf>(MapBtf cut) -> checked(mapType, cut);
        };
    }

    private Optional<MapBtf> checked(MapType mapType, MapBtf cut) throws ObjectException {
        if (SpinLock.find(btf,
                valueType) instanceof Outcome.Refused<OptionalInt>(Refusal refusal)) {
            throw problem("cannot be held: " + refusal.rule());
        }
        MapSpec spec = MapSpec.of("", name, mapType, keySize.orElse(0), valueSize.orElse(0),
                maxEntries).withFlags(flags).withBtf(cut);
        return MapRules.checkBtf(spec)
                .map(refusal -> left(refusal.rule()))
                .orElseGet(() -> Optional.of(cut));
    }

    private Optional<MapBtf> left(String why) {
        remarks.add("its types are left out: " + why);
        return Optional.empty();
    }

    private static boolean takesTypes(MapType type) {
        return switch (type) {
            case PERF_EVENT_ARRAY, CGROUP_ARRAY, STACK_TRACE, ARRAY_OF_MAPS, HASH_OF_MAPS, DEVMAP,
                    DEVMAP_HASH, CPUMAP, XSKMAP, SOCKMAP, SOCKHASH, QUEUE, STACK, ARENA ->
                false;
            default -> true;
        };
    }

    /** adjust_ringbuf_sz: a power of two, in whole pages. */
    private static int ringBufferBytes(int asked) {
        long bytes = Integer.toUnsignedLong(asked);
        if (bytes == 0 || bytes > 1L << 31) {
            return asked;
        }
        return (int) Math.max(PAGE_BYTES, Long.highestOneBit(bytes * 2 - 1));
    }

    private BtfType unqualified(int typeId) throws ObjectException {
        BtfType found = btf.type(typeId);
        for (int i = 0; found instanceof BtfType.Altered altered; i++) {
            if (i == QUALIFIERS_LIMIT) {
                throw problem("has a type that contains itself");
            }
            found = btf.type(altered.target());
        }
        return found;
    }

    private ObjectException problem(String what) {
        return new ObjectException("map \"%s\"%s %s".formatted(name, whose, what));
    }
}
