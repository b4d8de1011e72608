package dev.nestmap.cli;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Which messages of libraries reach stderr: none in a short verb, whose answer says all; warnings in a daemon. */
final class Logging {
    private static final Set<String> DAEMONS = Set.of("server", "agent", "dev", "demo");

    private Logging() {}

    /** Sets what the logging libraries read; before the first logger exists. {@code NESTMAP_LOG} names another level. */
    static void choose(List<String> arguments, Map<String, String> environment) {
        boolean daemon = arguments.stream().anyMatch(DAEMONS::contains)
                && Collections.indexOfSubList(arguments, List.of("agent", "status")) < 0;
        String level = environment.getOrDefault("NESTMAP_LOG", daemon ? "WARN" : "OFF");
        System.setProperty("nestmap.log", level);
        boolean json = daemon && format(arguments, environment).equals("json");
        if (json) {
            System.setProperty("nestmap.log.format", "json");
            System.setProperty("logback.configurationFile", "logback-json.xml");
        }
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
            if (json) {
                SLF4JBridgeHandler.removeHandlersForRootLogger();
                SLF4JBridgeHandler.install();
            }
        }
    }

    /** Before the command line is parsed: loggers are made when the first class asks for one. */
    private static String format(List<String> arguments, Map<String, String> environment) {
        String option = "--log-format";
        int at = arguments.indexOf(option);
        if (at >= 0 && at + 1 < arguments.size()) {
            return arguments.get(at + 1);
        }
        return arguments.stream()
                .filter(word -> word.startsWith(option + "="))
                .map(word -> word.substring(option.length() + 1))
                .findFirst()
                .orElseGet(() -> environment.getOrDefault("NESTMAP_LOG_FORMAT", "text"));
    }
}
