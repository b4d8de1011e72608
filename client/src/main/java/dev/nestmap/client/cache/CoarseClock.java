package dev.nestmap.client.cache;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    // A constant, so that the call is compiled into its caller. Null: not to be called.
    private static final @Nullable MethodHandle CLOCK_GETTIME = function("clock_gettime");
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
    public long recentNanos(long[] scratch) {
        return read(CLOCK_GETTIME, CLOCK_MONOTONIC_COARSE, scratch);
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
        try {
            long[] scratch = new long[2];
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

    private static long read(@Nullable MethodHandle function, int clock, long[] scratch) {
        int error;
        try {
            error = function == null
                    ? -1
                    : (int) function.invokeExact(clock, MemorySegment.ofArray(scratch));
        } catch (Throwable e) {
            throw new IllegalStateException("the clock cannot be read", e);
        }
        if (error != 0) {
            throw new IllegalStateException("there is no clock " + clock);
        }
        return scratch[0] * NANOS_PER_SECOND + scratch[1];
    }

    /** Null where it may not be called, or is not there: int f(clockid_t, struct timespec *), of two longs. */
    @SuppressWarnings("restricted") // asked before
    private static @Nullable MethodHandle function(String name) {
        if (!CoarseClock.class.getModule().isNativeAccessEnabled()
                || !System.getProperty("os.name", "").equals("Linux")
                || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        // It does not wait, and for so short a time the array need not be copied out of the heap.
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS),
                        Linker.Option.critical(true)))
                .orElse(null);
    }
}
