package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes as pairs of hexadecimal digits; a long run of equal ones as one of them and how often: {@code ff(00*1048560)07}. */
final class HexRuns {
    private static final int LONG_RUN = 16;
    private static final Pattern PART = Pattern
            .compile("\\((\\p{XDigit}{2})\\*(\\d+)\\)|(\\p{XDigit}{2})");

    private HexRuns() {}

    static String text(Bytes bytes) {
        StringBuilder out = new StringBuilder();
        byte[] all = bytes.toByteArray();
        for (int from = 0; from < all.length;) {
            int to = from + 1;
            while (to < all.length && all[to] == all[from]) {
                to++;
            }
            String pair = HexFormat.of().toHexDigits(all[from]);
            out.append(to - from < LONG_RUN
                    ? pair.repeat(to - from)
                    : "(%s*%d)".formatted(pair, to - from));
            from = to;
        }
        return out.toString();
    }

    static Bytes parse(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher parts = PART.matcher(text);
        int end = 0;
        while (parts.find() && parts.start() == end) {
            end = parts.end();
            String run = parts.group(1);
            byte[] bytes = new byte[run == null ? 1 : Integer.parseInt(parts.group(2))];
            Arrays.fill(bytes, (byte) HexFormat.fromHexDigits(run == null ? parts.group(3) : run));
            out.writeBytes(bytes);
        }
        if (end != text.length()) {
            throw new IllegalArgumentException(text);
        }
        return Bytes.wrap(out.toByteArray());
    }
}
