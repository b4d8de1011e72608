package dev.nestmap.cli.grammar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.nestmap.model.btf.Datum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** JSON as it is typed in the place of bytes. */
public final class JsonWord {
    private static final int DEPTH_LIMIT = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_LIMIT)
                    .build())
            .build();

    private JsonWord() {}

    /** The text is no JSON. */
    public static final class NoJsonException extends Exception {
        private static final long serialVersionUID = 1;

        NoJsonException(String message) {
            super(message);
        }
    }

    /** The value; the message of a refusal says where the text stops to be JSON. */
    public static Datum parse(String text) throws NoJsonException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            Datum value = value(parser);
            if (parser.nextToken() != null) {
                throw new NoJsonException("there is something behind the JSON, at character %d"
                        .formatted(parser.currentTokenLocation().getCharOffset() + 1));
            }
            return value;
        } catch (JsonEOFException e) {
            throw new NoJsonException("no JSON: it ends too early, after %d characters"
                    .formatted(text.length()));
        } catch (StreamConstraintsException e) {
            throw new NoJsonException("no JSON: over %d brackets deep, or with too long a number"
                    .formatted(DEPTH_LIMIT));
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getCharOffset();
            throw new NoJsonException("no JSON, at character %d: %s".formatted(Math.max(at, 1),
                    String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")
                            ? "a member is given twice"
                            : "this cannot stand here"));
        } catch (IOException e) {
            throw new UncheckedIOException("read a text in memory", e);
        }
    }

    private static Datum value(JsonParser parser) throws IOException, NoJsonException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new NoJsonException("no JSON: nothing is there");
        }
        return switch (token) {
            case VALUE_STRING -> new Datum.Text(parser.getText());
            case VALUE_NUMBER_INT -> new Datum.Whole(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> new Datum.Fraction(parser.getDoubleValue());
            case VALUE_TRUE -> new Datum.Truth(true);
            case VALUE_FALSE -> new Datum.Truth(false);
            case VALUE_NULL -> new Datum.Nothing();
            case START_ARRAY -> {
                List<Datum> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Datum.Sequence(items);
            }
            case START_OBJECT -> {
                List<Datum.Field> fields = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.add(new Datum.Field(name, value(parser)));
                }
                yield new Datum.Fields(fields);
            }
            case NOT_AVAILABLE, END_ARRAY, END_OBJECT, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new NoJsonException("no JSON, at character %d".formatted(
                        parser.currentTokenLocation().getCharOffset() + 1));
        };
    }
}
