package dev.nestmap.agent.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.btf.BtfType.Encoding;
import dev.nestmap.model.btf.BtfWriter;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store and the kernel agree about maps with BTF. */
final class BtfAgainstKernelTest {
    private static LibbpfKernel kernel;

    private final BtfWriter writer = new BtfWriter();
    private final TreeMap<String, Integer> types = new TreeMap<>();

    @BeforeAll
    static void open() throws KernelException {
        kernel = LibbpfKernel.open();
    }

    @AfterAll
    static void close() {
        kernel.close();
    }

    private int add(String name, BtfType type) {
        int id = writer.add(type);
        types.put(name, id);
        return id;
    }

    private int id(String name) {
        return Objects.requireNonNull(types.get(name), name);
    }

    private int struct(String name, int size, Object... members) {
        List<BtfType.Member> list = new ArrayList<>();
        for (int i = 0; i < members.length; i += 2) {
            list.add(new BtfType.Member("m" + i, (int) members[i + 1],
                    (int) members[i] * 8L, 0));
        }
        return add(name, new BtfType.Composite(BtfType.Layout.STRUCT, name, size, list));
    }

    /** Types of four, eight and other bytes, with locks in all sorts of places. */
    private Bytes section() {
        int u32 = add("u32", new BtfType.Int("unsigned int", 4, Encoding.UNSIGNED, 0, 32));
        int u64 = add("u64", new BtfType.Int("unsigned long", 8, Encoding.UNSIGNED, 0, 64));
        int u8 = add("u8", new BtfType.Int("unsigned char", 1, Encoding.UNSIGNED, 0, 8));
        add("s32", new BtfType.Int("int", 4, Encoding.SIGNED, 0, 32));
        add("enum", new BtfType.Enumeration(BtfType.Width.BITS_32, "e", 4, BtfType.Sign.UNSIGNED,
                List.of(new BtfType.Constant("A", 0))));
        add("typedef", new BtfType.Altered(BtfType.Alteration.TYPEDEF, "number", u32));
        add("bytes4", new BtfType.Array(u8, u32, 4));
        add("bytes8", new BtfType.Array(u8, u32, 8));
        add("float", new BtfType.Real("float", 4));
        struct("struct4", 4, 0, u32);
        struct("struct8", 8, 0, u32, 4, u32);
        struct("cgroup", 16, 0, u64, 8, u32);
        int pointer = add("pointer", new BtfType.Pointer(0));
        struct("pointers", 8, 0, pointer);
        int lock = struct("bpf_spin_lock", 4, 0, u32);
        int locked = struct("locked", 8, 0, lock, 4, u32);
        struct("lockedLast", 8, 0, u32, 4, lock);
        struct("nested", 12, 0, u32, 4, locked);
        int named = add("lockName",
                new BtfType.Altered(BtfType.Alteration.TYPEDEF, "lock_t", lock));
        struct("lockedByName", 8, 0, named, 4, u32);
        struct("lockedArray", 8, 0, add("lockArray", new BtfType.Array(lock, u32, 1)), 4, u32);
        add("lockUnion", new BtfType.Composite(BtfType.Layout.UNION, "lu", 8,
                List.of(new BtfType.Member("l", lock, 0, 0),
                        new BtfType.Member("x", u64, 0, 0))));
        add("constLocked", new BtfType.Altered(BtfType.Alteration.CONST, "", locked));
        struct("empty", 0);
        return writer.build();
    }

    @Test
    void creationGivesTheSameErrnoForEveryTypeOfMapKeyAndValue() throws Exception {
        Bytes section = section();
        int compared = 0;
        for (MapType type : MapType.values()) {
            for (int key : List.copyOf(types.values())) {
                compared += compare(type, section, key, id("u32"), 4, 0);
            }
            for (int value : List.copyOf(types.values())) {
                for (int size : new int[]{8, 12}) {
                    compared += compare(type, section, keyOf(type), value, size, 0);
                }
                compared += compare(type, section, keyOf(type), value, 8, MapFlags.RDONLY_PROG);
            }
            compared += compare(type, section, 0, id("u32"), 4, 0);
            compared += compare(type, section, id("u32"), 0, 4, 0);
            compared += compare(type, section, 0, 0, 4, 0);
            compared += compare(type, section, 999, id("u32"), 4, 0);
            compared += compare(type, section, id("u32"), 999, 4, 0);
        }
        System.out.println("BTF creations compared with the kernel: " + compared);
        assertTrue(compared > 2000, "compared " + compared);
    }

    private int keyOf(MapType type) {
        return switch (type) {
            case LPM_TRIE -> id("struct8");
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> id("u64");
            case QUEUE, STACK, BLOOM_FILTER, RINGBUF, USER_RINGBUF, ARENA -> 0;
            default -> id("u32");
        };
    }

    private int compare(MapType type, Bytes section, int key, int value, int valueSize,
            int moreFlags) throws Exception {
        if (type == MapType.STRUCT_OPS) {
            return 0;
        }
        MapSpec spec = shape(type, valueSize, moreFlags)
                .withBtf(new MapBtf(section, key, value));
        Transition made = Transition.apply(FleetState.EMPTY,
                new Command.Create(spec, type.isOuter()
                        ? new InnerSource.Given(new InnerTemplate(MapType.HASH, 4, 4, 1, 0))
                        : new InnerSource.None()));
        Optional<Errno> ours = made.result() instanceof Result.Refused(Refusal refusal)
                ? Optional.of(refusal.errno())
                : Optional.empty();
        assertEquals(kernels(spec), ours,
                () -> "%s with key type %d, value type %d of %s, flags %x: %s"
                        .formatted(type, key, value, types, spec.flags(), made.result()));
        return 1;
    }

