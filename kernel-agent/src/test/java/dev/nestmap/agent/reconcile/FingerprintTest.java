package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.PackedElements;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FingerprintTest {
    private static final long SEED = 20_261_123;

    @ParameterizedTest
    @CsvSource({"4,4", "8,8", "1,1", "5,13", "4,0", "3,64", "16,7", "12,12"})
    void itIsThatOfTheElementsWhateverTheirOrderAndOfNoOthers(int keyBytes, int valueBytes) {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<byte[]> all = new ArrayList<>();
            int count = 1 + random.nextInt(20);
            for (int i = 0; i < count; i++) {
                byte[] element = new byte[keyBytes + valueBytes];
                random.nextBytes(element);
                all.add(element);
            }
            Fingerprint one = of(all, keyBytes, count);
            List<byte[]> shuffled = new ArrayList<>(all);
            Collections.shuffle(shuffled, random);
            assertTrue(one.isSame(of(shuffled, keyBytes, 1 + random.nextInt(count))),
                    "seed " + SEED + " round " + round);
            int index = random.nextInt(count);
            byte[] changed = all.get(index).clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            List<byte[]> others = new ArrayList<>(all);
            others.set(index, changed);
            assertFalse(one.isSame(of(others, keyBytes, count)),
                    "seed " + SEED + " round " + round);
            assertFalse(one.isSame(of(all.subList(1, count), keyBytes, count)));
        }
    }

    @ParameterizedTest
    @CsvSource({"4,4", "8,8", "6,10"})
    void valuesThatChangePlacesAreOtherElements(int keyBytes, int valueBytes) {
        byte[] one = new byte[keyBytes + valueBytes];
        byte[] two = new byte[keyBytes + valueBytes];
        byte[] first = one.clone();
        byte[] second = two.clone();
        two[0] = 1;
        second[0] = 1;
        one[keyBytes] = 5;
        second[keyBytes] = 5;
        assertFalse(of(List.of(one, two), keyBytes, 2).isSame(of(List.of(first, second), keyBytes,
                2)));
    }

    @Test
    void noBitsOfTwoWordsTakeEachOtherBack() {
        byte[] plain = new byte[20];
        new Random(SEED).nextBytes(plain);
        Fingerprint before = of(List.of(plain), 4, 1);
        for (int first = 0; first < Long.SIZE; first++) {
            for (int one = 0; one < Long.SIZE; one++) {
                for (int other = 0; other <= one; other++) {
                    byte[] changed = plain.clone();
                    flip(changed, first);
                    flip(changed, Long.SIZE + one);
                    if (other < one) {
                        flip(changed, Long.SIZE + other);
                    }
                    assertFalse(before.isSame(of(List.of(changed), 4, 1)),
                            "seed %d bits %d, %d, %d".formatted(SEED, first, one, other));
                }
            }
        }
    }

    private static void flip(byte[] element, int bitOfValue) {
        element[4 + bitOfValue / 8] ^= (byte) (1 << bitOfValue % 8);
    }

    @Test
    void elementsThatAreNotPackedHaveNone() {
        List<byte[]> one = List.of(new byte[8]);
        Fingerprint read = new Fingerprint();
        List<KernelElement> plain = List.copyOf(packed(one, 4));
        read.add(plain);
        assertFalse(read.isKnown());
        assertFalse(read.isSame(of(one, 4, 1)));
        Fingerprint nothing = new Fingerprint();
        nothing.add(List.of());
        assertTrue(nothing.isSame(new Fingerprint()));
    }

    private static Fingerprint of(List<byte[]> elements, int keyBytes, int pageElements) {
        Fingerprint read = new Fingerprint();
        for (int from = 0; from < elements.size(); from += pageElements) {
            read.add(packed(elements.subList(from,
                    Math.min(elements.size(), from + pageElements)), keyBytes));
        }
        return read;
    }

    private static PackedElements packed(List<byte[]> elements, int keyBytes) {
        int valueBytes = elements.getFirst().length - keyBytes;
        ByteBuffer keys = ByteBuffer.allocate(elements.size() * keyBytes);
        ByteBuffer values = ByteBuffer.allocate(elements.size() * valueBytes);
        for (byte[] element : elements) {
            keys.put(element, 0, keyBytes);
            values.put(element, keyBytes, valueBytes);
        }
        return new PackedElements(elements.size(), keyBytes, keys.flip(), valueBytes,
                values.flip());
    }
}
