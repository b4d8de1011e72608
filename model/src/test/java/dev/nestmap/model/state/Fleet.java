package dev.nestmap.model.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.Optional;

/** A state that a test works on. */
final class Fleet {
    FleetState state = FleetState.EMPTY;

    static MapRef.ByName name(String name) {
        return new MapRef.ByName("default", name);
    }

    static MapSpec spec(String name, MapType type, int keySize, int valueSize, int maxEntries) {
        return MapSpec.of("default", name, type, keySize, valueSize, maxEntries);
    }

    static Value data(int... bytes) {
        return new Value.Data(Bytes.of(bytes));
    }

    static Value slot(String name) {
        return new Value.Slot(name(name));
    }

    Result run(Command command) {
        Transition transition = Transition.apply(state, command);
        state = transition.state();
        return transition.result();
    }

    void ok(Command command) {
        Result result = run(command);
        if (result instanceof Result.Refused(Refusal refusal)) {
            throw new AssertionError(command + " was refused: " + refusal);
        }
    }

    String refused(Errno errno, Command command) {
        FleetState before = state;
        Refusal refusal = assertInstanceOf(Result.Refused.class, run(command)).refusal();
        assertEquals(errno, refusal.errno(), refusal.rule());
        assertEquals(before, state, "a refusal changes nothing");
        return refusal.rule();
    }

    long create(MapSpec spec) {
        return assertInstanceOf(Result.Created.class,
                run(new Command.Create(spec, new InnerSource.None()))).mapId();
    }

    long createOuter(MapSpec spec, String template) {
        return assertInstanceOf(Result.Created.class,
                run(new Command.Create(spec, new InnerSource.CopiedFrom(name(template))))).mapId();
    }

    void put(String map, int index, Value value) {
        ok(new Command.Update(name(map), Bytes.u32le(index), value, 0));
    }

    Optional<Value> get(String map, int index) {
        return Reads.lookup(state, name(map), Bytes.u32le(index),
                0) instanceof Outcome.Done<Value>(Value value)
                        ? Optional.of(value)
                        : Optional.empty();
    }

    boolean exists(long id) {
        return state.map(id) != null;
    }
}
