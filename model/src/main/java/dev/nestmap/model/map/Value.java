package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;

/** The value of an element. */
public sealed interface Value {
    /** value_size bytes in the byte order of the nodes' kernels. */
    record Data(Bytes bytes) implements Value {}

    /** The map in a slot; read back always {@link MapRef.ById}. */
    record Slot(MapRef map) implements Value {}

    /** A text that each agent resolves on its own node: {@code ifindex("eth0")}. */
    record Expression(String text) implements Value {}
}
