package dev.nestmap.cli;

import dev.nestmap.cli.render.Terminal;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Execution;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Parsed;
import dev.nestmap.cli.verb.Session;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Runs command lines, any number, one after the other, in one process. One thread uses it. */
public final class Nestmap {
    private final Map<String, String> environment;
    private final InputStream input;
    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;

    /** The streams stay the caller's to close; input is empty and nobody watches. */
    public Nestmap(Map<String, String> environment, PrintStream out, PrintStream err) {
        this(environment, InputStream.nullInputStream(), out, err, Terminal.NONE);
    }

    /** The streams stay the caller's to close. */
    public Nestmap(Map<String, String> environment, InputStream input, PrintStream out,
            PrintStream err, Terminal terminal) {
        this.environment = Map.copyOf(environment);
        this.input = input;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Runs one command line; gives the exit code. */
    public int run(List<String> arguments) {
        int exitCode = answer(arguments);
        err.flush();
        return out.checkError() ? ExitCode.OUTPUT_CLOSED : exitCode;
    }

    private int answer(List<String> arguments) {
        try {
            return answer(CommandLines.parse(arguments, environment));
        } catch (CommandFailedException e) {
            new Output(out, err, CommandLines.probableStyle(arguments), terminal).complain(e);
            return e.exitCode(CommandLines.probablePath(arguments));
        }
    }

    private int answer(Parsed parsed) {
        return switch (parsed) {
            case Parsed.Explain(String text) -> {
                out.print(text);
                yield ExitCode.OK;
            }
            case Parsed.Incomplete(String text, int exitCode) -> {
                err.print(text);
                yield exitCode;
            }
            case Parsed.Run run -> {
                Output output = new Output(out, err, run.format().style(), terminal);
                try (Session session = new Session(run.settings(), input)) {
                    yield Execution.run(run.verb(), new Invocation(run, session, output));
                }
            }
        };
    }
}
