package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * Each page is compared with what is known at that moment, and in between nobody but others writes, so a walk that takes long while the
 * agent writes finds nothing that is not so. What is missing is told by counting; only where the count is short, or the agent wrote meanwhile,
 * every key is asked for, or read and remembered by a second walk.
 *
 * A walk that found nothing leaves a fingerprint of what it read. As long as the same is known of the map, a walk that reads the same finds
 * nothing either, so that the next one only makes the fingerprint; where that is another, a walk that compares follows at once. Of most hashes
 * the fingerprint is made of what is known, and no walk has to compare before.
 */
/** One walk over the elements of one map, page by page. For one thread. */
final class ElementScan {
    private static final int PAGE_BYTES = 1 << 16;
    private static final int LOOKUPS = 1024;

    private final long mapId;
    private final KernelMap map;
    private final int possibleCpus;
    private ElementWalk walk;
    /** What was known when the walk began. */
    private Contents begun;
    /** Of what this walk reads. */
    private Fingerprint read = new Fingerprint();
    /** Of what was read when all was as it is known; null where the walk compares. */
    private @Nullable Fingerprint before;
    /** Makes the same of what is known, where no walk left it. */
    private @Nullable KnownFingerprint expected;
    /** All that was compared was as it is known. */
    private boolean clean = true;
    /** The keys that a second walk read, of types of which a lookup finds other keys or nothing for a free index. */
    private @Nullable Set<Bytes> seen;
    private long matching;
    /** The keys to ask for, once all pages were read. */
    private @Nullable Iterator<Entry<Bytes>> asked;

    /** {@code before} is what the last walk left that found nothing with just these contents known; null where none did. */
    ElementScan(Held held, KernelMap map, int possibleCpus, @Nullable Fingerprint before) {
        this.mapId = held.mapId();
        this.map = map;
        this.possibleCpus = possibleCpus;
        this.walk = map.walk(PAGE_BYTES);
        this.begun = held.contents().orElseThrow();
        this.before = before;
        this.expected = before == null
                ? KnownFingerprint.of(held.spec(), begun).orElse(null)
                : null;
    }

    long mapId() {
        return mapId;
    }

    /** False where the map that is read was closed meanwhile. */
    boolean isOf(OpenMaps open) {
        KernelMap now = open.get(mapId);
        return now != null && Check.isSame(now, map);
    }

    /** True for a map whose elements are the agent's, and can be read and written. */
    static boolean isWorthIt(Held held) {
        MapSpec spec = held.spec();
        return held.contents().isPresent() && !held.frozen() && !spec.type().isOuter()
                && switch (spec.ownership()) {
                    case EXCLUSIVE, SHARED -> true;
                    case SEED, OBSERVED -> false;
                }
                && switch (spec.type()) {
                    // The kernel never tells what is in it.
                    case CGROUP_ARRAY -> false;
                    default -> true;
                };
    }

    /** Does the next step; false when nothing is left to do. */
    boolean step(Findings findings) throws KernelException {
        Held held = findings.actual().held(mapId);
        if (held == null || !isWorthIt(held)) {
            return false;
        }
        if (asked != null) {
            return ask(held, findings, asked);
        }
        if (expected != null) {
            if (!expected.step()) {
                before = expected.made().orElse(null);
                expected = null;
            }
            return true;
        }
        ElementWalk.Page page = walk.next();
        findings.read(page.elements().size());
        read.add(page.elements());
        if (before != null) {
            return isToGoOn(held.contents().orElseThrow(), page.last(), before);
        }
        page.elements().forEach(element -> compare(held, element, findings));
        if (!page.last()) {
            return true;
        }
        findings.apply();
        Held known = findings.actual().held(mapId);
        return known != null && known.contents().isPresent() && findMissing(known, findings);
    }

    /** Without comparing elements: until it is seen that nothing changed, or that they are to be compared. */
    private boolean isToGoOn(Contents known, boolean last, Fingerprint expected) {
        if (!Check.isSame(known, begun) || (last && !read.isSame(expected))) {
            before = null;
            beginAnew(known);
            return true;
        }
        return !last;
    }

