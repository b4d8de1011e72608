package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Map;
import java.util.Optional;

/**
 * What one map type does. Each type is one implementation; {@link MapRules} is the only list of them.
 *
 * <p>The verbs are called after the checks that all types share (access, lock flag, sizes of key and value; see
 * {@link MapElements}), with the elements as the type stores them: under {@link #storedKey}, each value in its stored form.
 * A refused verb has changed nothing.
 */
interface TypeRules {
    /** PCPU_MIN_UNIT_SIZE: what one CPU's part of an element can be at most. */
    long PER_CPU_VALUE_LIMIT_BYTES = 32_768;

    /** Whether a batch verb exists for the type. */
    enum Batch {
        /** BPF_MAP_LOOKUP_BATCH. */
        LOOKUP,
        /** BPF_MAP_UPDATE_BATCH. */
        UPDATE,
        /** BPF_MAP_DELETE_BATCH. */
        DELETE
    }

    /** The type's own check of creation attributes, in the kernel's order (its map_alloc_check, then its map_alloc). */
    Optional<Refusal> checkAttributes(MapSpec spec);

    /** What is checked only behind an outer map's template, for types that may be one. */
    default Optional<Refusal> checkAllocation(MapSpec spec) {
        return Optional.empty();
    }

    /** The flags that the kernel shows for a map created with these. */
    default int shownFlags(int flags) {
        return flags & ~(MapFlags.RDONLY | MapFlags.WRONLY);
    }

    /** The flags to create a map with so that the kernel shows these. */
    default int creationFlags(int shownFlags) {
        return shownFlags;
    }

    /** True where the kernel compares max_entries of an inner map of this type with the template's. */
    default boolean templateFixesMaxEntries(int flags) {
        return false;
    }

    /** True for a type that checks its attributes while it allocates, behind the token; all others do so before. */
    default boolean checksTokenFirst() {
        return false;
    }

    /** True where map_extra means something. */
    default boolean takesMapExtra() {
        return false;
    }

    /** False where the kernel takes no map of the type as an inner map. */
    default boolean canBeInner() {
        return valueForm() != ValueForm.SLOT;
    }

    /** True where a map is created only with BTF types of its key and its value. */
    default boolean needsBtf() {
        return false;
    }

    /** What is asked of the BTF type of the key. */
    default BtfKeyRule btfKey() {
        return BtfKeyRule.SOME;
    }

    /** True where a value may hold a spin lock. */
    default boolean holdsSpinLock() {
        return false;
    }

    /** What a lookup in the store finds. */
    default LookupKind lookupKind() {
        return switch (ownership()) {
            case EXCLUSIVE, SHARED -> LookupKind.EXACT;
            case SEED, OBSERVED -> LookupKind.NONE;
        };
    }

    /** Who writes the entries on a node, unless the definition says otherwise. */
    default Ownership ownership() {
        return Ownership.EXCLUSIVE;
    }

    /** True where the kernel itself drops elements to make room. */
    default boolean evicts() {
        return false;
    }

    /** True where nobody but an agent needs to write the entries on a node. */
    default boolean canBeExclusive() {
        return switch (ownership()) {
            case EXCLUSIVE -> true;
            case SHARED -> !evicts();
            case SEED, OBSERVED -> false;
        };
    }

    /** The form of values in the tree. */
    default ValueForm valueForm() {
        return ValueForm.DATA;
    }

    /** Bytes in the key of an {@link Element}: key_size, but for types without keys whose elements have an order. */
    default int elementKeySize(MapSpec spec) {
        return spec.keySize();
    }

    /** True where elements are stored as system calls move them, but for the byte order of indexes and for node expressions. */
    default boolean isVerbatim() {
        return false;
    }

    /** Bytes of the stored form of every value but slots, values for each CPU and node expressions. */
    default int storedValueSize(MapSpec spec) {
        return spec.valueSize();
    }

    /** The key under which an element is stored; orders the elements. */
    default Bytes storedKey(Bytes key) {
        return key;
    }

    /** The reverse of {@link #storedKey}, up to what does not take part in a key's identity. */
    default Bytes wireKey(Bytes storedKey) {
        return storedKey;
    }

    /** An entry of the tree as callers know it. */
    default Element element(MapSpec spec, Bytes storedKey, Bytes storedValue) {
        return new Element(wireKey(storedKey), valueForm().value(storedValue, spec.valueSize()));
    }

    /** The reverse of {@link #element}. */
    default Map.Entry<Bytes, Bytes> entry(Element element) {
        return Map.entry(storedKey(element.key()), valueForm().stored(element.value()));
    }

    /** True where every element in range exists from the beginning, so that a dump shows also what is not stored. */
    default boolean isDense() {
        return false;
    }

    /** True where a batch verb exists; elsewhere it gives ENOTSUPP. */
    default boolean supports(Batch verb) {
        return false;
    }

    /** Whether a map takes an expression, by its {@link NodeExpression#shape}. */
    default boolean takes(MapSpec spec, String shape) {
        return valueForm() == ValueForm.DATA_OR_NUMBERS && NumberValues.takes(spec, shape);
    }

    /** The shapes of expressions that a map takes, for messages; empty where none. */
    default String expressions(MapSpec spec) {
        return valueForm() == ValueForm.DATA_OR_NUMBERS ? NumberValues.expressions(spec) : "";
    }

    /** BPF_MAP_LOOKUP_ELEM. */
    Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key);

    /** BPF_MAP_LOOKUP_ELEM where the value goes in: only a bloom filter is asked so. */
    default Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key, Bytes value) {
        return Outcome.refused(Errno.EINVAL,
                "lookup %s: only a bloom_filter is asked about a value; leave it out, this is %s"
                        .formatted(spec.ref(), spec.type().one()));
    }

    /** The element under this very key, for comparisons: a lookup, but where that finds something else too. */
    default Outcome<Value> exact(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key);
    }

    /** Whether the element under this very key has the value, which is compared in the form that an update gives it. */
    default boolean holds(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            MapTable maps) {
        Draft<Bytes> updated = Tree.ofBytes().draft();
        return update(spec, updated, key, value, UpdateFlags.ANY, maps).isEmpty()
                && exact(spec, updated, key) instanceof Outcome.Done<Value>(Value wanted)
                && exact(spec, elements, key) instanceof Outcome.Done<Value>(Value found)
                && wanted.isSameAs(found);
    }

    /** BPF_MAP_UPDATE_ELEM; {@code maps} finds the map that a slot is to hold. */
    Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps);

    /** BPF_MAP_DELETE_ELEM. */
    Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key);

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    default Outcome<Value> lookupAndDelete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return new Outcome.Refused<>(Refusals.noSuchVerb("lookup and delete", spec));
    }

    /** BPF_MAP_GET_NEXT_KEY; no key: the first. */
    Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key);
}
