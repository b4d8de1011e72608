package dev.nestmap.agent.drift;

import dev.nestmap.model.Bytes;
import java.nio.file.Path;

/** What of a map differs. Equal subjects are the same drift, found again. */
public sealed interface Subject {
    /** How people call it. */
    String text();

    /**
     * An element, or a slot of an outer map.
     *
     * @param storedKey as the store's tree holds it
     * @param wireKey as system calls take it
     */
    record Element(Bytes storedKey, Bytes wireKey) implements Subject {
        private static final int MOST_BYTES = 64;

        @Override
        public String text() {
            return wireKey.size() <= MOST_BYTES
                    ? wireKey.toString()
                    : wireKey.slice(0, MOST_BYTES) + " ... (" + wireKey.size() + " bytes)";
        }
    }

    /** A pin of the map. */
    record Pin(Path path) implements Subject {
        @Override
        public String text() {
            return "pin " + path;
        }
    }

    /** A pinned program that uses the map. */
    record Program(Path pin) implements Subject {
        @Override
        public String text() {
            return "program " + pin;
        }
    }
}
