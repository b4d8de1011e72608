package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;

/**
 * The newest answers to writes, so that a write which is sent again finds its first answer. Bounded: the oldest go first.
 * Part of the state, so that every member forgets the same.
 *
 * @param byRequest by {@link RequestId#key}
 * @param bySequence keys of {@code byRequest} in the order in which the answers were given
 * @param lastSequence counts answers
 */
public record Answers(Tree<Answer> byRequest, Tree<Bytes> bySequence, long lastSequence) {
    /** So many answers are remembered. */
    public static final int LIMIT = 65_536;

    /** No answers. */
    public static final Answers NONE = new Answers(Tree.ofObjects(), Tree.ofBytes(), 0);

    /** The result of a write and the revision that it made or saw. */
    public record Answer(long sequence, long revision, Result result) {}

    /** The first answer to a write, where it is still remembered. */
    public Optional<Answer> find(RequestId request) {
        return Optional.ofNullable(byRequest.get(request.key()));
    }

    Answers remember(RequestId request, long revision, Result result) {
        long sequence = lastSequence + 1;
        return restore(request, new Answer(sequence, revision, result)).forgetTo(LIMIT);
    }

    /** With an answer that was given before; for reading snapshots, in the order of sequences. */
    public Answers restore(RequestId request, Answer answer) {
        Bytes key = request.key();
        return new Answers(byRequest.with(key, answer),
                bySequence.with(Bytes.u64be(answer.sequence()), key),
                Math.max(lastSequence, answer.sequence()));
    }

    private Answers forgetTo(int limit) {
        if (bySequence.size() <= limit) {
            return this;
        }
        Draft<Answer> requests = byRequest.draft();
        Draft<Bytes> sequences = bySequence.draft();
        while (sequences.size() > limit) {
            Bytes oldest = sequences.firstKey();
            Bytes request = oldest == null ? null : sequences.get(oldest);
            if (oldest == null || request == null) {
                throw new IllegalStateException("an answer without a request");
            }
            requests.remove(request);
            sequences.remove(oldest);
        }
        return new Answers(requests.build(), sequences.build(), lastSequence);
    }

    /** The write that a key of {@code byRequest} stands for. */
    public static RequestId request(Bytes key) {
        return RequestId.ofKey(key);
    }
}
