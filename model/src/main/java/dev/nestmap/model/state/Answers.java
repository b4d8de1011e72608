package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest answers to writes, so that a write which is sent again finds its first answer. Bounded in number and bytes: where
 * the bytes are too many, the oldest large answers keep nothing but the fact that they were given; where that is not enough,
 * or the answers are too many, the oldest go, and leave a mark.
 * Part of the state, so that every member forgets the same.
 *
 * @param byRequest by {@link RequestId#key}
 * @param bySequence keys of {@code byRequest} in the order in which the answers were given
 * @param large keys of {@code bySequence} whose answers hold more than {@link #LARGE_BYTES}
 * @param lastSequence counts answers
 * @param sizeBytes of what the answers hold, about
 * @param marks what is left of those that were forgotten
 */
public record Answers(
        Tree<Answer> byRequest,
        Tree<Bytes> bySequence,
        Tree<Bytes> large,
        long lastSequence,
        long sizeBytes,
        Marks marks) {
    /** So many answers are remembered. */
    public static final int LIMIT = 65_536;
    /** So much they hold in all. */
    public static final long LIMIT_BYTES = 64L << 20;
    /** More than the longest refusal holds: only values that were taken, and ids of many maps. */
    static final long LARGE_BYTES = 2 << 10;

    /** No answers. */
    public static final Answers NONE = new Answers(Tree.ofObjects(), Tree.ofBytes(), Tree.ofBytes(),
            0, 0, Marks.NONE);

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
                case Result.Done _,Result.Created _,Result.Deleted _,Result.Forgotten _ -> 0;
            };
        }

        private Answer withoutBody() {
            return new Answer(sequence, revision, new Result.Forgotten());
        }
    }

    /**
     * The first answer to a write, where there was one; {@link Result.Forgotten} where there may have been one.
     *
     * @param newest the revision that an answer speaks of which has none of its own any more
     */
    public Optional<Answer> find(RequestId request, long newest) {
        Answer answer = byRequest.get(request.key());
        if (answer == null && marks.covers(request)) {
            return Optional.of(new Answer(lastSequence, newest, new Result.Forgotten()));
        }
        return Optional.ofNullable(answer);
    }

    Answers remember(RequestId request, long revision, Result result) {
        return restore(request, new Answer(lastSequence + 1, revision, result)).forgetBodies()
                .forgetOldest();
    }

    /** With an answer that was given before; for reading snapshots, in the order of sequences. */
    public Answers restore(RequestId request, Answer answer) {
        Bytes key = request.key();
        Bytes sequence = Bytes.u64be(answer.sequence());
        return new Answers(byRequest.with(key, answer), bySequence.with(sequence, key),
                answer.sizeBytes() > LARGE_BYTES ? large.with(sequence, key) : large,
                Math.max(lastSequence, answer.sequence()), sizeBytes + answer.sizeBytes(), marks);
    }

    /** With a mark that was left before; for reading snapshots. */
    public Answers restore(Marks.Mark mark) {
        return new Answers(byRequest, bySequence, large, lastSequence, sizeBytes, marks.with(mark));
    }

    /** With what is left of clients without marks; for reading snapshots, after the marks. */
    public Answers restoreGone(long revision) {
        return new Answers(byRequest, bySequence, large, lastSequence, sizeBytes,
                marks.withGoneRevision(revision));
    }

    /** One client that takes large values must not make the store forget the answers to all others. */
    private Answers forgetBodies() {
        if (sizeBytes <= LIMIT_BYTES || large.isEmpty()) {
            return this;
        }
        Draft<Answer> requests = byRequest.draft();
        Draft<Bytes> bodies = large.draft();
        long left = sizeBytes;
        while (left > LIMIT_BYTES && !bodies.isEmpty()) {
            Bytes oldest = present(bodies.firstKey());
            Bytes request = present(bodies.get(oldest));
            Answer answer = present(requests.get(request));
            Answer fact = answer.withoutBody();
            left -= answer.sizeBytes() - fact.sizeBytes();
            requests.put(request, fact);
            bodies.remove(oldest);
        }
        return new Answers(requests.build(), bySequence, bodies.build(), lastSequence, left, marks);
    }

    private Answers forgetOldest() {
        if (bySequence.size() <= LIMIT && sizeBytes <= LIMIT_BYTES) {
            return this;
        }
        Draft<Answer> requests = byRequest.draft();
        Draft<Bytes> sequences = bySequence.draft();
        Draft<Bytes> bodies = large.draft();
        long left = sizeBytes;
        Marks marked = marks;
        while (sequences.size() > LIMIT || left > LIMIT_BYTES) {
            Bytes oldest = present(sequences.firstKey());
            Bytes request = present(sequences.get(oldest));
            Answer answer = present(requests.get(request));
            left -= answer.sizeBytes();
            marked = marked.with(request(request), answer);
            requests.remove(request);
            sequences.remove(oldest);
            bodies.remove(oldest);
        }
        return new Answers(requests.build(), sequences.build(), bodies.build(), lastSequence, left,
                marked);
    }

    private static <T> T present(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("an answer without a request, or none to forget");
        }
        return part;
    }

    /** The write that a key of {@code byRequest} stands for. */
    public static RequestId request(Bytes key) {
        return RequestId.ofKey(key);
    }
}
