package dev.nestmap.client;

/** How fresh a read must be. */
public sealed interface Consistency {
    /** Sees every write that was acknowledged before the read began. The default. */
    record Linearizable() implements Consistency {}

    /** What the member that is asked holds now, possibly stale. Needs no leader. */
    record Local() implements Consistency {}

    /** What the member that is asked holds as soon as it holds this revision: read what you wrote, from anywhere. */
    record AtLeast(long revision) implements Consistency {}

    /** The state of exactly this revision: many reads of one state. {@code REVISION_GONE} where it is no longer held. */
    record Exactly(long revision) implements Consistency {}

    /** {@link Linearizable}. */
    static Consistency linearizable() {
        return new Linearizable();
    }

    /** {@link Local}. */
    static Consistency local() {
        return new Local();
    }

    /** {@link AtLeast}. */
    static Consistency atLeast(long revision) {
        return new AtLeast(revision);
    }

    /** {@link Exactly}. */
    static Consistency exactly(long revision) {
        return new Exactly(revision);
    }
}
