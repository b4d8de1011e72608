package dev.nestmap.cli.apply;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.util.Map;

/**
 * A map as the store holds it.
 *
 * @param elements those that were read, by key; empty where the document says nothing about contents
 */
public record Held(MapDescription description, Map<Bytes, Value> elements) {}
