package dev.nestmap.cli.render;

import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.btf.BtfType;
import dev.nestmap.model.btf.MapBtf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What C calls the types of a map's keys and values; the key is void where it has no type. */
record TypeNames(String key, String value) {
    /** Of arrays of arrays and pointers to pointers; a section from elsewhere may have circles. */
    private static final int DEPTH_LIMIT = 8;

    /** Empty for a map without types. */
    static Optional<TypeNames> of(@Nullable MapBtf btf) {
        return btf != null && Btf.parse(btf.data()) instanceof Outcome.Done<Btf>(Btf types)
                ? Optional.of(new TypeNames(name(types, btf.keyTypeId(), 0),
                        name(types, btf.valueTypeId(), 0)))
                : Optional.empty();
    }

    private static String name(Btf types, int id, int depth) {
        if (depth == DEPTH_LIMIT || id < 0 || id > types.typeCount()) {
            return "...";
        }
        BtfType type = types.type(id);
        return switch (type) {
            case BtfType.Pointer(int target) -> name(types, target, depth + 1) + " *";
            case BtfType.Array(int element, int _, long count) ->
                array(name(types, element, depth + 1), count);
            case BtfType.Composite composite -> (composite.layout() == BtfType.Layout.STRUCT
                    ? "struct "
                    : "union ") + orAnonymous(composite.name());
            case BtfType.Enumeration enumeration -> "enum " + orAnonymous(enumeration.name());
            case BtfType.Altered altered -> altered.alteration() == BtfType.Alteration.TYPEDEF
                    ? altered.name()
                    : name(types, altered.target(), depth + 1);
            case BtfType.Nothing _,BtfType.Int _,BtfType.Real _,BtfType.Forward _,BtfType.Variable _,
                    BtfType.DataSection _,BtfType.Foreign _ ->
                type.name();
        };
    }

    /** The outermost count comes first. */
    private static String array(String element, long count) {
        int inner = element.indexOf('[');
        return inner < 0
                ? "%s[%d]".formatted(element, count)
                : "%s[%d]%s".formatted(element.substring(0, inner), count,
                        element.substring(inner));
    }

    private static String orAnonymous(String name) {
        return name.isEmpty() ? "(anonymous)" : name;
    }
}
