package dev.nestmap.cli.render;

import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.Placement;

/** Placements in words. */
public final class Placements {
    private Placements() {}

    /** As {@code map create} and documents take it. */
    public static String text(Placement placement) {
        return switch (placement) {
            case Placement.OnNodes(LabelSelector selector) ->
                selector.requirements().isEmpty() ? "all" : selector.toString();
            case Placement.FollowsOuter() -> "none";
        };
    }
}
