package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random states, with and without faults; the seed stands in the name of the test. */
final class ReconcilerPropertyTest {
    private static final int STATES = 120;
    /** Create, mark, pin, directories twice, freeze, and the same for its end. */
    private static final int OPERATIONS_PER_MAP = 12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theKernelHoldsWhatIsDesiredAndIsAskedInProportionToTheChange(long seed) throws Exception {
        Host host = new Host();
        RandomFleet fleet = new RandomFleet(seed);
        Desired before = Desired.NOTHING;
        for (int i = 0; i < STATES; i++) {
            Desired desired = fleet.next();
            host.takeWrites();
            Progress progress = host.reconcile(desired);
            List<String> writes = host.takeWrites();
            assertEquals(List.of(), progress.conditions());
            assertEquals(desired.revision(), progress.appliedRevision());
            assertTrue(writes.size() <= mostWrites(before, desired), () -> writes.toString());
            host.assertHolds(desired);
            if (i % 10 == 9) {
                host.restart();
                host.takeWrites();
                assertEquals(progress.maps(), host.reconcile(desired).maps());
                assertEquals(List.of(), host.takeWrites());
            }
            before = desired;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void whatIsReportedAppliedIsAppliedThoughTheKernelFailsNowAndThen(long seed) throws Exception {
        Host host = new Host();
        RandomFleet fleet = new RandomFleet(seed);
        Random random = new Random(seed);
        int every = 3 + random.nextInt(30);
        Errno errno = List.of(Errno.ENOMEM, Errno.EBUSY, Errno.E2BIG, Errno.EAGAIN)
                .get(random.nextInt(4));
        int[] operations = {0};
        for (int i = 0; i < STATES; i++) {
            Desired desired = fleet.next();
            host.kernel.inject(operation -> {
                // A map that is too large to be made is no passing failure.
                boolean passes = errno != Errno.E2BIG || !operation.startsWith("create");
                if (++operations[0] % every == 0 && passes) {
                    throw new KernelException(operation, errno, "injected");
                }
            });
            if (i % 10 == 9) {
                restartInSpiteOfFaults(host);
            }
            Progress progress = host.reconcile(desired);
            assertHonest(host, desired, progress);
            if (i % 4 == 3) {
                host.watch();
                for (int attempt = 0; attempt < 3 && !progress.conditions().isEmpty(); attempt++) {
                    host.pass(5_001);
                    progress = host.reconcile(desired);
                }
                assertEquals(List.of(), host.reconcile(desired).conditions());
                host.assertHolds(desired);
            }
        }
    }

    private static void restartInSpiteOfFaults(Host host) throws KernelException {
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                host.restart();
                return;
            } catch (KernelException e) {
                // As a service manager would: again.
            }
        }
        host.watch();
        host.restart();
    }

    /** Every map without a condition is as desired. */
    private static void assertHonest(Host host, Desired desired, Progress progress)
            throws KernelException {
        Set<Long> excused = progress.conditions()
                .stream()
                .map(Condition::mapId)
                .collect(Collectors.toSet());
        for (Entry<DesiredMap> entry : desired.maps()) {
            if (!excused.contains(entry.value().id())) {
                host.assertHolds(desired, entry.value());
            }
        }
    }

    private static int mostWrites(Desired before, Desired after) {
        int most = 0;
        for (long id : after.changedSince(before)) {
            DesiredMap old = before.map(id);
            DesiredMap now = after.map(id);
            boolean sameState = old != null && now != null && old.frozen() == now.frozen();
            most += sameState ? 0 : OPERATIONS_PER_MAP;
            if (now != null) {
                for (var _ : Tree.difference(old == null ? Tree.ofBytes() : old.elements(),
                        now.elements())) {
                    most++;
                }
            }
        }
        return most;
    }
}
