package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table between whose steps other things happen: what threads may do to one another, by one thread. */
@SuppressWarnings("NullableOptional") // as Table declares it
final class InterleavingTable implements Table<Bytes, Long> {
    private final Table<Bytes, Long> table;
    private final Runnable aroundFind;
    private final Runnable betweenKeys;

    InterleavingTable(Table<Bytes, Long> table, Runnable aroundFind, Runnable betweenKeys) {
        this.table = table;
        this.aroundFind = aroundFind;
        this.betweenKeys = betweenKeys;
    }

    @Override
    public @Nullable Optional<Long> find(Bytes key) {
        aroundFind.run();
        Optional<Long> found = table.find(key);
        aroundFind.run();
        return found;
    }

    @Override
    public @Nullable Entry<Long> peek(Bytes key) {
        return table.peek(key);
    }

    @Override
    public void put(Bytes key, Entry<Long> entry) {
        table.put(key, entry);
        betweenKeys.run();
    }

    @Override
    public Runnable prepare(List<MapChange> changes, Update update) {
        if (update.kind() != Update.Kind.KEYS || table instanceof MirrorTable) {
            Runnable all = table.prepare(changes, update);
            return () -> {
                betweenKeys.run();
                all.run();
                betweenKeys.run();
            };
        }
        List<Runnable> parts = changes.stream()
                .flatMap(InterleavingTable::parts)
                .map(part -> table.prepare(List.of(part), update))
                .toList();
        return () -> parts.forEach(part -> {
            betweenKeys.run();
            part.run();
            betweenKeys.run();
        });
    }

    private static Stream<MapChange> parts(MapChange change) {
        return Stream.concat(
                change.set()
                        .stream()
                        .map(element -> new MapChange(change.mapId(), null, false,
                                List.of(element), List.of(), Map.of())),
                change.deleted()
                        .stream()
                        .map(key -> new MapChange(change.mapId(), null, false, List.of(),
                                List.of(key), Map.of())));
    }
}
