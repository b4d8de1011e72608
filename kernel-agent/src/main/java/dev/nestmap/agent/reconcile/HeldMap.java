package dev.nestmap.agent.reconcile;

import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A map in the kernel of this host.
 *
 * @param mapId the store's id of it
 * @param pin where programs find it; for a map that is here only because a slot holds it, below {@code _inner}
 * @param kernelId the kernel's id of it
 * @param elements those that are there; in arrays those that are not zero
 * @param maxEntries what it has room for
 * @param generations former contents that are kept beside; 0 for a map that is published in place
 * @param knownEntries the entries of all writers, as of the last look for drift; empty where only counting tells: where others write
 *     elements that are theirs, the kernel evicts, or nobody looks for drift
 */
public record HeldMap(
        long mapId,
        String namespace,
        String name,
        Path pin,
        int kernelId,
        long elements,
        MapType type,
        long maxEntries,
        int generations,
        OptionalLong knownEntries) {}
