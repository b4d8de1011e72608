package dev.nestmap.benchmarks.tree;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The CPU time of the whole process in one iteration, garbage collection included: unlike the time
 * on the wall, it is about the same when others use the machine too.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class CpuClock {
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);

    /** CPU time that the iteration took. */
    public long cpuNanos;

    /** Operations done in it. */
    public long operations;

    private long start;

    /** Called before each iteration. */
    @Setup(Level.Iteration)
    public void start() {
        operations = 0;
        start = SYSTEM.getProcessCpuTime();
    }

    /** Called after each iteration. */
    @TearDown(Level.Iteration)
    public void stop() {
        cpuNanos = SYSTEM.getProcessCpuTime() - start;
    }
}
