package dev.nestmap.agent.differential;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.libbpf.BareCalls;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.differential.Operation;
import dev.nestmap.model.differential.Subject;
import dev.nestmap.model.differential.Words;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kernel of this host. */
final class KernelSubject implements Subject {
    private static final int NO_DESCRIPTOR = 1_000_000;
    private static final int ACCESS = MapFlags.RDONLY | MapFlags.WRONLY;

    private final Kernel kernel;
    private final TreeMap<Integer, KernelMap> maps = new TreeMap<>();
    private final TreeMap<Integer, Integer> numbersByKernelId = new TreeMap<>();
    /** Also of maps that were let go of. */
    private final TreeMap<Integer, Integer> kernelIds = new TreeMap<>();

    /** The kernel stays open. */
    KernelSubject(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public String perform(Operation operation) {
        try {
            if (operation instanceof Operation.Create create) {
                return create(create);
            }
            if (operation instanceof Operation.Alive(int number)) {
                Integer id = kernelIds.get(number);
                return id == null ? Words.NO_MAP : Words.alive(BareCalls.isAlive(id));
            }
            KernelMap map = maps.get(operation.map());
            return map == null ? Words.NO_MAP : perform(operation, map);
        } catch (KernelException e) {
            return errno(e.errnoNumber());
        }
    }

    @Override
    public void forget(int number) {
        KernelMap map = maps.remove(number);
        kernelIds.remove(number);
        if (map != null) {
            map.close();
        }
    }

    @Override
    public void close() {
        maps.values().forEach(KernelMap::close);
    }

    private String create(Operation.Create create) throws KernelException {
        boolean outer = create.shape().type().isOuter();
        KernelMap template = create.template().map(maps::get).orElse(null);
        if (maps.containsKey(create.map()) || (outer && template == null)) {
            return Words.NO_MAP;
        }
        if (!outer && template != null) {
            int refused = BareCalls.create(spec(create.shape()), template);
            if (refused != 0) {
                return errno(refused);
            }
        }
        KernelMap map = unrestricted(create.shape(), outer ? template : null);
        maps.put(create.map(), map);
        kernelIds.put(create.map(), map.info().id());
        numbersByKernelId.put(map.info().id(), create.map());
        return Words.created(map.info().spec().flags(), map.info().spec().maxEntries());
    }

    /** RDONLY and WRONLY restrict the descriptor that is given back, which the store has not: go on with another. */
    private KernelMap unrestricted(MapSpec shape, @Nullable KernelMap template)
            throws KernelException {
        KernelMap first = kernel.create("twin", spec(shape), template);
        if ((shape.flags() & ACCESS) == 0) {
            return first;
        }
        first.close();
        return kernel.create("twin", spec(shape.withFlags(shape.flags() & ~ACCESS)), template);
    }

    private static KernelMapSpec spec(MapSpec shape) {
        return new KernelMapSpec(shape.type(), shape.keySize(), shape.valueSize(),
                shape.maxEntries(), shape.flags(), shape.mapExtra(), shape.numaNode(),
                shape.btf());
    }

    private String perform(Operation operation, KernelMap map) throws KernelException {
        return switch (operation) {
            case Operation.Create _,Operation.Alive _ ->
                throw new IllegalStateException("done before");
            case Operation.Lookup(_, Bytes key, Optional<Bytes> value, long flags) ->
                read(map, BareCalls.lookup(map, key, value, flags));
            case Operation.Update(_, Element element, long flags) ->
                done(BareCalls.update(map, element.key(), bytes(map, element.value()), flags));
            case Operation.Delete(_, Bytes key) -> map.delete(key) ? Words.OK : "ENOENT";
            case Operation.Take(_, Bytes key, long flags) ->
                read(map, BareCalls.lookupAndDelete(map, key, flags));
            case Operation.NextKey(_, Optional<Bytes> key) ->
                map.nextKey(key.orElse(null)).map(Words::key).orElse("ENOENT");
            case Operation.UpdateBatch(_, List<Element> elements, long flags) ->
                batch(BareCalls.updateBatch(map, elements.stream().map(Element::key).toList(),
                        elements.stream().map(element -> bytes(map, element.value())).toList(),
                        flags), elements.size());
            case Operation.DeleteBatch(_, List<Bytes> keys, long flags) ->
                batch(BareCalls.deleteBatch(map, keys, flags), keys.size());
            case Operation.LookupBatch batch -> pages(map, batch);
            case Operation.Unlink(int number) -> {
                maps.remove(number);
                map.close();
                yield Words.OK;
            }
            case Operation.Freeze _ -> {
                map.freeze();
                yield Words.OK;
            }
            case Operation.Contents _ -> contents(map);
        };
    }

    private String contents(KernelMap map) throws KernelException {
        KernelMapSpec spec = map.info().spec();
        if (!Words.canBeRead(MapSpec.of("", "", spec.type(), spec.keySize(), spec.valueSize(),
                spec.maxEntries()))) {
            return Words.NOTHING;
        }
        TreeMap<Bytes, String> elements = new TreeMap<>();
        for (KernelElement element : map.readAll()) {
            elements.put(element.key(), text(map, element.value()));
        }
        return Words.contents(map.frozen(), elements);
    }

    /** A bucket must fit into a page: a kernel says ENOSPC, and is asked for more. Its positions in hashes are no keys. */
    private String pages(KernelMap map, Operation.LookupBatch batch) {
        MapType type = map.info().spec().type();
        List<Integer> sizes = new ArrayList<>();
        List<String> elements = new ArrayList<>();
        Optional<Bytes> position = Words.isHashed(type) ? Optional.empty() : batch.from();
        int count = batch.count();
        while (true) {
            BareCalls.Page page = BareCalls.lookupBatch(map, position, count, batch.elemFlags());
            if (page.errno() == Errno.ENOSPC.number() && Words.isHashed(type)) {
                count *= 2;
                continue;
            }
            if (page.errno() != 0 && page.errno() != Errno.ENOENT.number()) {
                return sizes.isEmpty()
                        ? errno(page.errno())
                        : Words.pages(type, sizes, elements, Optional.of(errno(page.errno())));
            }
            if (!page.keys().isEmpty()) {
                sizes.add(page.keys().size());
            }
            for (int i = 0; i < page.keys().size(); i++) {
                elements.add(Words.element(page.keys().get(i), text(map, page.values().get(i))));
            }
            if (page.errno() != 0 || count == 0) {
                return Words.pages(type, sizes, elements, Optional.empty());
            }
            position = Optional.of(page.outBatch());
        }
    }

    private Bytes bytes(KernelMap map, Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> isPerCpu(map)
                    ? joined(Collections.nCopies(kernel.possibleCpus(), bytes))
                    : bytes;
            case Value.PerCpu(List<Bytes> values) -> joined(values);
            case Value.Slot(MapRef.ById(long number)) -> Bytes.u32le(descriptor((int) number));
            case Value.Slot _,Value.Expression _ ->
                throw new IllegalArgumentException("not generated: " + value);
        };
    }

