package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** Bytes 4 to 7 of the eight that a value of DEVMAP, DEVMAP_HASH and CPUMAP may have: a program. */
final class ProgramPart {
    private static final int FROM = 4;
    private static final int VALUE_BYTES = 8;

    private ProgramPart() {}

    /** A program's file descriptor means nothing on another machine; {@code errno} is the kernel's to one that is not open. */
    static Optional<Refusal> check(MapSpec spec, Value value, Errno errno, String expressions) {
        return value instanceof Value.Data(Bytes bytes) && bytes.size() == VALUE_BYTES
                && bytes.intLe(FROM) > 0
                        ? Refusals.of(errno,
                                "update %s: bytes 4 to 7 hold the program file descriptor %d, which names nothing on the nodes; write %s"
                                        .formatted(spec.ref(), bytes.intLe(FROM), expressions))
                        : Optional.empty();
    }

    /** Programs below 1 mean "none" and are read back as 0. */
    static Value asRead(Value value) {
        return value instanceof Value.Data(Bytes bytes) && bytes.size() == VALUE_BYTES
                ? new Value.Data(bytes.slice(0, FROM).concat(Bytes.zeros(VALUE_BYTES - FROM)))
                : value;
    }
}
