package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.Placement;
import java.util.Optional;

/**
 * What sealed publish asks of maps. None of it is a rule of the kernel: every new version of an inner map is another map there, so
 * nothing but slots may lead to it, and all that is in it must come from the store.
 */
public final class PublishRules {
    private PublishRules() {}

    /** True for types of which a node can build a new map that holds what the store says, and can tell that it does. */
    public static boolean canBeSealed(MapType inner) {
        TypeRules rules = MapRules.of(inner);
        // An interface or a program that is not there yet must not hold back everything else in the map.
        return rules.canBeExclusive() && !MapRules.namesObjects(inner)
                && rules.canBeInner();
    }

    /** Checks a definition. Called when everything else about it is found right. */
    public static Optional<Refusal> check(MapSpec spec) {
        if (spec.publish() == Publish.IN_PLACE) {
            return Optional.empty();
        }
        InnerTemplate template = spec.innerTemplate();
        if (template == null) {
            return Refusals.create(spec, Errno.EINVAL,
                    "publish sealed says how the inner maps of an outer map change, and a map of type %s has none; leave it out"
                            .formatted(spec.type().word()));
        }
        return canBeSealed(template.type())
                ? Optional.empty()
                : Refusals.create(spec, Errno.EINVAL,
                        "publish sealed builds inner maps anew from what the store holds, and what is in maps of type %s depends on the node; use publish in_place"
                                .formatted(template.type().word()));
    }

    /** Checks a map that is to go into a slot and fits there by the kernel's rules. */
    static Optional<Refusal> checkSlot(MapSpec outer, MapRef ref, MapSpec inner) {
        if (outer.publish() == Publish.IN_PLACE) {
            return Optional.empty();
        }
        if (inner.ownership() != Ownership.EXCLUSIVE) {
            return Refusals.of(Errno.EINVAL,
                    ("update %s: its inner maps are published sealed, each version made anew of what the store holds, but the ownership of "
                            + "map %s is %s: what others write into it would be lost; create it with ownership exclusive, or use an "
                            + "outer map that is published in_place")
                            .formatted(outer.ref(), ref, inner.ownership().word()));
        }
        if (!inner.pinPath().isEmpty()) {
            return Refusals.of(Errno.EINVAL,
                    ("update %s: its inner maps are published sealed, each version as another kernel map, but map %s is pinned at %s, where "
                            + "one version would stay; create it without a pin path, or use an outer map that is published in_place")
                            .formatted(outer.ref(), ref, inner.pinPath()));
        }
        return inner.placement() instanceof Placement.FollowsOuter
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        ("update %s: its inner maps are published sealed, each version as another kernel map, but programs may "
                                + "open map %s by its pin and would stay with an old one; create that map with placement none")
                                .formatted(outer.ref(), ref));
    }

    /** Checks a map that is to be frozen. */
    public static Optional<Refusal> checkFreeze(MapSpec spec) {
        return spec.publish() == Publish.IN_PLACE
                ? Optional.empty()
                : Refusals.of(Errno.ENOTSUPP,
                        "freeze %s: its inner maps are published sealed, for which its slots must change; freeze the inner maps"
                                .formatted(spec.ref()));
    }
}