    private void beginAnew(Contents known) {
        begun = known;
        walk = map.walk(PAGE_BYTES);
        read = new Fingerprint();
        matching = 0;
    }

    /**
     * What was read, where the walk has come to its end, found nothing, and this is still what is known of the map; otherwise empty.
     */
    Optional<Fingerprint> cleanRead(Contents known) {
        return clean && read.isKnown() && Check.isSame(known, begun)
                ? Optional.of(read)
                : Optional.empty();
    }

    private void compare(Held held, KernelElement element, Findings findings) {
        MapSpec spec = held.spec();
        Contents contents = held.contents().orElseThrow();
        Bytes key = StoredElements.storedKey(spec, element.key());
        if (seen != null) {
            seen.add(key);
        }
        Bytes known = contents.elements().get(key);
        boolean zero = MapRules.isDense(spec.type()) && element.value().isZero();
        if (known == null) {
            if (spec.ownership() == Ownership.EXCLUSIVE && !zero) {
                Bytes empty = MapRules.isDense(spec.type())
                        ? Bytes.zeros(element.value().size())
                        : null;
                clean = false;
                findings.element(held, new Subject.Element(key, element.key()),
                        KernelValues.stored(spec, element),
                        Expected.text(held, empty, element.value()),
                        Expected.text(held, element.value(), empty));
            }
            return;
        }
        matching++;
        if (Claims.isCounter(spec, known)
                || (StoredElements.areVerbatim(spec.type()) && known.equals(element.value()))) {
            return;
        }
        Bytes expected = Expected.bytes(spec, key, known, contents, possibleCpus).orElse(null);
        if (expected != null && !expected.equals(element.value())) {
            clean = false;
            findings.element(held, new Subject.Element(key, element.key()),
                    zero ? null : KernelValues.stored(spec, element),
                    Expected.text(held, expected, element.value()),
                    Expected.text(held, element.value(), expected));
        }
    }

    /** True where keys are to be asked for. */
    private boolean findMissing(Held held, Findings findings) {
        Contents contents = held.contents().orElseThrow();
        Tree<Bytes> known = contents.elements();
        if (MapRules.evicts(held.spec().type()) || MapRules.isDense(held.spec().type())) {
            return false;
        }
        Set<Bytes> read = seen;
        if (read != null) {
            known.forEach(entry -> {
                // What the agent wrote meanwhile may have been behind the walk.
                if (!read.contains(entry.key())
                        && Objects.equals(entry.value(), begun.elements().get(entry.key()))) {
                    missing(held, entry.key(), entry.value(), findings);
                }
            });
            return false;
        }
        if (Check.isSame(known, begun.elements()) && matching == known.size()) {
            return false;
        }
        clean = false;
        switch (held.spec().type()) {
            case HASH, PERCPU_HASH -> asked = known.iterator();
            default -> {
                seen = new HashSet<>();
                beginAnew(contents);
            }
        }
        return true;
    }

    private boolean ask(Held held, Findings findings, Iterator<Entry<Bytes>> keys)
            throws KernelException {
        Tree<Bytes> known = held.contents().orElseThrow().elements();
        for (int i = 0; i < LOOKUPS && keys.hasNext(); i++) {
            Bytes key = keys.next().key();
            // What is known may have changed since the keys were listed.
            Bytes value = known.get(key);
            if (value != null
                    && map.lookup(StoredElements.wireKey(held.spec(), key)).isEmpty()) {
                missing(held, key, value, findings);
            }
        }
        findings.read(LOOKUPS);
        return keys.hasNext();
    }

    private void missing(Held held, Bytes key, Bytes value, Findings findings) {
        Contents contents = held.contents().orElseThrow();
        Bytes expected = Expected.bytes(held.spec(), key, value, contents, possibleCpus)
                .orElse(null);
        findings.element(held,
                new Subject.Element(key, StoredElements.wireKey(held.spec(), key)),
                null, expected == null ? "something" : Expected.text(held, expected, null),
                Expected.NOTHING);
    }
}
