package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/*
 * A merge of two trees that goes past nodes which both share. Each cursor stands before an element
 * or a node not yet opened; the one with the lesser (least) key goes on: an element is reported, a
 * node is opened. At equal keys the higher node is opened, at equal heights the run of equal
 * elements or of shared nodes is skipped, and what differs there reported or opened.
 *
 * No shared node is ever opened: least keys are exact, so before either cursor can open it, the
 * other must come to the same key, and opens what it has there down to that height. What is opened
 * is therefore what the trees do not share: for m changed elements in a tree of n, O(m log n)
 * nodes, whatever the two heights and cuts; for unrelated trees, all of both.
 */
/** What differs between two trees, in the order of keys, found as it is asked for. */
final class Difference<V> implements Iterator<Change<V>> {
    private final Cursor<V> before;
    private final Cursor<V> after;
    private final @Nullable Bytes end;
    private @Nullable Change<V> next;
    private long openedNodes;

    Difference(Node<V> before, Node<V> after) {
        this(before, after, null, null);
    }

    /** Of the keys from {@code from} on and below {@code to}; null: no such bound. */
    Difference(Node<V> before, Node<V> after, @Nullable Bytes from, @Nullable Bytes to) {
        this.before = from == null ? Cursor.atStart(before) : Cursor.at(before, from);
        this.after = from == null ? Cursor.atStart(after) : Cursor.at(after, from);
        this.end = to;
        if (before != after) {
            this.next = advance();
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Change<V> next() {
        Change<V> change = next;
        if (change == null) {
            throw new NoSuchElementException("no more differences");
        }
        next = advance();
        return change;
    }

    /** How many nodes were opened so far, the roots not counted. */
    long openedNodes() {
        return openedNodes;
    }

    private @Nullable Change<V> advance() {
        while (isWithin(before) || isWithin(after)) {
            int order = before.isAtEnd() ? 1 : after.isAtEnd() ? -1 : before.compareKey(after);
            Change<V> found = order == 0 ? both() : order < 0 ? one(before) : one(after);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** What is ahead of a cursor has at least the key that it stands at. */
    private boolean isWithin(Cursor<V> cursor) {
        return !cursor.isAtEnd() && (end == null || cursor.isBelow(end));
    }

    /** One step of the cursor that is behind. */
    private @Nullable Change<V> one(Cursor<V> behind) {
        if (!behind.isAtElement()) {
            open(behind);
            return null;
        }
        Change<V> change = behind == before
                ? new Change<>(behind.key(), behind.value(), null)
                : new Change<>(behind.key(), null, behind.value());
        behind.skip(1);
        return change;
    }

    /** One step at equal keys. */
    private @Nullable Change<V> both() {
        int heights = Integer.compare(before.height(), after.height());
        int run = heights == 0 ? before.commonRun(after) : 0;
        if (run > 0) {
            before.skip(run);
            after.skip(run);
            return null;
        }
        if (heights == 0 && before.isAtElement()) {
            Change<V> change = new Change<>(before.key(), before.value(), after.value());
            before.skip(1);
            after.skip(1);
            return change;
        }
        if (heights >= 0) {
            open(before);
        }
        if (heights <= 0) {
            open(after);
        }
        return null;
    }

    private void open(Cursor<V> cursor) {
        openedNodes++;
        cursor.open();
    }
}
