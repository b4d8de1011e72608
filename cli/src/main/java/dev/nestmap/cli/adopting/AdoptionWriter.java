package dev.nestmap.cli.adopting;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.client.Answer;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.List;

/** Writes what was taken over into the store: definitions, elements and slots, in one transaction or not at all. */
final class AdoptionWriter {
    private static final int BATCH = 1000;

    private AdoptionWriter() {}

    /** The revision that it is; refused where a map of one of the names came in between, or where it is too large. */
    static long write(NestmapClient client, Adoption adoption) throws CommandFailedException {
        List<Compare> absent = new ArrayList<>();
        List<Command.Step> steps = new ArrayList<>();
        for (Adoption map : adoption.all()) {
            absent.add(new Compare.MapExists(map.spec().ref(), false));
            steps.add(new Command.Create(map.spec(), inner(map.spec())));
            steps.addAll(updates(map));
            if (map.map().frozen() && map.spec().ownership() != Ownership.OBSERVED) {
                steps.add(new Command.Freeze(map.spec().ref()));
            }
        }
        Answer<TxnOutcome> answer = client.txn(absent, steps, List.of());
        switch (answer.value()) {
            case TxnOutcome.Done(boolean held, _, _) -> {
                if (!held) {
                    throw CommandFailedException.refused(
                            "map adopt: nothing was written, because a map \"%s\" or one for its slots was defined at this moment; run it again"
                                    .formatted(adoption.spec().name()),
                            Errno.EEXIST);
                }
            }
            case TxnOutcome.Refused(_, _, Refusal refusal) -> throw CommandFailedException.refused(
                    "map adopt: nothing was written: " + refusal.rule(), refusal.errno());
        }
        return answer.revision();
    }

    /** The elements of one map in batches. */
    static List<Command.Step> updates(Adoption map) {
        List<Command.Step> steps = new ArrayList<>();
        List<Element> elements = map.elements();
        for (int from = 0; from < elements.size(); from += BATCH) {
            steps.add(new Command.UpdateBatch(map.spec().ref(),
                    elements.subList(from, Math.min(elements.size(), from + BATCH)), 0));
        }
        return steps;
    }

    private static InnerSource inner(MapSpec spec) {
        InnerTemplate template = spec.innerTemplate();
        return template == null ? new InnerSource.None() : new InnerSource.Given(template);
    }
}
