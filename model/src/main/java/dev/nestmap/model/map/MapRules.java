package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Map;
import java.util.Optional;

/** The one list of the types whose contents the store holds. A type is added by a line here and a class of its own. */
public final class MapRules {
    /** The largest key and the largest value that the store holds. */
    public static final int ELEMENT_PART_LIMIT_BYTES = 1 << 20;

    private static final Map<MapType, TypeRules> RULES = Map.of( //
            MapType.ARRAY, new ArrayRules(), //
            MapType.HASH, new HashRules(), //
            MapType.DEVMAP, new DevmapRules(), //
            MapType.DEVMAP_HASH, new DevmapHashRules(), //
            MapType.ARRAY_OF_MAPS, new ArrayOfMapsRules(), //
            MapType.HASH_OF_MAPS, new HashOfMapsRules());

    private MapRules() {}

    /** True where the store holds maps of this type. */
    public static boolean holds(MapType type) {
        return RULES.containsKey(type);
    }

    static TypeRules of(MapType type) {
        TypeRules rules = RULES.get(type);
        if (rules == null) {
            throw new IllegalArgumentException("no rules for " + type);
        }
        return rules;
    }

    /** The flags that the kernel shows for a map of a held type that was created with these. */
    public static int shownFlags(MapType type, int flags) {
        return of(type).shownFlags(flags);
    }

    /** The flags to create a map of a held type with so that the kernel shows these. */
    public static int creationFlags(MapType type, int shownFlags) {
        return of(type).creationFlags(shownFlags);
    }

    /** True for a held type with BPF_MAP_UPDATE_BATCH and BPF_MAP_LOOKUP_BATCH. */
    public static boolean hasBatches(MapType type) {
        return of(type).supports(TypeRules.Batch.UPDATE);
    }

    /** True for a held type with BPF_MAP_DELETE_BATCH. */
    public static boolean hasDeleteBatch(MapType type) {
        return of(type).supports(TypeRules.Batch.DELETE);
    }

    /** True for a held type whose elements all exist from the beginning, as zeros. */
    public static boolean isDense(MapType type) {
        return of(type).isDense();
    }

    /**
     * Checks a definition as BPF_MAP_CREATE does, in the kernel's order up to the type's own attributes, then what only the
     * store asks.
     */
    public static Optional<Refusal> checkCreate(MapSpec spec) {
        Optional<Refusal> common = checkCommon(spec);
        if (common.isPresent()) {
            return common;
        }
        if (!holds(spec.type())) {
            return Refusals.create(spec, Errno.ENOTSUPP,
                    ("this version does not hold maps of type %s; it holds array, hash, devmap, devmap_hash, array_of_maps and "
                            + "hash_of_maps").formatted(spec.type().word()));
        }
        return of(spec.type()).checkAttributes(spec).or(() -> checkStoreLimits(spec));
    }

    /** Checks that an outer map has a fitting template and any other has none. Called after {@link #checkCreate}. */
    public static Optional<Refusal> checkTemplate(MapSpec spec) {
        InnerTemplate template = spec.innerTemplate();
        if (!spec.type().isOuter()) {
            return template == null
                    ? Optional.empty()
                    : Refusals.create(spec, Errno.EINVAL,
                            "a %s has no inner map; leave inner_map out"
                                    .formatted(spec.type().word()));
        }
        if (template == null) {
            return Refusals.create(spec, Errno.EINVAL,
                    "a %s needs inner_map: a map that shows what its slots can hold"
                            .formatted(spec.type().word()));
        }
        Optional<Refusal> kind = InnerMaps.checkTemplate(spec, template);
        if (kind.isPresent()) {
            return kind;
        }
        MapSpec asMap = new MapSpec(spec.namespace(), spec.name(), template.type(),
                template.keySize(), template.valueSize(),
                template.maxEntries(), creationFlagsOrSame(template), 0, 0, null, spec.placement(),
                "");
        return checkCreate(asMap).map(refusal -> new Refusal(refusal.errno(),
                refusal.rule() + " (in the inner template)"));
    }

    /** What the store can hold, below what the kernel could: an element must fit into one log entry. */
    private static Optional<Refusal> checkStoreLimits(MapSpec spec) {
        return AttributeCheck.of(spec)
                .require(Integer.compareUnsigned(spec.keySize(), ELEMENT_PART_LIMIT_BYTES) <= 0,
                        Errno.E2BIG,
                        "key_size is %s, the store holds keys up to %d bytes".formatted(
                                Integer.toUnsignedString(spec.keySize()),
                                ELEMENT_PART_LIMIT_BYTES))
                .require(Integer.compareUnsigned(spec.valueSize(), ELEMENT_PART_LIMIT_BYTES) <= 0,
                        Errno.E2BIG,
                        "value_size is %s, the store holds values up to %d bytes"
                                .formatted(Integer.toUnsignedString(spec.valueSize()),
                                        ELEMENT_PART_LIMIT_BYTES))
                .refusal();
    }

    private static int creationFlagsOrSame(InnerTemplate template) {
        return holds(template.type())
                ? creationFlags(template.type(), template.flags())
                : template.flags();
    }

    private static Optional<Refusal> checkCommon(MapSpec spec) {
        int both = MapFlags.RDONLY | MapFlags.WRONLY;
        boolean takesExtra = spec.type() == MapType.BLOOM_FILTER || spec.type() == MapType.ARENA;
        return AttributeCheck.of(spec)
                .require(spec.mapExtra() == 0 || takesExtra, Errno.EINVAL,
                        "map_extra is for bloom_filter and arena only, leave it 0")
                .require((spec.flags() & both) != both, Errno.EINVAL,
                        "flags 0x%x: BPF_F_RDONLY and BPF_F_WRONLY exclude each other"
                                .formatted(spec.flags()))
                .require((spec.flags() & MapFlags.NUMA_NODE) == 0 || spec.numaNode() >= -1,
                        Errno.EINVAL,
                        "numa_node is %d, must be a node's number or -1".formatted(spec.numaNode()))
                .refusal();
    }
}
