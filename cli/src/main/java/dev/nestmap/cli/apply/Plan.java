package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest.Source;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, as plain data.
 *
 * @param revision of the store that it was made for
 * @param guards what must still hold
 * @param steps in an order in which each finds what it needs
 * @param maps the same for people, in the order of the documents
 */
public record Plan(
        long revision,
        List<Compare> guards,
        List<Planned> steps,
        List<MapPlan> maps) {
    /** Copies the lists. */
    public Plan {
        guards = List.copyOf(guards);
        steps = List.copyOf(steps);
        maps = List.copyOf(maps);
    }

    /** True where all is as the documents want it. */
    public boolean isDone() {
        return steps.isEmpty();
    }

    /** An operation, and the place in a document that asks for it. */
    public record Planned(Command.Step step, Source source) {}

    /** What becomes of a map. */
    public enum Action {
        /** It is made. */
        CREATED,
        /** It changes. */
        CONFIGURED,
        /** It is as it should be. */
        UNCHANGED;

        /** The word for it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What becomes of one map.
     *
     * @param movedFrom where it was wanted; empty: it is new, or stays where it is wanted
     * @param changes of its elements, in the order of the operations
     */
    public record MapPlan(
            MapRef.ByName map,
            MapSpec spec,
            Action action,
            Freeze freeze,
            Optional<Placement> movedFrom,
            List<ElementChange> changes) {
        /** Copies the list. */
        public MapPlan {
            changes = List.copyOf(changes);
        }

        /** Elements that are written. */
        public long set() {
            return changes.stream().filter(change -> change.after() != null).count();
        }

        /** Elements that are deleted, or set to zeros where they cannot be. */
        public long deleted() {
            return changes.size() - set();
        }
    }

    /** Whether a map is frozen by this. */
    public enum Freeze {
        /** No. */
        NO,
        /** At the end. */
        YES
    }

    /**
     * What becomes of one element.
     *
     * @param before null: there was none
     * @param after null: there will be none
     */
    public record ElementChange(Bytes key, @Nullable Value before, @Nullable Value after) {}
}
