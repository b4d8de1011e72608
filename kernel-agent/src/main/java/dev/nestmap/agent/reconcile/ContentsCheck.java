package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.tree.Entry;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * A pass costs what the maps hold, so its pace is set by its cost: it takes a thousandth of one CPU where that is enough to be done
 * within the pass that was asked for, and no more than a twentieth where it is not. A host with few elements is looked through every
 * two seconds, one with millions within the pass.
 */
/** Reads the elements of all maps over and over, a little at a time. For one thread. */
final class ContentsCheck implements Check {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int REST = 20;
    private static final int REST_OF_PASS = 1000;

    private final OpenMaps open;
    private final Kernel kernel;
    /** Between the beginnings of two passes, so that from one look at an element to the next it is at most what was asked for. */
    private final long everyNanos;
    private long dueNanos;
    private boolean begun;
    private long passBeganNanos;
    private long passCostNanos;
    /** The ids of maps from here on are still to be read in this pass. */
    private long nextId;
    private @Nullable ElementScan scan;
    /** The map that is looked at. */
    private long atMapId;
    /** Of maps of which nothing was found when they were last read, by id. */
    private final Map<Long, Clean> clean = new HashMap<>();

    /** What was read while this was known. Does not keep contents that are known no more. */
    private record Clean(WeakReference<Contents> known, Fingerprint read) {}

    ContentsCheck(Kernel kernel, OpenMaps open, long passNanos) {
        this.kernel = kernel;
        this.open = open;
        this.everyNanos = passNanos / 5 * 4;
    }

    @Override
    public long dueNanos(long nowNanos) {
        return begun ? dueNanos : nowNanos;
    }

    /** Between two slices it rests for all of its time: else whoever wakes the thread often would make it look all the time. */
    @Override
    public long leewayNanos() {
        return nextId == 0 ? TOGETHER_NANOS : 0;
    }

    @Override
    public String words() {
        return "elements";
    }

    @Override
    public long mapId() {
        return atMapId;
    }

    @Override
    public boolean run(Findings findings, long nowNanos) {
        if (!begun || nextId == 0) {
            begun = true;
            nextId = 1;
            passBeganNanos = nowNanos;
            passCostNanos = 0;
        }
        long began = System.nanoTime();
        boolean more = true;
        while (more && System.nanoTime() - began < SLICE_NANOS) {
            more = step(findings);
        }
        long cost = System.nanoTime() - began;
        passCostNanos += cost;
        if (more) {
            dueNanos = nowNanos + cost * (REST + 1);
        } else {
            findings.passed(
                    TimeUnit.NANOSECONDS.toMillis(Math.max(cost, nowNanos - passBeganNanos)));
            nextId = 0;
            clean.keySet().removeIf(id -> open.get(id) == null);
            long pace = Math.max(Math.min(SHORTEST_NANOS, everyNanos),
                    passCostNanos * REST_OF_PASS);
            dueNanos = passBeganNanos + Math.max(Math.min(pace, everyNanos), passCostNanos * REST);
        }
        return !more;
    }

    /** False when all maps were read. */
    private boolean step(Findings findings) {
        if (scan == null || !scan.isOf(open)) {
            scan = next(findings.actual());
            if (scan == null) {
                return false;
            }
        }
        ElementScan current = scan;
        scan = null;
        atMapId = current.mapId();
        try {
            if (current.step(findings)) {
                scan = current;
            } else {
                remember(current, findings.actual());
            }
        } catch (KernelException _) {
            // Others write faster than it can be read, or it cannot be read: the next pass tries again.
        }
        findings.apply();
        return true;
    }

    private void remember(ElementScan ended, Actual actual) {
        Held held = actual.held(ended.mapId());
        Contents known = held == null ? null : held.contents().orElse(null);
        Fingerprint read = known == null ? null : ended.cleanRead(known).orElse(null);
        if (read == null) {
            clean.remove(ended.mapId());
        } else {
            clean.put(ended.mapId(), new Clean(new WeakReference<>(known), read));
        }
    }

    private @Nullable Fingerprint cleanRead(Held held) {
        Clean before = clean.get(held.mapId());
        Contents known = before == null ? null : before.known().get();
        return before != null && known != null
                && Check.isSame(known, held.contents().orElseThrow())
                        ? before.read()
                        : null;
    }

    private @Nullable ElementScan next(Actual actual) {
        Iterator<Entry<Holding>> entries = actual.holdings().iteratorFrom(Desired.key(nextId));
        while (entries.hasNext()) {
            if (entries.next().value() instanceof Held held && ElementScan.isWorthIt(held)) {
                KernelMap map = open.get(held.mapId());
                if (map != null) {
                    nextId = held.mapId() + 1;
                    return new ElementScan(held, map, kernel.possibleCpus(), cleanRead(held));
                }
            }
        }
        return null;
    }
}
