package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.TemplateBtf;
import dev.nestmap.model.map.HashRules.Full;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The one list of types. A type is added by a line here and, where it behaves like no other, a class of its own. */
public final class MapRules {
    /** The largest key and the largest value that the store holds. */
    public static final int ELEMENT_PART_LIMIT_BYTES = 1 << 20;

    private static final Map<MapType, TypeRules> RULES = new EnumMap<>(Map.ofEntries(
            Map.entry(MapType.HASH, new HashRules(ValueForm.DATA_OR_NUMBERS, Full.REFUSES)),
            Map.entry(MapType.ARRAY, new ArrayRules(ValueForm.DATA_OR_NUMBERS)),
            Map.entry(MapType.PROG_ARRAY, new FdArrayRules("prog")),
            Map.entry(MapType.PERF_EVENT_ARRAY, new FdArrayRules("")),
            Map.entry(MapType.PERCPU_HASH, new HashRules(ValueForm.PER_CPU, Full.REFUSES)),
            Map.entry(MapType.PERCPU_ARRAY, new ArrayRules(ValueForm.PER_CPU)),
            Map.entry(MapType.STACK_TRACE, new StackTraceRules()),
            Map.entry(MapType.CGROUP_ARRAY, new FdArrayRules("cgroup")),
            Map.entry(MapType.LRU_HASH, new HashRules(ValueForm.DATA_OR_NUMBERS, Full.EVICTS)),
            Map.entry(MapType.LRU_PERCPU_HASH, new HashRules(ValueForm.PER_CPU, Full.EVICTS)),
            Map.entry(MapType.LPM_TRIE, new LpmTrieRules()),
            Map.entry(MapType.ARRAY_OF_MAPS, new ArrayOfMapsRules()),
            Map.entry(MapType.HASH_OF_MAPS, new HashOfMapsRules()),
            Map.entry(MapType.DEVMAP, new DevmapRules()),
            Map.entry(MapType.SOCKMAP, new SockmapRules()),
            Map.entry(MapType.CPUMAP, new CpumapRules()),
            Map.entry(MapType.XSKMAP, new XskmapRules()),
            Map.entry(MapType.SOCKHASH, new SockhashRules()),
            Map.entry(MapType.CGROUP_STORAGE, new CgroupStorageRules(ValueForm.DATA)),
            Map.entry(MapType.REUSEPORT_SOCKARRAY, new ReuseportRules()),
            Map.entry(MapType.PERCPU_CGROUP_STORAGE, new CgroupStorageRules(ValueForm.PER_CPU)),
            Map.entry(MapType.QUEUE, new QueueRules(QueueRules.Next.OLDEST)),
            Map.entry(MapType.STACK, new QueueRules(QueueRules.Next.NEWEST)),
            Map.entry(MapType.SK_STORAGE, new LocalStorageRules()),
            Map.entry(MapType.DEVMAP_HASH, new DevmapHashRules()),
            Map.entry(MapType.STRUCT_OPS, new StructOpsRules()),
            Map.entry(MapType.RINGBUF, new RingbufRules()),
            Map.entry(MapType.INODE_STORAGE, new LocalStorageRules()),
            Map.entry(MapType.TASK_STORAGE, new LocalStorageRules()),
            Map.entry(MapType.BLOOM_FILTER, new BloomFilterRules()),
            Map.entry(MapType.USER_RINGBUF, new RingbufRules()),
            Map.entry(MapType.CGRP_STORAGE, new LocalStorageRules()),
            Map.entry(MapType.ARENA, new ArenaRules())));

    /** With BPF_F_NUMA_NODE: no node, which every type takes. A template has the flag but not the node. */
    private static final int NO_NUMA_NODE = -1;

    private MapRules() {}

    static TypeRules of(MapType type) {
        TypeRules rules = RULES.get(type);
        if (rules == null) {
            throw new IllegalArgumentException("no rules for " + type);
        }
        return rules;
    }

    /** Who may write the elements of a map of this type on a node unless its definition says otherwise. */
    public static Ownership ownership(MapType type) {
        return of(type).ownership();
    }

    /** True for a type of which the kernel drops elements to make room. */
    public static boolean evicts(MapType type) {
        return of(type).evicts();
    }

    /** True for a type whose elements have a value for each CPU. */
    public static boolean isPerCpu(MapType type) {
        return of(type).valueForm() == ValueForm.PER_CPU;
    }

    /** The node expressions that a map takes, as messages name them; empty where it takes none. */
    public static String expressions(MapSpec spec) {
        return of(spec.type()).expressions(spec);
    }

    /** True for a map of bytes in which a value may be a node expression of plain numbers. */
    public static boolean takesNumbers(MapSpec spec) {
        return of(spec.type()).valueForm() == ValueForm.DATA_OR_NUMBERS
                && !expressions(spec).isEmpty();
    }

    /** True for a type whose values name interfaces, programs, cgroups or CPUs of a node, which its kernel looks for when they are written. */
    public static boolean namesObjects(MapType type) {
        TypeRules rules = of(type);
        return rules.valueForm() == ValueForm.DATA_OR_EXPRESSION
                && rules.ownership() == Ownership.EXCLUSIVE;
    }

    /** The flags that the kernel shows for a map that was created with these. */
    public static int shownFlags(MapType type, int flags) {
        return of(type).shownFlags(flags);
    }

    /** The flags to create a map with so that the kernel shows these. */
    public static int creationFlags(MapType type, int shownFlags) {
        return of(type).creationFlags(shownFlags);
    }

