package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Entry;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the ids in the slots of all outer maps, each second. Nothing can write into an inner map that was published sealed and is frozen, so
 * that its id says what it holds: this is all there is to look at. For one thread.
 */
final class SlotCheck implements Check {
    /** Where there are very many slots, looking takes no more than a hundredth of one CPU. */
    private static final int REST = 100;

    private final OpenMaps open;
    private final EachSecond pace = new EachSecond(REST);
    /** The ids of maps from here on are still to be looked at in this round. */
    private long nextId;
    /** The map that is looked at. */
    private long atMapId;

    SlotCheck(OpenMaps open) {
        this.open = open;
    }

    @Override
    public long dueNanos(long nowNanos) {
        return pace.dueNanos(nowNanos);
    }

    @Override
    public String words() {
        return "slots of outer maps";
    }

    @Override
    public long mapId() {
        return atMapId;
    }

    @Override
    public boolean run(Findings findings, long nowNanos) {
        if (pace.begin(nowNanos)) {
            nextId = 1;
        }
        Iterator<Entry<Holding>> entries = findings.actual()
                .holdings()
                .iteratorFrom(Desired.key(nextId));
        boolean more = entries.hasNext();
        while (more && pace.hasTime()) {
            if (entries.next().value() instanceof Held held) {
                // A mistake in the look at this one does not keep it from the others.
                nextId = held.mapId() + 1;
                atMapId = held.mapId();
                look(held, findings);
            }
            more = entries.hasNext();
        }
        if (more) {
            pace.pause(nowNanos);
        } else {
            pace.end();
        }
        return !more;
    }

    private void look(Held held, Findings findings) {
        KernelMap map = open.get(held.mapId());
        if (!held.spec().type().isOuter() || held.contents().isEmpty() || map == null
                || held.spec().ownership() == Ownership.OBSERVED) {
            return;
        }
        try {
            compare(held, held.contents().get(), map, findings);
            findings.apply();
        } catch (KernelException _) {
            // The next second tries again.
        }
    }

    private void compare(Held held, Contents contents, KernelMap map, Findings findings)
            throws KernelException {
        MapSpec spec = held.spec();
        Set<Bytes> seen = new HashSet<>();
        for (KernelElement slot : map.readAll()) {
            Bytes key = StoredElements.storedKey(spec, slot.key());
            Bytes known = contents.elements().get(key);
            int found = slot.value().intLe(0);
            if (known == null) {
                if (spec.ownership() == Ownership.EXCLUSIVE) {
                    tell(held, key, null, found, findings);
                }
                continue;
            }
            seen.add(key);
            Held inner = inner(known, findings.actual());
            if (inner != null && inner.kernelId() != found) {
                tell(held, key, inner, found, findings);
            }
        }
        if (seen.size() < contents.elements().size()) {
            contents.elements().forEach(entry -> {
                if (!seen.contains(entry.key())) {
                    tell(held, entry.key(), inner(entry.value(), findings.actual()), 0, findings);
                }
            });
        }
    }

    private static @Nullable Held inner(Bytes known, Actual actual) {
        return actual.held(StoredElements.slotMapId(known));
    }

    private void tell(Held outer, Bytes key, @Nullable Held expected, int found,
            Findings findings) {
        Bytes stored = found == 0 ? null : open.slot(found);
        findings.element(outer,
                new Subject.Element(key, StoredElements.wireKey(outer.spec(), key)), stored,
                expected == null
                        ? Expected.NOTHING
                        : "map \"%s\" (id %d), kernel id %d".formatted(expected.spec().name(),
                                expected.mapId(), expected.kernelId()),
                found == 0 ? Expected.NOTHING : words(found, expected, findings.actual()));
    }

    private String words(int kernelId, @Nullable Held expected, Actual actual) {
        if (expected != null
                && expected.kept().stream().anyMatch(kept -> kept.kernelId() == kernelId)) {
            return "kernel id %d, a former version of it".formatted(kernelId);
        }
        long owner = open.owner(kernelId).orElse(0L);
        Held held = actual.held(owner);
        return "kernel id %d, %s".formatted(kernelId,
                held == null
                        ? "which is none of ours"
                        : "map \"%s\" (id %d)%s".formatted(
                                held.spec().name(), owner,
                                held.kernelId() == kernelId ? "" : ", a former version of it"));
    }
}
