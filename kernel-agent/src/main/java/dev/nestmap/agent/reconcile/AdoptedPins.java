package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.tree.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pins {@code _inner/adopted_<kernel id>}, which an adoption sets for maps in slots that have none. Where whoever adopted, or the agent,
 * died before the store had those maps, they are nobody's: they are removed when an agent starts and knows what the store has. For one
 * thread.
 */
public final class AdoptedPins {
    private static final Logger LOG = LoggerFactory.getLogger(AdoptedPins.class);
    private static final String PREFIX = "adopted_";

    private final Kernel kernel;
    private final PinPaths paths;
    private List<Path> found;

    private AdoptedPins(Kernel kernel, PinPaths paths, List<Path> found) {
        this.kernel = kernel;
        this.paths = paths;
        this.found = found;
    }

    /** Where an adoption pins a map that it found in a slot. */
    public static Path path(PinPaths paths, int kernelId) {
        return paths.innerDirectory()
                .resolve(PREFIX + Integer.toUnsignedString(kernelId));
    }

    static AdoptedPins none(Kernel kernel, PinPaths paths) {
        return new AdoptedPins(kernel, paths, List.of());
    }

    /** Those that are there at the start; what an adoption sets later is not looked at. */
    static AdoptedPins find(Kernel kernel, PinPaths paths) throws KernelException {
        List<Path> found = new ArrayList<>();
        for (String name : kernel.pins(paths.innerDirectory())) {
            if (name.startsWith(PREFIX)) {
                found.add(paths.innerDirectory().resolve(name));
            }
        }
        return new AdoptedPins(kernel, paths, found);
    }

    /** Removes, once, those that are pins of no map that the store has. The slots keep the maps. */
    void sweep(Desired desired) {
        if (found.isEmpty()) {
            return;
        }
        Set<Path> named = new HashSet<>();
        for (Entry<DesiredMap> entry : desired.maps()) {
            named.add(paths.named(entry.value().spec()));
        }
        for (Path pin : found) {
            if (!named.contains(pin)) {
                remove(pin);
            }
        }
        found = List.of();
    }

    private void remove(Path pin) {
        try {
            kernel.unpin(pin);
            LOG.info("removed {}, which an adoption that was broken off had left", pin);
        } catch (KernelException e) {
            LOG.warn("{}, which an adoption that was broken off had left, stays: {}", pin,
                    e.getMessage());
        }
    }
}
