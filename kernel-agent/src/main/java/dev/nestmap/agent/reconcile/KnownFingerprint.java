package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Pages;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The fingerprint of reading a map that holds just what is known of it. It is made leaf by leaf of what is known, which takes a part of
 * the time of reading the map, so that what the agent itself wrote need not be compared element by element either. For one thread.
 */
final class KnownFingerprint {
    private static final int STEP_ELEMENTS = 4096;

    private final MapSpec spec;
    private final Pages pages;
    private final Fingerprint made = new Fingerprint();
    private boolean fits = true;

    private KnownFingerprint(MapSpec spec, Contents known) {
        this.spec = spec;
        this.pages = new Pages(known.elements());
    }

    /** Empty for types whose elements are stored in another form than they are read in, and where others have elements beside ours. */
    static Optional<KnownFingerprint> of(MapSpec spec, Contents known) {
        return StoredElements.areVerbatim(spec.type()) && !MapRules.isDense(spec.type())
                && !MapRules.evicts(spec.type()) && spec.ownership() == Ownership.EXCLUSIVE
                && known.resolved().isEmpty()
                        ? Optional.of(new KnownFingerprint(spec, known))
                        : Optional.empty();
    }

    /** Goes on with some elements; false when there are no more. */
    boolean step() {
        for (int elements = 0; fits && elements < STEP_ELEMENTS; elements += pages.count()) {
            if (!pages.next()) {
                return false;
            }
            fits = pages.isOf(spec.keySize(), spec.valueSize());
            if (fits) {
                made.add(packed());
            }
        }
        return fits;
    }

    /** At the end; empty where an element has another size than the map's. */
    Optional<Fingerprint> made() {
        return fits ? Optional.of(made) : Optional.empty();
    }

    private PackedElements packed() {
        int count = pages.count();
        ByteBuffer keys = ByteBuffer.allocate(count * spec.keySize());
        ByteBuffer values = ByteBuffer.allocate(count * spec.valueSize());
        pages.copyKeys(0, count, keys, 0);
        pages.copyValues(0, count, values, 0, spec.valueSize());
        return new PackedElements(count, spec.keySize(), keys, spec.valueSize(), values);
    }
}
