package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import dev.nestmap.cli.grammar.MapGrammar;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Parsed;
import dev.nestmap.cli.verb.Style;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLinesTest {
    @ParameterizedTest
    @ValueSource(strings = {
            "--server a:1,b:2 --namespace lb --timeout 500ms -j map lookup name x key 1",
            "map --server a:1,b:2 --namespace lb --timeout 500ms -j lookup name x key 1",
            "map lookup --server a:1,b:2 -j --namespace lb --timeout 500ms name x key 1",
            "map lookup name --server a:1,b:2 x key --namespace=lb --timeout=500ms 1 --json"})
    void optionsStandAnywhere(String line) throws CommandFailedException {
        Parsed.Run run = run(line);
        assertEquals("map lookup", run.verb().help().path());
        assertEquals(List.of("name", "x", "key", "1"), run.words());
        assertEquals(List.of("a:1", "b:2"), run.settings().servers());
        assertEquals("lb", run.settings().namespace());
        assertEquals(Optional.of(Duration.ofMillis(500)), run.settings().timeout());
        assertEquals(Style.bpftool(Json.COMPACT), run.format().style());
    }

    @Test
    void theOptionBehindTheVerbWins() throws CommandFailedException {
        assertEquals(List.of("b:2"),
                run("--server a:1 status --server b:2").settings().servers());
    }

    @Test
    void variablesStandInForOptions() throws CommandFailedException {
        Map<String, String> environment = Map.of("NESTMAP_SERVER", "s:1", "NESTMAP_NAMESPACE", "t");
        Parsed.Run run = (Parsed.Run) CommandLines.parse(List.of("status"), environment);
        assertEquals(List.of("s:1"), run.settings().servers());
        assertEquals("t", run.settings().namespace());
        run = (Parsed.Run) CommandLines.parse(List.of("status", "--server", "o:2"), environment);
        assertEquals(List.of("o:2"), run.settings().servers());
        run = (Parsed.Run) CommandLines.parse(List.of("status"), Map.of("NESTMAP_SERVER", ""));
        assertEquals(List.of("127.0.0.1:7480"), run.settings().servers());
        assertEquals("default", run.settings().namespace());
    }

    @Test
    void prettyWinsOverJson() throws CommandFailedException {
        assertEquals(Style.bpftool(Json.PRETTY), run("-j -p status").format().style());
        assertEquals(Style.bpftool(Json.PRETTY), run("map show -jp").format().style());
        assertEquals(Style.text(), run("map show").format().style());
    }

    @Test
    void aVerbHasOptionsOfItsOwn() throws CommandFailedException {
        Parsed.Run run = run("agent --node n --label a=b --label c=d --kernel=simulated");
        assertEquals(Map.of("--node", List.of("n"), "--label", List.of("a=b", "c=d"), "--kernel",
                List.of("simulated")), run.options());
        assertTrue(run("map show -A").options().containsKey("--all-namespaces"));
    }

    @Test
    void aVerbMayBeCalledByItsOtherName() throws CommandFailedException {
        assertEquals("map show", run("map list").verb().help().path());
    }

    @Test
    void wordsThatLookLikeVerbsAreWords() throws CommandFailedException {
        assertEquals(List.of("name", "map"), run("map dump name map").words());
        assertEquals(List.of("name", "show"), run("map show name show").words());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            frob                     | Error: there is no command "nestmap frob" (see nestmap help)
            map frob name x          | Error: there is no command "nestmap map frob" (see nestmap help map)
            frob map show            | Error: there is no command "nestmap frob" (see nestmap help)
            --frob map show          | Error: there is no option --frob (see nestmap help)
            status now               | Error: status: expected nothing more, got "now" (see nestmap status --help)
            status --frob            | Error: there is no option --frob (see nestmap status --help)
            map show --frob          | Error: there is no option --frob (see nestmap map show --help)
            get maps --al            | Error: there is no option --al, did you mean "--all-namespaces"? (see nestmap get --help)
            export --no-content      | Error: there is no option --no-content, did you mean "--no-contents"? (see nestmap export --help)
            import k.bpf.o --mpa x   | Error: there is no option --mpa, did you mean "--map"? (see nestmap import --help)
            dump name x              | Error: there is no command "nestmap dump", did you mean "nestmap map dump"? (see nestmap help)
            gett                     | Error: there is no command "nestmap gett", did you mean "nestmap get"? (see nestmap help)
            map updat name x         | Error: there is no command "nestmap map updat", did you mean "nestmap map update"? (see nestmap help map)
            map show --timeout never | Error: --timeout "never": write a duration such as 60s, 500ms, 2m or 1h
            map show --timeout 0s    | Error: --timeout "0s": write a duration such as 60s, 500ms, 2m or 1h
            status --server x:y      | Error: server "x:y": must be HOST:PORT, an IPv6 address in brackets
            status --server x:70000  | Error: server "x:70000": the port must be 1 to 65535
            node show                | Error: node show: expected the name of one node (see nestmap node list)
            agent --kernel=fake      | Error: --kernel=fake: must be real or simulated
            agent --label x          | Error: --label x: must be KEY=VALUE
            server                   | Error: server: --data-dir PATH is missing
            server --data-dir /x --peers n2 | Error: server: --peers: "n2" must be ID=RAFT_HOST:PORT@HOST:PORT
            server --data-dir /x --peers n2=a:1@b:2 | Error: server: --peers does not name this member, "n1": add it, or give --raft-listen HOST:PORT
            help frob                | Error: help: there is no command "frob" (see nestmap help)
            """)
    void aWrongCommandLineExitsWith2OrAsBpftoolDoes(String line, String message) {
        Ran ran = Shell.run(List.of(line.split(" ")), Map.of());
        assertEquals(message, ran.err().lines().findFirst().orElse(""));
        assertEquals(line.startsWith("map ") || line.contains(" map ") ? 255 : 2,
                ran.exitCode());
        assertEquals("", ran.out());
    }

    @Test
    void anUnreachableServerIsNamedAndNothingIsWaitedForLong() {
        Ran ran = new Shell("127.0.0.1:1").run("map show");
        assertEquals(ExitCode.FAILED, ran.exitCode());
        assertTrue(ran.err().startsWith("Error: "), ran.err());
        assertTrue(ran.err().contains("127.0.0.1:1"), ran.err());
        Ran json = new Shell("127.0.0.1:1").run("-j map show");
        assertTrue(json.out().startsWith("{\"error\":\""), json.out());
    }

    static List<Verb> verbs() {
        return Verbs.all();
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyVerbShowsItsGrammarAndAnExampleThatParses(Verb verb) throws Exception {
        Help help = verb.help();
        for (String line : List.of(help.path() + " --help", help.path() + " -h",
                "help " + help.path())) {
            Ran ran = Shell.run(List.of(line.split(" ")), Map.of());
            assertEquals(0, ran.exitCode(), line);
            assertTrue(ran.out().startsWith("nestmap " + help.path()), ran.out());
            assertTrue(ran.out().contains("\nExample:\n    " + help.example() + "\n"), ran.out());
            assertEquals("", ran.err());
        }
        if (!help.example().startsWith("nestmap ")) {
            return;
        }
        List<String> words = List.of(help.example().split(" "));
        Parsed.Run run = assertInstanceOf(Parsed.Run.class,
                CommandLines.parse(words.subList(1, words.size()), Map.of()));
        if (help.path().equals("map pin")) {
            return;
        }
        assertEquals(help.path(), run.verb().help().path());
        MapGrammar grammar = new MapGrammar("default");
        switch (help.path()) {
            case "map create" -> grammar.create(run.words(), CommandLinesTest::unknown);
            case "map update" -> grammar.update(run.words());
            case "map push" -> grammar.push(help.path(), run.words());
            case "map lookup", "map delete" -> grammar.keyOf(help.path(), run.words());
            case "map getnext" -> grammar.afterKey(help.path(), run.words());
            case "map show", "map dump", "map freeze", "map wait", "map remove", "map pop",
                    "map peek" ->
                grammar.map(help.path(), run.words());
            default -> {
                // No words of the map grammar.
            }
        }
    }

    @Test
    void helpListsEveryVerb() {
        Ran overview = Shell.run(List.of("help"), Map.of());
        assertEquals(0, overview.exitCode());
        for (Verb verb : Verbs.all()) {
            assertTrue(overview.out().contains("    " + verb.help().path() + " "), overview.out());
        }
        assertEquals(new Ran(2, "", overview.out()), Shell.run(List.of(), Map.of()));
        assertEquals(new Ran(0, overview.out(), ""), Shell.run(List.of("--help"), Map.of()));
        Ran group = Shell.run(List.of("map", "help"), Map.of());
        assertTrue(group.out().contains("map getnext"), group.out());
        assertEquals(new Ran(255, "", group.out()), Shell.run(List.of("map"), Map.of()));
    }

    @Test
    void theVersionIsSaid() {
        Ran version = Shell.run(List.of("--version"), Map.of());
        assertTrue(version.exitCode() == 0 && version.out().startsWith("nestmap "), version.out());
        assertEquals(version, Shell.run(List.of("version"), Map.of()));
    }

    @Test
    void exitCodesAreThoseOfBpftool() {
        assertEquals(255, ExitCode.of(Errno.EPERM));
        assertEquals(254, ExitCode.of(Errno.ENOENT));
        assertEquals(239, ExitCode.of(Errno.EEXIST));
        assertEquals(234, ExitCode.of(Errno.EINVAL));
        assertEquals(244, ExitCode.of(Errno.ENOTSUPP));
        assertEquals(161, ExitCode.of(Errno.EOPNOTSUPP));
        Ran help = Shell.run(List.of("help", "exit-codes"), Map.of());
        for (Errno errno : List.of(Errno.EPERM, Errno.ENOENT, Errno.E2BIG, Errno.EBADF,
                Errno.EEXIST, Errno.EINVAL)) {
            assertTrue(help.out()
                    .contains("  %3d  %s (%d)".formatted(ExitCode.of(errno), errno,
                            errno.number())),
                    help.out());
        }
    }

    private static MapSpec unknown(MapRef map) {
        throw new AssertionError(map);
    }

    private static Parsed.Run run(String line) throws CommandFailedException {
        return (Parsed.Run) CommandLines.parse(List.of(line.split(" ")), Map.of());
    }
}
