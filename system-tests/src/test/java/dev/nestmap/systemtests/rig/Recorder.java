package dev.nestmap.systemtests.rig;

import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.util.BitSet;

/** Notes in the kernel which packets of a {@link PacketStream} reached the network stack of a host. */
public final class Recorder {
    /** Highest sequence number that can be noted. */
    public static final int MAX_SEQUENCE = 4096 * Long.SIZE - 1;

    private final String name;
    private final KernelMap seen;
    private final KernelMap recorded;

    private Recorder(String name, BpfProgram program) {
        this.name = name;
        this.seen = program.map("seen");
        this.recorded = program.map("recorded");
    }

    /** Puts a recorder behind a device; packets end in it. */
    public static Recorder attach(BpfFilesystem pins, Namespace namespace, String device) {
        String name = namespace.name() + "-" + device;
        Path pin = pins.folder("recorders").resolve(name);
        BpfProgram program = BpfProgram.load("recorder", pin, pins.folder("recorders"));
        program.attachIngress(namespace, device);
        return new Recorder(name, program);
    }

    /** How many packets came, those that came twice included. */
    public long received() {
        return recorded.number(0);
    }

    /** How many came that had come before. */
    public long repeated() {
        return recorded.number(1);
    }

    /** The sequence numbers that came. */
    public BitSet sequences() {
        if (recorded.number(2) != 0) {
            throw new AssertionError(name + ": sequence numbers beyond " + MAX_SEQUENCE);
        }
        long[] words = new long[(MAX_SEQUENCE + 1) / Long.SIZE];
        seen.elements().forEach((key, value) -> words[key.intLe(0)] = littleEndian(value));
        return BitSet.valueOf(words);
    }

    private static long littleEndian(Bytes value) {
        return Integer.toUnsignedLong(value.intLe(0)) | (long) value.intLe(4) << 32;
    }
}
