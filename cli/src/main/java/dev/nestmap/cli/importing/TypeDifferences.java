package dev.nestmap.cli.importing;

import dev.nestmap.cli.importing.Comparison.Difference;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the types of two maps differ: each member by its path. */
final class TypeDifferences {
    /** More say no more. */
    private static final int LIMIT = 12;
    private static final int MEMBERS_LIMIT = 10_000;
    private static final String NONE = "none";

    private final Map<String, String> members = new LinkedHashMap<>();

    private TypeDifferences() {}

    /** Empty where the types are the same. */
    static List<Difference> of(@Nullable MapBtf stored, @Nullable MapBtf wanted) {
        if (stored == null && wanted == null) {
            return List.of();
        }
        if (stored == null || wanted == null) {
            return List.of(new Difference("types", stored == null ? NONE : "some",
                    wanted == null ? NONE : "some"));
        }
        if (stored.equals(wanted)) {
            return List.of();
        }
        Map<String, String> has = members(stored);
        Map<String, String> wants = members(wanted);
        Set<String> paths = new LinkedHashSet<>(has.keySet());
        paths.addAll(wants.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String path : paths) {
            String before = has.getOrDefault(path, NONE);
            String after = wants.getOrDefault(path, NONE);
            if (!before.equals(after) && differences.size() < LIMIT) {
                differences.add(new Difference("type of " + path, before, after));
            }
        }
        return differences.isEmpty()
                ? List.of(new Difference("types", "the same members under other type names",
                        "its own"))
                : differences;
    }

    private static Map<String, String> members(MapBtf btf) {
        TypeDifferences found = new TypeDifferences();
        if (btf.resolve() instanceof Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved types)) {
            found.add("key", types.key(), "");
            found.add("value", types.value(), "");
        }
        return found.members;
    }

    private void add(String path, Shape shape, String place) {
        if (members.size() == MEMBERS_LIMIT) {
            return;
        }
        if (shape instanceof Shape.Composite composite) {
            composite.members()
                    .forEach(member -> add(member.name().isEmpty()
                            ? path
                            : path + "." + member.name(), member.shape(), place(member)));
        } else {
            members.put(path, text(shape) + place);
        }
    }

    private static String place(Shape.Member member) {
        return member.bitWidth() == 0
                ? " at byte %d of its struct".formatted(member.bitOffset() / Byte.SIZE)
                : " of %d bits at bit %d of its struct".formatted(member.bitWidth(),
                        member.bitOffset());
    }

    private static String text(Shape shape) {
        return switch (shape) {
            case Shape.Whole number ->
                number.order() == Shape.ByteOrder.NETWORK ? "be" + number.bits() : number.brief();
            case Shape.Real(int size) -> "float of %d bytes".formatted(size);
            case Shape.Pointer _ -> "pointer";
            case Shape.Enumeration enumeration ->
                enumeration.brief() + " " + enumeration.constants();
            case Shape.Sequence sequence ->
                "%s[%d]".formatted(text(sequence.element()), sequence.count());
            case Shape.Composite composite -> composite.layout() + " " + composite.name() + " of "
                    + composite.sizeBytes() + " bytes";
        };
    }
}
