package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;

/**
 * The newest answers to writes, so that a write which is sent again finds its first answer. Bounded in number and bytes: the
 * oldest go first.
 * Part of the state, so that every member forgets the same.
 *
 * @param byRequest by {@link RequestId#key}
 * @param bySequence keys of {@code byRequest} in the order in which the answers were given
 * @param lastSequence counts answers
 * @param sizeBytes of what the answers hold, about
 */
public record Answers(
        Tree<Answer> byRequest,
        Tree<Bytes> bySequence,
        long lastSequence,
        long sizeBytes) {
    /** So many answers are remembered. */
    public static final int LIMIT = 65_536;
    /** So much they hold in all. */
    public static final long LIMIT_BYTES = 64L << 20;

    /** No answers. */
    public static final Answers NONE = new Answers(Tree.ofObjects(), Tree.ofBytes(), 0, 0);

    /** The result of a write and the revision that it made or saw. */
    public record Answer(long sequence, long revision, Result result) {
        private static final long OVERHEAD_BYTES = 64;

        long sizeBytes() {
            return OVERHEAD_BYTES + switch (result) {
                case Result.Refused(Refusal refusal) -> refusal.rule().length();
                case Result.TxnRefused(_, _, Refusal refusal) -> refusal.rule().length();
                case Result.Batch(_, Optional<Refusal> failure) ->
                    failure.map(refusal -> refusal.rule().length()).orElse(0);
                case Result.Taken(Value value) -> Transactions.sizeBytes(value);
                case Result.TxnDone(_, var created, var taken) ->
                    (long) created.size() * Long.BYTES
                            + taken.stream().mapToLong(Transactions::sizeBytes).sum();
                case Result.Done _,Result.Created _,Result.Deleted _ -> 0;
            };
        }
    }

    /** The first answer to a write, where it is still remembered. */
    public Optional<Answer> find(RequestId request) {
        return Optional.ofNullable(byRequest.get(request.key()));
    }

    Answers remember(RequestId request, long revision, Result result) {
        return restore(request, new Answer(lastSequence + 1, revision, result)).forgetOldest();
    }

    /** With an answer that was given before; for reading snapshots, in the order of sequences. */
    public Answers restore(RequestId request, Answer answer) {
        Bytes key = request.key();
        return new Answers(byRequest.with(key, answer),
                bySequence.with(Bytes.u64be(answer.sequence()), key),
                Math.max(lastSequence, answer.sequence()), sizeBytes + answer.sizeBytes());
    }

    private Answers forgetOldest() {
        if (bySequence.size() <= LIMIT && sizeBytes <= LIMIT_BYTES) {
            return this;
        }
        Draft<Answer> requests = byRequest.draft();
        Draft<Bytes> sequences = bySequence.draft();
        long left = sizeBytes;
        while (sequences.size() > LIMIT || left > LIMIT_BYTES) {
            Bytes oldest = sequences.firstKey();
            Bytes request = oldest == null ? null : sequences.get(oldest);
            Answer answer = request == null ? null : requests.get(request);
            if (oldest == null || request == null || answer == null) {
                throw new IllegalStateException("an answer without a request");
            }
            left -= answer.sizeBytes();
            requests.remove(request);
            sequences.remove(oldest);
        }
        return new Answers(requests.build(), sequences.build(), lastSequence, left);
    }

    /** The write that a key of {@code byRequest} stands for. */
    public static RequestId request(Bytes key) {
        return RequestId.ofKey(key);
    }
}
