package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holders.Place;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.PublishRules;
import dev.nestmap.model.map.StoredElements;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The part of a plan that is about maps which are published sealed. Their contents change by another generation, a kernel map of
 * its own, in all slots that hold them; whatever changes in one outer map that is sealed changes in one batch or not at all.
 */
final class SealedDraft {
    private final Desired desired;
    private final Holders holders;
    private final Actual actual;
    private final SortedSet<Long> due;
    private final SortedSet<Long> failed;
    private final HostNumbers numbers;
    /** The generations that come into use. */
    private final SortedMap<Long, Integer> switched = new TreeMap<>();
    /** Outer maps of which nothing changes in this plan, because part of the change cannot be made. */
    private final Set<Long> blocked = new HashSet<>();

    SealedDraft(Desired desired, Holders holders, Actual actual, SortedSet<Long> due,
            SortedSet<Long> failed, HostNumbers numbers) {
        this.desired = desired;
        this.holders = holders;
        this.actual = actual;
        this.due = due;
        this.failed = failed;
        this.numbers = numbers;
    }

    /** True for a map to which nothing leads but slots, and of which the store knows all that is in it. */
    static boolean canBeSealed(DesiredMap map) {
        return !map.hasName() && map.spec().ownership() == Ownership.EXCLUSIVE
                && PublishRules.canBeSealed(map.spec().type());
    }

    /**
     * True for a map in a slot of an outer map that is sealed. One that was sealed before stays so: no system call can write it
     * in place any more.
     */
    boolean isSealed(DesiredMap map) {
        if (!canBeSealed(map)) {
            return false;
        }
        Held held = actual.held(map.id());
        return (held != null && held.frozen()) || holders.isInSealed(map.id(), desired);
    }

    /** Looks at generations that may be what is wanted now, and of which nobody knows what they hold. */
    List<Step> looks() {
        List<Step> looks = new ArrayList<>();
        for (long id : due) {
            DesiredMap map = desired.map(id);
            Held held = actual.held(id);
            if (map == null || held == null
                    || held.kept().stream().allMatch(kept -> kept.contents().isPresent())
                    || !isSealed(map)) {
                continue;
            }
            SealedChange change = change(map, held);
            if (!change.isNothing()) {
                held.kept()
                        .stream()
                        .filter(kept -> kept.contents().isEmpty())
                        .forEach(kept -> looks.add(
                                new Step.ReadGeneration(id, kept.number(), change.after())));
            }
        }
        return looks;
    }

    private SealedChange change(DesiredMap map, Held held) {
        return SealedChange.of(map, held.contents().orElseThrow(), numbers);
    }

    /** The generation that holds what is wanted, else the number of one to be built. */
    static int next(Held held, SealedChange change) {
        return held.kept()
                .stream()
                .filter(kept -> isKept(held.spec(), kept, change))
                .map(Generation::number)
                .findFirst()
                .orElseGet(held::nextGeneration);
    }

    private static boolean isKept(MapSpec spec, Generation kept, SealedChange change) {
        return kept.contents().isPresent() && HeldNumbers.bytes(spec, kept.contents().get())
                .sameContents(HeldNumbers.bytes(spec, change.after()));
    }

    /**
     * Decides which maps change and which must wait for others.
     *
     * @param changed maps of which there is a generation and of which the contents are to change
     * @param outers all outer maps that are looked at, each with what is to change in it
     * @param isReady true for an inner map that is as desired, or will be
     */
    void decide(SortedMap<Long, SealedChange> changed,
            SortedMap<Long, ElementsDifference> outers, LongPredicate isReady) {
        // What changed in it before and could not be built is part of what changes together.
        for (long id : failed) {
            DesiredMap map = desired.map(id);
            if (map != null && canBeSealed(map) && !isReady.test(id)) {
                holders.outers(id)
                        .stream()
                        .filter(outer -> Holders.isSealed(desired.map(outer)))
                        .forEach(blocked::add);
            }
        }
        outers.forEach((id, difference) -> {
            if (Holders.isSealed(desired.map(id)) && !difference.innersNotReady().isEmpty()) {
                blocked.add(id);
            }
        });
        SortedMap<Long, SealedChange> free = new TreeMap<>(changed);
        boolean found = true;
        while (found) {
            found = free.keySet().removeIf(id -> {
                SortedSet<Long> held = holders.outers(id);
                boolean waits = held.stream().anyMatch(blocked::contains);
                if (waits) {
                    held.stream()
                            .filter(outer -> Holders.isSealed(desired.map(outer)))
                            .forEach(blocked::add);
                }
                return waits;
            });
        }
        free.forEach((id, change) -> {
            Held held = actual.held(id);
            if (held != null) {
                switched.put(id, next(held, change));
            }
        });
    }

    boolean isSwitched(long mapId) {
        return switched.containsKey(mapId);
    }

    boolean isBlocked(long outerMapId) {
        return blocked.contains(outerMapId);
    }

    /** The generation that a slot is to hold from now on. */
    int generation(long innerMapId) {
        return switched.getOrDefault(innerMapId, SlotChange.IN_USE);
    }

    /** The outer maps whose slots must all be set before a map is switched. */
    SortedSet<Long> outers(long innerMapId) {
        return holders.outers(innerMapId);
    }

    /** For each outer map its slots that hold maps which are switched: by the key as the store holds it, the inner map. */
    SortedMap<Long, SortedMap<Bytes, Long>> slots() {
        SortedMap<Long, SortedMap<Bytes, Long>> slots = new TreeMap<>();
        for (long inner : switched.keySet()) {
            for (Place place : holders.places(inner)) {
                slots.computeIfAbsent(place.outerMapId(), _ -> new TreeMap<>())
                        .put(place.key(), inner);
            }
        }
        return slots;
    }

    /** The slots that a difference sets and those that hold maps which are switched, each once. */
    List<SlotChange> changes(DesiredMap outer, ElementsDifference difference,
            SortedMap<Bytes, Long> switchedSlots) {
        List<SlotChange> changes = new ArrayList<>();
        Set<Bytes> named = new HashSet<>();
        for (SlotChange change : difference.slots()) {
            named.add(change.key());
            changes.add(new SlotChange(change.key(), change.innerMapId(),
                    generation(change.innerMapId())));
        }
        switchedSlots.forEach((key, inner) -> {
            Bytes wireKey = StoredElements.wireKey(outer.spec(), key);
            if (!named.contains(wireKey)) {
                changes.add(new SlotChange(wireKey, inner, generation(inner)));
            }
        });
        return changes;
    }
}
