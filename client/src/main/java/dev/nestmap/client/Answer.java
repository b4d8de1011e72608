package dev.nestmap.client;

/** What a call gave, with the revision that it saw (reads) or made (writes). */
public record Answer<T>(T value, Origin origin) {
    /** The revision that the answer speaks of. */
    public long revision() {
        return origin.revision();
    }
}
