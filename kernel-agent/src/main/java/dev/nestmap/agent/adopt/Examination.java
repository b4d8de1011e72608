package dev.nestmap.agent.adopt;

import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.AdoptedPins;
import dev.nestmap.agent.reconcile.PinPaths;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.PinReplacement;
import dev.nestmap.proto.v1.PinnedMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is pinned at a path, with the maps in its slots. For one thread. */
public final class Examination {
    /** With the flag for a NUMA node, -1 is none: the kernel does not tell the node. */
    private static final int NO_NODE = -1;
    /** Of the answer about an outer map and the maps in its slots: it is one message, and is held by all on its way. */
    private static final int MOST_BYTES = 3 << 20;
    private static final int MOST_SLOTS = 100_000;
    private static final int PAGE_BYTES = 64 << 10;

    private final Kernel kernel;
    private final PinPaths paths;
    private final Path pin;
    /** What maps in slots look like, as the first of them shows: all of one outer map fit its template. */
    private @Nullable InnerTemplate template;

    /** Asks the kernel nothing yet. */
    public Examination(Kernel kernel, Path pinRoot, Path pin) {
        this.kernel = kernel;
        this.paths = new PinPaths(pinRoot);
        this.pin = pin;
    }

    /** Whether maps in slots that have no pin are given one. */
    public enum Inners {
        /** Nothing in the kernel changes. */
        LOOKED_AT,
        /** They are pinned below the pin root, so that the agent finds the very same maps again. */
        KEPT
    }

    /** Opens what is pinned there; ENOENT, EINVAL (no map), EACCES (a folder). The caller closes it. */
    public KernelMap open() throws KernelException {
        return kernel.openPin(pin)
                .orElseThrow(() -> new KernelException("open pin " + pin, Errno.ENOENT,
                        "nothing is pinned there on this node"));
    }

    /** Opens what is pinned there, or a map in one of its slots, by its id; EEXIST where it is neither. The caller closes it. */
    public KernelMap open(int kernelId) throws KernelException {
        KernelMap map = open();
        if (map.info().id() == kernelId) {
            return map;
        }
        try (map) {
            if (map.info().spec().type().isOuter() && slots(map).containsKey(kernelId)) {
                Optional<KernelMap> inner = pinned(kernelId, neighbours());
                return inner.isPresent() ? inner.get() : kernel.openById(kernelId);
            }
        }
        throw exchanged(kernelId);
    }

    /** The map is not the expected one. */
    KernelException exchanged(int kernelId) {
        return new KernelException("open pin " + pin, Errno.EEXIST,
                "the map with kernel id %d is not there any more: somebody exchanged it; look again"
                        .formatted(kernelId));
    }

    /** All that the kernel says of it; E2BIG where the maps in its slots are too many for one answer. */
    public PinnedMap examine(Inners inners) throws KernelException {
        refuseOwnPins();
        // First of all: a path that is no pin has no neighbours that are worth a look.
        try (KernelMap map = open()) {
            Neighbours neighbours = neighbours();
            if (!map.info().spec().type().isOuter()) {
                return described(map, pin, neighbours).build();
            }
            List<PinnedMap> found = new ArrayList<>();
            long bytes = 0;
            for (Map.Entry<Integer, List<Bytes>> slot : slots(map).entrySet()) {
                PinnedMap inner = inner(slot.getKey(), slot.getValue(), neighbours, inners);
                bytes += inner.getSerializedSize();
                if (bytes > MOST_BYTES) {
                    throw tooLarge("its slots hold more maps than can be told of (%d bytes)"
                            .formatted(MOST_BYTES));
                }
                found.add(inner);
            }
            return described(map, pin, neighbours).addAllInners(found).build();
        }
    }

    /** What the agent pins for itself is no map of somebody else's. */
    private void refuseOwnPins() throws KernelException {
        if (paths.isReserved(pin)) {
            throw new KernelException("open pin " + pin, Errno.EINVAL,
                    "the agent keeps its own pins there; what it made is in the store already");
        }
    }

    private KernelException tooLarge(String what) {
        return new KernelException("examine pin " + pin, Errno.E2BIG, what
                + "; define it in the store instead (nestmap map create %s ...), which takes up what is pinned there"
                        .formatted(pin));
    }

