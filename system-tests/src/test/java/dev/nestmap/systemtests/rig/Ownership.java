package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names that tell which run made a thing, so that the next run can clear away what a killed one left
 * behind and touches nothing of a run that is still alive.
 */
final class Ownership {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Pattern NAME = Pattern.compile("nmrig-(\\d+)-\\d+.*");

    private Ownership() {}

    /** A name that no other has: {@code nmrig-<process id>-<number>}. */
    static String freshName() {
        return "nmrig-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    }

    /**
     * Ends what still runs with this main class on behalf of runs that were killed: processes one of whose arguments is
     * a path below such a name.
     */
    static void endLeftOver(String mainClass) {
        ProcessHandle.allProcesses()
                .filter(process -> isLeftOver(arguments(process), mainClass))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean isLeftOver(List<String> arguments, String mainClass) {
        return arguments.contains(mainClass) && arguments.stream()
                .filter(argument -> argument.startsWith("/"))
                .flatMap(path -> Stream.of(path.split("/", -1)))
                .anyMatch(Ownership::isLeftOver);
    }

    // ProcessHandle.Info cuts command lines at one page, and class paths are longer.
    private static List<String> arguments(ProcessHandle process) {
        try {
            byte[] line = Files.readAllBytes(
                    Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException e) {
            // It has ended meanwhile.
            return List.of();
        }
    }

    /** True for names that start as ours do and whose process is gone. */
    static boolean isLeftOver(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
    }
}
