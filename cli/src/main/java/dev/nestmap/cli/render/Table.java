package dev.nestmap.cli.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns for people, each as wide as its widest cell. One thread uses it. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        row(headings);
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(cell -> cell.isEmpty() ? "-" : cell).toList());
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            int last = widths.length - 1;
            for (int i = 0; i < last; i++) {
                out.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            out.append(row.get(last)).append('\n');
        }
        return out.toString();
    }
}
