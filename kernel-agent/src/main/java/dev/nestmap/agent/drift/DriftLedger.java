package dev.nestmap.agent.drift;

import dev.nestmap.agent.drift.Drift.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Keeps what was found: what is open, and the last that was mended. Its memory is bounded whatever others do: of one map so many
 * differences are told one by one, and the others counted. For one thread; time is handed in.
 */
public final class DriftLedger {
    /** Of each map; more are counted. */
    public static final int MOST_OF_A_MAP = 16;
    /** Of all maps, but at least one of each. */
    private static final int MOST_OPEN = 512;
    private static final int MOST_MENDED = 64;
    private static final int MOST_REPORTED = 64;
    private static final int MOST_REPORTED_MENDED = 16;

    private record Place(long mapId, Subject subject) {}

    private final SortedMap<Long, Map<Subject, Drift>> open = new TreeMap<>();
    /** Differences of a map that are not told one by one, by kind. */
    private final Map<Long, Map<DriftKind, Long>> others = new TreeMap<>();
    /** Oldest first. */
    private final LinkedHashMap<Place, Drift> mended = new LinkedHashMap<>();
    private final Map<DriftKind, Long> foundTotals = new EnumMap<>(DriftKind.class);
    private final Map<DriftKind, Long> mendedTotals = new EnumMap<>(DriftKind.class);
    private long heldBack;
    private long passes;
    private long elementsRead;
    private long lastPassMillis;

    /** An empty one. */
    public DriftLedger() {}

    /** Takes what was seen. Something that was seen before, open or mended, is the same drift again. */
    public void found(Finding finding, Instant now) {
        count(foundTotals, finding.kind(), 1);
        long id = finding.mapId();
        Place place = new Place(id, finding.subject());
        Map<Subject, Drift> ofMap = open.computeIfAbsent(id, _ -> new LinkedHashMap<>());
        Drift before = ofMap.get(finding.subject());
        if (before == null) {
            before = mended.remove(place);
        }
        Drift drift = before == null ? Drift.first(finding, now) : before.again(finding, now);
        if (!drift.isOpen()) {
            remember(place, drift.mendedAt(now, ""));
            ofMap.remove(finding.subject());
        } else if (ofMap.isEmpty() || ofMap.containsKey(finding.subject())
                || (ofMap.size() < MOST_OF_A_MAP && openCount() < MOST_OPEN)) {
            ofMap.put(finding.subject(), drift);
        } else {
            count(others.computeIfAbsent(id, _ -> new EnumMap<>(DriftKind.class)),
                    finding.kind(), 1);
        }
        if (ofMap.isEmpty()) {
            open.remove(id);
        }
    }

    /** What of a map is as it should be again. Differences that are not told one by one go with the last of the others. */
    public void mended(long mapId, Predicate<Subject> isMended, Instant now) {
        mended(mapId, isMended, "", now);
    }

    /** As {@link #mended(long, Predicate, Instant)}, and how that came. */
    public void mended(long mapId, Predicate<Subject> isMended, String how, Instant now) {
        Map<Subject, Drift> ofMap = open.get(mapId);
        if (ofMap == null) {
            return;
        }
        for (Iterator<Map.Entry<Subject, Drift>> entries = ofMap.entrySet().iterator(); entries
                .hasNext();) {
            Map.Entry<Subject, Drift> entry = entries.next();
            if (isMended.test(entry.getKey())) {
                entries.remove();
                count(mendedTotals, entry.getValue().kind(), 1);
                remember(new Place(mapId, entry.getKey()), entry.getValue().mendedAt(now, how));
            }
        }
        if (ofMap.isEmpty()) {
            open.remove(mapId);
            Map<DriftKind, Long> uncounted = others.remove(mapId);
            if (uncounted != null) {
                uncounted.forEach((kind, number) -> count(mendedTotals, kind, number));
            }
        }
    }

    /** Mending a map is put off, because it drifted too often. */
    public void heldBack(long mapId, String note) {
        heldBack++;
        stillHeldBack(mapId, note);
    }

    /** Mending a map was put off already. */
    public void stillHeldBack(long mapId, String note) {
        mark(mapId, State.HELD_BACK, note);
    }

    /** A map is mended when its turn comes. */
    public void waiting(long mapId, String note) {
        mark(mapId, State.FOUND, note);
    }

    /** Mending a map is tried. */
    public void mending(long mapId) {
        mark(mapId, State.FOUND, "");
    }

    /** Somebody else must act before a map can be mended. */
    public void stuck(long mapId, String why) {
        Map<Subject, Drift> ofMap = open.get(mapId);
        if (ofMap != null) {
            ofMap.replaceAll((_, drift) -> drift.to(State.LEFT, why));
        }
    }

    private void mark(long mapId, State state, String note) {
        Map<Subject, Drift> ofMap = open.get(mapId);
        if (ofMap != null) {
            ofMap.replaceAll(
                    (_, drift) -> drift.state() == State.LEFT ? drift : drift.to(state, note));
        }
    }

    /** A map is not wanted here any more. */
    public void forget(long mapId) {
        open.remove(mapId);
        others.remove(mapId);
    }

    /** True where the very same is open, and nothing more is to be said of it. */
    public boolean knows(Finding finding) {
        Drift known = open.getOrDefault(finding.mapId(), Map.of()).get(finding.subject());
        return known != null && known.found().equals(finding.found())
                && known.expected().equals(finding.expected());
    }

    /** The maps with something open. */
    public Set<Long> openMaps() {
        return Set.copyOf(open.keySet());
    }

    /** What is open of a map, in the order in which it was found. */
    public List<Drift> open(long mapId) {
        Map<Subject, Drift> ofMap = open.get(mapId);
        return ofMap == null ? List.of() : List.copyOf(ofMap.values());
    }

    /** Differences of a map that are open, those that are not told one by one with them. */
    public long openCount(long mapId) {
        return open(mapId).size() + others.getOrDefault(mapId, Map.of())
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Elements were compared. */
    public void read(long elements) {
        elementsRead += elements;
    }

    /** All elements were compared. */
    public void passed(long millis) {
        passes++;
        lastPassMillis = millis;
    }

    /** How it stands. */
    public DriftReport report() {
        List<Drift> drifts = new ArrayList<>();
        long all = 0;
        for (long id : open.keySet()) {
            all += openCount(id);
            for (Drift drift : open(id)) {
                if (drifts.size() < MOST_REPORTED - MOST_REPORTED_MENDED) {
                    drifts.add(drift);
                }
            }
        }
        long unlisted = all - drifts.size();
        mended.sequencedValues()
                .reversed()
                .stream()
                .limit(MOST_REPORTED_MENDED)
                .forEach(drifts::add);
        return new DriftReport(drifts, unlisted, new DriftTotals(foundTotals, mendedTotals,
                heldBack, passes, elementsRead, lastPassMillis));
    }

    private void remember(Place place, Drift drift) {
        mended.remove(place);
        mended.put(place, drift);
        if (mended.size() > MOST_MENDED) {
            mended.pollFirstEntry();
        }
    }

    private int openCount() {
        return open.values().stream().mapToInt(Map::size).sum();
    }

    private static void count(Map<DriftKind, Long> counts, DriftKind kind, long number) {
        counts.merge(kind, number, Long::sum);
    }
}
