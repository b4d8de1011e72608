package dev.nestmap.server;

import java.util.Optional;

/** The version of the program, from its jar's manifest. */
public final class Version {
    private Version() {}

    /** The version; "dev" where it runs from class files. */
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }
}
