package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_PROG_ARRAY, CGROUP_ARRAY and PERF_EVENT_ARRAY (fd_array_map_* in kernel/bpf/arraymap.c). The first two are
 * written with a node expression; the elements of the last are made by programs that hold it open.
 */
final class FdArrayRules extends Indexed {
    private final String shape;

    /** Takes expressions of this {@link NodeExpression#shape}; of none where it is empty. */
    FdArrayRules(String shape) {
        this.shape = shape;
    }

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        int flags = MapFlags.NUMA_NODE | MapFlags.ACCESS;
        return ArrayRules.check(AttributeCheck.of(spec).valueSize(4),
                shape.isEmpty() ? flags | MapFlags.PRESERVE_ELEMS : flags).refusal();
    }

    @Override
    public boolean canBeInner() {
        return !holdsPrograms();
    }

    @Override
    public BtfKeyRule btfKey() {
        return holdsPrograms() ? BtfKeyRule.SOME : BtfKeyRule.NO_TYPES;
    }

    @Override
    public Ownership ownership() {
        return shape.isEmpty() ? Ownership.OBSERVED : Ownership.EXCLUSIVE;
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA_OR_EXPRESSION;
    }

    @Override
    public boolean takes(MapSpec spec, String given) {
        return !given.isEmpty() && given.equals(shape);
    }

    @Override
    public String expressions(MapSpec spec) {
        return shape.isEmpty() ? "" : shape + "(\"/PATH\")";
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return shape.isEmpty()
                ? new Outcome.Refused<>(Refusals.notOurs(Errno.ENOTSUPP, "lookup", spec))
                : lookup(spec, elements, key, Optional.empty());
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (flags != UpdateFlags.ANY) {
            return Refusals.of(Errno.EINVAL, "update %s: flags 0x%x: %s takes any (0) only"
                    .formatted(spec.ref(), flags, spec.type().one()));
        }
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("update", spec, index(key), Errno.E2BIG);
        }
        if (!(value instanceof Value.Expression)) {
            return Refusals.noDescriptor(spec, shape.isEmpty()
                    ? "its entries are set on each node by the programs that open the map"
                    : "write " + expressions(spec));
        }
        elements.put(storedKey(key), valueForm().stored(value));
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteSlot(spec, elements, key);
    }

    private boolean holdsPrograms() {
        return shape.equals("prog");
    }
}
