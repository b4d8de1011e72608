package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** Sentences that several types share. */
final class Refusals {
    private Refusals() {}

    static Optional<Refusal> of(Errno errno, String rule) {
        return Optional.of(new Refusal(errno, rule));
    }

    static Optional<Refusal> create(MapSpec spec, Errno errno, String rule) {
        return of(errno, "create %s: %s".formatted(spec.ref(), rule));
    }

    static Refusal notFound(MapSpec spec, Bytes key) {
        return new Refusal(Errno.ENOENT,
                "%s: no element with key %s".formatted(spec.ref(), brief(key)));
    }

    static Optional<Refusal> unknownFlags(MapSpec spec, long flags) {
        return of(Errno.EINVAL,
                "update %s: flags 0x%x: %s takes any (0), noexist (1) or exist (2)".formatted(
                        spec.ref(), flags,
                        spec.type().one()));
    }

    static Optional<Refusal> exists(MapSpec spec, Bytes key) {
        return of(Errno.EEXIST,
                "update %s: key %s is there already and the flag is noexist; use any or exist"
                        .formatted(spec.ref(), brief(key)));
    }

    static Optional<Refusal> absent(MapSpec spec, Bytes key) {
        return of(Errno.ENOENT,
                "update %s: no element with key %s and the flag is exist; use any or noexist"
                        .formatted(spec.ref(), brief(key)));
    }

    static Optional<Refusal> full(MapSpec spec) {
        return of(Errno.E2BIG,
                "update %s: the map is full (max_entries %d); delete an element first, or replace one that is there"
                        .formatted(spec.ref(), spec.capacity()));
    }

    static Optional<Refusal> outOfRange(String verb, MapSpec spec, long index, Errno errno) {
        return of(errno,
                "%s %s: index %d is out of range, max_entries is %d".formatted(verb, spec.ref(),
                        index, spec.capacity()));
    }

    static Refusal noSuchVerb(String verb, MapSpec spec) {
        return new Refusal(Errno.ENOTSUPP,
                "%s %s: the kernel does not offer this for %s".formatted(verb, spec.ref(),
                        spec.type().one()));
    }

    static Optional<Refusal> noDescriptor(MapSpec spec, String wayOut) {
        return of(Errno.EBADF,
                "update %s: the value is a file descriptor, which means nothing on another host; %s"
                        .formatted(spec.ref(), wayOut));
    }

    /** For contents that only programs and sockets of a node make. */
    static Refusal notOurs(Errno errno, String verb, MapSpec spec) {
        return new Refusal(errno,
                "%s %s: the store defines and places %s, but its contents are made on each node by programs and sockets"
                        .formatted(verb, spec.ref(), spec.type().one()));
    }

    /** Behind a refusal that stands before that of {@link #notOurs}, so that nobody tries with another size. */
    static String notOursEither(MapSpec spec) {
        return MapRules.of(spec.type()).ownership() == Ownership.OBSERVED
                ? "; besides, the contents of %s are made on each node by programs and sockets"
                        .formatted(spec.type().one())
                : "";
    }

    /** A key as messages quote it: the first bytes of a long one. */
    static String brief(Bytes key) {
        return key.size() <= 32
                ? key.toString()
                : key.slice(0, 32) + " ... (" + key.size() + " bytes)";
    }
}
