package dev.nestmap.cli.yaml;

import dev.nestmap.cli.yaml.Yaml.Place;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The documents of a file, one after the other. Built from the parser's events and not by its composer, so that
 * depth, size and aliases are bounded while they are read and not afterwards. One thread uses it.
 */
public final class YamlDocuments {
    private static final int BUFFER_CHARACTERS = 1 << 16;

    private final Events events;
    private final YamlLimits limits;
    private long nodesLeft;

    /** Reads from a file or a text; the caller closes it. */
    public YamlDocuments(Reader reader, YamlLimits limits) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(limits.maxCharacters())
                .setBufferSize(BUFFER_CHARACTERS)
                .setParseComments(false)
                .build();
        this.events = new Events(
                new Parse(settings).parseReader(new BoundedReader(reader, limits.maxCharacters()))
                        .iterator());
        this.limits = limits;
        this.nodesLeft = limits.maxNodes();
    }

    /** The next document, an empty one as an empty scalar; empty behind the last. */
    public Optional<Yaml> next() throws YamlException {
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, StreamEnd, Comment -> {
                    // Nothing of a document.
                }
                case DocumentStart -> {
                    Yaml root = new YamlComposer(events, limits, nodesLeft).compose();
                    nodesLeft -= root.weight();
                    skipEnd();
                    return Optional.of(root);
                }
                case DocumentEnd, Alias, Scalar, SequenceStart, SequenceEnd, MappingStart,
                        MappingEnd ->
                    throw new YamlException(Events.place(event.getStartMark()),
                            "no document begins here");
            }
        }
        return Optional.empty();
    }

    private void skipEnd() throws YamlException {
        Event event = events.next();
        if (!(event instanceof DocumentEndEvent || event instanceof StreamEndEvent)) {
            throw new YamlException(Events.place(event.getStartMark()),
                    "expected the end of the document");
        }
    }

    /** The parser's events, its exceptions as ours. */
    static final class Events {
        private final Iterator<Event> events;

        Events(Iterator<Event> events) {
            this.events = events;
        }

        boolean hasNext() throws YamlException {
            try {
                return events.hasNext();
            } catch (YamlEngineException e) {
                throw problem(e);
            } catch (IllegalArgumentException e) {
                throw badEscape();
            }
        }

        Event next() throws YamlException {
            try {
                return events.next();
            } catch (YamlEngineException e) {
                throw problem(e);
            } catch (IllegalArgumentException e) {
                throw badEscape();
            }
        }

        /** "\\UFFFFFFFF" gives the scanner a number that it does not expect (NumberFormatException). */
        private static YamlException badEscape() {
            return new YamlException(Place.UNKNOWN,
                    "this is no YAML: an escape in a quoted text names no character");
        }

        private static YamlException problem(YamlEngineException e) {
            if (e.getCause() instanceof IOException unreadable) {
                return new YamlException(Place.UNKNOWN, switch (unreadable) {
                    case CharacterCodingException _ -> "this is no UTF-8";
                    case BoundedReader.LimitException limit -> String.valueOf(limit.getMessage());
                    default -> "cannot be read: " + unreadable.getMessage();
                });
            }
            return e instanceof MarkedYamlEngineException marked
                    ? new YamlException(place(marked.getProblemMark()),
                            "this is no YAML: " + oneLine(marked.getProblem()))
                    : new YamlException(Place.UNKNOWN,
                            "this is no YAML: " + oneLine(String.valueOf(e.getMessage())));
        }

        private static String oneLine(String text) {
            return text.lines().findFirst().orElse("");
        }

        static Place place(Optional<Mark> mark) {
            return mark.map(at -> new Place(at.getLine() + 1, at.getColumn() + 1))
                    .orElse(Place.UNKNOWN);
        }
    }
}
