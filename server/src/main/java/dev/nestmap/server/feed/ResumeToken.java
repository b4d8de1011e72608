package dev.nestmap.server.feed;

import dev.nestmap.model.Bytes;
import java.util.Optional;

/**
 * Where a dump stands, as its client keeps it: two numbers of eight bytes, then the stored key, which may be missing.
 *
 * @param behind the stored key of the last element that was sent; empty: none was
 */
public record ResumeToken(long revision, long mapId, Optional<Bytes> behind) {
    private static final int NUMBERS_BYTES = 2 * Long.BYTES;

    /** The token of a client; empty where it cannot be one of ours. */
    public static Optional<ResumeToken> parse(Bytes token) {
        if (token.size() < NUMBERS_BYTES || token.longBe(0) < 0) {
            return Optional.empty();
        }
        return Optional.of(new ResumeToken(token.longBe(0), token.longBe(Long.BYTES),
                token.size() == NUMBERS_BYTES
                        ? Optional.empty()
                        : Optional.of(token.slice(NUMBERS_BYTES, token.size()))));
    }

    Bytes bytes() {
        return Bytes.u64be(revision)
                .concat(Bytes.u64be(mapId))
                .concat(behind.orElse(Bytes.empty()));
    }
}
