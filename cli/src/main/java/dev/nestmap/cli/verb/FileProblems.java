package dev.nestmap.cli.verb;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be read, in words: the exceptions of java.nio.file say only its name. */
public final class FileProblems {
    private FileProblems() {}

    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "not a directory";
            default -> String.valueOf(e.getMessage());
        };
    }
}
