package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.LoadableBtf;
import dev.nestmap.model.btf.MapBtf;
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
        TypeRules rules = MapRules.of(spec.type());
        BtfKeyRule keyRule = rules.btfKey();
        boolean keyGiven = btf.keyTypeId() != 0;
        return AttributeCheck.of(spec)
                .require(keyGiven || keyRule.mayBeMissing(), Errno.EINVAL,
                        "%s needs a BTF type of the key too".formatted(spec.type().one()))
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
                .require(types.lock().isEmpty() || rules.holdsSpinLock(), Errno.EOPNOTSUPP,
                        "%s takes no spin lock in its values".formatted(spec.type().one()))
                .require(keyRule != BtfKeyRule.NO_TYPES, Errno.ENOTSUPP,
                        "the kernel takes no BTF for %s; leave it out".formatted(
                                spec.type().one()))
                .require(keyRule.fits(spec.keySize(), keyGiven, types.key()), Errno.EINVAL,
                        "the BTF type of the key is not what %s has: %s".formatted(
                                spec.type().one(), keyRule.words()))
                .refusal();
    }
}
