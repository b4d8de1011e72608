package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.HostObject;
import java.util.Optional;

/** A program or a cgroup; its descriptor is its id with a distance, so that one is never taken for the other. */
record SimulatedObject(int id) implements HostObject {
    private static final int DISTANCE = 100_000;

    /** What a descriptor stands for; empty for one that was never given. */
    static Optional<Integer> id(int descriptor) {
        return descriptor > DISTANCE ? Optional.of(descriptor - DISTANCE) : Optional.empty();
    }

    @Override
    public int descriptor() {
        return DISTANCE + id;
    }

    @Override
    public void close() {}
}
