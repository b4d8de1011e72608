package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;

/**
 * What {@link Tree#difference} tells, in the same order and at the same cost, to be copied from where it is packed, without an object
 * for each. Stands before the first change at first; for one thread.
 */
public final class PackedDifference {
    private final Difference<Bytes> changes;
    private boolean begun;

    /** What must change to come from one tree to the other. */
    public PackedDifference(Tree<Bytes> before, Tree<Bytes> after) {
        this.changes = new Difference<>(before.root(), after.root());
    }

    /** Goes to the next change; false behind the last. */
    public boolean next() {
        if (begun) {
            changes.pass();
        }
        begun = true;
        return changes.isAtChange();
    }

    /** True where the key is only in the tree before. */
    public boolean isRemoved() {
        return changes.after() == null;
    }

    /** True where the key is only in the tree after. */
    public boolean isAdded() {
        return changes.before() == null;
    }

    /** The key, as an object. */
    public Bytes key() {
        return changes.either().key();
    }

    /** Copies the key. */
    public void copyKey(ByteBuffer target, int at) {
        changes.either().copyKey(target, at);
    }

    /** Copies the value that the tree after has. */
    public void copyValue(ByteBuffer target, int at) {
        after().copyValue(target, at);
    }

    /** Bytes of the value that the tree after has. */
    public int valueSizeBytes() {
        return after().valueSizeBytes();
    }

    /** The change, as an object. */
    public Change<Bytes> change() {
        Cursor<Bytes> before = changes.before();
        return new Change<>(key(), before == null ? null : before.value(), after().value());
    }

    private Cursor<Bytes> after() {
        Cursor<Bytes> after = changes.after();
        if (after == null) {
            throw new IllegalStateException("the key was removed");
        }
        return after;
    }
}
