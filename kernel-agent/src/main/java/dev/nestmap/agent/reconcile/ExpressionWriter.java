package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.HostObject;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.UpdateFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Writes values that name programs and cgroups by descriptors, each open for the length of one system call. */
final class ExpressionWriter {
    private final Kernel kernel;

    ExpressionWriter(Kernel kernel) {
        this.kernel = kernel;
    }

    void write(MapSpec spec, KernelMap map, ExpressionElement element) throws KernelException {
        List<HostObject> opened = new ArrayList<>();
        try {
            Bytes value = Bytes.empty();
            for (NodeExpression.Term term : element.terms()) {
                value = value.concat(Bytes.u32le(number(term, opened)));
            }
            map.update(element.key(), Expressions.padded(spec, value), UpdateFlags.ANY);
        } finally {
            opened.forEach(HostObject::close);
        }
    }

    private int number(NodeExpression.Term term, List<HostObject> opened) throws KernelException {
        if (Expressions.needsDescriptor(term)) {
            HostObject object = KnownNumbers.open(kernel, term).orElseThrow(() -> gone(term));
            opened.add(object);
            return object.descriptor();
        }
        OptionalInt number = new KnownNumbers(kernel).numberOf(term);
        if (number.isEmpty()) {
            throw gone(term);
        }
        return number.getAsInt();
    }

    private static KernelException gone(NodeExpression.Term term) {
        return new KernelException("resolve " + term, Errno.ENOENT, "it was there a moment ago");
    }
}
