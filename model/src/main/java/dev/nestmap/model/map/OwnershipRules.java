package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** Which ownership a map can have. None of it is a rule of the kernel, where everybody may write into everything. */
public final class OwnershipRules {
    private OwnershipRules() {}

    /** Checks a definition. Called when everything else about it is found right. */
    public static Optional<Refusal> check(MapSpec spec) {
        Ownership wanted = spec.ownership();
        Ownership usual = MapRules.ownership(spec.type());
        if (wanted == usual || wanted == Ownership.OBSERVED) {
            return checkPublish(spec);
        }
        String rule = switch (usual) {
            case OBSERVED ->
                "the contents of %s are made on each node by programs and sockets, so it is observed; leave ownership out"
                        .formatted(spec.type().one());
            case SEED ->
                "what is in %s cannot be compared with the store or taken out by the agent without being changed; use seed or observed"
                        .formatted(spec.type().one());
            case SHARED -> wanted == Ownership.EXCLUSIVE && MapRules.evicts(spec.type())
                    ? "the kernel itself drops elements of %s, so nobody is its only writer; use shared, or a map of another type"
                            .formatted(spec.type().one())
                    : "";
            case EXCLUSIVE -> wanted == Ownership.SEED ? seed(spec) : "";
        };
        return rule.isEmpty() ? checkPublish(spec) : refuse(spec, rule);
    }

    /** Checks that a map may be written or read in the store: of one that is declared observed, it holds nothing. */
    static Optional<Refusal> checkContents(String verb, MapSpec spec) {
        return spec.ownership() == Ownership.OBSERVED
                && MapRules.ownership(spec.type()) != Ownership.OBSERVED
                        ? Refusals.of(Errno.ENOTSUPP,
                                "%s %s: its ownership is observed: programs and processes of each node make its contents, and the store holds none; create it with ownership %s to write it from here"
                                        .formatted(verb, spec.ref(),
                                                MapRules.ownership(spec.type()).word()))
                        : Optional.empty();
    }

    private static Optional<Refusal> checkPublish(MapSpec spec) {
        return spec.ownership() == Ownership.OBSERVED && spec.publish() == Publish.SEALED
                ? refuse(spec,
                        "publish sealed writes the slots of the outer map, which an observed map keeps from the agent; use exclusive or shared, or publish in_place")
                : Optional.empty();
    }

    private static String seed(MapSpec spec) {
        if (spec.type().isOuter()) {
            return "a slot follows the inner map that the store puts into it, and seed is written once; use exclusive or shared";
        }
        return !MapRules.namesObjects(spec.type())
                ? ""
                : "values of %s are worked out anew when interfaces, programs or cgroups of the node change, and seed is written once; use exclusive or shared"
                        .formatted(spec.type().one());
    }

    private static Optional<Refusal> refuse(MapSpec spec, String rule) {
        return Refusals.create(spec, Errno.EINVAL,
                "ownership %s: %s".formatted(spec.ownership().word(), rule));
    }
}
