package dev.nestmap.cli.yaml;

/**
 * What a file may cost.
 *
 * @param maxCharacters of one file
 * @param maxNodes of all documents of a file, those behind aliases counted each time
 * @param maxDepth of lists and mappings in each other
 */
public record YamlLimits(int maxCharacters, long maxNodes, int maxDepth) {
    /** Room for 100,000 elements of a few fields each. */
    public static final YamlLimits DEFAULT = new YamlLimits(64 << 20, 2_000_000, 32);
}
