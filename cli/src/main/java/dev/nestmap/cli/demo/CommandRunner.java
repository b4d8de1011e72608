package dev.nestmap.cli.demo;

import java.io.PrintStream;
import java.util.List;

/** Runs a command line as the shell would, in this process. */
@FunctionalInterface
public interface CommandRunner {
    /** Gives the exit code; the streams are not closed. */
    int run(List<String> arguments, PrintStream out, PrintStream err);
}
