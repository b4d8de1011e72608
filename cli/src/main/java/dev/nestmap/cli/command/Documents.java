package dev.nestmap.cli.command;

import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.ManifestException;
import dev.nestmap.cli.manifest.ManifestReader;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.FileProblems;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapRef;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The documents that {@code -f} names: files, the .yaml and .yml files of folders, standard input. */
final class Documents {
    static final Option FILES = Option.value("--filename", "FILE|DIR|-",
            "Documents to read; a folder's .yaml and .yml files; - is standard input")
            .or("-f")
            .repeatable();
    private static final String STDIN = "-";

    private final Invocation invocation;
    private final String verb;

    private Documents(Invocation invocation, String verb) {
        this.invocation = invocation;
        this.verb = verb;
    }

    /** All of them; nothing of them is done where one is wrong. */
    static List<Manifest> read(Invocation invocation, Help help) throws CommandFailedException {
        List<String> names = invocation.optionValues(FILES.name());
        if (names.isEmpty()) {
            throw CommandFailedException.usage("%s: -f FILE is missing (see nestmap %s --help)"
                    .formatted(help.path(), help.path()));
        }
        Documents documents = new Documents(invocation, help.path());
        NestmapClient client = invocation.client();
        ManifestReader reader = new ManifestReader(invocation.settings().namespace(),
                map -> types(client, map));
        for (String name : names) {
            documents.readAll(name, reader);
        }
        if (reader.manifests().isEmpty()) {
            throw CommandFailedException.usage("%s: there are no documents in %s"
                    .formatted(help.path(), String.join(", ", names)));
        }
        return reader.manifests();
    }

    /** Only asked for where a document names fields and does not say what they are. */
    private static Optional<MapBtf> types(NestmapClient client, MapRef.ByName map) {
        try {
            return Optional.ofNullable(client.map(map).describe().value().spec().btf());
        } catch (NestmapException e) {
            if (e.errno().equals(Optional.of(Errno.ENOENT))) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void readAll(String name, ManifestReader reader) throws CommandFailedException {
        try {
            if (name.equals(STDIN)) {
                read("stdin", new InputStreamReader(invocation.input(),
                        StandardCharsets.UTF_8.newDecoder()), reader);
            } else if (Files.isDirectory(Path.of(name))) {
                for (Path file : files(Path.of(name))) {
                    read(file.toString(), Files.newBufferedReader(file), reader);
                }
            } else {
                read(name, Files.newBufferedReader(Path.of(name)), reader);
            }
        } catch (InvalidPathException e) {
            throw CommandFailedException.usage("%s: cannot read %s: %s".formatted(verb, name,
                    e.getReason()));
        } catch (IOException e) {
            throw CommandFailedException.usage("%s: cannot read %s: %s".formatted(verb, name,
                    FileProblems.of(e)));
        }
    }

    private void read(String name, Reader file, ManifestReader reader)
            throws IOException, CommandFailedException {
        try (file) {
            reader.read(name, file);
        } catch (ManifestException e) {
            throw CommandFailedException.usage(String.valueOf(e.getMessage()));
        }
    }

    private List<Path> files(Path folder) throws IOException, CommandFailedException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> {
                String name = file.getFileName().toString();
                return (name.endsWith(".yaml") || name.endsWith(".yml"))
                        && Files.isRegularFile(file);
            }).sorted().toList();
            if (files.isEmpty()) {
                throw CommandFailedException.usage(
                        "%s: there are no .yaml and .yml files in %s".formatted(verb, folder));
            }
            return files;
        }
    }
}
