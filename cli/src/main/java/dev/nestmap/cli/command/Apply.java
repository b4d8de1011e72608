package dev.nestmap.cli.command;

import dev.nestmap.cli.apply.Applier;
import dev.nestmap.cli.apply.Applier.Applied;
import dev.nestmap.cli.apply.Applier.Prospect;
import dev.nestmap.cli.apply.Plan;
import dev.nestmap.cli.apply.PlanException;
import dev.nestmap.cli.apply.PlanJson;
import dev.nestmap.cli.apply.PlanText;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.ValueText;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Optional;

/** {@code apply}, in kubectl's form. */
public final class Apply implements Verb {
    private static final Option DRY_RUN = Option.flag("--dry-run",
            "Shows what would be done to the store as it is, and refuses what the store would refuse; writes nothing");
    private static final Option IN_PARTS = Option.flag("--in-parts",
            "What is too large for one transaction may take several, one revision each");

    @Override
    public Help help() {
        return new Help("apply",
                "Creates maps and writes elements until the store is as documents say; once more changes nothing",
                "-f FILE|DIR|- [--dry-run] [--in-parts]",
                List.of("All documents are one transaction: a program of the fleet sees all of them or none.",
                        "What a document looks like: nestmap help documents"),
                "nestmap apply -f maps.yaml");
    }

    @Override
    public List<Option> options() {
        return List.of(Documents.FILES, DRY_RUN, IN_PARTS);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        invocation.refuseWords(help());
        List<Manifest> manifests = Documents.read(invocation, help());
        Output output = invocation.output();
        try {
            Applier applier = new Applier(invocation.client(), manifests,
                    invocation.flag(IN_PARTS.name())
                            ? Applier.Size.IN_PARTS
                            : Applier.Size.WHOLE);
            if (invocation.flag(DRY_RUN.name())) {
                return dryRun(output, applier.prospect());
            }
            Applied applied = applier.apply();
            show(output, applied.plan(), applied.revision(), applied.parts());
            if (output.style().json().isEmpty()) {
                output.print("revision %d%s\n".formatted(applied.revision(), applied.parts() > 1
                        ? ", the last of %d transactions".formatted(applied.parts())
                        : ""));
            }
            return ExitCode.OK;
        } catch (PlanException e) {
            throw failure(e);
        }
    }

    private static int dryRun(Output output, Prospect prospect) throws PlanException {
        if (!prospect.problems().isEmpty()) {
            throw prospect.problems().getFirst();
        }
        Plan plan = prospect.plan();
        show(output, plan, plan.revision(), 0);
        int operations = plan.steps().size();
        if (output.style().json().isEmpty()) {
            output.print("dry run at revision %d: nothing was written%s\n".formatted(
                    plan.revision(), prospect.tried() < operations
                            ? "; of %d operations the store tried the first %d, which fit into one transaction"
                                    .formatted(operations, prospect.tried())
                            : ""));
        }
        return ExitCode.OK;
    }

    private static void show(Output output, Plan plan, long revision, int transactions) {
        ValueText values = new ValueText(_ -> Optional.empty());
        Optional<Json> json = output.style().json();
        output.print(json.isPresent()
                ? new PlanJson(json.get(), values).summary(plan, revision, transactions)
                : new PlanText(output.terminal(), values).summary(plan));
    }

    static CommandFailedException failure(PlanException e) {
        String message = String.valueOf(e.getMessage());
        return e.errno()
                .map(errno -> CommandFailedException.refused(message, errno))
                .orElseGet(() -> CommandFailedException.usage(message));
    }
}
