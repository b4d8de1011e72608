package dev.nestmap.cli.command;

import dev.nestmap.cli.command.BatchLines.Line;
import dev.nestmap.cli.render.BatchRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Execution;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.FileProblems;
import dev.nestmap.cli.verb.Format;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Parsed;
import dev.nestmap.cli.verb.Progress;
import dev.nestmap.cli.verb.Settings;
import dev.nestmap.cli.verb.Verb;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code batch}: many commands in one process, over one connection. */
public final class Batch implements Verb {
    private static final Set<String> GROUPS = Set.of("map", "node");
    private static final String STDIN = "-";

    private final Parsed.Parser parser;

    /** Commands are parsed without options and variables of this run. */
    public Batch(Parsed.Parser parser) {
        this.parser = parser;
    }

    @Override
    public Help help() {
        return new Help("batch",
                "Runs the commands of a file, one to a line, up to the first that fails",
                "file FILE",
                List.of("FILE: - is standard input",
                        "A line is a command without \"nestmap\", of map or node. # begins a comment, a backslash at the end",
                        "continues the line, quotes keep a word together."),
                "nestmap batch file maps.batch");
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        List<String> words = invocation.words();
        if (words.size() != 2 || !words.getFirst().equals("file")) {
            throw CommandFailedException
                    .usage("batch: expected file FILE (see nestmap help batch)");
        }
        String file = words.get(1);
        try (Reader reader = open(file, invocation)) {
            return new Running(invocation, file, new BatchLines(reader)).run();
        } catch (IOException e) {
            throw CommandFailedException.usage("batch: cannot read %s: %s".formatted(file,
                    FileProblems.of(e)));
        }
    }

    private static Reader open(String file, Invocation invocation) throws IOException {
        // Not the decoder of newBufferedReader, which stops at the first byte that is not UTF-8.
        return new InputStreamReader(file.equals(STDIN)
                ? invocation.input()
                : Files.newInputStream(Path.of(file)), StandardCharsets.UTF_8);
    }

    /** One run over one file. */
    private final class Running {
        private final Invocation invocation;
        private final Output output;
        private final String file;
        private final BatchLines lines;
        private final Optional<BatchRenderer> json;

        Running(Invocation invocation, String file, BatchLines lines) {
            this.invocation = invocation;
            this.output = invocation.output();
            this.file = file;
            this.lines = lines;
            this.json = output.style().json().map(BatchRenderer::new);
        }

        int run() throws IOException, CommandFailedException {
            int done = 0;
            Progress progress = output.progress("commands");
            json.ifPresent(renderer -> output.print(renderer.begin()));
            for (Optional<Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                int exitCode = run(line.get());
                if (exitCode != ExitCode.OK) {
                    progress.end();
                    json.ifPresent(renderer -> output.print(renderer.end()));
                    output.remark("batch: stopped at line %d of %s, after %d command%s\n".formatted(
                            line.get().number(), file, done, done == 1 ? "" : "s"));
                    return exitCode;
                }
                done++;
                progress.step();
            }
            progress.end();
            output.print(json.map(BatchRenderer::end)
                    .orElse("processed %d commands\n".formatted(done)));
            return ExitCode.OK;
        }

        private int run(Line line) {
            json.ifPresent(renderer -> output.print(renderer.beginCommand(line.words())));
            Output inner = output.in(output.style().inside(BatchRenderer.DEPTH));
            int exitCode = answer(line, inner);
            json.ifPresent(renderer -> output.print(inner.answered()
                    ? renderer.endCommand()
                    : renderer.endSilentCommand()));
            return exitCode;
        }

        private int answer(Line line, Output inner) {
            try {
                return switch (parser.parse(line.words())) {
                    case Parsed.Explain(String text) -> {
                        explain(text);
                        yield ExitCode.OK;
                    }
                    case Parsed.Incomplete(String text, int exitCode) -> {
                        explain(text);
                        yield exitCode;
                    }
                    case Parsed.Run run -> {
                        check(run);
                        yield Execution.run(run.verb(), invocation.another(run, inner));
                    }
                };
            } catch (CommandFailedException e) {
                inner.complain(e);
                return ExitCode.BPFTOOL_USAGE;
            }
        }

        private void explain(String text) {
            if (json.isEmpty()) {
                output.print(text);
            }
        }
    }

    private static void check(Parsed.Run run) throws CommandFailedException {
        Help verb = run.verb().help();
        if (!GROUPS.contains(verb.group())) {
            throw CommandFailedException.usage(
                    "batch: %s cannot stand in a batch, only commands of map and node can"
                            .formatted(verb.path()));
        }
        if (!run.settings().equals(Settings.DEFAULTS) || !run.format().equals(Format.DEFAULT)) {
            throw CommandFailedException.usage(
                    "batch: %s: options of every command stand before \"batch file\", not in its lines"
                            .formatted(verb.path()));
        }
    }
}
