package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** BPF_MAP_TYPE_STRUCT_OPS: bound to a kernel's own types, so the kernel refuses one without them, and so does the store. */
final class StructOpsRules implements ObservedRules {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .require(false, Errno.EINVAL,
                        "a struct_ops is made from a type of the node's own kernel; load it there with the program")
                .refusal();
    }

    @Override
    public boolean canBeInner() {
        return false;
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return Verbs.all(Errno.EINVAL);
    }
}
