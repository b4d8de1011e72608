package dev.nestmap.cli.command;

import dev.nestmap.cli.render.FleetJson;
import dev.nestmap.cli.render.FleetRenderer;
import dev.nestmap.cli.render.FleetText;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.MapJson;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.render.MapText;
import dev.nestmap.model.Errno;
import java.util.Optional;

/** How answers are shown. */
public enum Style {
    /** To people. */
    TEXT,
    /** As JSON on one line. */
    JSON,
    /** As indented JSON. */
    PRETTY;

    MapRenderer maps() {
        return switch (this) {
            case TEXT -> new MapText();
            case JSON -> new MapJson(Json.COMPACT);
            case PRETTY -> new MapJson(Json.PRETTY);
        };
    }

    FleetRenderer fleet() {
        return switch (this) {
            case TEXT -> new FleetText();
            case JSON -> new FleetJson(Json.COMPACT);
            case PRETTY -> new FleetJson(Json.PRETTY);
        };
    }

    String error(String sentence, Optional<Errno> errno) {
        return switch (this) {
            case TEXT -> "Error: " + sentence
                    + errno.filter(number -> !sentence.contains(number.name()))
                            .map(number -> " (" + number + ")")
                            .orElse("")
                    + "\n";
            case JSON -> error(Json.COMPACT, sentence, errno);
            case PRETTY -> error(Json.PRETTY, sentence, errno);
        };
    }

    private static String error(Json form, String sentence, Optional<Errno> errno) {
        return form.text(out -> {
            out.object().member("error", sentence);
            errno.ifPresent(number -> out.member("errno", number.name()));
            out.endObject();
        });
    }
}
