package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.Planned;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.client.Answer;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import java.util.List;

/** Brings the store to what documents want: one transaction, made again where the store changed under it. */
public final class Applier {
    /** What one transaction takes, the comparisons that guard it among them: one for each map. */
    public static final int MAX_OPERATIONS = 100_000;
    /** What one transaction takes, keys and values together. */
    public static final long MAX_BYTES = 64L << 20;

    private static final int ATTEMPTS = 5;
    /** Of an operation besides key and value: names, numbers, lengths. */
    private static final int OVERHEAD_BYTES = 64;

    private final NestmapClient client;
    private final List<Manifest> manifests;
    private final Size size;

    /** What to do where one transaction is too small. */
    public enum Size {
        /** Refuse. */
        WHOLE,
        /** Make several, one revision each. */
        IN_PARTS
    }

    /** Works with a client, which stays the caller's. */
    public Applier(NestmapClient client, List<Manifest> manifests, Size size) {
        this.client = client;
        this.manifests = List.copyOf(manifests);
        this.size = size;
    }

    /**
     * What was done.
     *
     * @param plan the first, for what the store held before
     * @param revision the last one made, or the one at which there was nothing to do
     * @param parts transactions made
     */
    public record Applied(Plan plan, long revision, int parts) {}

    private Plan plan() throws PlanException {
        return Planner.plan(manifests, new ImageReader(client, manifests).read());
    }

    /**
     * What applying would come to.
     *
     * @param image what the store holds
     * @param plan for what can be planned
     * @param problems why it would be refused; empty: it would not
     * @param tried how many of the plan's operations the store tried, which is all of them where they fit into one
     *     transaction
     */
    public record Prospect(Image image, Plan plan, List<PlanException> problems, int tried) {
        /** Copies the list. */
        public Prospect {
            problems = List.copyOf(problems);
        }
    }

    /** Plans, and asks the store what it would say to the plan; nothing is written. */
    public Prospect prospect() throws PlanException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Image image = new ImageReader(client, manifests).read();
            Planner.Draft draft = Planner.draft(manifests, image);
            Plan plan = draft.plan();
            if (plan.isDone() || !draft.problems().isEmpty()) {
                return new Prospect(image, plan, draft.problems(), 0);
            }
            List<Command.Step> steps = transaction(plan);
            switch (client.dryRun(plan.guards(), steps, List.of()).value()) {
                case TxnOutcome.Done done when done.conditionsHeld() -> {
                    return new Prospect(image, plan, List.of(), steps.size());
                }
                case TxnOutcome.Done _ -> {
                    // The maps changed after they were read.
                }
                case TxnOutcome.Refused refused -> {
                    return new Prospect(image, plan, List.of(failure(plan, refused)),
                            steps.size());
                }
            }
        }
        throw tooBusy();
    }

    private static PlanException failure(Plan plan, TxnOutcome.Refused refused) {
        return new PlanException(plan.steps().get(refused.position()).source(), refused.refusal());
    }

    private static PlanException tooBusy() {
        return new PlanException(
                "the maps change faster than a plan can be made, %d times in a row: try again when less is written"
                        .formatted(ATTEMPTS));
    }

    /** Plans and writes. */
    public Applied apply() throws PlanException {
        Plan first = plan();
        Plan plan = first;
        int parts = 0;
        int lost = 0;
        long revision = plan.revision();
        while (!plan.isDone()) {
            Answer<TxnOutcome> answer = commit(plan);
            switch (answer.value()) {
                case TxnOutcome.Done done when done.conditionsHeld() -> {
                    revision = answer.revision();
                    parts++;
                    lost = 0;
                    if (plan.steps().size() == count(plan)) {
                        return new Applied(first, revision, parts);
                    }
                }
                case TxnOutcome.Done _ -> {
                    if (++lost == ATTEMPTS) {
                        throw tooBusy();
                    }
                }
                case TxnOutcome.Refused refused -> throw failure(plan, refused);
            }
            plan = plan();
            if (parts == 0) {
                first = plan;
            }
        }
        return new Applied(first, revision, parts);
    }

    private Answer<TxnOutcome> commit(Plan plan) throws PlanException {
        return client.txn(plan.guards(), transaction(plan), List.of());
    }

    /** The operations of the next transaction. */
    private List<Command.Step> transaction(Plan plan) throws PlanException {
        int count = count(plan);
        if (count < plan.steps().size() && size == Size.WHOLE) {
            throw new PlanException(
                    ("%d operations with %d bytes on %d maps; one transaction takes %d operations, of which each map takes one to "
                            + "guard it, and %d MiB: apply fewer files at a time, or give --in-parts for several revisions")
                            .formatted(plan.steps().size(), bytes(plan), plan.guards().size(),
                                    MAX_OPERATIONS, MAX_BYTES >> 20));
        }
        if (count < plan.steps().size()) {
            checkParts(plan, count);
        }
        return plan.steps().subList(0, count).stream().map(Planned::step).toList();
    }

    /** Refuses what parts cannot bring about: an operation above the limit, a map that has no name between two of them. */
    private static void checkParts(Plan plan, int count) throws PlanException {
        if (plan.guards().size() >= MAX_OPERATIONS) {
            throw new PlanException(
                    "%d maps in one command, at most %d are possible: apply fewer files at a time"
                            .formatted(plan.guards().size(), MAX_OPERATIONS - 1));
        }
        if (count == 0) {
            Planned first = plan.steps().getFirst();
            throw new PlanException(first.source(),
                    "is %d bytes alone, one transaction takes %d MiB".formatted(
                            sizeBytes(first.step()), MAX_BYTES >> 20));
        }
        Planned last = plan.steps().getLast();
        if (last.step() instanceof Command.Delete(var map)) {
            throw new PlanException(last.source(),
                    ("metadata.unlinked: a map without a name must be created and put into its slot in one transaction, "
                            + "and %d operations need several: leave metadata.unlinked out, apply, then take the name "
                            + "away (nestmap map remove %s)")
                            .formatted(plan.steps().size(), map));
        }
    }

    /** How many of the plan's operations go into the next transaction. */
    private static int count(Plan plan) {
        int room = MAX_OPERATIONS - plan.guards().size();
        long bytes = 0;
        int count = 0;
        for (Planned planned : plan.steps()) {
            bytes += sizeBytes(planned.step());
            if (count >= room || bytes > MAX_BYTES) {
                return count;
            }
            count++;
        }
        return count;
    }

    private static long bytes(Plan plan) {
        return plan.steps().stream().mapToLong(planned -> sizeBytes(planned.step())).sum();
    }

    private static long sizeBytes(Command.Step step) {
        return OVERHEAD_BYTES + switch (step) {
            case Command.Update update -> update.key().size() + sizeBytes(update.value());
            case Command.DeleteElem(var _, Bytes key) -> key.size();
            case Command.LookupAndDelete take -> take.key().size();
            case Command.UpdateBatch batch -> batch.elements()
                    .stream()
                    .mapToLong(element -> element.key().size() + sizeBytes(element.value()))
                    .sum();
            case Command.DeleteBatch batch -> batch.keys().stream().mapToLong(Bytes::size).sum();
            case Command.Create _,Command.Delete _,Command.Freeze _,Command.Place _ ->
                4 * OVERHEAD_BYTES;
        };
    }

    private static long sizeBytes(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.size();
            case Value.PerCpu(var values) -> values.stream().mapToLong(Bytes::size).sum();
            case Value.Slot _ -> OVERHEAD_BYTES;
            case Value.Expression(String text) -> text.length();
        };
    }
}
