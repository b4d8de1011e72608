package dev.nestmap.cli;

import dev.nestmap.cli.command.Option;
import java.util.List;

/** The options that every verb takes, before it or behind it. */
final class GlobalOptions {
    static final Option SERVER = Option.value("--server", "HOST:PORT[,HOST:PORT...]",
            "Members of the store; default 127.0.0.1:7480, or NESTMAP_SERVER");
    static final Option NAMESPACE = Option.value("--namespace", "NS",
            "Where maps are looked up by name; default \"default\", or NESTMAP_NAMESPACE")
            .or("-n");
    static final Option TIMEOUT = Option.value("--timeout", "DURATION",
            "How long an answer is waited for; default 10s");
    static final Option JSON = Option.flag("--json", "Answers as JSON, in bpftool's shape")
            .or("-j");
    static final Option PRETTY = Option.flag("--pretty", "The same, indented").or("-p");
    static final Option HELP = Option.flag("--help", "Shows how a command is written").or("-h");

    static final List<Option> ALL = List.of(SERVER, NAMESPACE, TIMEOUT, JSON, PRETTY, HELP);

    private GlobalOptions() {}
}
