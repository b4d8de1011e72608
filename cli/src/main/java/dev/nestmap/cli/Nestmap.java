package dev.nestmap.cli;

import dev.nestmap.cli.command.CommandFailedException;
import dev.nestmap.cli.command.ExitCode;
import dev.nestmap.cli.command.Invocation;
import dev.nestmap.cli.command.Output;
import dev.nestmap.cli.command.Style;
import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.client.NestmapException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Runs command lines, any number, one after the other, in one process. One thread uses it. */
public final class Nestmap {
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    /** The streams stay the caller's to close. */
    public Nestmap(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = Map.copyOf(environment);
        this.out = out;
        this.err = err;
    }

    /** Runs one command line; gives the exit code. */
    public int run(List<String> arguments) {
        int exitCode = answer(arguments);
        err.flush();
        return out.checkError() ? ExitCode.OUTPUT_CLOSED : exitCode;
    }

    private int answer(List<String> arguments) {
        Output output = new Output(out, err, CommandLines.probableStyle(arguments));
        try {
            return answer(CommandLines.parse(arguments, environment));
        } catch (CommandFailedException e) {
            return output.failed(e);
        }
    }

    private int answer(CommandLines.Parsed parsed) {
        return switch (parsed) {
            case CommandLines.Parsed.Explain(String text) -> {
                out.print(text);
                yield ExitCode.OK;
            }
            case CommandLines.Parsed.Incomplete(String text) -> {
                err.print(text);
                yield ExitCode.USAGE;
            }
            case CommandLines.Parsed.Run run -> run(run, new Output(out, err, run.style()));
        };
    }

    private int run(CommandLines.Parsed.Run run, Output output) {
        try (Invocation invocation = new Invocation(run.words(), run.options(), run.settings(),
                output)) {
            return run.verb().run(invocation);
        } catch (GrammarException e) {
            return output.failed(e);
        } catch (CommandFailedException e) {
            return output.failed(e);
        } catch (NestmapException e) {
            return output.failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return output.failed(CommandFailedException.failed("interrupted"));
        }
    }

    /** The style in which a command line asks to be answered. */
    static Style style(boolean json, boolean pretty) {
        return pretty ? Style.PRETTY : json ? Style.JSON : Style.TEXT;
    }
}
