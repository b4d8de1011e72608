package dev.nestmap.client.cache;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's clock of its last tick, CLOCK_MONOTONIC_COARSE: the time of CLOCK_MONOTONIC (which {@link System#nanoTime}
 * is, and that is checked) as of the last tick, read from memory in a quarter of the time, as the processor's counter is not
 * asked. The kernel writes it, so that it is right when the process was stopped; a thread of our own that wrote a time
 * would have been stopped as well.
 *
 * <p>How far it may be behind. One processor at a time does the tick. Where that is kept from it (interrupts off, or a host
 * that does not run it) another does it once five of its own ticks have passed (Linux 5.18, "tick: Detect and fix jiffies
 * update stall"); processors without ticks (nohz_full) would not. So it is taken only from 5.18 on and without nohz_full,
 * and trusted with half the bound, sixteen ticks at least. A machine that stands still as a whole is left out of the promise.
 *
 * <p>Only where this module may call native code without a warning; else {@link System#nanoTime} does it all.
 *
 * @param lagNanos how far it is allowed to be behind
 */
record CoarseClock(long lagNanos) implements NanoClock {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_MONOTONIC_COARSE = 6;
    private static final int LEAST_LAG_TICKS = 16;
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int FIRST_MAJOR = 5;
    private static final int FIRST_MINOR = 18;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");
    /** What the kernel maps into each process (vdso(7)), and what its function is called there on x86 and on others. */
    private static final String KERNELS_OWN = "linux-vdso.so.1";
    private static final List<String> KERNELS_NAMES = List.of("__vdso_clock_gettime",
            "__kernel_clock_gettime");
    // Constants, so that the call is compiled into its caller. Null: not to be called.
    private static final @Nullable MethodHandle CLOCK_GETTIME = clockGettime();
    private static final MemorySegment MEMORY = allMemory();
    private static final long TICK_NANOS = tickNanos();

    /** The clock for ages up to a bound: the coarse one where that may be trusted with it, else the exact one. */
    static NanoClock within(Duration bound) {
        long lagNanos = bound.toNanos() / 2;
        return TICK_NANOS > 0 && lagNanos >= LEAST_LAG_TICKS * TICK_NANOS
                ? new CoarseClock(lagNanos)
                : System::nanoTime;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long recentNanos(long scratch) {
        return scratch == 0
                ? nanos()
                : read(CLOCK_GETTIME, CLOCK_MONOTONIC_COARSE, scratch);
    }

    /** Whether the kernel itself sees to it that no stopped processor stops the clock. */
    static boolean repairsStalls(String release) {
        Matcher version = RELEASE.matcher(release);
        if (!version.matches()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        return major > FIRST_MAJOR
                || (major == FIRST_MAJOR && Integer.parseInt(version.group(2)) >= FIRST_MINOR);
    }

    /** 0: not to be used. */
    private static long tickNanos() {
        if (CLOCK_GETTIME == null || !repairsStalls(System.getProperty("os.version", ""))) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            long scratch = arena.allocate(ValueLayout.JAVA_LONG, 2).address();
            long before = System.nanoTime();
            long now = read(CLOCK_GETTIME, CLOCK_MONOTONIC, scratch);
            boolean same = before - now <= 0 && now - System.nanoTime() <= 0;
            long tickNanos = read(function("clock_getres"), CLOCK_MONOTONIC_COARSE, scratch);
            return same && everyProcessorTicks() && tickNanos <= LONGEST_TICK_NANOS ? tickNanos : 0;
        } catch (IOException | IllegalStateException e) {
            return 0;
        }
    }

    private static boolean everyProcessorTicks() throws IOException {
        Path without = PROCESSORS.resolve("nohz_full");
        if (!Files.exists(without)) {
            return Files.isDirectory(PROCESSORS);
        }
        String processors = Files.readString(without).strip();
        return processors.isEmpty() || processors.equals("(null)");
    }

    private static long read(@Nullable MethodHandle function, int clock, long scratch) {
        int error;
        try {
            error = function == null ? -1 : (int) function.invokeExact(clock, scratch);
        } catch (Throwable e) {
            throw new IllegalStateException("the clock cannot be read", e);
        }
        if (error != 0) {
            throw new IllegalStateException("there is no clock " + clock);
        }
        return MEMORY.get(ValueLayout.JAVA_LONG, scratch) * NANOS_PER_SECOND
                + MEMORY.get(ValueLayout.JAVA_LONG, scratch + Long.BYTES);
    }

    /** That of the kernel itself, or else of the C library, which calls that. */
    @SuppressWarnings("restricted") // asked before
    private static @Nullable MethodHandle clockGettime() {
        if (mayCall()) {
            try {
                SymbolLookup own = SymbolLookup.libraryLookup(KERNELS_OWN, Arena.global());
                for (String name : KERNELS_NAMES) {
                    Optional<MemorySegment> address = own.find(name);
                    if (address.isPresent()) {
                        return function(address.get());
                    }
                }
            } catch (IllegalArgumentException e) {
                // This C library does not know it by that name.
            }
        }
        return function("clock_gettime");
    }

    /** Null where it may not be called, or is not there. */
    private static @Nullable MethodHandle function(String name) {
        return mayCall()
                ? Linker.nativeLinker()
                        .defaultLookup()
                        .find(name)
                        .map(CoarseClock::function)
                        .orElse(null)
                : null;
    }

    private static boolean mayCall() {
        return CoarseClock.class.getModule().isNativeAccessEnabled()
                && System.getProperty("os.name", "").equals("Linux")
                && ValueLayout.ADDRESS.byteSize() == Long.BYTES;
    }

    /** int f(clockid_t, struct timespec *), of two longs. It does not wait. The address as a number: there is less to check. */
    @SuppressWarnings("restricted") // asked before
    private static MethodHandle function(MemorySegment address) {
        return Linker.nativeLinker()
                .downcallHandle(address,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG),
                        Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted") // asked before
    private static MemorySegment allMemory() {
        return mayCall() ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE) : MemorySegment.NULL;
    }
}
