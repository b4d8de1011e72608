package dev.nestmap.model.map;

/** Names one map. */
public sealed interface MapRef {
    /** By its name in a namespace. */
    record ByName(String namespace, String name) implements MapRef {
        @Override
        public String toString() {
            return "\"" + namespace + "/" + name + "\"";
        }
    }

    /** By its id, whether it still has a name or not. */
    record ById(long id) implements MapRef {
        @Override
        public String toString() {
            return "id " + Long.toUnsignedString(id);
        }
    }

    /** By its pin path: the override in its definition, or a path that ends in {@code /namespace/name}. */
    record ByPin(String path) implements MapRef {
        @Override
        public String toString() {
            return "pinned " + path;
        }
    }
}
