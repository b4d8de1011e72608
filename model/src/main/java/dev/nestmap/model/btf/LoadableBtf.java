package dev.nestmap.model.btf;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What BPF_BTF_LOAD asks of the types of values beyond what can be read (btf_check_meta of each kind in kernel/bpf/btf.c), so that
 * a section that is taken here is taken by every node.
 */
public final class LoadableBtf {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private LoadableBtf() {}

    /** Why the kernel would refuse it; empty where it takes it. */
    public static Optional<String> problem(Btf btf) {
        for (int id = 1; id < btf.typeCount(); id++) {
            Optional<String> problem = problem(btf.type(id));
            if (problem.isPresent()) {
                return Optional.of("BTF type %d: %s".formatted(id, problem.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> problem(BtfType type) {
        return switch (type) {
            // "unsigned int": the names of numbers are no identifiers.
            case BtfType.Nothing _,BtfType.Pointer _,BtfType.Array _,BtfType.Int _,BtfType.Real _ ->
                Optional.empty();
            case BtfType.Forward(_, String name) -> named(name);
            case BtfType.Altered(var alteration, String name, _) -> switch (alteration) {
                case TYPEDEF -> named(name);
                case TYPE_TAG -> name.isEmpty()
                        ? Optional.of("a tag without a text")
                        : Optional.empty();
                case VOLATILE, CONST, RESTRICT -> name.isEmpty()
                        ? Optional.empty()
                        : Optional.of("a qualifier with a name");
            };
            case BtfType.Enumeration enumeration -> nameOrNone(enumeration.name())
                    .or(() -> first(enumeration.constants()
                            .stream()
                            .map(BtfType.Constant::name)
                            .toList()));
            case BtfType.Composite composite -> nameOrNone(composite.name())
                    .or(() -> anyName(composite))
                    .or(() -> order(composite));
            case BtfType.Variable _,BtfType.DataSection _,BtfType.Foreign _ -> Optional.of(
                    "it is no type of a value; cut the BTF down to the types of the map");
        };
    }

    private static Optional<String> anyName(BtfType.Composite composite) {
        return composite.members()
                .stream()
                .map(BtfType.Member::name)
                .flatMap(name -> nameOrNone(name).stream())
                .findFirst();
    }

    private static Optional<String> first(List<String> names) {
        return names.stream().flatMap(name -> named(name).stream()).findFirst();
    }

    private static Optional<String> order(BtfType.Composite composite) {
        long last = 0;
        for (BtfType.Member member : composite.members()) {
            if (member.bitOffset() < last) {
                return Optional.of("member \"%s\" lies before the one before it"
                        .formatted(member.name()));
            }
            last = composite.layout() == BtfType.Layout.UNION ? 0 : member.bitOffset();
        }
        return Optional.empty();
    }

    private static Optional<String> nameOrNone(String name) {
        return name.isEmpty() ? Optional.empty() : named(name);
    }

    private static Optional<String> named(String name) {
        return IDENTIFIER.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("\"%s\" is no name".formatted(Describing.name(name)));
    }
}
