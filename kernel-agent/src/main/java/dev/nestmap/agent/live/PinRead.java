package dev.nestmap.agent.live;

import dev.nestmap.agent.adopt.Examination;
import dev.nestmap.agent.adopt.Examination.Inners;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Errno;
import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveEnd;
import dev.nestmap.proto.v1.PinQuestion;
import dev.nestmap.proto.v1.PinnedMap;
import java.nio.file.Path;
import java.util.List;

/** The answer to a question about a pin that is no read of elements: made at once, sent as one part. */
final class PinRead implements Read {
    private final PinnedMap pinned;
    private boolean sent;

    private PinRead(PinnedMap pinned) {
        this.pinned = pinned;
    }

    static Read begin(Kernel kernel, Path pinRoot, PinQuestion question) throws KernelException {
        Path pin = Path.of(question.getPin());
        if (!pin.isAbsolute()) {
            throw new KernelException("open pin " + pin, Errno.EINVAL, "must be an absolute path");
        }
        Examination examination = new Examination(kernel, pinRoot, pin);
        if (question.hasReplacement()) {
            return new PinRead(examination.replace(question.getReplacement()));
        }
        if (question.getKernelId() == 0) {
            return new PinRead(examination.examine(
                    question.getKeepInners() ? Inners.KEPT : Inners.LOOKED_AT));
        }
        KernelMap map = examination.open(question.getKernelId());
        return OpenRead.of(map, LiveValues.of(map, List.of(), kernel.possibleCpus()));
    }

    @Override
    public LiveAnswer.Builder next() {
        if (sent) {
            return LiveAnswer.newBuilder()
                    .setEnd(LiveEnd.newBuilder().setCount(1).setKernelId(pinned.getKernelId()));
        }
        sent = true;
        return LiveAnswer.newBuilder().setPinned(pinned);
    }

    @Override
    public void close() {
        // Everything was closed when the answer was made.
    }
}
