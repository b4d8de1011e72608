package dev.nestmap.cli.demo;

import java.util.List;

/**
 * One command line of the demo.
 *
 * @param why a sentence before it; empty: it continues the one before
 * @param words without the program's name
 * @param exitCode what it must end with
 * @param question what the kernel is asked afterwards
 */
record DemoStep(String why, List<String> words, int exitCode, KernelQuestion question) {
    DemoStep {
        words = List.copyOf(words);
    }

    static DemoStep done(String why, String command, KernelQuestion question) {
        return new DemoStep(why, List.of(command.split(" ")), 0, question);
    }

    static DemoStep refused(String why, String command, int exitCode, KernelQuestion question) {
        return new DemoStep(why, List.of(command.split(" ")), exitCode, question);
    }

    /** As a user types it. */
    String commandLine() {
        return "nestmap " + String.join(" ", words);
    }
}
