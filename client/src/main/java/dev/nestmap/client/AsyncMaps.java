package dev.nestmap.client;

import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.proto.v1.ListRequest;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Defines and lists maps without waiting; futures as in {@link AsyncMapHandle}. */
public final class AsyncMaps {
    private final Calls calls;
    private final Consistency consistency;

    AsyncMaps(Calls calls, Consistency consistency) {
        this.calls = calls;
        this.consistency = consistency;
    }

    /** The same, read with another consistency. */
    public AsyncMaps reading(Consistency other) {
        return new AsyncMaps(calls, other);
    }

    /** BPF_MAP_CREATE; the spec's own template is ignored. EEXIST where the name is taken. */
    public CompletableFuture<Answer<MapDescription>> create(MapSpec spec, InnerSource inner) {
        Command command = new Command.Create(spec, inner);
        return calls.write(command, MapServiceGrpc.getCreateMethod(), Write::getCreate,
                () -> "create " + spec.ref(),
                r -> Decode.answer(r.getHeader(), Decode.map(r.getMap())));
    }

    /**
     * All maps, ordered by id, those without a name too. Where there are more than 1000 the pages see revisions of
     * their own; the answer's is that of the first.
     *
     * @param namespace empty: of all namespaces
     */
    public CompletableFuture<Answer<List<MapDescription>>> list(String namespace) {
        return page(namespace, 0).thenCompose(first -> rest(namespace, first,
                new ArrayList<>(first.value().maps())));
    }

    private CompletableFuture<Answer<List<MapDescription>>> rest(String namespace,
            Answer<Page> last, List<MapDescription> maps) {
        if (last.value().next() == 0) {
            return CompletableFuture
                    .completedFuture(new Answer<>(List.copyOf(maps), last.origin()));
        }
        return page(namespace, last.value().next()).thenCompose(page -> {
            maps.addAll(page.value().maps());
            return rest(namespace, new Answer<>(page.value(), last.origin()), maps);
        });
    }

    private CompletableFuture<Answer<Page>> page(String namespace, long after) {
        ListRequest request = ListRequest.newBuilder()
                .setNamespace(namespace)
                .setPageAfter(after)
                .setRead(Calls.read(consistency))
                .build();
        return calls.read(MapServiceGrpc.getListMethod(), request, () -> "list maps",
                r -> Decode.answer(r.getHeader(),
                        new Page(Decode.maps(r.getMapsList()), r.getNextPageAfter())));
    }

    /** Some maps, and behind which id the next page begins; 0: this is the last. */
    private record Page(List<MapDescription> maps, long next) {}
}
