package dev.nestmap.cli.manifest;

import dev.nestmap.cli.yaml.Yaml;
import dev.nestmap.cli.yaml.Yaml.Form;
import dev.nestmap.cli.yaml.Yaml.Mapping;
import dev.nestmap.cli.yaml.Yaml.Place;
import dev.nestmap.cli.yaml.Yaml.Scalar;
import dev.nestmap.cli.yaml.Yaml.Sequence;
import dev.nestmap.model.btf.Datum;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value with its path in the document, for messages.
 *
 * @param path {@code spec.entries}
 */
record Field(String file, String path, Yaml node) {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]{0,39})");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-fA-F]{1,32})");
    private static final Pattern FRACTION = Pattern.compile(
            "[-+]?(0|[1-9][0-9]{0,39})(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,4})?");
    private static final Pattern NUMBER_LIKE = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|0[xo][0-9a-fA-F]+");

    Place place() {
        return node.place();
    }

    ManifestException wrong(String problem) {
        return ManifestException.at(file, node.place(), path, problem);
    }

    private ManifestException expected(String what) {
        return wrong("expected %s, got %s".formatted(what, node.kind()));
    }

    Fields mapping() throws ManifestException {
        if (node instanceof Mapping mapping) {
            return new Fields(this, mapping);
        }
        throw expected("a mapping");
    }

    boolean isMapping() {
        return node instanceof Mapping;
    }

    boolean isList() {
        return node instanceof Sequence;
    }

    List<Field> list() throws ManifestException {
        if (!(node instanceof Sequence(List<Yaml> items, long _, Place _))) {
            throw expected("a list");
        }
        List<Field> fields = new ArrayList<>(items.size());
        for (Yaml item : items) {
            fields.add(new Field(file, "%s[%d]".formatted(path, fields.size()), item));
        }
        return fields;
    }

    /** A text; what looks like something else must be in quotes. */
    String text() throws ManifestException {
        if (!(node instanceof Scalar scalar) || scalar.isNothing()) {
            throw expected("a text");
        }
        if (scalar.form() == Form.PLAIN && (NUMBER_LIKE.matcher(scalar.text()).matches()
                || scalar.text().equals("true") || scalar.text().equals("false"))) {
            throw wrong("%s is no text: put it in quotes if it is one".formatted(scalar.kind()));
        }
        return scalar.text();
    }

    boolean isNumber() {
        return number().isPresent();
    }

    private Optional<BigInteger> number() {
        if (!(node instanceof Scalar(String text, Form form, Place _)) || form != Form.PLAIN) {
            return Optional.empty();
        }
        var hexadecimal = HEXADECIMAL.matcher(text);
        if (hexadecimal.matches()) {
            return Optional.of(new BigInteger(hexadecimal.group(1), 16));
        }
        return DECIMAL.matcher(text).matches()
                ? Optional.of(new BigInteger(text))
                : Optional.empty();
    }

    /** A number that fits. */
    BigInteger number(BigInteger least, BigInteger most) throws ManifestException {
        BigInteger number = number().orElseThrow(() -> expected(
                "a number (decimal without leading zeros, or 0x hexadecimal, not in quotes)"));
        if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
            throw wrong("%s does not fit: it must be %s to %s".formatted(number, least, most));
        }
        return number;
    }

    /** An unsigned number of so many bits. */
    BigInteger unsigned(int bits) throws ManifestException {
        return number(BigInteger.ZERO,
                BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
    }

    /** What it says, for a type to be found in: as JSON would have it. */
    Datum datum() throws ManifestException {
        return switch (node) {
            case Sequence _ -> {
                List<Datum> items = new ArrayList<>();
                for (Field item : list()) {
                    items.add(item.datum());
                }
                yield new Datum.Sequence(items);
            }
            case Mapping(List<Yaml.Entry> entries, long _, Place _) -> {
                List<Datum.Field> fields = new ArrayList<>();
                for (Yaml.Entry entry : entries) {
                    fields.add(new Datum.Field(entry.name(),
                            new Field(file, path + "." + entry.name(), entry.value()).datum()));
                }
                yield new Datum.Fields(fields);
            }
            case Scalar scalar -> datum(scalar);
        };
    }

    private Datum datum(Scalar scalar) throws ManifestException {
        String text = scalar.text();
        if (scalar.form() == Form.QUOTED) {
            return new Datum.Text(text);
        }
        if (scalar.isNothing()) {
            return new Datum.Nothing();
        }
        if (text.equals("true") || text.equals("false")) {
            return new Datum.Truth(truth());
        }
        Optional<BigInteger> number = number();
        if (number.isPresent()) {
            return new Datum.Whole(number.get());
        }
        if (FRACTION.matcher(text).matches()) {
            return new Datum.Fraction(Double.parseDouble(text));
        }
        return new Datum.Text(text());
    }

    boolean truth() throws ManifestException {
        if (node instanceof Scalar(String text, Form form, Place _) && form == Form.PLAIN) {
            switch (text) {
                case "true" -> {
                    return true;
                }
                case "false" -> {
                    return false;
                }
                default -> {
                    // Refused below.
                }
            }
        }
        throw expected("true or false");
    }
}
