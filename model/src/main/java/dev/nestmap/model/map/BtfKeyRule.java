package dev.nestmap.model.map;

import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.btf.Shape;
import java.util.List;

/** What a type of map asks of the BTF type of the key (map_check_btf of its operations). */
enum BtfKeyRule {
    /** Any; for types without a rule of their own. */
    SOME(""),
    /** Any or none. */
    SOME_OR_NONE(""),
    /** There can be no types at all: map_check_no_btf. */
    NO_TYPES(""), INDEX("a 32-bit integer"), STRUCT("a struct"), CGROUP(
            "a 64-bit integer or struct bpf_cgroup_storage_key"), NONE("none");

    private final String words;

    BtfKeyRule(String words) {
        this.words = words;
    }

    /** What is asked for, in words; empty where every type of the key's size will do. */
    String words() {
        return words;
    }

    /** True where the type judges by itself whether a key is missing. */
    boolean mayBeMissing() {
        return this != SOME;
    }

    /** Whether this type of a key will do, or that there is none. */
    boolean fits(int keySize, boolean given, Shape key) {
        return switch (this) {
            case SOME, SOME_OR_NONE, NO_TYPES -> true;
            case INDEX -> given && isWhole(key, Integer.SIZE);
            case STRUCT -> given && isStruct(key);
            case CGROUP -> given
                    && (keySize == Long.BYTES ? isWhole(key, Long.SIZE) : isCgroupKey(key));
            case NONE -> !given;
        };
    }

    private static boolean isWhole(Shape shape, int bits) {
        return shape instanceof Shape.Whole number && number.bits() == bits
                && number.firstBit() == 0;
    }

    private static boolean isStruct(Shape shape) {
        return shape instanceof Shape.Composite struct
                && struct.layout() == BtfType.Layout.STRUCT;
    }

    private static boolean isCgroupKey(Shape shape) {
        return shape instanceof Shape.Composite struct && isStruct(shape)
                && isCgroupKey(struct.members());
    }

    private static boolean isCgroupKey(List<Shape.Member> members) {
        return members.size() == 2 && isWhole(members.getFirst().shape(), Long.SIZE)
                && members.getFirst().bitOffset() == 0
                && isWhole(members.getLast().shape(), Integer.SIZE)
                && members.getLast().bitOffset() == Long.SIZE;
    }
}
