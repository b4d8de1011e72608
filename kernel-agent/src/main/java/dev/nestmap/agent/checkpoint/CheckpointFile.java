package dev.nestmap.agent.checkpoint;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.proto.v1.Hello;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoint of one agent: what is in the file, and how the next state gets there. For one thread at a time. */
final class CheckpointFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFile.class);
    /** Below this, differences are appended however small the state is. */
    private static final long LEAST_JOURNAL_BYTES = 1 << 20;

    private final Path path;
    private final Hello hello;
    /** Null until it could be taken. */
    private @Nullable StateDirectory directory;
    /** Null where the next state must go into a new file. */
    private @Nullable Written written;

    /** The file that is there, and the state in it. */
    private record Written(
            CheckpointWriter writer,
            @Nullable Object identity,
            String clusterId,
            Desired desired,
            long wholeBytes) {}

    /** What was found at the start. */
    record Found(Optional<Saved> saved, Optional<String> flaw) {}

    CheckpointFile(Path path, Hello hello) {
        this.path = path;
        this.hello = hello;
    }

    /**
     * Takes the directory and reads the file.
     *
     * @throws IOException where that cannot be done; {@link #write} tries to take the directory again
     */
    Found open() throws IOException {
        StateDirectory taken = StateDirectory.take(path);
        directory = taken;
        Optional<CheckpointReader.Reading> read = taken.read();
        if (read.isEmpty()) {
            return new Found(Optional.empty(), Optional.empty());
        }
        CheckpointReader.Reading reading = read.get();
        Optional<Saved> saved = reading.saved();
        if (saved.isPresent() && reading.cutShort()) {
            if (!reading.flaw().isEmpty()) {
                LOG.debug("checkpoint in {}: {}", path, reading.flaw());
            }
            if (isOf(saved.get())) {
                written = new Written(taken.resume(reading), taken.identity(),
                        saved.get().clusterId(), saved.get().desired(), reading.wholeBytes());
            }
            return new Found(saved, Optional.empty());
        }
        String used = saved
                .map(whole -> "; revision %d, which is before that, is taken"
                        .formatted(whole.desired().revision()))
                .orElse("; nothing of it is taken");
        return new Found(saved, Optional.of(reading.flaw() + used));
    }

    /** How long ago the file was written, by the clock of this host; zero where there is none. */
    Duration age() {
        try {
            return directory == null ? Duration.ZERO : directory.age();
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    /** True where what the file says of its agent is still so. */
    private boolean isOf(Saved saved) {
        return saved.node().equals(hello.getNode())
                && saved.labels().equals(hello.getLabelsMap())
                && saved.pinRoot().equals(hello.getFacts().getPinRoot());
    }

    /**
     * Writes a state. When this returns it is on the disk; where this fails, the state before is.
     *
     * @throws IOException the next call begins a new file
     */
    void write(String clusterId, Desired desired) throws IOException {
        StateDirectory taken = directory;
        if (taken == null) {
            taken = StateDirectory.take(path);
            directory = taken;
        }
        Written before = written;
        if (before == null || !before.clusterId().equals(clusterId)
                || !Objects.equals(before.identity(), taken.identity())
                || before.writer().sizeBytes() > 2 * before.wholeBytes() + LEAST_JOURNAL_BYTES) {
            forget();
            written = whole(taken, clusterId, desired);
        } else {
            // Put back only when it is known to be on the disk: a force that failed must not be tried again.
            written = null;
            try {
                before.writer()
                        .writeAll(DifferenceMessages.between(clusterId, before.desired(),
                                desired));
                before.writer().force();
            } catch (IOException e) {
                before.writer().close();
                throw e;
            }
            written = new Written(before.writer(), before.identity(), clusterId, desired,
                    before.wholeBytes());
        }
    }

    private Written whole(StateDirectory taken, String clusterId, Desired desired)
            throws IOException {
        CheckpointWriter writer = taken.create();
        boolean done = false;
        try {
            writer.write(hello.toBuilder().setClusterId(clusterId).build());
            writer.writeAll(DifferenceMessages.snapshot(clusterId, desired));
            writer.force();
            taken.replace();
            done = true;
            return new Written(writer, taken.identity(), clusterId, desired, writer.sizeBytes());
        } finally {
            if (!done) {
                writer.close();
                taken.discard();
            }
        }
    }

    private void forget() throws IOException {
        Written before = written;
        written = null;
        if (before != null) {
            before.writer().close();
        }
    }

    @Override
    public void close() {
        try {
            forget();
            if (directory != null) {
                directory.close();
            }
        } catch (IOException e) {
            LOG.warn("checkpoint in {}: {}", path, e.toString());
        }
    }
}
