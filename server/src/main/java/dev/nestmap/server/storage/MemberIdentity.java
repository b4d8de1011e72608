package dev.nestmap.server.storage;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Whose data a directory holds, as its file {@code member.properties} says.
 *
 * @param members the members that founded the cluster, in one line, in a fixed order
 * @param stage how far the directory is
 */
record MemberIdentity(UUID clusterId, String memberId, String members, Stage stage) {
    /** The format of the whole directory that this program writes. */
    static final int FORMAT = 1;

    /** What must be there after a crash. */
    enum Stage {
        /** Nothing of worth is in it yet. */
        NEW,
        /** The Raft directory was made: this member may have voted. */
        FORMATTED,
        /** Something was applied: there is a log or a snapshot. */
        LOGGED
    }

    MemberIdentity with(Stage newStage) {
        return new MemberIdentity(clusterId, memberId, members, newStage);
    }

    /** Written in a fixed order and without the date that {@link Properties} would add. */
    void write(Path file) throws IOException {
        Map<String, String> entries = new TreeMap<>(Map.of("format", Integer.toString(FORMAT),
                "cluster.id", clusterId.toString(), "member.id", memberId, "members", members,
                "stage", stage.name()));
        Durable.write(file, entries.entrySet()
                .stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    }

    static MemberIdentity read(Path file) throws IOException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
            int format = Integer.parseInt(get(properties, "format"));
            if (format > FORMAT) {
                throw new IOException(
                        "%s: the data directory has format %d, this program knows formats up to %d; start the version that wrote it, or a later one"
                                .formatted(file, format, FORMAT));
            }
            return new MemberIdentity(UUID.fromString(get(properties, "cluster.id")),
                    get(properties, "member.id"), get(properties, "members"),
                    Stage.valueOf(get(properties, "stage")));
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static String get(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the property " + key + " is missing");
        }
        return value;
    }
}
