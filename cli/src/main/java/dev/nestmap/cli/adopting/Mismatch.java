package dev.nestmap.cli.adopting;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.PinQuery;
import dev.nestmap.client.PinQuery.Contents;
import dev.nestmap.client.PinnedMap;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a pinned map of which the store has a definition already: the same, or another. One thread uses it, once. */
final class Mismatch {
    /** What is done where the definitions differ; each but the first was asked for by name. */
    enum Policy {
        REFUSE, MIGRATE, RECREATE
    }

    private final NestmapClient client;
    private final Output output;
    private final AdoptionReader reader;
    private final Policy policy;
    private final boolean withContents;

    Mismatch(NestmapClient client, Output output, AdoptionReader reader, Policy policy,
            boolean withContents) {
        this.client = client;
        this.output = output;
        this.reader = reader;
        this.policy = policy;
        this.withContents = withContents;
    }

    static Policy policy(Optional<String> word) throws CommandFailedException {
        return switch (word.orElse("refuse")) {
            case "refuse" -> Policy.REFUSE;
            case "migrate" -> Policy.MIGRATE;
            case "recreate" -> Policy.RECREATE;
            default -> throw CommandFailedException
                    .usage("map adopt: --on-mismatch %s: expected refuse, migrate or recreate"
                            .formatted(word.orElseThrow()));
        };
    }

    int meet(String node, PinnedMap found, MapSpec seen, MapDescription stored, boolean observe)
            throws CommandFailedException {
        MapSpec has = stored.spec();
        if (!has.pinPath().equals(seen.pinPath())) {
            throw CommandFailedException.refused(
                    "map adopt: the store has a map \"%s\" with %s; remove it first, or adopt this one under another name (name NAME)"
                            .formatted(has.name(), has.pinPath().isEmpty()
                                    ? "the default pin path"
                                    : "pin path " + has.pinPath()),
                    Errno.EEXIST);
        }
        MapSpec is = found.spec().orElseThrow();
        List<String> differences = differences(is, has);
        if (differences.isEmpty()) {
            output.print(AdoptionText.alreadyThere(output.style(), stored, found));
            return ExitCode.OK;
        }
        String differs = "map adopt: the map pinned at %s on node %s differs from map \"%s\" of the store: %s; nothing was changed. "
                .formatted(seen.pinPath(), node, has.name(), String.join(", ", differences));
        if (has.type().isOuter() || is.type().isOuter()) {
            throw CommandFailedException.refused(differs
                    + "Maps of maps are not exchanged, with any --on-mismatch: change the store, or remove the pin, and the agent makes the map that the store wants",
                    policy == Policy.REFUSE ? Errno.EEXIST : Errno.EOPNOTSUPP);
        }
        if (policy == Policy.REFUSE) {
            throw CommandFailedException.refused(differs
                    + "--on-mismatch migrate puts a map with the store's definition and these elements in its place, recreate one without them; or change the store",
                    Errno.EEXIST);
        }
        if (observe) {
            output.print(AdoptionText.wouldReplace(output.style(), stored, found, differences));
            return ExitCode.OK;
        }
        if (policy == Policy.MIGRATE && withContents) {
            Adoption elements = reader.withContents(found, seen);
            switch (client.txn(List.of(),
                    AdoptionWriter.updates(
                            new Adoption(found, has, elements.elements(), List.of())),
                    List.of()).value()) {
                case TxnOutcome.Done _ -> {
                    // They are in the store before the agent brings the new map to what it holds.
                }
                case TxnOutcome.Refused refused -> throw CommandFailedException.refused(
                        "map adopt: nothing was changed: " + refused.refusal().rule(),
                        refused.refusal().errno());
            }
        }
        PinnedMap now = exchange(has, found);
        output.print(AdoptionText.replaced(output.style(), stored, found, now));
        return ExitCode.OK;
    }

    private PinnedMap exchange(MapSpec has, PinnedMap found) throws CommandFailedException {
        try {
            return reader.examine(new PinQuery.Ask.Replace(has, found.kernelId(),
                    policy == Policy.MIGRATE ? Contents.COPIED : Contents.LEFT));
        } catch (CommandFailedException e) {
            if (policy != Policy.MIGRATE || !withContents) {
                throw e;
            }
            String sentence = e.getMessage()
                    + "; the store has the elements already, the pin is as it was: run it again";
            throw e.errno()
                    .map(errno -> CommandFailedException.refused(sentence, errno))
                    .orElseGet(() -> CommandFailedException.failed(sentence));
        }
    }

    private static List<String> differences(MapSpec pinned, MapSpec stored) {
        List<String> all = new ArrayList<>();
        compare(all, "type", pinned.type().word(), stored.type().word());
        compare(all, "key_size", Integer.toUnsignedString(pinned.keySize()),
                Integer.toUnsignedString(stored.keySize()));
        compare(all, "value_size", Integer.toUnsignedString(pinned.valueSize()),
                Integer.toUnsignedString(stored.valueSize()));
        compare(all, "max_entries", Integer.toUnsignedString(pinned.maxEntries()),
                Integer.toUnsignedString(stored.maxEntries()));
        compare(all, "flags", "0x" + Integer.toHexString(pinned.flags()),
                "0x" + Integer.toHexString(stored.flags()));
        compare(all, "map_extra", Long.toUnsignedString(pinned.mapExtra()),
                Long.toUnsignedString(stored.mapExtra()));
        InnerTemplate has = pinned.innerTemplate();
        InnerTemplate wants = stored.innerTemplate();
        if (has != null && wants != null) {
            compare(all, "the type of maps in its slots", has.type().word(), wants.type().word());
            compare(all, "their key_size", Integer.toUnsignedString(has.keySize()),
                    Integer.toUnsignedString(wants.keySize()));
            compare(all, "their value_size", Integer.toUnsignedString(has.valueSize()),
                    Integer.toUnsignedString(wants.valueSize()));
            compare(all, "their flags", flags(has), flags(wants));
        }
        return all;
    }

    private static String flags(InnerTemplate template) {
        return "0x" + Integer
                .toHexString(MapRules.creationFlags(template.type(), template.flags()));
    }

    private static void compare(List<String> all, String field, String pinned, String stored) {
        if (!pinned.equals(stored)) {
            all.add("%s is %s, the store has %s".formatted(field, pinned, stored));
        }
    }
}
