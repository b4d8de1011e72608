package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import java.util.OptionalInt;

/**
 * The types of a map's keys and values: the attributes btf_fd, btf_key_type_id and btf_value_type_id of BPF_MAP_CREATE, the
 * section itself in the place of the descriptor. Nothing was checked yet; {@link #resolve} does.
 *
 * @param data a whole section
 * @param keyTypeId 0: none
 * @param valueTypeId 0: none
 */
public record MapBtf(Bytes data, int keyTypeId, int valueTypeId) {
    /** The largest section that a map carries; {@link MinimalBtf} makes few hundred bytes of most. */
    public static final int SIZE_LIMIT_BYTES = 64 << 10;

    /**
     * What the types mean.
     *
     * @param btf all of them
     * @param lock where the value's struct bpf_spin_lock is
     */
    public record Resolved(Btf btf, Shape key, Shape value, OptionalInt lock) {}

    /** The shapes of keys and values; EINVAL for types that no element has, E2BIG, ENOTSUPP for what is not held here. */
    public Outcome<Resolved> resolve() {
        if (data.size() > SIZE_LIMIT_BYTES) {
            return Outcome.refused(Errno.E2BIG, "BTF of %d bytes: a map carries at most %d"
                    .formatted(data.size(), SIZE_LIMIT_BYTES));
        }
        return switch (Btf.parse(data)) {
            case Outcome.Refused<Btf>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<Btf>(Btf btf) -> resolve(btf);
        };
    }

    private Outcome<Resolved> resolve(Btf btf) {
        return switch (ShapeBuilder.shape(btf, keyTypeId)) {
            case Outcome.Refused<Shape>(Refusal refusal) -> refused("key", refusal);
            case Outcome.Done<Shape>(Shape key) -> switch (ShapeBuilder.shape(btf, valueTypeId)) {
                case Outcome.Refused<Shape>(Refusal refusal) -> refused("value", refusal);
                case Outcome.Done<Shape>(Shape value) -> resolve(btf, key, value);
            };
        };
    }

    private Outcome<Resolved> resolve(Btf btf, Shape key, Shape value) {
        return switch (SpinLock.find(btf, valueTypeId)) {
            case Outcome.Refused<OptionalInt>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<OptionalInt>(OptionalInt lock) ->
                Outcome.done(new Resolved(btf, key, value, lock));
        };
    }

    private static Outcome<Resolved> refused(String what, Refusal refusal) {
        return Outcome.refused(refusal.errno(),
                "BTF of the %s: %s".formatted(what, refusal.rule()));
    }
}
