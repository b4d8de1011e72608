package dev.nestmap.cli.verb;

import dev.nestmap.cli.render.FleetJson;
import dev.nestmap.cli.render.FleetRenderer;
import dev.nestmap.cli.render.FleetText;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.LiveJson;
import dev.nestmap.cli.render.LiveRenderer;
import dev.nestmap.cli.render.LiveText;
import dev.nestmap.cli.render.MapJson;
import dev.nestmap.cli.render.MapJson.Detail;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.render.MapText;
import java.util.Optional;

/** How answers are shown. */
public sealed interface Style {
    /** To people. */
    record Text() implements Style {}

    /** To programs. */
    record Structured(Json form, Detail detail) implements Style {}

    /** To people. */
    static Style text() {
        return new Text();
    }

    /** As bpftool's JSON. */
    static Style bpftool(Json form) {
        return new Structured(form, Detail.BPFTOOL);
    }

    /** The form of JSON; empty: it is none. */
    default Optional<Json> json() {
        return switch (this) {
            case Text _ -> Optional.empty();
            case Structured(Json form, Detail _) -> Optional.of(form);
        };
    }

    /** The same with all that the store knows, where it is for programs. */
    default Style full() {
        return switch (this) {
            case Text text -> text;
            case Structured(Json form, Detail _) -> new Structured(form, Detail.STORE);
        };
    }

    /** The same inside of so many brackets. */
    default Style inside(int openBrackets) {
        return switch (this) {
            case Text text -> text;
            case Structured(Json form, Detail detail) ->
                new Structured(form.inside(openBrackets), detail);
        };
    }

    /** Forms of answers about maps. */
    default MapRenderer maps() {
        return switch (this) {
            case Text _ -> new MapText();
            case Structured(Json form, Detail detail) -> new MapJson(form, detail);
        };
    }

    /** Forms of what several nodes answer. */
    default LiveRenderer live() {
        return switch (this) {
            case Text _ -> new LiveText();
            case Structured(Json form, Detail _) -> new LiveJson(form);
        };
    }

    /** Forms of answers about nodes and members. */
    default FleetRenderer fleet() {
        return switch (this) {
            case Text _ -> new FleetText();
            case Structured(Json form, Detail _) -> new FleetJson(form);
        };
    }
}
