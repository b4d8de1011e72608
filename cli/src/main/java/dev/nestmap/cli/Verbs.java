package dev.nestmap.cli;

import dev.nestmap.cli.adopting.MapAdopt;
import dev.nestmap.cli.command.Apply;
import dev.nestmap.cli.command.Batch;
import dev.nestmap.cli.command.Completion;
import dev.nestmap.cli.command.Diff;
import dev.nestmap.cli.command.DriftShow;
import dev.nestmap.cli.command.Export;
import dev.nestmap.cli.command.Get;
import dev.nestmap.cli.command.MapCount;
import dev.nestmap.cli.command.MapCreate;
import dev.nestmap.cli.command.MapDelete;
import dev.nestmap.cli.command.MapDump;
import dev.nestmap.cli.command.MapElsewhere;
import dev.nestmap.cli.command.MapFreeze;
import dev.nestmap.cli.command.MapGetNext;
import dev.nestmap.cli.command.MapHead;
import dev.nestmap.cli.command.MapLookup;
import dev.nestmap.cli.command.MapPlace;
import dev.nestmap.cli.command.MapPush;
import dev.nestmap.cli.command.MapRemove;
import dev.nestmap.cli.command.MapShow;
import dev.nestmap.cli.command.MapUpdate;
import dev.nestmap.cli.command.MapWait;
import dev.nestmap.cli.command.NodeLabel;
import dev.nestmap.cli.command.NodeList;
import dev.nestmap.cli.command.NodeShow;
import dev.nestmap.cli.command.StatusShow;
import dev.nestmap.cli.command.WaitApplied;
import dev.nestmap.cli.command.WatchChanges;
import dev.nestmap.cli.daemon.AgentRun;
import dev.nestmap.cli.daemon.AgentStatusShow;
import dev.nestmap.cli.daemon.DevRun;
import dev.nestmap.cli.daemon.ServerRun;
import dev.nestmap.cli.demo.DemoRun;
import dev.nestmap.cli.importing.Import;
import dev.nestmap.cli.verb.Verb;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All verbs, in the order in which help lists them. */
final class Verbs {
    /** The words before a verb, with what they are about. */
    static final Map<String, String> GROUPS = groups();

    private Verbs() {}

    static List<Verb> all() {
        return List.of(
                new DemoRun(
                        (arguments, out, err) -> new Nestmap(Map.of(), out, err).run(arguments)),
                new DevRun(), new MapCreate(), new MapShow(),
                new MapDump(), new MapLookup(), new MapCount(), new MapUpdate(), new MapDelete(),
                new MapGetNext(),
                new MapPush(), MapHead.pop(), MapHead.peek(), new MapFreeze(), new MapPlace(),
                new MapWait(),
                new MapRemove(), new MapAdopt(), MapElsewhere.pin(), MapElsewhere.eventPipe(),
                new Batch(arguments -> CommandLines.parse(arguments, Map.of())), new NodeList(),
                new NodeShow(), new Import(),
                new NodeLabel(), new DriftShow(), new Get(), new Apply(), new Diff(), new Export(),
                new WatchChanges(), new WaitApplied(), new StatusShow(), new ServerRun(),
                new AgentRun(), new AgentStatusShow(), new Completion(CompletionScripts::of));
    }

    private static Map<String, String> groups() {
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put("map", "Maps and their elements, in bpftool's words");
        groups.put("node", "Hosts and their labels");
        return groups;
    }
}
