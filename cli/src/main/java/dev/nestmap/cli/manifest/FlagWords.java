package dev.nestmap.cli.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The flags of BPF_MAP_CREATE by their names in linux/bpf.h, without BPF_F_ and in lower case. */
final class FlagWords {
    private static final Map<String, Integer> BITS = bits();

    private FlagWords() {}

    static Optional<Integer> bit(String word) {
        return Optional.ofNullable(BITS.get(word));
    }

    static String all() {
        return String.join(", ", BITS.keySet());
    }

    /** The names of all bits that are set; empty where one of them has no name. */
    static Optional<List<String>> words(int flags) {
        List<String> words = new ArrayList<>();
        int left = flags;
        for (Map.Entry<String, Integer> bit : BITS.entrySet()) {
            if ((flags & bit.getValue()) != 0) {
                words.add(bit.getKey());
                left &= ~bit.getValue();
            }
        }
        return left == 0 ? Optional.of(words) : Optional.empty();
    }

    private static Map<String, Integer> bits() {
        Map<String, Integer> bits = new LinkedHashMap<>();
        String[] names = {"no_prealloc", "no_common_lru", "numa_node", "rdonly", "wronly",
                "stack_build_id", "zero_seed", "rdonly_prog", "wronly_prog", "clone", "mmapable",
                "preserve_elems", "inner_map", "link", "path_fd", "vtype_btf_obj_fd", "token_fd",
                "segv_on_fault", "no_user_conv"};
        for (int i = 0; i < names.length; i++) {
            bits.put(names[i], 1 << i);
        }
        return bits;
    }
}
