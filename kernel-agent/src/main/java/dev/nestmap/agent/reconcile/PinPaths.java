package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.placement.Placement;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where pins stand below one root:
 *
 * <pre>
 * NAMESPACE/NAME        a map that programs find by its name
 * _inner/ID_1           a map that is here because a slot holds it; 1 is the generation, and others may stand beside it
 * _inner/adopted_KID    a map that an adoption found in a slot, without a pin, by its kernel id
 * _owned/ID             a second pin of every map that the agent created: what is not here is not ours to delete
 * _owned/ID_next        for a moment, a pin on its way to a name that another of our maps had
 * _cluster/UUID         a directory: whose maps these are
 * </pre>
 *
 * <p>No namespace begins with an underscore.
 */
public record PinPaths(Path root) {
    private static final char RESERVED = '_';
    private static final char SEPARATOR = '_';
    private static final String NEXT = "_next";

    /** Of the marks of ownership. */
    public Path ownedDirectory() {
        return root.resolve("_owned");
    }

    /** Of the maps that are here because slots hold them. */
    public Path innerDirectory() {
        return root.resolve("_inner");
    }

    /** Of the mark that says whose maps these are. */
    public Path clusterDirectory() {
        return root.resolve("_cluster");
    }

    /** True for a path below the root that agents have for themselves. */
    public boolean isReserved(Path path) {
        Path normal = path.normalize();
        return normal.startsWith(root) && normal.getNameCount() > root.getNameCount()
                && isReserved(normal.getName(root.getNameCount()).toString());
    }

    /** True for a folder of the root that is no namespace. */
    static boolean isReserved(String folder) {
        return folder.indexOf(RESERVED) == 0;
    }

    Path owned(long mapId) {
        return ownedDirectory().resolve(Long.toString(mapId));
    }

    Path ownedNext(long mapId) {
        return ownedDirectory().resolve(mapId + NEXT);
    }

    /** The first generation, and the only one of a map that is written in place. */
    Path inner(long mapId) {
        return inner(mapId, 1);
    }

    Path inner(long mapId, int generation) {
        return innerDirectory().resolve("%d%c%d".formatted(mapId, SEPARATOR, generation));
    }

    Path named(MapSpec spec) {
        return spec.pinPath().isEmpty()
                ? root.resolve(spec.namespace()).resolve(spec.name())
                : Path.of(spec.pinPath());
    }

    /** Where a map is to be pinned that has one generation. */
    Path of(DesiredMap map) {
        return of(map, 1);
    }

    /** Where a map is to be pinned, of which slots hold some generation. */
    Path of(DesiredMap map, int generation) {
        return map.hasName() || isAdoptedInner(map)
                ? named(map.spec())
                : inner(map.id(), generation);
    }

    /** A map that follows its outer map and stays where it was found. */
    private static boolean isAdoptedInner(DesiredMap map) {
        return !map.unlinked() && !map.spec().pinPath().isEmpty()
                && map.spec().placement() instanceof Placement.FollowsOuter;
    }

    boolean isInner(Path pin) {
        return innerDirectory().equals(pin.getParent());
    }

    /** True for a pin that is not ours to set or to remove: whoever made the map made it. */
    boolean isLoaders(Held held, Path pin) {
        return !held.created() && !isInner(pin);
    }

    /** The map that a file below {@code _owned} or {@code _inner} belongs to; empty for one that is none of ours. */
    static Optional<Long> mapId(String fileName) {
        int end = fileName.indexOf(SEPARATOR);
        try {
            return Optional.of(
                    Long.parseUnsignedLong(end < 0 ? fileName : fileName.substring(0, end)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The generation that a file below {@code _inner} belongs to; empty for one that is none of ours. */
    static Optional<Integer> generation(String fileName) {
        try {
            int number = Integer
                    .parseUnsignedInt(fileName.substring(fileName.indexOf(SEPARATOR) + 1));
            return mapId(fileName).isPresent() && number > 0
                    ? Optional.of(number)
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static boolean isNext(String fileName) {
        return fileName.endsWith(NEXT);
    }
}
