package dev.nestmap.agent.libbpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of capabilities.
 *
 * @param bits one for each capability, by the numbers of linux/capability.h
 */
record Capabilities(long bits) {
    static final int NET_ADMIN = 12;
    static final int SYS_ADMIN = 21;
    static final int BPF = 39;

    private static final Path STATUS = Path.of("/proc/self/status");

    /** The set of these. */
    static Capabilities of(int... capabilities) {
        long bits = 0;
        for (int capability : capabilities) {
            bits |= 1L << capability;
        }
        return new Capabilities(bits);
    }

    /** What a line of /proc/self/status says, such as {@code CapEff}; without /proc nothing is known to be held. */
    static Capabilities ofThisProcess(String line) {
        try {
            for (String status : Files.readAllLines(STATUS)) {
                if (status.startsWith(line + ":")) {
                    return new Capabilities(
                            Long.parseUnsignedLong(status.substring(line.length() + 1).strip(),
                                    16));
                }
            }
        } catch (IOException e) {
            // Then the advice names all that is needed, and nothing is dropped.
        }
        return new Capabilities(0);
    }

    boolean has(int capability) {
        return (bits >>> capability & 1) == 1;
    }

    Capabilities and(Capabilities other) {
        return new Capabilities(bits & other.bits);
    }

    Capabilities without(Capabilities other) {
        return new Capabilities(bits & ~other.bits);
    }

    boolean isEmpty() {
        return bits == 0;
    }

    /** Those that matter to bpf(2) by name, the others by their number. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if (has(capability)) {
                names.add(switch (capability) {
                    case NET_ADMIN -> "CAP_NET_ADMIN";
                    case SYS_ADMIN -> "CAP_SYS_ADMIN";
                    case BPF -> "CAP_BPF";
                    default -> "capability " + capability;
                });
            }
        }
        return names;
    }

    /** Their names, for a sentence. */
    @Override
    public String toString() {
        return isEmpty() ? "no capability" : String.join(", ", names());
    }
}
