package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.btf.LoadableBtf;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import java.util.List;
import java.util.Optional;

/** What BPF_MAP_CREATE asks of the types of keys and values: map_check_btf in kernel/bpf/syscall.c, then the type's own. */
final class BtfRules {
    private BtfRules() {}

    /** In the kernel's order; a section that BPF_BTF_LOAD would not take never gets that far. */
    static Optional<Refusal> check(MapSpec spec) {
        MapBtf btf = spec.btf();
        if (btf == null) {
            return Optional.empty();
        }
        return switch (btf.resolve()) {
            case Outcome.Refused<MapBtf.Resolved>(Refusal refusal) ->
                Refusals.create(spec, refusal.errno(), refusal.rule());
            case Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved types) -> {
                Optional<String> problem = LoadableBtf.problem(types.btf());
                yield problem.isPresent()
                        ? Refusals.create(spec, Errno.EINVAL, problem.get())
                        : check(spec, btf, types);
            }
        };
    }

    private static Optional<Refusal> check(MapSpec spec, MapBtf btf, MapBtf.Resolved types) {
        boolean keyGiven = btf.keyTypeId() != 0;
        return AttributeCheck.of(spec)
                .require(keyGiven || hasRuleOfItsOwn(spec.type()), Errno.EINVAL,
                        "a %s needs a BTF type of the key too".formatted(spec.type().word()))
                .require(!keyGiven || types.key().sizeBytes() == spec.keySize(), Errno.EINVAL,
                        "the BTF type of the key has %d bytes, key_size is %s".formatted(
                                types.key().sizeBytes(),
                                Integer.toUnsignedString(spec.keySize())))
                .require(types.value().sizeBytes() == spec.valueSize(), Errno.EINVAL,
                        "the BTF type of the value has %d bytes, value_size is %s".formatted(
                                types.value().sizeBytes(),
                                Integer.toUnsignedString(spec.valueSize())))
                .require(types.lock().isEmpty() || (spec.flags() & MapFlags.PROGRAM_ACCESS) == 0,
                        Errno.EACCES,
                        "flags 0x%x: a map with a spin lock is read and written by programs"
                                .formatted(spec.flags()))
                .require(types.lock().isEmpty() || holdsLocks(spec.type()), Errno.EOPNOTSUPP,
                        "a %s takes no spin lock in its values".formatted(spec.type().word()))
                .require(!refusesTypes(spec.type()), Errno.ENOTSUPP,
                        "the kernel takes no BTF for a %s; leave it out".formatted(
                                spec.type().word()))
                .require(fits(spec, keyGiven, types.key()), Errno.EINVAL,
                        "the BTF type of the key is not what a %s has: %s".formatted(
                                spec.type().word(), keyRule(spec)))
                .refusal();
    }

    /** Types whose operations have map_check_btf, so that a missing key is theirs to judge. */
    private static boolean hasRuleOfItsOwn(MapType type) {
        return refusesTypes(type) || switch (type) {
            case ARRAY, PERCPU_ARRAY, LPM_TRIE, CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, SK_STORAGE,
                    INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE, BLOOM_FILTER, ARENA ->
                true;
            default -> false;
        };
    }

    /** map_check_no_btf. */
    private static boolean refusesTypes(MapType type) {
        return switch (type) {
            case PERF_EVENT_ARRAY, STACK_TRACE, CGROUP_ARRAY, ARRAY_OF_MAPS, HASH_OF_MAPS, DEVMAP,
                    DEVMAP_HASH, SOCKMAP, SOCKHASH, CPUMAP, XSKMAP ->
                true;
            default -> false;
        };
    }

    private static boolean holdsLocks(MapType type) {
        return switch (type) {
            case HASH, ARRAY, CGROUP_STORAGE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE,
                    CGRP_STORAGE ->
                true;
            default -> false;
        };
    }

    private static boolean fits(MapSpec spec, boolean keyGiven, Shape key) {
        return switch (spec.type()) {
            case ARRAY, PERCPU_ARRAY, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                keyGiven && isWhole(key, Integer.SIZE);
            case LPM_TRIE -> isStruct(key) && keyGiven;
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE ->
                keyGiven && (spec.keySize() == Long.BYTES
                        ? isWhole(key, Long.SIZE)
                        : isCgroupKey(key));
            case BLOOM_FILTER -> !keyGiven;
            default -> true;
        };
    }

    private static String keyRule(MapSpec spec) {
        return switch (spec.type()) {
            case LPM_TRIE -> "a struct";
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE ->
                "a 64-bit integer or struct bpf_cgroup_storage_key";
            case BLOOM_FILTER -> "none";
            default -> "a 32-bit integer";
        };
    }

    private static boolean isWhole(Shape shape, int bits) {
        return shape instanceof Shape.Whole number && number.bits() == bits
                && number.firstBit() == 0;
    }

    private static boolean isStruct(Shape shape) {
        return shape instanceof Shape.Composite struct
                && struct.layout() == BtfType.Layout.STRUCT;
    }

    private static boolean isCgroupKey(Shape shape) {
        return shape instanceof Shape.Composite struct && isStruct(shape)
                && isCgroupKey(struct.members());
    }

    private static boolean isCgroupKey(List<Shape.Member> members) {
        return members.size() == 2 && isWhole(members.getFirst().shape(), Long.SIZE)
                && members.getFirst().bitOffset() == 0
                && isWhole(members.getLast().shape(), Integer.SIZE)
                && members.getLast().bitOffset() == Long.SIZE;
    }
}
