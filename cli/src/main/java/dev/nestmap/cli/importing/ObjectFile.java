package dev.nestmap.cli.importing;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.object.BpfObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files of bounded size. */
final class ObjectFile {
    private ObjectFile() {}

    static Bytes read(String path) throws CommandFailedException {
        try {
            Path file = Path.of(path);
            if (Files.isDirectory(file)) {
                throw problem(path, "is a directory");
            }
            // A pipe would be waited for without end. One that is not there is told below.
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw problem(path, "is no regular file");
            }
            // The file may grow while it is read, so what is read is counted.
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(BpfObject.SIZE_LIMIT_BYTES + 1);
                if (bytes.length > BpfObject.SIZE_LIMIT_BYTES) {
                    throw problem(path,
                            "has more than %d bytes".formatted(BpfObject.SIZE_LIMIT_BYTES));
                }
                return Bytes.wrap(bytes);
            }
        } catch (NoSuchFileException e) {
            throw problem(path, "does not exist");
        } catch (AccessDeniedException e) {
            throw problem(path, "may not be read");
        } catch (InvalidPathException e) {
            throw problem(path, "is no path");
        } catch (IOException e) {
            throw problem(path, "cannot be read: " + e.getMessage());
        }
    }

    private static CommandFailedException problem(String path, String what) {
        return CommandFailedException.usage("import: %s %s".formatted(path, what));
    }
}
