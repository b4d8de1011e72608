package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.differential.IntendedDifference.Asked;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.MapState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
        private static final int SHOWN_CHARACTERS = 1000;

        @Override
        public String toString() {
            int length = Math.min(model.length(), other.length());
            int difference = 0;
            while (difference < length && model.charAt(difference) == other.charAt(difference)) {
                difference++;
            }
            return "%s%n  model: %s%n  other: %s".formatted(
                    around(0, Transcript.line(operation)), around(difference, model),
                    around(difference, other));
        }

        /** Values may have megabytes. */
        private static String around(int place, String text) {
            int from = Math.max(0, place - SHOWN_CHARACTERS);
            int to = Math.min(text.length(), place + SHOWN_CHARACTERS);
            return (from > 0 ? "..." : "") + text.substring(from, to)
                    + (to < text.length() ? "... (%d characters)".formatted(text.length()) : "");
        }
    }

    /** What is let go of together with an outer map goes a little later. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ModelSubject model;
    private final Subject subject;
    private final Other other;
    private final Coverage coverage;
    private final History history = new History();

    /** Owns both subjects from now on; the coverage counts what they agree about. */
    public Comparison(ModelSubject model, Subject subject, Other other, Coverage coverage) {
        this.coverage = coverage;
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
        boolean keyIsThere = keyIsThere(operation, before);
        String cell = coverage.cell(operation, model);
        String expected = model.perform(operation);
        String found = ask(operation, expected);
        history.note(operation, before, expected, found);
        if (expected.equals(found)) {
            coverage.count(cell, expected);
            return Optional.empty();
        }
        MapSpec spec = operation instanceof Operation.Create create
                ? create.shape()
                : before == null ? null : before.spec();
        Optional<String> withoutNode = withoutNumaNode(operation, found);
        boolean intended = other == Other.KERNEL && spec != null
                && IntendedDifference.of(new Asked(operation, spec, expected, found, keyIsThere,
                        history, withoutNode, model.cpus())).isPresent();
        found = withoutNode.orElse(found);
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
        for (int map : model.maps()) {
            MapState state = Objects.requireNonNull(model.map(map));
            looks.add(new Operation.Contents(map));
            looks.add(Generator.wholePage(map, state.spec()));
            if (state.spec().type() == MapType.QUEUE || state.spec().type() == MapType.STACK) {
                looks.addAll(Collections.nCopies((int) state.elements().size() + 1,
                        new Operation.Take(map, Bytes.empty(), 0)));
            }
        }
        return looks;
    }

    private String ask(Operation operation, String expected) {
        String found = subject.perform(operation);
        long start = System.nanoTime();
        while (operation instanceof Operation.Alive && expected.equals(Words.GONE)
                && !found.equals(expected) && System.nanoTime() - start < PATIENCE.toNanos()) {
            Thread.onSpinWait();
            found = subject.perform(operation);
        }
        return found;
    }

    /** Which NUMA nodes there are is the host's affair: what a kernel says to the same without one. */
    private Optional<String> withoutNumaNode(Operation operation, String found) {
        if (other == Other.KERNEL && found.equals("EINVAL")
                && operation instanceof Operation.Create create
                && (create.shape().flags() & MapFlags.NUMA_NODE) != 0
                && create.shape().numaNode() > 0) {
            return Optional.of(subject.perform(new Operation.Create(create.map(),
                    Shapes.withNumaNode(create.shape(), 0), create.template(), create.form())));
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        model.close();
        subject.close();
    }

    private static boolean keyIsThere(Operation operation, @Nullable MapState map) {
        Optional<Bytes> key = switch (operation) {
            case Operation.NextKey next -> next.key();
            case Operation.LookupBatch batch -> batch.from();
            default -> Optional.empty();
        };
        if (map == null || key.isEmpty()) {
            return false;
        }
        Bytes stored = StoredElements.storedKey(map.spec(), key.get());
        return map.elements().containsKey(stored) && (map.spec().type() != MapType.LPM_TRIE
                || StoredElements.wireKey(map.spec(), stored).intLe(0) == key.get().intLe(0));
    }
}
