package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/**
 * The values of SOCKMAP, SOCKHASH and REUSEPORT_SOCKARRAY: a socket's descriptor going in, its cookie coming out. From afar no
 * descriptor is open, so the answer is the kernel's to one that is not.
 */
final class SocketValues {
    private SocketValues() {}

    /** Cookies have eight bytes; nothing is there to be found. */
    static Outcome<Value> lookup(MapSpec spec) {
        return spec.valueSize() == Long.BYTES
                ? new Outcome.Refused<>(Refusals.notOurs(Errno.ENOENT, "lookup", spec))
                : Outcome.refused(Errno.ENOSPC,
                        "lookup %s: a socket cookie has 8 bytes, the map has value_size %d"
                                .formatted(spec.ref(), spec.valueSize()));
    }

    /** A REUSEPORT_SOCKARRAY: four bytes are a signed number, which no check stands before. */
    static Optional<Refusal> updateSigned(MapSpec spec, Value value) {
        return spec.valueSize() == Integer.BYTES
                ? noDescriptor(spec)
                : update(spec, value);
    }

    /** SOCKMAP and SOCKHASH. */
    static Optional<Refusal> update(MapSpec spec, Value value) {
        Bytes bytes = ((Value.Data) value).bytes();
        long descriptor = bytes.size() == Long.BYTES
                ? Long.reverseBytes(bytes.longBe(0))
                : Integer.toUnsignedLong(bytes.intLe(0));
        return Long.compareUnsigned(descriptor, Integer.MAX_VALUE) > 0
                ? Refusals.of(Errno.EINVAL, "update %s: %s is no file descriptor"
                        .formatted(spec.ref(), Long.toUnsignedString(descriptor)))
                : noDescriptor(spec);
    }

    static Optional<Refusal> noDescriptor(MapSpec spec) {
        return Refusals.noDescriptor(spec, "sockets are put in by a program of the node");
    }
}
