package dev.nestmap.model.btf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The members of a struct or union by name, those of its anonymous members among them, as in C. */
final class MemberIndex {
    private MemberIndex() {}

    /**
     * Where a member is.
     *
     * @param offset bytes from the struct's beginning to that of the anonymous member that it is in, 0 outside of such
     */
    record Place(Shape.Member member, int offset) {}

    static Map<String, Place> of(Shape.Composite composite) {
        Map<String, Place> index = new LinkedHashMap<>();
        add(composite, 0, index);
        return Collections.unmodifiableMap(index);
    }

    private static void add(Shape.Composite composite, int offset, Map<String, Place> index) {
        for (Shape.Member member : composite.members()) {
            if (!member.name().isEmpty()) {
                index.putIfAbsent(member.name(), new Place(member, offset));
            } else if (member.shape() instanceof Shape.Composite inner) {
                add(inner, offset + member.byteOffset(), index);
            }
        }
    }
}
