package dev.nestmap.server.feed;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import dev.nestmap.proto.v1.Header;
import java.util.Optional;
import java.util.TreeMap;

/** Versions of a state, made by commands; only some are held. Safe for threads. */
final class Versions implements States {
    private final Feed feed = new Feed(this);
    private final int held;
    // Guarded by this.
    private final TreeMap<Long, FleetState> states = new TreeMap<>();
    private FleetState newest = FleetState.EMPTY;

    Versions(int held) {
        this.held = held;
    }

    Feed feed() {
        return feed;
    }

    long create(String name, MapType type, int keySize) {
        MapSpec spec = new MapSpec("default", name, type, keySize, 4, 1 << 20, 0, 0, 0, null,
                Placement.everywhere(), "");
        return ((Result.Created) run(new Command.Create(spec, new InnerSource.None()))).mapId();
    }

    void put(String map, Bytes key, int value) {
        var _ = run(new Command.Update(ref(map), key, new Value.Data(Bytes.u32le(value)), 0));
    }

    void delete(String map, Bytes key) {
        var _ = run(new Command.DeleteElem(ref(map), key));
    }

    static MapRef ref(String map) {
        return new MapRef.ByName("default", map);
    }

    Result run(Command command) {
        Result result;
        synchronized (this) {
            Transition transition = Transition.apply(newest, command);
            result = transition.result();
            if (result instanceof Result.Refused(var refusal)) {
                throw new AssertionError(refusal.toString());
            }
            newest = transition.state();
            states.put(newest.revision(), newest);
            states.headMap(newest.revision() - held + 1).clear();
        }
        feed.wake();
        return result;
    }

    @Override
    public synchronized FleetState newest() {
        return newest;
    }

    @Override
    public synchronized Optional<FleetState> at(long revision) {
        return Optional.ofNullable(states.get(revision));
    }

    @Override
    public Header header(long revision) {
        return Header.newBuilder().setRevision(revision).build();
    }
}