    private Optional<Errno> kernels(MapSpec spec) throws KernelException {
        try (KernelMap template = spec.type().isOuter()
                ? kernel.create("t", KernelMapSpec.of(MapType.HASH, 4, 4, 1, 0), null)
                : null;
                KernelMap map = kernel.create("m",
                        new KernelMapSpec(spec.type(), spec.keySize(), spec.valueSize(),
                                spec.maxEntries(), spec.flags(), 0, 0, spec.btf()),
                        template)) {
            assertEquals(spec.type(), map.info().spec().type());
            return Optional.empty();
        } catch (KernelException e) {
            return Optional.of(e.errno().orElseThrow());
        }
    }

    private static MapSpec shape(MapType type, int valueSize, int moreFlags) {
        int key = switch (type) {
            case LPM_TRIE, CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> 8;
            case QUEUE, STACK, BLOOM_FILTER, RINGBUF, USER_RINGBUF, ARENA -> 0;
            default -> 4;
        };
        int value = switch (type) {
            case RINGBUF, USER_RINGBUF, ARENA -> 0;
            default -> valueSize;
        };
        int entries = switch (type) {
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE,
                    CGRP_STORAGE ->
                0;
            case RINGBUF, USER_RINGBUF -> 4096;
            default -> 4;
        };
        int flags = switch (type) {
            case LPM_TRIE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                MapFlags.NO_PREALLOC;
            case ARENA -> MapFlags.MMAPABLE;
            default -> 0;
        };
        return MapSpec.of("default", "m", type, key, value, entries).withFlags(flags | moreFlags);
    }

    @Test
    void aSpinLockIsTakenByEveryWriteAndNeverShown() throws Exception {
        Bytes section = section();
        MapBtf btf = new MapBtf(section, id("u32"), id("locked"));
        KernelMapSpec spec = KernelMapSpec.of(MapType.HASH, 4, 8, 4, 0).withBtf(btf);
        try (KernelMap map = kernel.create("locked", spec, null)) {
            Bytes given = Bytes.hex("ffffffff07000000");
            Bytes held = Bytes.hex("0000000007000000");
            map.update(Bytes.u32le(1), given, 0);
            assertEquals(Optional.of(held), map.lookup(Bytes.u32le(1)));
            assertTrue(map.updateBatch(List.of(new KernelElement(Bytes.u32le(1), given),
                    new KernelElement(Bytes.u32le(2), given))).failure().isEmpty());
            assertEquals(Optional.of(held), map.lookup(Bytes.u32le(2)));

            MapSpec stored = MapSpec.of("default", "locked", MapType.HASH, 4, 8, 4).withBtf(btf);
            FleetState state = Transition.apply(FleetState.EMPTY,
                    new Command.Create(stored, new InnerSource.None())).state();
            Transition written = Transition.apply(state, new Command.Update(
                    new MapRef.ByName("default", "locked"), Bytes.u32le(1), new Value.Data(given),
                    4 | 1));
            Transition read = Transition.apply(written.state(), new Command.LookupAndDelete(
                    new MapRef.ByName("default", "locked"), Bytes.u32le(1), 4));
            assertEquals(new Result.Taken(new Value.Data(held)), read.result());
            assertTrue(Transition.apply(state, new Command.Freeze(
                    new MapRef.ByName("default", "locked")))
                    .result() instanceof Result.Refused(Refusal refusal)
                    && refusal.errno() == Errno.ENOTSUPP);
        }
    }

    @Test
    void aTemplateWithALockFitsInnerMapsWithTheLockInTheSamePlace() throws Exception {
        Bytes section = section();
        MapBtf first = new MapBtf(section, id("u32"), id("locked"));
        MapBtf last = new MapBtf(section, id("u32"), id("lockedLast"));
        InnerTemplate template = MapSpec.of("d", "i", MapType.ARRAY, 4, 8, 4)
                .withBtf(first)
                .asTemplate();
        KernelMapSpec plain = KernelMapSpec.of(MapType.ARRAY, 4, 8, 4, 0);
        try (KernelMap shown = kernel.create("t",
                plain.withBtf(MapRules.templateBtf(template).orElseThrow()), null);
                KernelMap outer = kernel.create("o",
                        KernelMapSpec.of(MapType.ARRAY_OF_MAPS, 4, 4, 4, 0), shown);
                KernelMap fitting = kernel.create("a", plain.withBtf(first), null);
                KernelMap other = kernel.create("b", plain.withBtf(last), null);
                KernelMap without = kernel.create("c", plain, null)) {
            outer.updateSlot(Bytes.u32le(0), fitting, 0);
            for (KernelMap wrong : List.of(other, without)) {
                KernelException refused = assertThrows(
                        KernelException.class,
                        () -> outer.updateSlot(Bytes.u32le(0), wrong, 0));
                assertTrue(refused.is(Errno.EINVAL), refused.getMessage());
            }
        }
    }

    @Test
    void aSectionThatTheKernelRefusesIsRefusedWithItsOwnWords() {
        int u32 = writer.add(new BtfType.Int("unsigned int", 4, Encoding.UNSIGNED, 0, 32));
        writer.add(new BtfType.Composite(BtfType.Layout.STRUCT, "a b", 4, List.of()));
        KernelException refused = assertThrows(
                KernelException.class, () -> kernel.create("m",
                        KernelMapSpec.of(MapType.HASH, 4, 4, 1, 0)
                                .withBtf(new MapBtf(writer.build(), u32, u32)),
                        null));
        assertTrue(String.valueOf(refused.getMessage()).contains("Invalid name"),
                refused.getMessage());
    }
}