    private int descriptor(int number) {
        KernelMap map = maps.get(number);
        return map == null ? NO_DESCRIPTOR : BareCalls.fd(map);
    }

    private String read(KernelMap map, BareCalls.Read read) {
        return read.errno() == 0 ? text(map, read.value()) : errno(read.errno());
    }

    private String text(KernelMap map, Bytes read) {
        if (map.info().spec().type().isOuter()) {
            return Words.slot(numbersByKernelId.getOrDefault(read.intLe(0), -1));
        }
        return isPerCpu(map) ? Words.values(split(map, read)) : Words.value(read);
    }

    private static boolean isPerCpu(KernelMap map) {
        return MapRules.isPerCpu(map.info().spec().type());
    }

    private static Bytes joined(List<Bytes> values) {
        int stride = (values.getFirst().size() + 7) / 8 * 8;
        byte[] joined = new byte[stride * values.size()];
        for (int cpu = 0; cpu < values.size(); cpu++) {
            values.get(cpu).copyTo(joined, cpu * stride);
        }
        return Bytes.wrap(joined);
    }

    private static List<Bytes> split(KernelMap map, Bytes read) {
        int size = map.info().spec().valueSize();
        List<Bytes> values = new ArrayList<>();
        for (int from = 0; from < read.size(); from += (size + 7) / 8 * 8) {
            values.add(read.slice(from, from + size));
        }
        return values;
    }

    /** A batch that is refused as a whole leaves the count as it was given, or says 0. */
    private static String batch(BareCalls.Batch batch, int given) {
        if (batch.errno() == 0) {
            return Words.batch(batch.count(), Optional.empty());
        }
        return batch.refusedAsAWhole(given)
                ? errno(batch.errno())
                : Words.batch(batch.count(), Optional.of(errno(batch.errno())));
    }

    private static String done(int errno) {
        return errno == 0 ? Words.OK : errno(errno);
    }

    private static String errno(int number) {
        return Errno.ofNumber(number).map(Enum::name).orElseGet(() -> Integer.toString(number));
    }
}
