package dev.nestmap.model.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.state.MapState;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The test of the test: a wrong rule is found, and shrunk to what shows it. */
class WrongRuleTest {
    private static final int CPUS = 2;

    /** The model with one mistake: EXIST creates elements of an LPM_TRIE. */
    private static final class WithAMistake implements Subject {
        private final ModelSubject model = new ModelSubject(CPUS);

        @Override
        public String perform(Operation operation) {
            if (operation instanceof Operation.Update(int map, var element, long flags)
                    && flags == UpdateFlags.EXIST) {
                MapState state = model.map(map);
                if (state != null && state.spec().type() == MapType.LPM_TRIE) {
                    return model.perform(new Operation.Update(map, element, UpdateFlags.ANY));
                }
            }
            return model.perform(operation);
        }

        @Override
        public void forget(int map) {
            model.forget(map);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    @Test
    void aWrongRuleIsFoundAndShrunkToTwoOperationsThatCanBeReplayed() {
        Differential wrong = new Differential(() -> new Comparison(new ModelSubject(CPUS),
                new WithAMistake(), Comparison.Other.KERNEL, new Coverage()));
        AssertionError found = assertThrows(AssertionError.class, () -> wrong.run(7, 50_000));
        String message = String.valueOf(found.getMessage());
        System.out.println(message);
        List<Operation> shrunk = Transcript.parse(message.lines()
                .filter(line -> line.matches("(create|update) .*"))
                .limit(2)
                .reduce("", (a, b) -> a + System.lineSeparator() + b));
        assertEquals(2, shrunk.size(), message);
        assertTrue(message.contains("shrunk from") && message.contains("to 2 operations"), message);
        var mismatch = wrong.replay(shrunk).orElseThrow();
        assertEquals("ENOENT", mismatch.model());
        assertEquals("ok", mismatch.other());
    }

    @Test
    void theModelAgreesWithItselfAndTranscriptsSayAll() {
        Differential same = new Differential(() -> new Comparison(new ModelSubject(CPUS),
                new Subject() {
                    private final ModelSubject model = new ModelSubject(CPUS);

                    @Override
                    public String perform(Operation operation) {
                        List<Operation> again = Transcript.parse(Transcript.line(operation));
                        assertEquals(List.of(operation), again);
                        return model.perform(again.getFirst());
                    }

                    @Override
                    public void forget(int map) {
                        model.forget(map);
                    }

                    @Override
                    public void close() {
                        model.close();
                    }
                }, Comparison.Other.STORE, new Coverage()));
        same.run(new SplittableRandom(3).nextLong(), 20_000);
    }
}
