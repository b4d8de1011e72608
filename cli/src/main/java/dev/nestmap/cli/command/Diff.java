package dev.nestmap.cli.command;

import dev.nestmap.cli.apply.Applier;
import dev.nestmap.cli.apply.Applier.Prospect;
import dev.nestmap.cli.apply.PlanException;
import dev.nestmap.cli.apply.PlanJson;
import dev.nestmap.cli.apply.PlanText;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.NestmapException;
import java.util.List;
import java.util.Optional;

/** {@code diff}, in kubectl's form and with its exit codes. */
public final class Diff implements Verb {
    private static final int DIFFERENT = 1;

    @Override
    public Help help() {
        return new Help("diff", "Shows what apply would change", "-f FILE|DIR|-",
                List.of("Ends with 0 where nothing would change, with 1 where something would, with more where apply would",
                        "be refused (the store tries the whole transaction and drops it) or could not be asked."),
                "nestmap diff -f maps.yaml");
    }

    @Override
    public List<Option> options() {
        return List.of(Documents.FILES);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        invocation.refuseWords(help());
        Output output = invocation.output();
        try {
            List<Manifest> manifests = Documents.read(invocation, help());
            Prospect prospect = new Applier(invocation.client(), manifests, Applier.Size.IN_PARTS)
                    .prospect();
            Optional<Json> json = output.style().json();
            output.print(json.isPresent()
                    ? new PlanJson(json.get(), prospect.image().values())
                            .difference(prospect.plan(), prospect.problems())
                    : new PlanText(output.terminal(), prospect.image().values())
                            .difference(prospect.plan()));
            if (!prospect.problems().isEmpty()) {
                if (json.isEmpty()) {
                    prospect.problems().forEach(problem -> output.complain(Apply.failure(problem)));
                }
                return ExitCode.USAGE;
            }
            return prospect.plan().isDone() ? ExitCode.OK : DIFFERENT;
        } catch (PlanException e) {
            throw Apply.failure(e);
        } catch (NestmapException e) {
            output.complain(e, Optional.empty());
            return e.errno().map(ExitCode::of).orElse(ExitCode.USAGE);
        }
    }
}
