package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of maps that are published sealed, in place and both; the seed stands in the name of the test. */
final class SealedPropertyTest {
    private static final int STATES = 150;
    private static final int KEPT = Reconciler.DEFAULT_KEEP_GENERATIONS;

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
    void programsSeeTheSameWhetherItIsPublishedSealedOrInPlace(long seed) throws Exception {
        Host sealed = new Host();
        Host inPlace = new Host();
        RandomFleet fleet = new RandomFleet(seed, Publish.SEALED);
        for (int i = 0; i < STATES; i++) {
            Desired desired = fleet.next();
            Desired plain = inPlace(desired);
            assertEquals(List.of(), sealed.reconcile(desired).conditions(), "state " + i);
            assertEquals(List.of(), inPlace.reconcile(plain).conditions(), "state " + i);
            sealed.assertVisible(desired, KEPT);
            inPlace.assertVisible(plain, 0);
            if (i % 10 == 9) {
                sealed.restart();
                sealed.takeWrites();
                assertEquals(List.of(), sealed.reconcile(desired).conditions());
                assertEquals(List.of(), sealed.takeWrites(), "after a restart at state " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36, 37, 38})
    void itComesToTheDesiredStateThoughTheKernelFailsNowAndThen(long seed) throws Exception {
        Host host = new Host();
        RandomFleet fleet = new RandomFleet(seed, Publish.SEALED);
        Random random = new Random(seed);
        int every = 3 + random.nextInt(30);
        int[] operations = {0};
        for (int i = 0; i < STATES; i++) {
            Desired desired = fleet.next();
            host.kernel.inject(operation -> {
                if (++operations[0] % every == 0) {
                    throw new KernelException(operation, Errno.ENOMEM, "injected");
                }
            });
            Progress progress = host.reconcile(desired);
            if (i % 4 == 3) {
                host.watch();
                if (i % 8 == 7) {
                    host.restart();
                }
                for (int attempt = 0; attempt < 5 && !progress.conditions().isEmpty(); attempt++) {
                    host.pass(5_001);
                    progress = host.reconcile(desired);
                }
                assertEquals(List.of(), host.reconcile(desired).conditions(), "state " + i);
                host.assertVisible(desired, KEPT);
            }
        }
    }

    private static Desired inPlace(Desired desired) {
        Tree<DesiredMap> maps = desired.maps();
        for (Entry<DesiredMap> entry : desired.maps()) {
            DesiredMap map = entry.value();
            if (Holders.isSealed(map)) {
                maps = maps.with(entry.key(),
                        new DesiredMap(map.id(), map.spec().withPublish(Publish.IN_PLACE),
                                map.frozen(), map.unlinked(), map.placed(), map.elements()));
            }
        }
        return new Desired(desired.revision(), maps);
    }
}
