package dev.nestmap.cli.manifest;

import dev.nestmap.model.Bytes;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The forms in which a document writes bytes: hexadecimal digits in quotes, or {@code {u32le: 7}}, {@code {ipv4:
 * 10.0.0.1}} and so on, or a list of bytes and such forms, one behind the other.
 */
final class DataForms {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final String FORMS_TEXT = "hexadecimal bytes in quotes (\"07 00 00 00\"), {u32le: 7}, "
            + "{ipv4: 10.0.0.1}, a list of those, or {fields: {...}} where the map has BTF";
    private static final String FIELDS = "fields";
    private static final Map<String, Form> FORMS = forms();

    private DataForms() {}

    /** Makes bytes of the value of a form. */
    private interface Form {
        Bytes bytes(Field value, int room) throws ManifestException;
    }

    /** The bytes that a field is, as many as a key or value of the map has. */
    static Bytes read(Field field, NamedForm.Part part, NamedForm named) throws ManifestException {
        int sizeBytes = named.sizeBytes(part);
        Optional<Field> fields = field.isMapping()
                ? field.mapping().maybe(FIELDS)
                : Optional.empty();
        Bytes bytes = fields.isPresent()
                ? named.bytes(fields.get(), part)
                : bytes(field, sizeBytes);
        if (bytes.size() != sizeBytes) {
            throw field.wrong("is %d bytes, %s is %s".formatted(bytes.size(), part.rule(),
                    Integer.toUnsignedString(sizeBytes)));
        }
        return bytes;
    }

