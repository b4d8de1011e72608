package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import java.util.Optional;
import java.util.OptionalInt;

/** What may be an inner map (kernel/bpf/map_in_map.c), and what fits into a slot (bpf_map_meta_equal). */
final class InnerMaps {
    private InnerMaps() {}

    /** Whether an outer map can be created with this template. */
    static Optional<Refusal> checkTemplate(MapSpec outer, InnerTemplate template) {
        MapType type = template.type();
        if (type.isOuter()) {
            return Refusals.create(outer, Errno.EINVAL,
                    "the inner map is itself %s; maps nest one level only"
                            .formatted(withArticle(type)));
        }
        return MapRules.of(type).canBeInner()
                ? Optional.empty()
                : Refusals.create(outer, Errno.ENOTSUPP,
                        "the kernel takes no %s as an inner map".formatted(type.word()));
    }

    /** The map that a slot is to hold, by id; refused as bpf_map_fd_get_ptr does. */
    static Outcome<Value> candidate(MapSpec outer, Value value, MapTable maps) {
        if (!(value instanceof Value.Slot(MapRef ref))) {
            return Outcome.refused(Errno.EINVAL,
                    "update %s: the value of a slot is a map (name NAME, id N or pinned PATH), not bytes"
                            .formatted(outer.ref()));
        }
        MapTable.Candidate candidate = maps.find(ref);
        if (candidate == null) {
            return Outcome.refused(Errno.EBADF,
                    "update %s: there is no map %s".formatted(outer.ref(), ref));
        }
        if (!candidate.spec().namespace().equals(outer.namespace())) {
            // A namespace is a tenant: an id or a pin path must not reach into another one.
            return Outcome.refused(Errno.EINVAL,
                    "update %s: map %s is of namespace \"%s\", slots hold maps of their own namespace \"%s\"; create one there"
                            .formatted(outer.ref(), ref, candidate.spec().namespace(),
                                    outer.namespace()));
        }
        Optional<Refusal> mismatch = mismatch(outer, ref, candidate.spec())
                .or(() -> PublishRules.checkSlot(outer, ref, candidate.spec()));
        return mismatch.isPresent()
                ? new Outcome.Refused<>(mismatch.get())
                : Outcome.done(new Value.Slot(new MapRef.ById(candidate.id())));
    }

    private static Optional<Refusal> mismatch(MapSpec outer, MapRef ref, MapSpec inner) {
        InnerTemplate template = outer.innerTemplate();
        if (template == null) {
            throw new IllegalStateException("an outer map without a template: " + outer);
        }
        if (inner.type().isOuter()) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: map %s is itself %s; maps nest one level only".formatted(
                            outer.ref(),
                            ref, withArticle(inner.type())));
        }
        if (inner.type() != template.type()) {
            return mismatch(outer, ref, "type", inner.type().word(), template.type().word());
        }
        if (inner.keySize() != template.keySize()) {
            return mismatch(outer, ref, "key_size", inner.keySize(), template.keySize());
        }
        if (inner.valueSize() != template.valueSize()) {
            return mismatch(outer, ref, "value_size", inner.valueSize(), template.valueSize());
        }
        if (inner.flags() != template.flags()) {
            return mismatch(outer, ref, "flags", "0x%x".formatted(inner.flags()),
                    "0x%x".formatted(template.flags()));
        }
        if (!inner.spinLock().equals(template.spinLock())) {
            return mismatch(outer, ref, "spin lock", place(inner.spinLock()),
                    place(template.spinLock()));
        }
        if (inner.maxEntries() != template.maxEntries()
                && MapRules.of(inner.type()).templateFixesMaxEntries(template.flags())) {
            return mismatch(outer, ref, "max_entries", inner.maxEntries(), template.maxEntries());
        }
        return Optional.empty();
    }

    private static String place(OptionalInt spinLock) {
        return spinLock.isPresent() ? "at byte " + spinLock.getAsInt() : "not there";
    }

    private static Optional<Refusal> mismatch(MapSpec outer, MapRef ref, String field, int has,
            int wanted) {
        return mismatch(outer, ref, field, Integer.toUnsignedString(has),
                Integer.toUnsignedString(wanted));
    }

    private static Optional<Refusal> mismatch(MapSpec outer, MapRef ref, String field, String has,
            String wanted) {
        return Refusals.of(Errno.EINVAL,
                "update %s: map %s does not match the inner template: its %s is %s, the template's is %s"
                        .formatted(outer.ref(), ref, field, has, wanted));
    }

    private static String withArticle(MapType type) {
        return (type == MapType.ARRAY_OF_MAPS ? "an " : "a ") + type.word();
    }
}
