package dev.nestmap.cli.yaml;

import java.util.List;

/** A node of a document. An anchored node is shared by its aliases. */
public sealed interface Yaml {
    /** Where it begins. */
    Place place();

    /** How many nodes it has, those behind aliases counted each time. */
    long weight();

    /** What kind of node it is, in a sentence: {@code a list}. */
    String kind();

    /**
     * A place in a file.
     *
     * @param line from 1; 0: unknown
     * @param column from 1, in characters
     */
    record Place(int line, int column) {
        /** No place in particular. */
        public static final Place UNKNOWN = new Place(0, 0);
    }

    /** How a scalar was written. */
    enum Form {
        /** Without quotes: it may be a number, a truth, nothing. */
        PLAIN,
        /** A text, whatever it looks like. */
        QUOTED
    }

    /** A text or number. */
    record Scalar(String text, Form form, Place place) implements Yaml {
        @Override
        public long weight() {
            return 1;
        }

        @Override
        public String kind() {
            return isNothing() ? "nothing" : "\"" + shortened() + "\"";
        }

        /** True for what YAML calls null: nothing, ~ or null. */
        public boolean isNothing() {
            return form == Form.PLAIN
                    && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        private String shortened() {
            return text.length() <= 40 ? text : text.substring(0, 40) + "...";
        }
    }

    /** A list. */
    record Sequence(List<Yaml> items, long weight, Place place) implements Yaml {
        /** Copies the list. */
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Names with values; no name stands in it twice. */
    record Mapping(List<Entry> entries, long weight, Place place) implements Yaml {
        /** Copies the list. */
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A name with its value, in the order of the file. */
    record Entry(String name, Place place, Yaml value) {}
}
