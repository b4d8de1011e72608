package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The types of a map's keys and values: the attributes btf_fd, btf_key_type_id and btf_value_type_id of BPF_MAP_CREATE, the
 * section itself in the place of the descriptor. Nothing was checked yet; {@link #resolve} does.
 */
public final class MapBtf {
    /** The largest section that a map carries; {@link MinimalBtf} makes few hundred bytes of most. */
    public static final int SIZE_LIMIT_BYTES = 64 << 10;
    private static final Shape NO_KEY = new Shape.Composite(BtfType.Layout.STRUCT, "void", 0,
            List.of(), Shape.Address.NONE);

    private final Bytes data;
    private final int keyTypeId;
    private final int valueTypeId;
    private final OptionalInt spinLock;

    /** Types of a section, unchecked. */
    public MapBtf(Bytes data, int keyTypeId, int valueTypeId) {
        this.data = data;
        this.keyTypeId = keyTypeId;
        this.valueTypeId = valueTypeId;
        // Asked for with every element that is written, so it is looked for once.
        this.spinLock = resolve() instanceof Outcome.Done<Resolved>(Resolved resolved)
                ? resolved.lock()
                : OptionalInt.empty();
    }

    /** A whole section. */
    public Bytes data() {
        return data;
    }

    /** 0: none. */
    public int keyTypeId() {
        return keyTypeId;
    }

    /** 0: none. */
    public int valueTypeId() {
        return valueTypeId;
    }

    /** True for a section of which nothing is used: the kernel ignores btf_fd without type ids. */
    public boolean isIdle() {
        return keyTypeId == 0 && valueTypeId == 0;
    }

    /** Where struct bpf_spin_lock is in the value, in bytes; empty without one and where the types cannot be resolved. */
    public OptionalInt spinLock() {
        return spinLock;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MapBtf that && keyTypeId == that.keyTypeId
                && valueTypeId == that.valueTypeId && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(data, keyTypeId, valueTypeId);
    }

    @Override
    public String toString() {
        return "%d bytes of BTF, key type %d, value type %d".formatted(data.size(), keyTypeId,
                valueTypeId);
    }

    /**
     * What the types mean.
     *
     * @param btf all of them
     * @param key of no size where there is no key type
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
        return switch (keyTypeId == 0
                ? Outcome.done(NO_KEY)
                : ShapeBuilder.shape(btf, keyTypeId)) {
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
