package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_CPUMAP (kernel/bpf/cpumap.c). Which CPUs there are is the node's affair. */
final class CpumapRules extends Indexed {
    /** The most CPUs that any kernel is built for (NR_CPUS with MAXSMP); a node's own kernel may know fewer. */
    private static final long CPU_LIMIT = 8192;
    private static final int QUEUE_LIMIT_PACKETS = 16_384;
    private static final String WITH_PROGRAM = "qsize, prog";

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(4)
                .valueSize(4, 8)
                .flags(MapFlags.NUMA_NODE)
                .entriesAtMost(CPU_LIMIT, Errno.E2BIG)
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA_OR_EXPRESSION;
    }

    @Override
    public boolean takes(MapSpec spec, String shape) {
        return spec.valueSize() == 8 && shape.equals(WITH_PROGRAM);
    }

    @Override
    public String expressions(MapSpec spec) {
        return "qsize(PACKETS), prog(\"/PATH\") where value_size is 8";
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key, Optional.empty());
    }

    /** Queue size 0 clears the index. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        Optional<Refusal> refusal = checkDenseUpdate(spec, key, flags);
        if (refusal.isPresent()) {
            return refusal;
        }
        int queue = queuePackets(value);
        if (Integer.compareUnsigned(queue, QUEUE_LIMIT_PACKETS) > 0) {
            return Refusals.of(Errno.EOVERFLOW,
                    "update %s: the queue has %s packets, at most %d are possible".formatted(
                            spec.ref(), Integer.toUnsignedString(queue), QUEUE_LIMIT_PACKETS));
        }
        if (queue == 0) {
            elements.remove(storedKey(key));
            return Optional.empty();
        }
        return ProgramPart.check(spec, value, Errno.ENOMEM, expressions(spec)).or(() -> {
            elements.put(storedKey(key), valueForm().stored(ProgramPart.asRead(value)));
            return Optional.empty();
        });
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteIndex(spec, elements, key);
    }

    private static int queuePackets(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.intLe(0);
            case Value.Expression(String text) -> ((NodeExpression.QueueSize) NodeExpression
                    .parse(text)
                    .orElseThrow()
                    .terms()
                    .getFirst()).packets();
            case Value.Slot _,Value.PerCpu _ ->
                throw new IllegalArgumentException("where it cannot stand: " + value);
        };
    }
}
