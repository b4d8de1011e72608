package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.Action;
import dev.nestmap.cli.apply.Plan.ElementChange;
import dev.nestmap.cli.apply.Plan.Freeze;
import dev.nestmap.cli.apply.Plan.MapPlan;
import dev.nestmap.cli.apply.Plan.Planned;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.Manifest.Freezing;
import dev.nestmap.cli.manifest.Manifest.Placing;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a plan, without asking anybody. Order: maps are created, those that others copy their template from first;
 * then contents, those of outer maps last, because slots need what goes into them; then maps are placed on other nodes and frozen, and those that
 * are to live by their slots alone lose the name they were created under. Within a map deletions come first: they make
 * room.
 */
public final class Planner {
    private final Image image;
    private final Map<MapRef, Manifest> manifests = new LinkedHashMap<>();
    private final List<Compare> guards = new ArrayList<>();
    private final List<Planned> creations = new ArrayList<>();
    private final List<Planned> plainContents = new ArrayList<>();
    private final List<Planned> slots = new ArrayList<>();
    private final List<Planned> placings = new ArrayList<>();
    private final List<Planned> freezes = new ArrayList<>();
    private final List<Planned> unlinks = new ArrayList<>();
    private final Targets targets;

    private Planner(List<Manifest> manifests, Image image) {
        this.image = image;
        manifests.forEach(manifest -> this.manifests.put(manifest.ref(), manifest));
        this.targets = Targets.of(this.manifests, image);
    }

    /** The plan that leads from the image to what the documents want. */
    public static Plan plan(List<Manifest> manifests, Image image) throws PlanException {
        Draft draft = draft(manifests, image);
        if (!draft.problems.isEmpty()) {
            throw draft.problems.getFirst();
        }
        return draft.plan;
    }

    /**
     * A plan for those documents that can be planned.
     *
     * @param problems of the others
     */
    record Draft(Plan plan, List<PlanException> problems) {}

    /** The plan as far as there is one: a document that cannot be reached does not hide what becomes of the others. */
    static Draft draft(List<Manifest> manifests, Image image) {
        return new Planner(manifests, image).draft();
    }

    private Draft draft() {
        List<MapPlan> maps = new ArrayList<>();
        List<PlanException> problems = new ArrayList<>();
        for (Manifest manifest : manifests.values()) {
            try {
                maps.add(plan(manifest));
            } catch (PlanException e) {
                problems.add(e);
            }
        }
        Set<MapRef> created = new LinkedHashSet<>();
        for (Manifest manifest : manifests.values()) {
            try {
                create(manifest, created);
            } catch (PlanException e) {
                problems.add(e);
            }
        }
        List<Planned> steps = new ArrayList<>(creations);
        steps.addAll(plainContents);
        steps.addAll(slots);
        steps.addAll(placings);
        steps.addAll(freezes);
        steps.addAll(unlinks);
        return new Draft(new Plan(image.revision(), guards, steps, maps), problems);
    }

    private MapPlan plan(Manifest manifest) throws PlanException {
        targets.check(manifest);
        Optional<Held> held = targets.held(manifest);
        MapRef map = targets.ref(manifest.ref());
        if (held.isPresent()) {
            new Definitions(image, manifests).check(manifest, held.get().description());
            guards.add(new Compare.MapRevision(map, held.get().description().modifiedRevision()));
        } else {
            guards.add(new Compare.MapExists(map, false));
        }
        Optional<Placement> movedFrom = place(manifest, held, map);
        ContentsPlan contents = ContentsPlan.of(manifest, held, targets);
        (manifest.spec().type().isOuter() ? slots : plainContents).addAll(contents.steps());
        boolean frozen = held.isPresent() && held.get().description().frozen();
        if (frozen) {
            checkFrozen(manifest, contents.changes());
        }
        Freeze freeze = manifest.freezing() == Freezing.FROZEN && !frozen ? Freeze.YES : Freeze.NO;
        if (freeze == Freeze.YES) {
            freezes.add(new Planned(new Command.Freeze(map), manifest.source()));
        }
        if (manifest.isUnlinked() && held.isEmpty()) {
            unlinks.add(new Planned(new Command.Delete(map), manifest.source()));
        }
        Action action = held.isEmpty()
                ? Action.CREATED
                : contents.changes().isEmpty() && freeze == Freeze.NO && movedFrom.isEmpty()
                        ? Action.UNCHANGED
                        : Action.CONFIGURED;
        // Who writes by hand may leave the types out.
        MapSpec spec = held.isPresent() && manifest.spec().btf() == null
                ? manifest.spec().withBtf(held.get().description().spec().btf())
                : manifest.spec();
        return new MapPlan(manifest.ref(), spec, action, freeze, movedFrom, contents.changes());
    }

    /** Where the map was wanted, if it is to be wanted elsewhere. */
    private Optional<Placement> place(Manifest manifest, Optional<Held> held, MapRef map) {
        Placement wanted = manifest.spec().placement();
        Optional<Placement> before = held.map(there -> there.description().spec().placement())
                .filter(_ -> manifest.placing() == Placing.SAID)
                .filter(there -> !Placements.text(there).equals(Placements.text(wanted)));
        if (before.isPresent()) {
            placings.add(new Planned(new Command.Place(map, wanted), manifest.source()));
        }
        return before;
    }

    private static void checkFrozen(Manifest manifest, List<ElementChange> changes)
            throws PlanException {
        if (manifest.freezing() == Freezing.NOT_FROZEN) {
            throw new PlanException(manifest.source(),
                    "spec.frozen: %s is frozen for good; remove it first (nestmap map remove name %s)"
                            .formatted(manifest.ref(), manifest.spec().name()));
        }
        if (!changes.isEmpty()) {
            throw new PlanException(manifest.source(),
                    ("contents: %s is frozen and %d of its elements would change; define another map under another "
                            + "name, or remove this one first (nestmap map remove name %s)")
                            .formatted(manifest.ref(), changes.size(), manifest.spec().name()));
        }
    }

    /** After the map that its template is copied from. A template is no outer map, so that there are no circles. */
    private void create(Manifest manifest, Set<MapRef> created) throws PlanException {
        if (targets.held(manifest).isPresent() || !created.add(manifest.ref())) {
            return;
        }
        if (manifest.inner() instanceof InnerSource.CopiedFrom(MapRef template)
                && !image.named().containsKey(template)) {
            Manifest wanted = manifests.get(template);
            if (wanted == null || wanted.isUnlinked()) {
                throw new PlanException(manifest.source(),
                        "spec.innerMap: there is no map %s, in the documents or in the store"
                                .formatted(template));
            }
            create(wanted, created);
        }
        MapSpec spec = targets.ref(manifest.ref()) instanceof MapRef.ByName(var _, String name)
                ? manifest.spec().withName(name)
                : manifest.spec();
        creations.add(
                new Planned(new Command.Create(spec, manifest.inner()), manifest.source()));
    }
}
