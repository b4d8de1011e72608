package dev.nestmap.client.codec;

import dev.nestmap.model.map.NodeExpression;

/** A value that is the same on every node, or one that each node works out for itself. */
public sealed interface NodeValue<T> {
    /** The same everywhere. */
    record Plain<T>(T value) implements NodeValue<T> {}

    /** Resolved by each agent on its own node, and again when the node changes. */
    record Expression<T>(NodeExpression expression) implements NodeValue<T> {}

    /** The same everywhere. */
    static <T> NodeValue<T> of(T value) {
        return new Plain<>(value);
    }

    /** The index that a network interface has on each node. */
    static <T> NodeValue<T> ifindex(String interfaceName) {
        return expression("ifindex(\"" + interfaceName + "\")");
    }

    /** How many possible CPUs each node has. */
    static <T> NodeValue<T> possibleCpus() {
        return expression("cpus()");
    }

    /** The program that is pinned at an absolute path on each node. */
    static <T> NodeValue<T> program(String path) {
        return expression("prog(\"" + path + "\")");
    }

    /** The cgroup at an absolute path on each node. */
    static <T> NodeValue<T> cgroup(String path) {
        return expression("cgroup(\"" + path + "\")");
    }

    /** An expression in its text form; {@link IllegalArgumentException} where it is none. */
    static <T> NodeValue<T> expression(String text) {
        return new Expression<>(NodeExpression.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"%s\" is no node expression; one is ifindex(\"eth0\")"
                                .formatted(text))));
    }
}
