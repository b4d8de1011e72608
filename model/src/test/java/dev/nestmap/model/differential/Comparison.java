package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.differential.IntendedDifference.Asked;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.state.MapState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model and something else, asked the same. */
public final class Comparison implements AutoCloseable {
    /** What the other side is, and so what may differ. */
    public enum Other {
        /** A kernel: the intended differences may show. */
        KERNEL,
        /** The same rules behind a network: nothing may differ. */
        STORE
    }

    /** An answer that nothing explains. */
    public record Mismatch(Operation operation, String model, String other) {
        @Override
        public String toString() {
            return "%s%n  model: %s%n  other: %s".formatted(Transcript.line(operation), model,
                    other);
        }
    }

    /** An LRU is left alone by a kernel up to this part of max_entries: the lists of free elements hold the rest. */
    private static final int LRU_SAFE_PART = 8;

    private final ModelSubject model;
    private final Subject subject;
    private final Other other;
    private final Set<Integer> mayHaveEvicted = new HashSet<>();

    /** Owns both from now on. */
    public Comparison(ModelSubject model, Subject subject, Other other) {
        this.model = model;
        this.subject = subject;
        this.other = other;
    }

    /** The model, which knows what is there. */
    public ModelSubject model() {
        return model;
    }

    /** Asks both. Empty where they agree, or differ as intended. */
    public Optional<Mismatch> perform(Operation operation) {
        MapState before = model.map(operation.map());
        boolean keyIsThere = keyIsThere(operation);
        noteEviction(operation, before);
        String expected = model.perform(operation);
        String found = subject.perform(operation);
        if (expected.equals(found)) {
            return Optional.empty();
        }
        MapSpec spec = operation instanceof Operation.Create create
                ? create.shape()
                : before == null ? null : before.spec();
        boolean intended = other == Other.KERNEL && spec != null
                && IntendedDifference.of(new Asked(operation, spec, expected, found, keyIsThere,
                        mayHaveEvicted.contains(operation.map()), model.cpus())).isPresent();
        if (operation instanceof Operation.Create
                && expected.startsWith("created") != found.startsWith("created")) {
            model.forget(operation.map());
            subject.forget(operation.map());
        }
        return intended
                ? Optional.empty()
                : Optional.of(new Mismatch(operation, expected, found));
    }

    /** Performs all; the first mismatch. */
    public Optional<Mismatch> performAll(List<Operation> operations) {
        for (Operation operation : operations) {
            Optional<Mismatch> mismatch = perform(operation);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        return Optional.empty();
    }

    /** What all maps hold at the end. */
    public List<Operation> finalLooks() {
        List<Operation> looks = new ArrayList<>();
        model.maps().forEach(map -> looks.add(new Operation.Contents(map)));
        return looks;
    }

    @Override
    public void close() {
        model.close();
        subject.close();
    }

    private boolean keyIsThere(Operation operation) {
        return operation instanceof Operation.NextKey(int map, Optional<Bytes> key)
                && key.isPresent()
                && model.perform(new Operation.Lookup(map, key.get(), Optional.empty(), 0))
                        .matches("(value|values|map) .*");
    }

    /** Also an update that fails, and one of a key that is there, takes a free element for a moment. */
    private void noteEviction(Operation operation, @Nullable MapState map) {
        if (map == null || !IntendedDifference.isLru(map.spec())) {
            return;
        }
        long added = switch (operation) {
            case Operation.Update _ -> 1;
            case Operation.UpdateBatch batch -> batch.elements().size();
            default -> 0;
        };
        if (added > 0
                && (map.elements().size() + added) * LRU_SAFE_PART > map.spec().capacity()) {
            mayHaveEvicted.add(operation.map());
        }
    }
}
