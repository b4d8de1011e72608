package dev.nestmap.model.btf;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as people write them; bytes in network order. */
final class AddressText {
    private static final int GROUPS = 8;
    private static final Pattern MAC = Pattern.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
    private static final Pattern IPV4_PART = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern IPV6_GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

    private AddressText() {}

    /** Four bytes; empty where the text is none. */
    static Optional<byte[]> ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!IPV4_PART.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 255) {
                return Optional.empty();
            }
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(address);
    }

    static String ipv4(byte[] address) {
        return "%d.%d.%d.%d".formatted(address[0] & 0xff, address[1] & 0xff, address[2] & 0xff,
                address[3] & 0xff);
    }

    /** Six bytes; empty where the text is none. */
    static Optional<byte[]> mac(String text) {
        return MAC.matcher(text).matches()
                ? Optional.of(HexFormat.ofDelimiter(":").parseHex(text))
                : Optional.empty();
    }

    static String mac(byte[] address) {
        return HexFormat.ofDelimiter(":").formatHex(address);
    }

    /** Sixteen bytes; empty where the text is none (RFC 4291, 2.2; no zone). */
    static Optional<byte[]> ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text).filter(all -> all.length == 2 * GROUPS);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<byte[]> head = groups(text.substring(0, gap));
        Optional<byte[]> tail = groups(text.substring(gap + 2));
        if (head.isEmpty() || tail.isEmpty()
                || head.get().length + tail.get().length >= 2 * GROUPS) {
            return Optional.empty();
        }
        byte[] address = Arrays.copyOf(head.get(), 2 * GROUPS);
        System.arraycopy(tail.get(), 0, address, address.length - tail.get().length,
                tail.get().length);
        return Optional.of(address);
    }

    /** Groups of 16 bits between colons, the last perhaps an IPv4 address. */
    private static Optional<byte[]> groups(String text) {
        if (text.isEmpty()) {
            return Optional.of(new byte[0]);
        }
        String[] parts = text.split(":", -1);
        if (parts.length > GROUPS) {
            return Optional.empty();
        }
        byte[] bytes = new byte[0];
        for (int i = 0; i < parts.length; i++) {
            Optional<byte[]> last = i == parts.length - 1 ? ipv4(parts[i]) : Optional.empty();
            if (last.isEmpty() && !IPV6_GROUP.matcher(parts[i]).matches()) {
                return Optional.empty();
            }
            byte[] more = last.orElseGet(() -> new byte[2]);
            if (last.isEmpty()) {
                int group = Integer.parseInt(parts[i], 16);
                more[0] = (byte) (group >> 8);
                more[1] = (byte) group;
            }
            bytes = Arrays.copyOf(bytes, bytes.length + more.length);
            System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
        }
        return Optional.of(bytes);
    }

    /** The form of RFC 5952: lower case, no leading zeros, the longest run of two zeros or more left out. */
    static String ipv6(byte[] address) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
        }
        int from = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                from = i;
                length = end - i;
            }
        }
        return length < 2
                ? join(groups, 0, GROUPS)
                : join(groups, 0, from) + "::" + join(groups, from + length, GROUPS);
    }

    private static String join(int[] groups, int from, int to) {
        StringBuilder out = new StringBuilder();
        for (int i = from; i < to; i++) {
            out.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }
}
