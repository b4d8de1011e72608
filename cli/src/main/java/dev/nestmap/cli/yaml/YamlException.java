package dev.nestmap.cli.yaml;

import dev.nestmap.cli.yaml.Yaml.Place;

/** A file is no YAML that is taken here. The message is the problem without the place. */
public final class YamlException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Place place;

    YamlException(Place place, String problem) {
        super(problem);
        this.place = place;
    }

    /** Where. */
    public Place place() {
        return place;
    }
}