    /** Exchanges the map; EEXIST where it is not the expected one. Gives what is there then. */
    public PinnedMap replace(PinReplacement wanted) throws KernelException {
        MapSpec spec;
        try {
            spec = SpecCodec.spec(wanted.getSpec());
        } catch (InvalidMessageException e) {
            throw new KernelException("replace pin " + pin, Errno.EINVAL,
                    String.valueOf(e.getMessage()));
        }
        List<Path> users;
        long copied;
        try (KernelMap old = open()) {
            if (old.info().id() != wanted.getKernelId()) {
                throw exchanged(wanted.getKernelId());
            }
            users = neighbours().programs(wanted.getKernelId());
            copied = new Replacement(kernel, pin, spec).perform(old, wanted.getCopy());
        }
        PinnedMap.Builder now = examine(Inners.LOOKED_AT).toBuilder().setCopied(copied);
        now.clearPrograms();
        users.forEach(program -> now.addPrograms(program.toString()));
        return now.build();
    }

    private PinnedMap inner(int kernelId, List<Bytes> slots, Neighbours neighbours,
            Inners inners) throws KernelException {
        Optional<Path> known = neighbours.pin(kernelId);
        PinnedMap.Builder described;
        try (KernelMap map = pinned(kernelId, neighbours).orElse(null)) {
            if (map != null) {
                described = described(map, known.orElseThrow(), neighbours);
            } else {
                described = unpinned(kernelId, neighbours, inners);
            }
        }
        slots.forEach(key -> described.addSlots(ElementCodec.bytes(key)));
        return described.build();
    }

    private PinnedMap.Builder unpinned(int kernelId, Neighbours neighbours, Inners inners)
            throws KernelException {
        try (KernelMap map = kernel.openById(kernelId)) {
            PinnedMap.Builder described = described(map, null, neighbours);
            if (inners == Inners.KEPT) {
                Path kept = AdoptedPins.path(paths, kernelId);
                kernel.makeDirectories(paths.innerDirectory());
                map.pin(kept);
                described.setPin(kept.toString());
            }
            return described;
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            return PinnedMap.newBuilder()
                    .setKernelId(kernelId)
                    .setTrouble(
                            ("the map with kernel id %d in a slot of %s is pinned nowhere beside or below that, and only CAP_SYS_ADMIN opens a map by its id: "
                                    + "pin it there (bpftool map pin id %d PATH), or start the agent with --keep-privileges for this")
                                    .formatted(kernelId, pin, kernelId));
        }
    }

    private Optional<KernelMap> pinned(int kernelId, Neighbours neighbours)
            throws KernelException {
        Optional<Path> known = neighbours.pin(kernelId);
        Optional<KernelMap> map = known.isPresent()
                ? kernel.openPin(known.get())
                : Optional.empty();
        if (map.isPresent() && map.get().info().id() != kernelId) {
            map.get().close();
            return Optional.empty();
        }
        return map;
    }

    private Neighbours neighbours() throws KernelException {
        Path folder = pin.getParent();
        return Neighbours.of(kernel, folder == null
                ? List.of(paths.innerDirectory())
                : List.of(folder, paths.innerDirectory()));
    }

    private Map<Integer, List<Bytes>> slots(KernelMap outer) throws KernelException {
        Map<Integer, List<Bytes>> slots = new LinkedHashMap<>();
        ElementWalk walk = outer.walk(PAGE_BYTES);
        ElementWalk.Page page;
        int count = 0;
        do {
            page = walk.next();
            count += page.elements().size();
            if (count > MOST_SLOTS) {
                throw tooLarge("more than %d of its slots hold maps".formatted(MOST_SLOTS));
            }
            for (KernelElement slot : page.elements()) {
                slots.computeIfAbsent(slot.value().intLe(0), _ -> new ArrayList<>())
                        .add(slot.key());
            }
        } while (!page.last());
        return slots;
    }

    private PinnedMap.Builder described(KernelMap map, @Nullable Path at,
            Neighbours neighbours) throws KernelException {
        KernelMapSpec spec = map.info().spec();
        boolean hidden = false;
        Optional<MapBtf> types = Optional.empty();
        try {
            types = map.types();
        } catch (KernelException e) {
            // Whatever the reason: a map without its types is better than none.
            hidden = true;
        }
        MapSpec shown = new MapSpec("", "", spec.type(), spec.keySize(), spec.valueSize(),
                spec.maxEntries(), spec.flags(), spec.mapExtra(),
                (spec.flags() & MapFlags.NUMA_NODE) == 0 ? 0 : NO_NODE,
                spec.type().isOuter() ? template : null, Placement.everywhere(), "",
                types.orElse(null));
        if (template == null && !spec.type().isOuter()) {
            template = shown.asTemplate();
        }
        PinnedMap.Builder described = PinnedMap.newBuilder()
                .setKernelId(map.info().id())
                .setKernelName(map.info().name())
                .setPin(at == null ? "" : at.toString())
                .setSpec(SpecCodec.spec(shown))
                .setFrozen(map.frozen())
                .setTypesHidden(hidden);
        neighbours.programs(map.info().id())
                .forEach(program -> described.addPrograms(program.toString()));
        return described;
    }
}
