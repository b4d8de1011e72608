package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftReport;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How far a reconciler came, as of one moment. Immutable. */
public final class Progress {
    /** Nothing was done so far. */
    public static final Progress NONE = new Progress(0, List.of(), Tree.ofObjects(),
            DriftReport.NONE, false);

    private final long appliedRevision;
    private final List<Condition> conditions;
    private final Tree<Holding> holdings;
    private final DriftReport drift;
    private final boolean elementsAreRead;

    /** {@code elementsAreRead} says whether passes over the elements look for drift. */
    Progress(long appliedRevision, List<Condition> conditions, Tree<Holding> holdings,
            DriftReport drift, boolean elementsAreRead) {
        this.appliedRevision = appliedRevision;
        this.conditions = List.copyOf(conditions);
        this.holdings = holdings;
        this.drift = drift;
        this.elementsAreRead = elementsAreRead;
    }

    /** Of maps that failed, where nothing else is to be said. */
    public static Progress of(long appliedRevision, List<Condition> conditions) {
        return new Progress(appliedRevision, conditions, Tree.ofObjects(),
                DriftReport.NONE, false);
    }

    /** Everything up to this is visible to programs, except for what the conditions say. */
    public long appliedRevision() {
        return appliedRevision;
    }

    /** The same where nobody may count on a revision yet. */
    public Progress ofNoRevision() {
        return new Progress(0, conditions, holdings, drift, elementsAreRead);
    }

    /** Every map that is not as desired, by map id. */
    public List<Condition> conditions() {
        return conditions;
    }

    /** What others changed behind the agent's back. */
    public DriftReport drift() {
        return drift;
    }

    /** True where nothing has changed since another moment. */
    boolean saysAsMuchAs(Progress other) {
        return appliedRevision == other.appliedRevision && holdings.equals(other.holdings)
                && conditions.equals(other.conditions) && drift.equals(other.drift);
    }

    /** The number of maps that are held. */
    public int mapCount() {
        return Math.toIntExact(holdings.size());
    }

    /** The maps that are held, by map id. Costs a walk over them. */
    public List<HeldMap> maps() {
        List<HeldMap> maps = new ArrayList<>();
        for (Entry<Holding> entry : holdings) {
            if (entry.value() instanceof Held held) {
                maps.add(new HeldMap(held.mapId(), held.spec().namespace(), held.spec().name(),
                        held.pins().isEmpty() ? Path.of("") : held.pins().getFirst(),
                        held.kernelId(),
                        held.contents().map(contents -> contents.elements().size()).orElse(0L),
                        held.spec().type(), held.spec().capacity(), held.kept().size(),
                        KnownEntries.of(held, elementsAreRead)));
            }
        }
        return maps;
    }
}