    /** A text fills the room there is; every other form knows its size. */
    private static Bytes bytes(Field field, int room) throws ManifestException {
        if (field.isList()) {
            Bytes joined = Bytes.empty();
            List<Field> items = field.list();
            byte[][] parts = new byte[items.size()][];
            int size = 0;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = item(items.get(i), room - size).toByteArray();
                size += parts[i].length;
                if (Integer.compareUnsigned(size, room) > 0) {
                    break;
                }
            }
            byte[] all = new byte[size];
            int at = 0;
            for (byte[] part : parts) {
                if (part != null) {
                    System.arraycopy(part, 0, all, at, part.length);
                    at += part.length;
                }
            }
            return size == 0 ? joined : Bytes.wrap(all);
        }
        return field.isMapping() ? form(field, room) : hex(field);
    }

    private static Bytes item(Field field, int room) throws ManifestException {
        return field.isNumber()
                ? Bytes.of(field.unsigned(8).intValue())
                : bytes(field, room);
    }

    private static Bytes hex(Field field) throws ManifestException {
        if (field.isNumber()) {
            throw field.wrong(
                    "a number has no size and no byte order: write {u32le: 7} (u8, u16le, u32be, u64le, ...) or "
                            + "hexadecimal bytes in quotes");
        }
        String text = field.text();
        return hex(text.startsWith("0x") ? text.substring(2) : text)
                .orElseThrow(() -> field.wrong("\"%s\" is no value: write %s"
                        .formatted(text.length() > 40 ? text.substring(0, 40) + "..." : text,
                                FORMS_TEXT)));
    }

    /** Pairs of digits, with single spaces between or without; no pattern, because values are long. */
    private static Optional<Bytes> hex(String text) {
        byte[] bytes = new byte[(text.length() + 1) / 2];
        int size = 0;
        int at = 0;
        while (at + 1 < text.length()) {
            if (!HexFormat.isHexDigit(text.charAt(at))
                    || !HexFormat.isHexDigit(text.charAt(at + 1))) {
                return Optional.empty();
            }
            bytes[size++] = (byte) HexFormat.fromHexDigits(text, at, at + 2);
            at += 2;
            if (at + 1 < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }
        return size == 0 || at < text.length()
                ? Optional.empty()
                : Optional.of(Bytes.copyOfRange(bytes, 0, size));
    }

    private static Bytes form(Field field, int room) throws ManifestException {
        Fields fields = field.mapping();
        Map<String, Field> given = new LinkedHashMap<>();
        for (String name : FORMS.keySet()) {
            fields.maybe(name).ifPresent(value -> given.put(name, value));
        }
        Optional<Field> named = fields.maybe(FIELDS);
        fields.finish();
        if (named.isPresent()) {
            throw named.get().wrong("is a whole key or value, no part of one");
        }
        String first = "";
        Bytes bytes = Bytes.empty();
        for (Map.Entry<String, Field> value : byPlace(given)) {
            if (!first.isEmpty()) {
                throw value.getValue()
                        .wrong("stands beside %s: one of them is the value"
                                .formatted(first));
            }
            first = value.getKey();
            bytes = Objects.requireNonNull(FORMS.get(first)).bytes(value.getValue(), room);
        }
        if (first.isEmpty()) {
            throw field.wrong("is empty: write " + FORMS_TEXT);
        }
        return bytes;
    }

    /** In the order of the document. */
    private static List<Map.Entry<String, Field>> byPlace(Map<String, Field> given) {
        return given.entrySet()
                .stream()
                .sorted(Comparator
                        .comparingInt((Map.Entry<String, Field> entry) -> entry.getValue()
                                .place()
                                .line())
                        .thenComparingInt(entry -> entry.getValue().place().column()))
                .toList();
    }

    private static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        forms.put("u8", (value, _) -> Bytes.of(value.unsigned(8).intValue()));
        for (int bits : new int[]{16, 32, 64}) {
            forms.put("u" + bits + "le", (value, _) -> littleEndian(value.unsigned(bits), bits));
            forms.put("u" + bits + "be", (value, _) -> bigEndian(value.unsigned(bits), bits));
            forms.put("s" + bits + "le", (value, _) -> littleEndian(signed(value, bits), bits));
            forms.put("s" + bits + "be", (value, _) -> bigEndian(signed(value, bits), bits));
        }
        forms.put("ipv4", (value, _) -> address(value, IPV4, "IPv4", 4));
        forms.put("ipv6", (value, _) -> address(value, IPV6, "IPv6", 16));
        forms.put("text", DataForms::text);
        return forms;
    }

    private static BigInteger signed(Field value, int bits) throws ManifestException {
        BigInteger most = BigInteger.ONE.shiftLeft(bits - 1);
        BigInteger number = value.number(most.negate(), most.subtract(BigInteger.ONE));
        return number.signum() < 0 ? number.add(most.shiftLeft(1)) : number;
    }

    private static Bytes littleEndian(BigInteger number, int bits) {
        byte[] bytes = new byte[bits / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return Bytes.wrap(bytes);
    }

    private static Bytes bigEndian(BigInteger number, int bits) {
        byte[] bytes = new byte[bits / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = number.shiftRight(bits - 8 - 8 * i).byteValue();
        }
        return Bytes.wrap(bytes);
    }

    /** The pattern keeps names out, which would be asked of a name server. */
    private static Bytes address(Field value, Pattern pattern, String family, int sizeBytes)
            throws ManifestException {
        String text = value.text();
        if (pattern.matcher(text).matches()) {
            try {
                byte[] bytes = InetAddress.ofLiteral(text).getAddress();
                if (bytes.length == sizeBytes) {
                    return Bytes.wrap(bytes);
                }
            } catch (IllegalArgumentException e) {
                // Refused below.
            }
        }
        throw value.wrong("\"%s\" is no %s address".formatted(text, family));
    }

    /** Zeros behind it, as C has it. */
    private static Bytes text(Field value, int room) throws ManifestException {
        byte[] text = value.text().getBytes(StandardCharsets.UTF_8);
        if (Integer.compareUnsigned(text.length, room) > 0) {
            throw value.wrong("the text has %d bytes, there is room for %s".formatted(text.length,
                    Integer.toUnsignedString(room)));
        }
        byte[] padded = new byte[room];
        System.arraycopy(text, 0, padded, 0, text.length);
        return Bytes.wrap(padded);
    }
}
