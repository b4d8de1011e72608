package dev.nestmap.model.map;

import java.util.Locale;
import java.util.Optional;

/** The kernel's map types with their numbers (enum bpf_map_type in linux/bpf.h of Linux 6.18). */
public enum MapType {
    HASH(1), ARRAY(2), PROG_ARRAY(3), PERF_EVENT_ARRAY(4), PERCPU_HASH(5), PERCPU_ARRAY(
            6), STACK_TRACE(7), CGROUP_ARRAY(8), LRU_HASH(9), LRU_PERCPU_HASH(10), LPM_TRIE(
                    11), ARRAY_OF_MAPS(12), HASH_OF_MAPS(13), DEVMAP(14), SOCKMAP(15), CPUMAP(
                            16), XSKMAP(17), SOCKHASH(18), CGROUP_STORAGE(
                                    19), REUSEPORT_SOCKARRAY(20), PERCPU_CGROUP_STORAGE(21), QUEUE(
                                            22), STACK(23), SK_STORAGE(24), DEVMAP_HASH(
                                                    25), STRUCT_OPS(26), RINGBUF(27), INODE_STORAGE(
                                                            28), TASK_STORAGE(29), BLOOM_FILTER(
                                                                    30), USER_RINGBUF(
                                                                            31), CGRP_STORAGE(
                                                                                    32), ARENA(33);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    /** The kernel's number, 1 to 33. */
    public int number() {
        return number;
    }

    /** bpftool's word for it: lower case, {@code array_of_maps}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The word with its article: {@code an array_of_maps}. */
    public String one() {
        return ("aeio".indexOf(word().charAt(0)) < 0 ? "a " : "an ") + word();
    }

    /** True for the two types whose slots hold maps. */
    public boolean isOuter() {
        return this == ARRAY_OF_MAPS || this == HASH_OF_MAPS;
    }

    /** The type with a kernel number; empty for a number that no known kernel has. */
    public static Optional<MapType> ofNumber(int number) {
        return number >= 1 && number <= values().length
                ? Optional.of(values()[number - 1])
                : Optional.empty();
    }

    /** The type with bpftool's word, in any case. */
    public static Optional<MapType> ofWord(String word) {
        for (MapType type : values()) {
            if (type.word().equals(word.toLowerCase(Locale.ROOT))) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
