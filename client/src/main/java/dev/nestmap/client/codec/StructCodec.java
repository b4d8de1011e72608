package dev.nestmap.client.codec;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A record as a struct: each component at its offset, zeros between them. */
public final class StructCodec<R extends Record> implements Codec<R> {
    private final RecordShape<R> shape;
    private final List<Member> members;
    private final int sizeBytes;
    private final int alignmentBytes;

    /** A component with its place. */
    record Member(String name, MethodHandle accessor, int offset, Codec<Object> codec) {}

    StructCodec(RecordShape<R> shape, List<Member> members, int sizeBytes, int alignmentBytes) {
        this.shape = shape;
        this.members = List.copyOf(members);
        this.sizeBytes = sizeBytes;
        this.alignmentBytes = alignmentBytes;
    }

    /** Begins a codec for a record in the form of a C struct. */
    public static <R extends Record> Builder<R> of(Class<R> type, ByteOrder order) {
        return new Builder<>(type, order);
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public int alignmentBytes() {
        return alignmentBytes;
    }

    @Override
    public void write(R value, ByteBuffer target) {
        int start = target.position();
        for (Member member : members) {
            target.position(start + member.offset);
            try {
                member.codec.write(RecordShape.read(member.accessor, value), target);
            } catch (IllegalArgumentException e) {
                throw refused(member, e);
            }
        }
        target.position(start + sizeBytes);
    }

    @Override
    public long word(R value) {
        long word = 0;
        for (Member member : members) {
            try {
                word |= member.codec.word(RecordShape.read(member.accessor,
                        value)) << (Byte.SIZE * member.offset);
            } catch (IllegalArgumentException e) {
                throw refused(member, e);
            }
        }
        return word;
    }

    private IllegalArgumentException refused(Member member, IllegalArgumentException reason) {
        return new IllegalArgumentException(
                "%s.%s: %s".formatted(shape.name(), member.name, reason.getMessage()), reason);
    }

    @Override
    public R read(ByteBuffer source) {
        int start = source.position();
        Object[] components = new Object[members.size()];
        for (int i = 0; i < components.length; i++) {
            Member member = members.get(i);
            source.position(start + member.offset);
            components[i] = member.codec.read(source);
        }
        source.position(start + sizeBytes);
        return shape.create(components);
    }

    /** The layout: name, offset and form of each member. */
    @Override
    public String toString() {
        return members.stream()
                .map(member -> "%s@%d %s".formatted(member.name, member.offset, member.codec))
                .collect(Collectors.joining(", ", shape.name() + "{", "}"));
    }

    /**
     * Makes a codec for a record. By itself it knows components that are whole numbers ({@code byte}, {@code short}, {@code
     * int}, {@code long}: signed, unless {@link Unsigned} says otherwise), {@code boolean} (one byte), addresses ({@code
     * Inet4Address}, {@code Inet6Address}, {@link MacAddress}), other records, and, with {@link Length}, {@code Bytes}, text,
     * arrays and lists of those.
     */
    public static final class Builder<R extends Record> {
        private final RecordShape<R> shape;
        private final ByteOrder order;
        private final Map<String, Codec<?>> given = new HashMap<>();
        private boolean packed;

        private Builder(Class<R> type, ByteOrder order) {
            this.shape = RecordShape.of(type);
            this.order = order;
        }

        /**
         * Without padding between the components, as {@code __attribute__((packed))} does: a record in it keeps the padding inside it,
         * unless {@link #component} gives it a packed codec.
         */
        public Builder<R> packed() {
            packed = true;
            return this;
        }

        /** Takes this codec for a component, whose type must be the codec's; {@link IllegalArgumentException} where there is none. */
        public Builder<R> component(String name, Codec<?> codec) {
            shape.require(name);
            given.put(name, codec);
            return this;
        }

        /** The codec; {@link IllegalArgumentException} where it is not known how to write a component. */
        public StructCodec<R> build() {
            return shape.layOut(new ComponentCodecs(order, given), packed);
        }
    }
}
