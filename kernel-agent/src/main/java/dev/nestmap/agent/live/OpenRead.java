package dev.nestmap.agent.live;

import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.LiveDump;
import dev.nestmap.proto.v1.LiveEnd;
import dev.nestmap.proto.v1.LivePage;
import dev.nestmap.proto.v1.LiveQuestion;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One read of one map, through a descriptor of its own: the map stays what it is, whatever becomes of its pin meanwhile. For one thread. */
final class OpenRead implements Read {
    /** Of an answer; a hundred of them are nothing to a store, and each takes well under a millisecond to read. */
    private static final int PAGE_BYTES = 64 << 10;
    /** How often a map is looked for that is exchanged at the same moment. */
    private static final int ATTEMPTS = 3;

    private final KernelMap map;
    private final LiveQuestion question;
    private final LiveValues values;
    private final ElementWalk walk;
    private final long appliedRevision;
    private long count;
    private boolean readAll;

    private OpenRead(KernelMap map, LiveQuestion question, LiveValues values,
            long appliedRevision) {
        this.map = map;
        this.question = question;
        this.values = values;
        this.walk = map.walk(PAGE_BYTES);
        this.appliedRevision = appliedRevision;
    }

    /** Opens the map. ENOENT where this node has none; what the kernel says. */
    static OpenRead begin(Kernel kernel, Supplier<Progress> progress, LiveAsk ask)
            throws KernelException {
        for (int attempt = 1;; attempt++) {
            Progress now = progress.get();
            List<HeldMap> all = now.maps();
            HeldMap held = held(now, all, ask.getMapId());
            Optional<KernelMap> pinned = kernel.openPin(held.pin());
            if (pinned.isPresent() && pinned.get().info().id() == held.kernelId()) {
                return begin(pinned.get(), ask.getQuestion(),
                        LiveValues.of(pinned.get(), all, kernel.possibleCpus()),
                        now.appliedRevision());
            }
            pinned.ifPresent(KernelMap::close);
            if (attempt == ATTEMPTS) {
                throw new KernelException("open the map \"%s\"".formatted(held.name()),
                        Errno.ENOENT,
                        "pin %s does not lead to the map that the agent wrote (kernel id %d) any more: %s; see the conditions in nestmap node show"
                                .formatted(held.pin(), held.kernelId(), pinned
                                        .map(other -> "to kernel id " + other.info().id())
                                        .orElse("nothing is there")));
            }
        }
    }

    private static OpenRead begin(KernelMap map, LiveQuestion question, LiveValues values,
            long appliedRevision) throws KernelException {
        Optional<String> senseless = senseless(map.info().spec().type(), question);
        if (senseless.isPresent()) {
            String name = map.info().name();
            map.close();
            throw new KernelException("read \"%s\"".formatted(name), Errno.EOPNOTSUPP,
                    senseless.get());
        }
        return new OpenRead(map, question, values, appliedRevision);
    }

    private static Optional<String> senseless(MapType type, LiveQuestion question) {
        return switch (type) {
            case QUEUE, STACK -> question.hasLookup()
                    ? Optional.empty()
                    : Optional.of(
                            "the kernel does not list the elements of a %s; a lookup shows its head"
                                    .formatted(type.word()));
            case BLOOM_FILTER -> Optional.of(
                    "a bloom filter has no elements to show; ask the store whether it has a value");
            default -> Optional.empty();
        };
    }

    private static HeldMap held(Progress now, List<HeldMap> all, long mapId)
            throws KernelException {
        return all.stream()
                .filter(map -> map.mapId() == mapId)
                .findFirst()
                .orElseThrow(() -> new KernelException("open the map with id " + mapId,
                        Errno.ENOENT, now.conditions()
                                .stream()
                                .filter(condition -> condition.mapId() == mapId)
                                .findFirst()
                                .map(condition -> "it is not in this kernel: "
                                        + condition.message())
                                .orElse("it is not on this node: it is not placed here, or was not received yet")));
    }

    /** Of a map that is already open, which is closed with this. */
    static OpenRead of(KernelMap map, LiveValues values) {
        return new OpenRead(map,
                LiveQuestion.newBuilder().setDump(LiveDump.getDefaultInstance()).build(), values,
                0);
    }

    @Override
    public LiveAnswer.@Nullable Builder next() throws KernelException {
        return switch (question.getQuestionCase()) {
            case LOOKUP -> lookup(ElementCodec.bytes(question.getLookup().getKey()));
            case DUMP -> readAll ? end() : page();
            case COUNT -> {
                if (readAll) {
                    yield end();
                }
                readOn();
                yield null;
            }
            case QUESTION_NOT_SET -> throw new KernelException("read \"%s\"".formatted(
                    map.info().name()), Errno.EINVAL,
                    "the agent does not know this question; is the store of a newer version?");
        };
    }

    private LiveAnswer.Builder lookup(Bytes key) throws KernelException {
        if (readAll) {
            return end();
        }
        Optional<Bytes> value = map.lookup(key);
        readAll = true;
        if (value.isEmpty()) {
            return end();
        }
        count = 1;
        return LiveAnswer.newBuilder()
                .setPage(LivePage.newBuilder()
                        .addElements(values.wire(new KernelElement(key, value.get()))));
    }

    private LiveAnswer.@Nullable Builder page() throws KernelException {
        List<KernelElement> elements = readOn();
        if (elements.isEmpty()) {
            return null;
        }
        LivePage.Builder page = LivePage.newBuilder();
        elements.forEach(element -> page.addElements(values.wire(element)));
        return LiveAnswer.newBuilder().setPage(page);
    }

    private List<KernelElement> readOn() throws KernelException {
        ElementWalk.Page page = walk.next();
        count += page.elements().size();
        readAll = page.last();
        return page.elements();
    }

    private LiveAnswer.Builder end() {
        return LiveAnswer.newBuilder()
                .setEnd(LiveEnd.newBuilder()
                        .setCount(count)
                        .setKernelId(map.info().id())
                        .setAppliedRevision(appliedRevision));
    }

    @Override
    public void close() {
        map.close();
    }
}
