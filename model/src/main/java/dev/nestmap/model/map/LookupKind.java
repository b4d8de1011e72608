package dev.nestmap.model.map;

/** What a lookup by a key finds in a map of some type. */
public enum LookupKind {
    /** No element that the store has under a key. */
    NONE,
    /** The element with this key. */
    EXACT,
    /** The element whose key is the longest prefix of this one. */
    LONGEST_PREFIX
}
