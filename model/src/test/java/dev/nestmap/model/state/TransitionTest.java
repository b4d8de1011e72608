package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.data;
import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TransitionTest {
    private final Fleet fleet = new Fleet();

    private static void assertMentions(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part),
                    () -> "\"" + text + "\" should mention \"" + part + "\"");
        }
    }

    @Test
    void everyChangeIsOneRevision() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        fleet.put("m", 1, data(1, 2, 3, 4));
        fleet.ok(new Command.UpdateBatch(name("m"),
                List.of(new Element(Bytes.u32le(2), data(0, 0, 0, 1)),
                        new Element(Bytes.u32le(3), data(0, 0, 0, 2))),
                0));
        assertEquals(3, fleet.state.revision());
    }

    @Test
    void aMismatchNamesTheFieldAndBothValues() {
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        fleet.create(spec("wide", MapType.HASH, 4, 16, 8));
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Update(name("outer"), Bytes.u32le(0), slot("wide"), 0));
        assertMentions(rule, "value_size is 16", "template's is 4", "default/wide");
    }

    @Test
    void mapsNestOneLevelOnly() {
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        fleet.createOuter(spec("other", MapType.HASH_OF_MAPS, 4, 4, 4), "template");
        assertMentions(fleet.refused(Errno.EINVAL,
                new Command.Create(spec("third", MapType.ARRAY_OF_MAPS, 4, 4, 4),
                        new InnerSource.CopiedFrom(name("outer")))),
                "one level");
        assertMentions(
                fleet.refused(Errno.EINVAL,
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("other"), 0)),
                "one level");
        assertMentions(
                fleet.refused(Errno.EINVAL,
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("outer"), 0)),
                "one level");
    }

    @Test
    void aProgArrayIsRefusedAsAnInnerMapAsTheKernelDoes() {
        InnerTemplate template = new InnerTemplate(MapType.PROG_ARRAY, 4, 4, 1, 0);
        assertMentions(fleet.refused(Errno.ENOTSUPP,
                new Command.Create(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4),
                        new InnerSource.Given(template))),
                "prog_array");
    }

    @Test
    void typesThatNeedBtfAreRefusedWithoutAsTheKernelDoes() {
        Fleet fleet = new Fleet();
        assertMentions(fleet.refused(Errno.EINVAL,
                new Command.Create(spec("t", MapType.STRUCT_OPS, 4, 4, 1), new InnerSource.None())),
                "struct_ops", "node's own kernel");
        assertMentions(fleet.refused(Errno.EINVAL, new Command.Create(
                spec("t", MapType.TASK_STORAGE, 4, 4, 0).withFlags(MapFlags.NO_PREALLOC),
                new InnerSource.None())), "task_storage", "BTF");
    }

    @Test
    void anOuterMapNeedsATemplate() {
        assertMentions(fleet.refused(Errno.EINVAL,
                new Command.Create(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4),
                        new InnerSource.None())),
                "inner_map");
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.refused(Errno.EBADF,
                new Command.Create(spec("o", MapType.ARRAY_OF_MAPS, 4, 4, 4),
                        new InnerSource.CopiedFrom(name("none"))));
    }

    @Test
    void noexistOnASlotOfAnArrayOfMapsSaysWhichFlagWorks() {
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        assertMentions(
                fleet.refused(Errno.EINVAL,
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("template"), 1)),
                "any (0)");
    }

    @Test
    void theSlotsOfAnArrayLookAtTheFlagsFirstAndThoseOfAHashAtTheMapFirst() {
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.createOuter(spec("array", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        fleet.createOuter(spec("hash", MapType.HASH_OF_MAPS, 4, 4, 4), "template");
        fleet.refused(Errno.EINVAL,
                new Command.Update(name("array"), Bytes.u32le(0), slot("nothing"), 1));
        fleet.refused(Errno.E2BIG,
                new Command.Update(name("array"), Bytes.u32le(9), slot("nothing"), 0));
        fleet.refused(Errno.EBADF,
                new Command.Update(name("array"), Bytes.u32le(0), slot("nothing"), 0));
        fleet.refused(Errno.EBADF,
                new Command.Update(name("hash"), Bytes.u32le(0), slot("nothing"), 3));
    }

    @Test
    void aFrozenMapRefusesWritesWhateverElseIsWrongWithThem() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        fleet.put("m", 1, data(1, 2, 3, 4));
        fleet.ok(new Command.Freeze(name("m")));
        fleet.refused(Errno.EPERM, new Command.Update(name("m"), Bytes.of(1), data(1), 99));
        fleet.refused(Errno.EPERM, new Command.DeleteElem(name("m"), Bytes.u32le(1)));
        fleet.refused(Errno.EPERM, new Command.LookupAndDelete(name("m"), Bytes.u32le(1), 0));
        fleet.refused(Errno.EPERM, new Command.UpdateBatch(name("m"), List.of(), 0));
        fleet.refused(Errno.EPERM, new Command.Freeze(name("m")));
        assertEquals(Optional.of(data(1, 2, 3, 4)), fleet.get("m", 1));
    }

    @Test
    void aBatchStopsAtTheFirstFailureAndKeepsWhatWasDone() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        Result.Batch batch = assertInstanceOf(Result.Batch.class,
                fleet.run(new Command.UpdateBatch(name("m"),
                        List.of(new Element(Bytes.u32le(1), data(1, 0, 0, 0)),
                                new Element(Bytes.u32le(2), data(2, 0, 0, 0)),
                                new Element(Bytes.u32le(3), data(3, 0, 0, 0))),
                        0)));
        assertEquals(2, batch.count());
        assertEquals(Errno.E2BIG, batch.failure().orElseThrow().errno());
        assertEquals(Optional.of(data(2, 0, 0, 0)), fleet.get("m", 2));
        assertEquals(2, fleet.state.revision());
    }

    @Test
    void aTransactionCreatesFillsAndPutsIntoASlotInOneRevision() {
        fleet.create(spec("template", MapType.HASH, 4, 4, 8));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        long before = fleet.state.revision();
        Result.TxnDone done = assertInstanceOf(Result.TxnDone.class, fleet.run(new Command.Txn(
                List.of(new Compare.MapExists(name("inner"), false),
                        new Compare.ElementExists(name("outer"), Bytes.u32le(0), false)),
                List.of(new Command.Create(spec("inner", MapType.HASH, 4, 4, 8),
                        new InnerSource.None()),
                        new Command.Update(name("inner"), Bytes.u32le(7), data(7, 7, 7, 7), 0),
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("inner"), 0)),
                List.of())));
        assertEquals(before + 1, fleet.state.revision());
        assertEquals(Optional.of(new Value.Slot(new MapRef.ById(done.createdMapIds().getFirst()))),
                fleet.get("outer", 0));
        assertEquals(Optional.of(data(7, 7, 7, 7)), fleet.get("inner", 7));
    }

    @Test
    void aTransactionWithOneRefusedOperationChangesNothingAndNamesItsPosition() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 1));
        FleetState before = fleet.state;
        Result.TxnRefused refused = assertInstanceOf(Result.TxnRefused.class,
                fleet.run(new Command.Txn(List.of(),
                        List.of(new Command.Update(name("m"), Bytes.u32le(1), data(1, 0, 0, 0), 0),
                                new Command.Update(name("m"), Bytes.u32le(2), data(2, 0, 0, 0), 0)),
                        List.of())));
        assertEquals(1, refused.position());
        assertEquals(Errno.E2BIG, refused.refusal().errno());
        assertEquals(before, fleet.state);
    }

    @Test
    void aComparisonThatFailsRunsTheOtherSide() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        fleet.put("m", 1, data(1, 0, 0, 0));
        Command swap = new Command.Txn(
                List.of(new Compare.ElementEquals(name("m"), Bytes.u32le(1), data(1, 0, 0, 0))),
                List.of(new Command.Update(name("m"), Bytes.u32le(1), data(2, 0, 0, 0), 0)),
                List.of(new Command.Update(name("m"), Bytes.u32le(9), data(9, 0, 0, 0), 0)));
        assertEquals(new Result.TxnDone(true, List.of()), fleet.run(swap));
        assertEquals(new Result.TxnDone(false, List.of()), fleet.run(swap));
        assertEquals(Optional.of(data(2, 0, 0, 0)), fleet.get("m", 1));
        assertEquals(Optional.of(data(9, 0, 0, 0)), fleet.get("m", 9));
    }

    @Test
    void aWriteThatComesAgainGetsItsFirstAnswerAndIsNotApplied() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        RequestId id = new RequestId(Bytes.zeros(16), 5);
        Command write = new Command.Update(name("m"), Bytes.u32le(1), data(1, 0, 0, 0), 1);
        Transition first = Transition.apply(fleet.state, id, write);
        Transition again = Transition.apply(first.state(), id, write);
        assertEquals(new Result.Done(), first.result());
        assertEquals(first.result(), again.result());
        assertEquals(first.revision(), again.revision());
        assertEquals(first.state(), again.state());
        Transition other = Transition.apply(again.state(), new RequestId(Bytes.zeros(16), 6),
                write);
        assertInstanceOf(Result.Refused.class, other.result());
    }

    @Test
    void onlyTheNewestAnswersAreRemembered() {
        Answers answers = Answers.NONE;
        for (int i = 0; i <= Answers.LIMIT; i++) {
            answers = answers.remember(new RequestId(Bytes.zeros(16), i), i, new Result.Done());
        }
        assertEquals(Answers.LIMIT, answers.byRequest().size());
        assertEquals(Answers.LIMIT, answers.bySequence().size());
        assertEquals(Optional.of(new Result.Forgotten()),
                answers.find(new RequestId(Bytes.zeros(16), 0), 7).map(Answers.Answer::result));
        assertEquals(Optional.of(new Result.Done()),
                answers.find(new RequestId(Bytes.zeros(16), 1), 7).map(Answers.Answer::result));
    }

    @Test
    void badNamesAreRefusedWithTheRule() {
        for (String bad : List.of("", "with.dot", "with-hyphen", "with space", "a".repeat(64),
                "ä")) {
            assertMentions(fleet.refused(Errno.EINVAL,
                    new Command.Create(spec(bad, MapType.ARRAY, 4, 4, 4), new InnerSource.None())),
                    "63");
        }
        fleet.create(spec("a".repeat(63), MapType.ARRAY, 4, 4, 4));
        fleet.refused(Errno.EEXIST,
                new Command.Create(spec("a".repeat(63), MapType.ARRAY, 4, 4, 4),
                        new InnerSource.None()));
    }

    @Test
    void labelsAreSetAndRemoved() {
        fleet.ok(new Command.SetLabels("host7", new TreeMap<>(Map.of("role", "lb", "zone", "a")),
                List.of()));
        assertEquals(Map.of("role", "lb", "zone", "a"), fleet.state.labels("host7"));
        fleet.ok(new Command.SetLabels("host7", new TreeMap<>(Map.of("role", "edge")),
                List.of("zone")));
        assertEquals(Map.of("role", "edge"), fleet.state.labels("host7"));
        fleet.refused(Errno.EINVAL,
                new Command.SetLabels("host7", new TreeMap<>(Map.of("bad key", "x")), List.of()));
        fleet.ok(new Command.SetLabels("host7", new TreeMap<>(), List.of("role")));
        assertTrue(fleet.state.nodes().isEmpty());
    }

    @Test
    void aMapIsFoundByItsPinPath() {
        long id = fleet.create(spec("m", MapType.ARRAY, 4, 4, 4));
        assertEquals(id, java.util.Objects
                .requireNonNull(fleet.state.find(new MapRef.ByPin("/sys/fs/bpf/nestmap/default/m")))
                .id());
        assertEquals(null, fleet.state.find(new MapRef.ByPin("/sys/fs/bpf/nestmap/default/other")));
        assertEquals(null, fleet.state.find(new MapRef.ByPin("/")));
        assertEquals(null, fleet.state.find(new MapRef.ByPin("m")));
    }

    @Test
    void theSameCommandsGiveTheSameStateHoweverTheyWereGrouped() {
        Fleet other = new Fleet();
        fleet.create(spec("m", MapType.HASH, 4, 4, 4000));
        other.create(spec("m", MapType.HASH, 4, 4, 4000));
        List<Element> elements = java.util.stream.IntStream.range(0, 3000)
                .mapToObj(i -> new Element(Bytes.u32le(i * 7919), data(i, i >> 8, 0, 1)))
                .toList();
        elements.forEach(e -> fleet.ok(new Command.Update(name("m"), e.key(), e.value(), 0)));
        other.ok(new Command.UpdateBatch(name("m"), elements, 0));
        assertTrue(java.util.Objects.requireNonNull(fleet.state.map(1))
                .elements()
                .sameContents(java.util.Objects.requireNonNull(other.state.map(1)).elements()));
    }

    @Test
    void everythingThatATemplateFixesMustMatchFlagsIncluded() {
        fleet.create(spec("template", MapType.ARRAY, 4, 4, 8));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        fleet.create(spec("flagged", MapType.ARRAY, 4, 4, 8).withFlags(MapFlags.MMAPABLE));
        fleet.create(spec("longer", MapType.ARRAY, 4, 4, 9));
        assertMentions(
                fleet.refused(Errno.EINVAL,
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("flagged"), 0)),
                "its flags is 0x400, the template's is 0x0");
        assertMentions(
                fleet.refused(Errno.EINVAL,
                        new Command.Update(name("outer"), Bytes.u32le(0), slot("longer"), 0)),
                "max_entries is 9");
    }

    @Test
    void theLimitsOfSizesAreTheKernelsAndThenTheStores() {
        fleet.refused(Errno.E2BIG,
                new Command.Create(spec("h", MapType.HASH, 4, 4_194_252, 1),
                        new InnerSource.None()));
        fleet.refused(Errno.E2BIG, new Command.Create(spec("h", MapType.HASH, 4, 4, (1 << 28) + 1),
                new InnerSource.None()));
        fleet.create(spec("h", MapType.HASH, 4, 4, 1 << 28));
        fleet.refused(Errno.E2BIG,
                new Command.Create(spec("a", MapType.ARRAY, 4, Integer.MAX_VALUE, 1),
                        new InnerSource.None()));
        fleet.create(spec("a", MapType.ARRAY, 4, 1 << 20, 1));
        assertTrue(fleet.get("a", 0).isPresent());
        fleet.refused(Errno.EINVAL, new Command.Create(
                new MapSpec("default", "n", MapType.ARRAY, 4, 4, 1, MapFlags.NUMA_NODE, 0, -2, null,
                        Placement.everywhere(), ""),
                new InnerSource.None()));
        fleet.create(
                new MapSpec("default", "n", MapType.ARRAY, 4, 4, 1, MapFlags.NUMA_NODE, 0, -1, null,
                        Placement.everywhere(), ""));
    }

    @Test
    void aBatchThatFailsAtItsFirstElementMakesNoRevision() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 1));
        fleet.put("m", 1, data(1, 0, 0, 0));
        FleetState before = fleet.state;
        assertInstanceOf(Result.Batch.class,
                fleet.run(new Command.UpdateBatch(name("m"),
                        List.of(new Element(Bytes.u32le(2), data(1, 0, 0, 0))), 0)));
        assertEquals(before, fleet.state);
    }

    @Test
    void aFrozenMapRefusesADeleteBeforeItLooksAtTheKey() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 1));
        fleet.ok(new Command.Freeze(name("m")));
        fleet.refused(Errno.EPERM, new Command.DeleteElem(name("m"), Bytes.of(1)));
    }

    @Test
    void pinPathsAreUniqueAndLongOnesAreNoDanger() {
        fleet.create(withPin("a", "/sys/fs/bpf/elsewhere/a"));
        fleet.refused(Errno.EEXIST, new Command.Create(withPin("b", "/sys/fs/bpf/elsewhere/a"),
                new InnerSource.None()));
        assertInstanceOf(Result.TxnRefused.class,
                fleet.run(new Command.Txn(List.of(),
                        List.of(new Command.Create(withPin("c", "/x/y"), new InnerSource.None()),
                                new Command.Create(withPin("d", "/x/y"), new InnerSource.None())),
                        List.of())));
        assertEquals(null, fleet.state.find(new MapRef.ByPin("/anything/default/a")),
                "it has a path of its own");
        fleet.ok(new Command.Delete(new MapRef.ByPin("/sys/fs/bpf/elsewhere/a")));
        fleet.create(withPin("b", "/sys/fs/bpf/elsewhere/a"));
        fleet.create(withPin("long", "/a".repeat(2047)));
        fleet.refused(Errno.EINVAL,
                new Command.Create(withPin("e", "/a".repeat(2048)), new InnerSource.None()));
        fleet.refused(Errno.EINVAL,
                new Command.Create(withPin("e", "/a.b"), new InnerSource.None()));
        fleet.refused(Errno.EINVAL, new Command.Create(withPin("e", "a"), new InnerSource.None()));
        for (String odd : List.of("", "/", "//", "\0", "/\u00e9/x", "a/b")) {
            assertEquals(null, fleet.state.find(new MapRef.ByPin(odd)));
        }
    }

    private static MapSpec withPin(String name, String path) {
        return new MapSpec("default", name, MapType.ARRAY, 4, 4, 1, 0, 0, 0, null,
                Placement.everywhere(), path);
    }

    @Test
    void aComparisonWithAKeyOfAnotherSizeIsRefused() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 1));
        fleet.refused(Errno.EINVAL,
                new Command.Txn(List.of(new Compare.ElementExists(name("m"), Bytes.of(1), false)),
                        List.of(new Command.Update(name("m"), Bytes.u32le(1), data(1, 0, 0, 0), 0)),
                        List.of()));
    }

    @Test
    void expressionsAreHeldInOneForm() {
        fleet.create(spec("d", MapType.DEVMAP, 4, 4, 4));
        fleet.put("d", 1, new Value.Expression("  ifindex(\"eth0\")   "));
        assertEquals(Optional.of(new Value.Expression("ifindex(\"eth0\")")), fleet.get("d", 1));
    }

    @Test
    void rememberedAnswersAreBoundedInBytesToo() {
        Answers answers = Answers.NONE;
        Result large = new Result.Taken(new Value.Data(Bytes.zeros(1 << 20)));
        for (int i = 0; i < 200; i++) {
            answers = answers.remember(new RequestId(Bytes.zeros(16), i), i, large);
        }
        assertTrue(answers.sizeBytes() <= Answers.LIMIT_BYTES);
        assertEquals(200, answers.byRequest().size());
        assertEquals(200, answers.bySequence().size());
        assertEquals(63, answers.large().size());
        String rule = fleet.refused(Errno.ENOENT, new Command.Delete(name("x".repeat(1 << 20))));
        assertTrue(rule.length() <= 1024);
    }
}
