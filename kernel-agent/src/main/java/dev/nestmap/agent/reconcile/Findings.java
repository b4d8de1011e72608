package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.Finding;
import dev.nestmap.agent.drift.Finding.Remedy;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the kernel showed. Whatever differs is told, and is from then on what is known of the kernel, so that the next plan
 * mends it and no plan believes what is not there. For one thread.
 */
final class Findings {
    /** More differences than this in one map are read back as a whole. */
    private static final int MOST_CORRECTIONS = 4096;

    private final DriftLedger ledger;
    private final Instant now;
    private final SortedMap<Long, SortedMap<Bytes, @Nullable Bytes>> corrections = new TreeMap<>();
    private final SortedSet<Long> drifted = new TreeSet<>();
    private final SortedMap<Long, Integer> replaced = new TreeMap<>();
    private Actual actual;
    private boolean news;
    private boolean counted;

    Findings(DriftLedger ledger, Actual actual, Instant now) {
        this.ledger = ledger;
        this.actual = actual;
        this.now = now;
    }

    Actual actual() {
        return actual;
    }

    /** Maps that the agent has to mend. */
    SortedSet<Long> drifted() {
        return Collections.unmodifiableSortedSet(drifted);
    }

    /** Maps in the place of which whoever made them pinned others: the kernel ids that they had. */
    SortedMap<Long, Integer> replaced() {
        return Collections.unmodifiableSortedMap(replaced);
    }

    /** True where something was found or is mended. */
    boolean hasNews() {
        return news;
    }

    /** Something is to be reported that no map shows. */
    void tellNews() {
        news = true;
    }

    /** True where a pass ended. */
    boolean hasCounted() {
        return counted;
    }

    void read(long elements) {
        ledger.read(elements);
    }

    void passed(long millis) {
        counted = true;
        ledger.passed(millis);
    }

    /**
     * An element is not what was applied.
     *
     * @param stored what is there, as the store would hold it; null for nothing
     */
    void element(Held held, Subject.Element subject, @Nullable Bytes stored, String expected,
            String found) {
        if (actual.held(held.mapId()) == null) {
            // Another map is in its place by now: what this one holds is nobody's affair.
            return;
        }
        tell(held, DriftKind.CONTENTS, subject, expected, found, Remedy.AGENT, "");
        corrections.computeIfAbsent(held.mapId(), _ -> new TreeMap<>())
                .put(subject.storedKey(), stored);
        drifted.add(held.mapId());
    }

    /** A pin of a map is not its own any more; the agent tries to set it anew. */
    void pin(Held held, DriftKind kind, Subject.Pin subject, String expected, String found) {
        tell(held, kind, subject, expected, found, Remedy.AGENT, "");
        Held known = actual.held(held.mapId());
        if (known != null) {
            actual = actual.with(held.mapId(), known.withoutPin(subject.path()));
        }
        drifted.add(held.mapId());
    }

    /** Whoever made a map pinned another one of its kind in its place: the agent is to go on with that. */
    void replaced(Held held, Subject.Pin subject, String expected, String found) {
        tell(held, DriftKind.IDENTITY, subject, expected, found, Remedy.AGENT, "");
        actual = actual.with(held.mapId(), new Holding.Replaced(held));
        replaced.put(held.mapId(), held.kernelId());
        drifted.add(held.mapId());
    }

    /** A generation that was kept is not behind its pin any more. */
    void lost(Held held, int generation, Subject.Pin subject, String expected, String found) {
        tell(held, DriftKind.IDENTITY, subject, expected, found, Remedy.NONE, "");
        Held known = actual.held(held.mapId());
        if (known != null) {
            actual = actual.with(held.mapId(), known.withoutKept(generation));
        }
    }

    /** Something that is not the agent's to mend. */
    void left(Held held, DriftKind kind, Subject subject, String expected, String found) {
        left(held, kind, subject, expected, found, "");
    }

    /** As {@link #left(Held, DriftKind, Subject, String, String)}, and what somebody can do. */
    void left(Held held, DriftKind kind, Subject subject, String expected, String found,
            String note) {
        tell(held, kind, subject, expected, found, Remedy.OPERATOR, note);
    }

    /** Something is as it should be again. */
    void mended(long mapId, Subject subject) {
        if (ledger.openMaps().contains(mapId)) {
            ledger.mended(mapId, subject::equals, now);
            news = true;
        }
    }

    private void tell(Held held, DriftKind kind, Subject subject, String expected, String found,
            Remedy remedy, String note) {
        Finding finding = new Finding(held.mapId(), held.spec().namespace(), held.spec().name(),
                kind, subject, expected, found, remedy, note);
        if (remedy != Remedy.OPERATOR || !ledger.knows(finding)) {
            news = true;
            ledger.found(finding, now);
        }
    }

    /** Makes what was found what is known. */
    Actual apply() {
        corrections.forEach((id, edits) -> {
            Held held = actual.held(id);
            if (held != null) {
                actual = actual.with(id, held.withContents(held.contents()
                        .filter(_ -> edits.size() < MOST_CORRECTIONS)
                        .map(contents -> new Contents(contents.elements().edit(edits),
                                contents.resolved(), contents.foreign()))
                        .or(Optional::empty)));
            }
        });
        corrections.clear();
        return actual;
    }
}
