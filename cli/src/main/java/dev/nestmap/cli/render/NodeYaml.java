package dev.nestmap.cli.render;

import dev.nestmap.client.NodeDescription;
import java.util.List;

/** Nodes as documents, in the manner of Kubernetes. What a node reports is JSON, which is YAML too. */
public final class NodeYaml {
    private NodeYaml() {}

    /** One document for each. */
    public static String of(List<NodeDescription> nodes) {
        StringBuilder out = new StringBuilder();
        FleetJson status = new FleetJson(Json.COMPACT);
        for (NodeDescription node : nodes) {
            out.append("---\napiVersion: nestmap/v1\nkind: Node\nmetadata:\n  name: ")
                    .append(quoted(node.name()))
                    .append('\n');
            if (!node.labels().isEmpty()) {
                out.append("  labels:\n");
                node.labels()
                        .forEach((key, value) -> out.append("    %s: %s\n"
                                .formatted(quoted(key), quoted(value))));
            }
            out.append("status: ").append(status.node(node));
        }
        return out.toString();
    }

    private static String quoted(String text) {
        return Json.COMPACT.text(out -> out.value(text)).strip();
    }
}
