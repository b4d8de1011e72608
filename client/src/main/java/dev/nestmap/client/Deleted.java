package dev.nestmap.client;

/**
 * A name was unlinked.
 *
 * @param stillReferenced slots still hold the map, so that it lives on without a name
 */
public record Deleted(boolean stillReferenced) {}
