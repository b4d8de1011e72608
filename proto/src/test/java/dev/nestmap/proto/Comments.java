package dev.nestmap.proto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comments of a .proto file by the full name of what they stand before. Knows the way in which our files are written: one
 * declaration a line, comments with two slashes in the lines before. (protoc can give the same, but would then make all code anew
 * in every build.)
 */
final class Comments {
    private static final Pattern BLOCK = Pattern
            .compile("(message|enum|service|oneof)\\s+(\\w+)\\s*\\{(\\s*\\})?");
    private static final Pattern METHOD = Pattern.compile("rpc\\s+(\\w+)\\s*\\(.*");
    private static final Pattern MEMBER = Pattern
            .compile(
                    "(?:(?:repeated|optional)\\s+)?(?:map<.*>\\s+|[\\w.]+\\s+)?(\\w+)\\s*=\\s*\\d+.*;");

    private final Map<String, String> byName = new HashMap<>();
    private final String ofFile;

    private Comments(String ofFile) {
        this.ofFile = ofFile;
    }

    /** What stands at the top of the file. */
    String ofFile() {
        return ofFile;
    }

    /** The comment in one line; empty where there is none. */
    String of(String fullName) {
        return byName.getOrDefault(fullName, "");
    }

    static Comments read(Path file, String protoPackage) throws IOException {
        List<String> top = new ArrayList<>();
        List<String> pending = new ArrayList<>();
        ArrayDeque<String> owners = new ArrayDeque<>(List.of(protoPackage));
        Map<String, String> found = new HashMap<>();
        boolean begun = false;
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            Matcher block = BLOCK.matcher(text);
            Matcher method = METHOD.matcher(text);
            Matcher member = MEMBER.matcher(text);
            if (text.startsWith("//")) {
                (begun ? pending : top).add(text.substring(2));
            } else if (text.startsWith("syntax")) {
                begun = true;
            } else if (block.matches()) {
                boolean transparent = block.group(1).equals("oneof");
                String name = owners.getLast() + "." + block.group(2);
                found.put(name, join(pending));
                if (block.group(3) == null) {
                    owners.addLast(transparent ? owners.getLast() : name);
                }
            } else if (method.matches()) {
                found.put(owners.getLast() + "." + method.group(1), join(pending));
            } else if (member.matches() && !text.startsWith("option ")) {
                found.put(owners.getLast() + "." + member.group(1), join(pending));
            } else if (text.equals("}")) {
                owners.removeLast();
            }
            if (!text.startsWith("//")) {
                pending.clear();
            }
        }
        Comments comments = new Comments(String.join("\n", top));
        comments.byName.putAll(found);
        return comments;
    }

    private static String join(List<String> lines) {
        return String.join("", lines).strip();
    }
}
