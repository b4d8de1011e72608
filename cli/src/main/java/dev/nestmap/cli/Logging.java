package dev.nestmap.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Which messages of libraries reach stderr: none in a short verb, whose answer says all; warnings in a daemon. */
final class Logging {
    private static final Set<String> DAEMONS = Set.of("server", "agent", "dev", "demo");

    private Logging() {}

    /** Sets what the logging libraries read; before the first logger exists. {@code NESTMAP_LOG} names another level. */
    static void choose(List<String> arguments, Map<String, String> environment) {
        boolean daemon = arguments.stream().anyMatch(DAEMONS::contains);
        String level = environment.getOrDefault("NESTMAP_LOG", daemon ? "WARN" : "OFF");
        System.setProperty("nestmap.log", level);
        // gRPC logs through java.util.logging, to two lines a message unless told otherwise.
        System.setProperty("java.util.logging.SimpleFormatter.format",
                "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        if (level.equals("OFF")) {
            Logger.getLogger("").setLevel(Level.OFF);
            // Netty asks SLF4J for a logger in any case; Logback would take longer to start than a short verb runs.
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        } else {
            Logger.getLogger("").setLevel(Level.WARNING);
        }
    }
}