    /** A template as the store keeps it: with the flags that the kernel shows for such a map, and its types' spin lock. */
    public static InnerTemplate shown(InnerTemplate given) {
        InnerTemplate shown = new InnerTemplate(given.type(), given.keySize(), given.valueSize(),
                given.maxEntries(), shownFlags(given.type(), given.flags()), given.spinLock());
        MapBtf btf = given.btf();
        return btf == null || btf.isIdle() ? shown : shown.withBtf(btf);
    }

    /**
     * What a map tells its elements apart by: equal for two keys of one element. Of an LPM_TRIE that is the prefix, without
     * the bits behind it; of every other type the key.
     */
    public static Bytes identity(MapType type, Bytes key) {
        return type == MapType.LPM_TRIE && key.size() > LpmKey.LENGTH_BYTES
                ? LpmKey.stored(key)
                : key;
    }

    /** True for a type whose elements all exist from the beginning, as zeros. */
    public static boolean isDense(MapType type) {
        return of(type).isDense();
    }

    /** True for a type whose keys are indexes below max_entries. */
    public static boolean isIndexed(MapType type) {
        return of(type) instanceof Indexed;
    }

    /** What a lookup in a map finds. */
    public static LookupKind lookupKind(MapSpec spec) {
        return spec.ownership() == Ownership.OBSERVED
                ? LookupKind.NONE
                : of(spec.type()).lookupKind();
    }

    /**
     * Checks a definition as BPF_MAP_CREATE does, in the kernel's order up to the type's own attributes.
     */
    public static Optional<Refusal> checkCreate(MapSpec spec) {
        Optional<Refusal> common = checkCommon(spec);
        if (common.isPresent()) {
            return common;
        }
        MapSpec withoutToken = spec.withFlags(spec.flags() & ~MapFlags.TOKEN_FD);
        TypeRules rules = of(spec.type());
        return rules.checksTokenFirst()
                ? checkToken(spec).or(() -> rules.checkAttributes(withoutToken))
                : rules.checkAttributes(withoutToken).or(() -> checkToken(spec));
    }

    /**
     * Checks that an outer map has a fitting template, which no other map is asked for, then what the kernel checks last. Called after
     * {@link #checkCreate}.
     */
    public static Optional<Refusal> checkTemplate(MapSpec spec) {
        return checkInner(spec).or(() -> of(spec.type()).checkAllocation(spec));
    }

    private static Optional<Refusal> checkInner(MapSpec spec) {
        InnerTemplate template = spec.innerTemplate();
        if (!spec.type().isOuter()) {
            return Optional.empty();
        }
        if (template == null) {
            return Refusals.create(spec, Errno.EINVAL,
                    "%s needs inner_map: a map that shows what its slots can hold"
                            .formatted(spec.type().one()));
        }
        Optional<Refusal> kind = InnerMaps.checkTemplate(spec, template);
        if (kind.isPresent()) {
            return kind;
        }
        MapSpec asMap = new MapSpec(spec.namespace(), spec.name(), template.type(),
                template.keySize(), template.valueSize(),
                template.maxEntries(), creationFlags(template.type(), template.flags()), 0,
                NO_NUMA_NODE, null,
                spec.placement(),
                "", templateBtf(template).orElse(null));
        return checkCreate(asMap).or(() -> of(asMap.type()).checkAllocation(asMap))
                .or(() -> BtfRules.check(asMap))
                .or(() -> AttributeCheck.of(asMap)
                        .require(asMap.spinLock().equals(template.spinLock()), Errno.EINVAL,
                                "there is no place for a spin lock at byte %s".formatted(
                                        Integer.toUnsignedString(template.spinLock().orElse(0))))
                        .refusal())
                .or(() -> checkStoreLimits(asMap))
                .map(refusal -> new Refusal(refusal.errno(),
                        refusal.rule() + " (in the inner template)"));
    }

    /** BTF for a map that shows what the slots of an outer map hold: its own, or what it needs; empty where it needs none. */
    public static Optional<MapBtf> templateBtf(InnerTemplate template) {
        MapBtf own = template.btf();
        if (own != null) {
            return Optional.of(own);
        }
        boolean needed = template.spinLock().isPresent()
                || of(template.type()).needsBtf();
        return needed
                ? Optional.of(TemplateBtf.of(template.keySize(), template.valueSize(),
                        template.spinLock().orElse(-1)))
                : Optional.empty();
    }

    /** Checks the types of keys and values as BPF_BTF_LOAD and BPF_MAP_CREATE do. Called after {@link #checkTemplate}. */
    public static Optional<Refusal> checkBtf(MapSpec spec) {
        return BtfRules.check(spec);
    }

    private static Optional<Refusal> checkToken(MapSpec spec) {
        return AttributeCheck.of(spec)
                .require((spec.flags() & MapFlags.TOKEN_FD) == 0, Errno.EINVAL,
                        "flags 0x%x: BPF_F_TOKEN_FD (0x%x) needs a token, which no caller of the store has"
                                .formatted(spec.flags(), MapFlags.TOKEN_FD))
                .refusal();
    }

    /**
     * What the store can hold, below what the kernel could: an element must fit into one log entry. Asked last, so that what
     * the kernel refuses is refused as it does.
     */
    public static Optional<Refusal> checkStoreLimits(MapSpec spec) {
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

    private static Optional<Refusal> checkCommon(MapSpec spec) {
        int both = MapFlags.RDONLY | MapFlags.WRONLY;
        MapBtf btf = spec.btf();
        return AttributeCheck.of(spec)
                .require(btf == null || btf.keyTypeId() == 0 || btf.valueTypeId() != 0,
                        Errno.EINVAL, "a BTF type of the key without one of the value")
                .require(spec.mapExtra() == 0 || of(spec.type()).takesMapExtra(), Errno.EINVAL,
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
