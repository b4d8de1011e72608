package dev.nestmap.cli.verb;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.client.NestmapException;

/** Runs a verb and makes of what goes wrong a complaint and an exit code. */
public final class Execution {
    private Execution() {}

    /** The exit code. */
    public static int run(Verb verb, Invocation invocation) {
        Output output = invocation.output();
        try {
            return verb.run(invocation);
        } catch (GrammarException e) {
            output.complain(e);
            return ExitCode.usage(verb.help().path());
        } catch (CommandFailedException e) {
            output.complain(e);
            return e.exitCode(verb.help().path());
        } catch (NestmapException e) {
            output.complain(e, verb.bpftoolComplaint());
            return e.errno().map(ExitCode::of).orElse(ExitCode.FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            output.complain(CommandFailedException.failed("interrupted"));
            return ExitCode.FAILED;
        }
    }
}
