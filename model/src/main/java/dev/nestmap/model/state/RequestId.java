package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;

/**
 * Identity of one write. A write that comes again with the same identity is not applied again.
 *
 * @param clientId 16 bytes, chosen once by each client process
 * @param callId distinct for every write of that client, growing; unsigned
 * @param knownRevision a revision that the client knew when it sent the write for the first time; 0 where it says none. No part
 * of the identity
 */
public record RequestId(Bytes clientId, long callId, long knownRevision) {
    /** Bytes in a client id. */
    public static final int CLIENT_ID_BYTES = 16;

    /** Of a client that says no revision. */
    public RequestId(Bytes clientId, long callId) {
        this(clientId, callId, 0);
    }

    Bytes key() {
        return clientId.concat(Bytes.u64be(callId));
    }

    static RequestId ofKey(Bytes key) {
        int split = key.size() - Long.BYTES;
        return new RequestId(key.slice(0, split), key.longBe(split));
    }
}
