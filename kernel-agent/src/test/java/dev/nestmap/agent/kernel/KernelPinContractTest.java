package dev.nestmap.agent.kernel;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pins, their directories and the lock on them, the same on a real and on a simulated kernel. */
@ParameterizedClass
@EnumSource(Side.class)
final class KernelPinContractTest {
    private final KernelUnderTest tested;
    private final Kernel kernel;
    private final Path root;

    KernelPinContractTest(Side side) {
        tested = new KernelUnderTest(side);
        kernel = tested.kernel();
        root = tested.root();
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void aPinnedMapOutlivesItsLastOpenMap() throws KernelException {
        KernelMap map = pinned("routes");
        map.update(key(1), key(2), UpdateFlags.ANY);
        map.freeze();
        map.close();
        KernelMap again = tested.open(root.resolve("routes"));
        assertEquals(map.info(), again.info());
        assertEquals(Optional.of(key(2)), again.lookup(key(1)));
        assertTrue(again.frozen());
    }

    @Test
    void nothingIsOpenedWhereNothingIsPinned() throws KernelException {
        assertEquals(Optional.empty(), kernel.openPin(root.resolve("none")));
        assertEquals(Optional.empty(), kernel.openPin(root.resolve("none").resolve("below")));
    }

    @Test
    void aMapMayHaveSeveralPins() throws KernelException {
        KernelMap map = pinned("a");
        map.pin(root.resolve("b"));
        kernel.unpin(root.resolve("a"));
        assertEquals(List.of("b"), kernel.pins(root));
        assertEquals(map.info(), tested.open(root.resolve("b")).info());
    }

    @Test
    void aPinIsNotMadeWhereSomethingIsOrNothingCanBe() throws KernelException {
        KernelMap map = pinned("a");
        kernel.makeDirectories(root.resolve("directory"));
        assertRefused(Errno.EEXIST, () -> map.pin(root.resolve("a")));
        assertRefused(Errno.EEXIST, () -> map.pin(root.resolve("directory")));
        assertRefused(Errno.ENOENT, () -> map.pin(root.resolve("none").resolve("a")));
        assertRefused(Errno.ENOTDIR, () -> map.pin(root.resolve("a").resolve("below")));
        assertRefused(Errno.EPERM, () -> map.pin(root.resolve("a.next")));
    }

    @Test
    void whatIsNoPinIsNotOpened() throws KernelException {
        pinned("a");
        assertRefused(Errno.EACCES, () -> kernel.openPin(root));
        assertRefused(Errno.ENOTDIR, () -> kernel.openPin(root.resolve("a").resolve("below")));
        assertRefused(Errno.EPERM, () -> kernel.openPin(root.resolve("a.next")));
    }

    @Test
    void onlyAPinIsUnpinned() throws KernelException {
        pinned("a");
        kernel.makeDirectories(root.resolve("directory"));
        assertRefused(Errno.ENOENT, () -> kernel.unpin(root.resolve("none")));
        assertRefused(Errno.EISDIR, () -> kernel.unpin(root.resolve("directory")));
        assertRefused(Errno.EPERM, () -> kernel.unpin(root.resolve("a.next")));
        kernel.unpin(root.resolve("a"));
        assertEquals(List.of(), kernel.pins(root));
    }

    @Test
    void aRenamedPinTakesThePlaceOfAnother() throws KernelException {
        pinned("a");
        KernelMap next = pinned("a_next");
        kernel.renamePin(root.resolve("a_next"), root.resolve("a"));
        assertEquals(List.of("a"), kernel.pins(root));
        assertEquals(next.info(), tested.open(root.resolve("a")).info());
    }

    @Test
    void aPinIsNotRenamedToWhereItCannotBe() throws KernelException {
        pinned("a");
        kernel.makeDirectories(root.resolve("directory"));
        Path a = root.resolve("a");
        assertRefused(Errno.ENOENT, () -> kernel.renamePin(root.resolve("none"), a));
        assertRefused(Errno.ENOENT, () -> kernel.renamePin(a, root.resolve("none").resolve("a")));
        assertRefused(Errno.EISDIR, () -> kernel.renamePin(a, root.resolve("directory")));
        assertRefused(Errno.EPERM, () -> kernel.renamePin(a, root.resolve("a.next")));
        assertEquals(List.of("a"), kernel.pins(root));
    }

    @Test
    void pinsAndDirectoriesAreListedApartAndSorted() throws KernelException {
        pinned("b");
        pinned("a");
        kernel.makeDirectories(root.resolve("z").resolve("deep"));
        kernel.makeDirectories(root.resolve("y"));
        assertEquals(List.of("a", "b"), kernel.pins(root));
        assertEquals(List.of("y", "z"), kernel.directories(root));
        assertEquals(List.of(), kernel.pins(root.resolve("none")));
        assertEquals(List.of(), kernel.directories(root.resolve("none")));
        assertRefused(Errno.ENOTDIR, () -> kernel.pins(root.resolve("a")));
        assertRefused(Errno.ENOTDIR, () -> kernel.directories(root.resolve("a")));
    }

    @Test
    void directoriesAreMadeWithThoseAboveThem() throws KernelException {
        pinned("a");
        Path deep = root.resolve("x").resolve("y");
        kernel.makeDirectories(deep);
        kernel.makeDirectories(deep);
        tested.create(MapType.ARRAY, 1).pin(deep.resolve("b"));
        assertEquals(List.of("b"), kernel.pins(deep));
        assertRefused(Errno.EEXIST, () -> kernel.makeDirectories(root.resolve("a")));
        assertRefused(Errno.ENOTDIR, () -> kernel.makeDirectories(root.resolve("a").resolve("b")));
        assertRefused(Errno.EPERM, () -> kernel.makeDirectories(root.resolve("a.next")));
    }

    @Test
    void onlyAnEmptyDirectoryIsRemoved() throws KernelException {
        pinned("a");
        Path inner = root.resolve("x").resolve("y");
        kernel.makeDirectories(inner);
        assertRefused(Errno.ENOTEMPTY, () -> kernel.removeDirectory(root.resolve("x")));
        assertRefused(Errno.ENOTDIR, () -> kernel.removeDirectory(root.resolve("a")));
        assertRefused(Errno.ENOENT, () -> kernel.removeDirectory(root.resolve("none")));
        kernel.removeDirectory(inner);
        kernel.removeDirectory(root.resolve("x"));
        assertEquals(List.of(), kernel.directories(root));
    }

    @Test
    void theLockOnAPinRootExcludesASecondHolder() throws KernelException {
        PinRootLock first = kernel.lock(root);
        assertRefused(Errno.EAGAIN, () -> kernel.lock(root).close());
        first.close();
        PinRootLock second = kernel.lock(root);
        first.close();
        assertRefused(Errno.EAGAIN, () -> kernel.lock(root).close());
        second.close();
    }

    @Test
    void onlyADirectoryIsLocked() throws KernelException {
        pinned("a");
        assertRefused(Errno.ENOENT, () -> kernel.lock(root.resolve("none")));
        assertRefused(Errno.ENOTDIR, () -> kernel.lock(root.resolve("a")));
    }

    private KernelMap pinned(String name) throws KernelException {
        KernelMap map = tested.create(MapType.HASH, 4);
        map.pin(root.resolve(name));
        return map;
    }
}
