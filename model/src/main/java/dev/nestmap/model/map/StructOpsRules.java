package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_STRUCT_OPS: bound to a kernel's own types, so the kernel refuses one without them, and so does the store. */
final class StructOpsRules implements TypeRules {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .require(false, Errno.EINVAL,
                        "a struct_ops is made from a type of the node's own kernel; load it there with the program")
                .refusal();
    }

    @Override
    public Ownership ownership() {
        return Ownership.OBSERVED;
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA;
    }

    @Override
    public boolean supports(Batch verb) {
        return false;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return new Outcome.Refused<>(Refusals.notOurs(Errno.EINVAL, "lookup", spec));
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return Optional.of(Refusals.notOurs(Errno.EINVAL, "update", spec));
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Optional.of(Refusals.notOurs(Errno.EINVAL, "delete from", spec));
    }

    @Override
    public Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        return new Outcome.Refused<>(Refusals.notOurs(Errno.EINVAL, "getnext", spec));
    }
}
