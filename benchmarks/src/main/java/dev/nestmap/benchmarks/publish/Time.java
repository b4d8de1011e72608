package dev.nestmap.benchmarks.publish;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How long something took.
 *
 * @param nanos by the clock on the wall
 * @param cpuNanos of CPU time of the whole process; here with what the JVM does beside, its garbage collection above all
 */
record Time(long nanos, long cpuNanos) {
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);

    static Time of(Runnable work) {
        long cpuStart = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - start;
        return new Time(nanos, SYSTEM.getProcessCpuTime() - cpuStart);
    }
}
