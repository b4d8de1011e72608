package dev.nestmap.model.differential;

import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.TemplateBtf;
import dev.nestmap.model.map.MapType;

/** BTF that says of a map the sizes of keys and values, and where a spin lock is. */
final class Types {
    static final int NO_LOCK = -1;

    private Types() {}

    /** Without a key type where the key has no bytes. */
    static MapBtf of(int keySize, int valueSize, int lock) {
        MapBtf btf = TemplateBtf.of(keySize, valueSize, lock);
        return keySize == 0 ? new MapBtf(btf.data(), 0, btf.valueTypeId()) : btf;
    }

    /** True for the types whose keys are descriptors, and which need types. */
    static boolean isLocalStorage(MapType type) {
        return type == MapType.SK_STORAGE || type == MapType.INODE_STORAGE
                || type == MapType.TASK_STORAGE || type == MapType.CGRP_STORAGE;
    }

    /** As one word: {@code KEY/VALUE/LOCK}. */
    static String word(MapBtf btf) {
        if (btf.resolve() instanceof Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved types)) {
            return "%d/%d/%d".formatted(types.key().sizeBytes(), types.value().sizeBytes(),
                    types.lock().orElse(NO_LOCK));
        }
        throw new IllegalArgumentException("not generated: " + btf);
    }

    /** The reverse of {@link #word}. */
    static MapBtf parse(String word) {
        String[] parts = word.split("/", 3);
        return of(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]));
    }
}
