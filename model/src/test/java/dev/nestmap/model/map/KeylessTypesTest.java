package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

/** QUEUE, STACK and BLOOM_FILTER. */
class KeylessTypesTest {
    private static Tried keyless(MapType type, int maxEntries) {
        return new Tried(Tried.spec(type, 0, 1, maxEntries, 0));
    }

    private static void push(Tried tried, int... values) {
        for (int value : values) {
            tried.put(Tried.NO_KEY, Tried.data(value));
        }
    }

    @Test
    void aQueueGivesTheOldestFirst() {
        Tried queue = keyless(MapType.QUEUE, 3);
        assertEquals(Errno.ENOENT, queue.lookup(Tried.NO_KEY));
        push(queue, 1, 2, 3);
        queue.refused(Errno.E2BIG, Tried.NO_KEY, Tried.data(4), UpdateFlags.ANY);
        assertEquals(Tried.data(1), queue.lookup(Tried.NO_KEY));
        assertEquals(Tried.data(1), queue.take(Tried.NO_KEY));
        push(queue, 4);
        assertEquals(List.of(2, 3, 4), drained(queue, 3));
        assertEquals(Errno.ENOENT, queue.take(Tried.NO_KEY));
    }

    @Test
    void aStackGivesTheNewestFirst() {
        Tried stack = keyless(MapType.STACK, 3);
        push(stack, 1, 2, 3);
        assertEquals(Tried.data(3), stack.lookup(Tried.NO_KEY));
        assertEquals(Tried.data(3), stack.take(Tried.NO_KEY));
        push(stack, 4);
        assertEquals(List.of(4, 2, 1), drained(stack, 3));
    }

    @Test
    void aPushWithExistIntoAFullOneDropsTheOldest() {
        for (MapType type : List.of(MapType.QUEUE, MapType.STACK)) {
            Tried tried = keyless(type, 2);
            push(tried, 1, 2);
            assertEquals(true, tried.elements()
                    .update(Tried.NO_KEY, Tried.data(3), UpdateFlags.EXIST, _ -> null)
                    .isEmpty());
            assertEquals(type == MapType.QUEUE ? List.of(2, 3) : List.of(3, 2), drained(tried, 2));
        }
    }

    @Test
    void theirElementsAreInTheOrderOfPushes() {
        Tried stack = keyless(MapType.STACK, 3);
        push(stack, 7, 8);
        assertEquals(List.of(new Element(Bytes.u64be(0), Tried.data(7)),
                new Element(Bytes.u64be(1), Tried.data(8))), stack.all());
    }

    @Test
    void whatNeedsAKeyIsInvalid() {
        Tried queue = keyless(MapType.QUEUE, 3);
        assertEquals(Errno.EINVAL, queue.first());
        assertEquals(Errno.EINVAL, queue.delete(Tried.NO_KEY));
        assertEquals(Errno.EINVAL, queue.lookup(Bytes.of(0)));
        queue.refused(Errno.EINVAL, Tried.NO_KEY, Tried.data(4), UpdateFlags.NOEXIST);
        queue.refused(Errno.EINVAL, Tried.NO_KEY, Tried.data(4), 3);
    }

    @Test
    void aBloomFilterIsAskedAboutAValue() {
        Tried filter = keyless(MapType.BLOOM_FILTER, 2);
        push(filter, 5, 5, 6);
        assertEquals(Tried.data(5),
                Tried.answer(filter.elements().lookup(Tried.NO_KEY, Bytes.of(5), 0)));
        assertEquals(Errno.ENOENT,
                Tried.answer(filter.elements().lookup(Tried.NO_KEY, Bytes.of(7), 0)));
        assertEquals(Errno.EINVAL, filter.lookup(Tried.NO_KEY), "about which value?");
        assertEquals(Errno.EINVAL,
                Tried.answer(filter.elements().lookup(Tried.NO_KEY, Bytes.of(5, 5), 0)));
        assertEquals(2, filter.all().size());
    }

    @Test
    void aBloomFilterHoldsNoMoreThanItWasMadeFor() {
        Tried filter = keyless(MapType.BLOOM_FILTER, 2);
        push(filter, 5, 6, 6);
        filter.refused(Errno.E2BIG, Tried.NO_KEY, Tried.data(7), UpdateFlags.ANY);
        filter.refused(Errno.EINVAL, Tried.NO_KEY, Tried.data(6), UpdateFlags.EXIST);
        assertEquals(Errno.EOPNOTSUPP, filter.delete(Tried.NO_KEY));
        assertEquals(Errno.EOPNOTSUPP, filter.first());
    }

    @Test
    void noOtherTypeIsAskedAboutAValue() {
        Tried hash = new Tried(Tried.spec(MapType.HASH, 1, 1, 1, 0));
        assertEquals(Errno.EINVAL,
                Tried.answer(hash.elements().lookup(Bytes.of(0), Bytes.of(0), 0)));
    }

    private static List<Integer> drained(Tried tried, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(_ -> ((Value.Data) tried.take(Tried.NO_KEY)).bytes().at(0))
                .toList();
    }
}
