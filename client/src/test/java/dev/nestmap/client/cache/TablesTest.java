package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever form the keys have in Java: a table holds what the changes say. */
@SuppressWarnings("NullableOptional") // as Table declares it
class TablesTest {
    private static final Entries<Long> ENTRIES = new Entries<>(
            Codecs.u64(ByteOrder.LITTLE_ENDIAN));
    private static final int KEYS = 300;

    /** Keys of a form, of a number each. */
    record Form<K>(Codec<K> codec, IntFunction<K> key) {}

    record Port(short number, byte protocol) {}

    static List<Form<?>> forms() {
        return List.of(new Form<>(Codecs.index(), number -> number),
                new Form<>(Codecs.u64(ByteOrder.LITTLE_ENDIAN), number -> -(long) number),
                new Form<>(Codecs.u64(ByteOrder.BIG_ENDIAN), number -> (long) number),
                new Form<>(Codecs.u32(ByteOrder.BIG_ENDIAN), number -> 0xffff_ffffL - number),
                new Form<>(Codecs.i16(ByteOrder.LITTLE_ENDIAN), number -> (short) (number - 100)),
                new Form<>(Codecs.struct(Port.class, ByteOrder.BIG_ENDIAN),
                        number -> new Port((short) number, (byte) number)),
                new Form<>(Codecs.text(8), number -> "k" + number),
                new Form<>(Codecs.text(20), number -> "a longer key " + number),
                new Form<>(Codecs.bytes(5), number -> Bytes.u32le(number).concat(Bytes.of(1))),
                new Form<>(Codecs.bytes(9), number -> Bytes.u64le(number).concat(Bytes.of(1))),
                new Form<>(Codecs.byteArray(3), number -> new byte[]{1, (byte) number,
                        (byte) (number >> 8)}),
                new Form<>(new CaseBlind(),
                        number -> number % 2 == 0 ? "K" + number : "k" + number));
    }

    /** Unequal keys in Java that are one key in the map, and bytes that it cannot read. */
    private static final class CaseBlind implements Codec<String> {
        @Override
        public int sizeBytes() {
            return 4;
        }

        @Override
        public void write(String value, ByteBuffer target) {
            target.put((byte) 'k').put((byte) 0).putShort(Short.parseShort(value.substring(1)));
        }

        @Override
        public String read(ByteBuffer source) {
            throw new IllegalArgumentException("it cannot be read");
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    <K> void bothHoldWhatTheChangesSay(Form<K> form) {
        Random random = new Random(7);
        MapSpec spec = MapSpec.of("default", "m", MapType.HASH, form.codec.sizeBytes(), 8, KEYS);
        MirrorTable<K, Long> mirror = new MirrorTable<>(spec, form.codec, ENTRIES);
        CaffeineTable<K, Long> cache = new CaffeineTable<>(new CacheOptions.Limit.Entries(10_000),
                form.codec, ENTRIES, Runnable::run);
        mirror.prepare(List.of(), update(Table.Update.Kind.CONTENTS, 1)).run();
        Map<Integer, Long> expected = new HashMap<>();
        for (int number = 0; number < KEYS; number++) {
            cache.put(form.codec.encode(form.key.apply(number)),
                    new Entry<>(Optional.of(-1L), 1, 0, 0));
            expected.put(number, -1L);
        }
        Map<Integer, Long> mirrored = new HashMap<>();
        for (long revision = 2; revision < 200; revision++) {
            List<Element> set = new ArrayList<>();
            List<Bytes> deleted = new ArrayList<>();
            for (int number : random.ints(5, 0, KEYS).distinct().toArray()) {
                Bytes key = form.codec.encode(form.key.apply(number));
                if (random.nextInt(3) > 0) {
                    set.add(new Element(key, new Value.Data(Bytes.u64le(revision))));
                    expected.computeIfPresent(number, (_, _) -> -1L);
                    expected.replace(number, revision);
                    mirrored.put(number, revision);
                } else {
                    deleted.add(key);
                    expected.remove(number);
                    mirrored.remove(number);
                }
            }
            List<MapChange> changes = List
                    .of(new MapChange(7, null, false, set, deleted, Map.of()));
            mirror.prepare(changes, update(Table.Update.Kind.KEYS, revision)).run();
            cache.prepare(changes, update(Table.Update.Kind.KEYS, revision)).run();
            int number = random.nextInt(KEYS);
            K key = form.key.apply(number);
            Optional<Long> inMirror = Optional.ofNullable(mirrored.get(number));
            assertEquals(inMirror, mirror.find(key));
            assertEquals(inMirror,
                    Objects.requireNonNull(mirror.peek(form.codec.encode(key))).value());
            Optional<Long> inCache = expected.containsKey(number)
                    ? Optional.of(expected.get(number))
                    : null;
            assertEquals(inCache, cache.find(key));
            Entry<Long> peeked = cache.peek(form.codec.encode(key));
            assertEquals(inCache, peeked == null ? null : peeked.value());
        }
        assertEquals(mirrored.size(), Objects.requireNonNull(mirror.contents()).size());
    }

    private static Table.Update update(Table.Update.Kind kind, long revision) {
        return new Table.Update(kind, revision - 1, revision, 0);
    }

    @Test
    void aKeyThatTheCodecRefusesIsNotAbsent() {
        MapSpec spec = MapSpec.of("default", "m", MapType.HASH, 4, 8, 8);
        MirrorTable<Long, Long> mirror = new MirrorTable<>(spec,
                Codecs.u32(ByteOrder.LITTLE_ENDIAN), ENTRIES);
        assertNull(mirror.find(1L), "no contents yet");
        mirror.prepare(List.of(), update(Table.Update.Kind.CONTENTS, 1)).run();
        assertThrows(IllegalArgumentException.class, () -> mirror.find(-1L));
        CaffeineTable<Long, Long> cache = new CaffeineTable<>(new CacheOptions.Limit.Entries(8),
                Codecs.u32(ByteOrder.LITTLE_ENDIAN), ENTRIES, Runnable::run);
        assertThrows(IllegalArgumentException.class, () -> cache.find(1L << 32));
    }
}
