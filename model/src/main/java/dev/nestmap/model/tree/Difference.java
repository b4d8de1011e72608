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
    /** The next change is that of the element ahead in one of the trees, or in both. */
    private boolean isInBefore;
    private boolean isInAfter;
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
            seek();
        }
    }

    @Override
    public boolean hasNext() {
        return isAtChange();
    }

    @Override
    public Change<V> next() {
        Bytes key = either().key();
        Change<V> change = new Change<>(key, isInBefore ? before.value() : null,
                isInAfter ? after.value() : null);
        pass();
        return change;
    }

    boolean isAtChange() {
        return isInBefore || isInAfter;
    }

    /** Where the next change is in the tree before; null where its key is not there. */
    @Nullable
    Cursor<V> before() {
        return isInBefore ? before : null;
    }

    /** Where the next change is in the tree after; null where its key is not there. */
    @Nullable
    Cursor<V> after() {
        return isInAfter ? after : null;
    }

    /** Where the next change is, in one of the trees. */
    Cursor<V> either() {
        if (!isAtChange()) {
            throw new NoSuchElementException("no more differences");
        }
        return isInAfter ? after : before;
    }

    /** Goes past the change that is next. */
    void pass() {
        if (isInBefore) {
            before.skip(1);
        }
        if (isInAfter) {
            after.skip(1);
        }
        seek();
    }

    /** How many nodes were opened so far, the roots not counted. */
    long openedNodes() {
        return openedNodes;
    }

    private void seek() {
        isInBefore = false;
        isInAfter = false;
        while (!isAtChange() && (isWithin(before) || isWithin(after))) {
            int order = before.isAtEnd() ? 1 : after.isAtEnd() ? -1 : before.compareKey(after);
            if (order == 0) {
                both();
            } else if (order < 0) {
                isInBefore = isAtElement(before);
            } else {
                isInAfter = isAtElement(after);
            }
        }
    }

    /** What is ahead of a cursor has at least the key that it stands at. */
    private boolean isWithin(Cursor<V> cursor) {
        return !cursor.isAtEnd() && (end == null || cursor.isBelow(end));
    }

    /** One step of the cursor that is behind: opens a node, or stands at a change. */
    private boolean isAtElement(Cursor<V> behind) {
        if (behind.isAtElement()) {
            return true;
        }
        open(behind);
        return false;
    }

    /** One step at equal keys. */
    private void both() {
        int heights = Integer.compare(before.height(), after.height());
        int run = heights == 0 ? before.commonRun(after) : 0;
        if (run > 0) {
            before.skip(run);
            after.skip(run);
            return;
        }
        if (heights == 0 && before.isAtElement()) {
            isInBefore = true;
            isInAfter = true;
            return;
        }
        if (heights >= 0) {
            open(before);
        }
        if (heights <= 0) {
            open(after);
        }
    }

    private void open(Cursor<V> cursor) {
        openedNodes++;
        cursor.open();
    }
}
