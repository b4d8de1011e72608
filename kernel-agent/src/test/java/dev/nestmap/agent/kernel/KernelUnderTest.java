package dev.nestmap.agent.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.agent.libbpf.Bpffs;
import dev.nestmap.agent.libbpf.LibbpfKernel;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One side of the port with a pin root of its own; sees at the end that nothing was left open or mounted. */
public final class KernelUnderTest {
    /** The two sides that keep the contract. */
    public enum Side {
        LIBBPF, SIMULATED
    }

    /** What a test tries. */
    public interface Attempt {
        /** Tries it. */
        void run() throws KernelException;
    }

    /** A directory in a bpffs, for a process that may not mount one. */
    private static final String BPFFS = System.getProperty("nestmap.test.bpffs", "");
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Kernel kernel;
    private final Path root;
    private final boolean mounted;
    private final long mapFdsBefore;
    private final List<KernelMap> created = new ArrayList<>();

    /** Needs root for LIBBPF: the message says what is missing. */
    public KernelUnderTest(Side side) {
        try {
            mapFdsBefore = countMapFds();
            boolean real = side == Side.LIBBPF;
            mounted = real && BPFFS.isEmpty();
            kernel = real ? LibbpfKernel.open() : new SimulatedKernel();
            root = mounted
                    ? Files.createTempDirectory("nestmap")
                    : Path.of(real ? BPFFS : "/sys/fs/bpf", "test" + NEXT.incrementAndGet());
            if (mounted) {
                Bpffs.ensureMounted(root);
            } else {
                kernel.makeDirectories(root);
            }
        } catch (KernelException | IOException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    public Kernel kernel() {
        return kernel;
    }

    /** A directory in which pins can be made. */
    public Path root() {
        return root;
    }

    public KernelMap create(MapType type, int keySize, int valueSize, int maxEntries, int flags)
            throws KernelException {
        return create(KernelMapSpec.of(type, keySize, valueSize, maxEntries, flags), null);
    }

    /** A map that is closed at the end of the test. */
    public KernelMap create(KernelMapSpec spec, @Nullable KernelMap template)
            throws KernelException {
        KernelMap map = kernel.create("m", spec, template);
        created.add(map);
        return map;
    }

    /** A map of the six types with four-byte keys and values; outers hold arrays of one four-byte element. */
    public KernelMap create(MapType type, int maxEntries) throws KernelException {
        return create(KernelMapSpec.of(type, 4, 4, maxEntries, 0),
                type.isOuter() ? create(MapType.ARRAY, 4, 4, 1, 0) : null);
    }

    /** An outer map for maps like one. */
    public KernelMap create(MapType type, int maxEntries, KernelMap template)
            throws KernelException {
        return create(KernelMapSpec.of(type, 4, 4, maxEntries, 0), template);
    }

    /** The map at a pin, closed at the end of the test. */
    public KernelMap open(Path pin) throws KernelException {
        KernelMap map = kernel.openPin(pin).orElseThrow();
        created.add(map);
        return map;
    }

    public static Bytes key(int number) {
        return Bytes.u32le(number);
    }

    public static KernelElement element(int key, int value) {
        return new KernelElement(Bytes.u32le(key), Bytes.u32le(value));
    }

    public static void assertRefused(Errno errno, Attempt attempt) {
        KernelException refusal = assertThrows(KernelException.class, attempt::run);
        assertEquals(Optional.of(errno), refusal.errno(), refusal.getMessage());
    }

    public static void assertStopped(int done, Errno errno, BatchOutcome outcome) {
        assertEquals(done, outcome.done(), outcome.toString());
        assertEquals(Optional.of(errno), outcome.failure().flatMap(KernelException::errno),
                outcome.toString());
    }

    public static void assertComplete(int count, BatchOutcome outcome) {
        assertEquals(Optional.empty(), outcome.failure());
        assertEquals(count, outcome.done());
    }

    /** Closes what the test made, and fails where a map's file descriptor or a mount stayed. */
    public void close() throws Exception {
        created.forEach(KernelMap::close);
        kernel.close();
        if (mounted) {
            assertEquals(0, new ProcessBuilder("umount", root.toString()).inheritIO()
                    .start()
                    .waitFor(), "umount " + root);
            Files.delete(root);
        }
        assertEquals(mapFdsBefore, countMapFds(), "open file descriptors of maps");
    }

    private static long countMapFds() throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.filter(KernelUnderTest::isMapFd).count();
        }
    }

    private static boolean isMapFd(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().contains("bpf-map");
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }
}
