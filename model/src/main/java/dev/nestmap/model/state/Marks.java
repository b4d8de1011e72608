package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of answers that were forgotten: of each client the highest call id among them, so that a write which comes again
 * too late is refused instead of done twice. Call ids of a client grow, so all that are not above it count as done. Of the
 * clients that are forgotten altogether, longest idle first, only the newest revision that they ever saw is left.
 *
 * @param byClient a mark by the client's id
 * @param bySequence ids of clients by the newest sequence among their forgotten answers
 * @param goneRevision no answer to a client without a mark was given at a later revision, but for those that are remembered
 */
public record Marks(Tree<Mark> byClient, Tree<Bytes> bySequence, long goneRevision) {
    /** So many clients are remembered. */
    public static final int LIMIT = 65_536;

    /** Of no client. */
    public static final Marks NONE = new Marks(Tree.ofObjects(), Tree.ofBytes(), 0);

    /**
     * Of one client.
     *
     * @param callId the highest of a forgotten answer, unsigned
     * @param sequence of the newest of them
     * @param revision the highest that one of them made or saw
     */
    public record Mark(Bytes clientId, long callId, long sequence, long revision) {}

    /** True for a write that may have been answered, and the answer forgotten; false where it was not answered. */
    boolean covers(RequestId request) {
        Mark mark = byClient.get(request.clientId());
        return mark == null
                ? request.knownRevision() != 0
                        && Long.compareUnsigned(request.knownRevision(), goneRevision) < 0
                : Long.compareUnsigned(request.callId(), mark.callId) <= 0;
    }

    Marks with(RequestId request, Answers.Answer forgotten) {
        Mark before = byClient.get(request.clientId());
        long callId = request.callId();
        long revision = forgotten.revision();
        if (before != null) {
            callId = Long.compareUnsigned(before.callId, callId) > 0 ? before.callId : callId;
            revision = Math.max(before.revision, revision);
        }
        return with(new Mark(request.clientId(), callId, forgotten.sequence(), revision));
    }

    /** In the place of the client's mark. */
    Marks with(Mark mark) {
        Draft<Mark> clients = byClient.draft();
        Draft<Bytes> sequences = bySequence.draft();
        Mark before = clients.get(mark.clientId);
        if (before != null) {
            sequences.remove(Bytes.u64be(before.sequence));
        }
        clients.put(mark.clientId, mark);
        sequences.put(Bytes.u64be(mark.sequence), mark.clientId);
        long gone = goneRevision;
        while (clients.size() > LIMIT) {
            Bytes oldest = sequences.firstKey();
            Bytes client = oldest == null ? null : sequences.get(oldest);
            Mark idle = client == null ? null : clients.get(client);
            if (oldest == null || client == null || idle == null) {
                throw new IllegalStateException("a client without a mark");
            }
            gone = Math.max(gone, idle.revision);
            clients.remove(client);
            sequences.remove(oldest);
        }
        return new Marks(clients.build(), sequences.build(), gone);
    }

    Marks withGoneRevision(long revision) {
        return new Marks(byClient, bySequence, revision);
    }

    /** All of them, in the order of their clients' ids. */
    public List<Mark> all() {
        List<Mark> all = new ArrayList<>();
        for (Entry<Mark> entry : byClient) {
            all.add(entry.value());
        }
        return all;
    }
}
