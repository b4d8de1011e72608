package dev.nestmap.cli;

import dev.nestmap.cli.verb.Option;
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
    static final Option JSON = Option
            .flag("--json", "Answers as JSON, exactly as bpftool prints it")
            .or("-j");
    static final Option PRETTY = Option.flag("--pretty", "The same, indented").or("-p");
    static final Option FORMAT = Option.value("--output", "FORMAT",
            "json: as JSON with all that the store knows; table; for some verbs wide, yaml")
            .or("-o");
    static final Option HELP = Option.flag("--help", "Shows how a command is written").or("-h");

    static final List<Option> ALL = List.of(SERVER, NAMESPACE, TIMEOUT, JSON, PRETTY, FORMAT, HELP);

    private GlobalOptions() {}
}
