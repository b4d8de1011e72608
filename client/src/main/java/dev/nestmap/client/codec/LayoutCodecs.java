package dev.nestmap.client.codec;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Codecs whose form a memory layout gives. No foreign memory is touched: segments are arrays on the heap. */
final class LayoutCodecs {
    private LayoutCodecs() {}

    static Codec<MemorySegment> segment(MemoryLayout layout) {
        return new SegmentCodec(layout, Math.toIntExact(layout.byteSize()));
    }

    static <R extends Record> StructCodec<R> struct(Class<R> type, StructLayout layout) {
        RecordShape<R> shape = RecordShape.of(type);
        List<StructCodec.Member> members = new ArrayList<>();
        for (int i = 0; i < shape.components().size(); i++) {
            RecordComponent component = shape.components().get(i);
            PathElement path = PathElement.groupElement(component.getName());
            try {
                members.add(shape.member(i, Math.toIntExact(layout.byteOffset(path)),
                        codec(component.getType(), layout.select(path))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("%s.%s: %s".formatted(shape.name(),
                        component.getName(), e.getMessage()), e);
            }
        }
        return new StructCodec<>(shape, members, Math.toIntExact(layout.byteSize()),
                Math.toIntExact(layout.byteAlignment()));
    }

    @SuppressWarnings("unchecked") // a component is read and written as what it is
    private static Codec<Object> codec(Class<?> type, MemoryLayout layout) {
        return (Codec<Object>) switch (layout) {
            case ValueLayout value -> number(type, value);
            case StructLayout group when type.isRecord() ->
                struct(type.asSubclass(Record.class), group);
            case SequenceLayout sequence when type.isArray() -> new ArrayCodec<>(type,
                    codec(type.getComponentType(), sequence.elementLayout()),
                    Math.toIntExact(sequence.elementCount()));
            case SequenceLayout bytes when bytes.elementLayout().byteSize() == 1
                    && type == String.class ->
                Codecs.text(Math.toIntExact(bytes.byteSize()));
            case SequenceLayout _,GroupLayout _,PaddingLayout _ ->
                throw new IllegalArgumentException(
                        "%s does not go with %s".formatted(type.getSimpleName(), layout));
        };
    }

    private static Codec<?> number(Class<?> type, ValueLayout layout) {
        Class<?> boxed = type == byte.class
                ? Byte.class
                : type == short.class
                        ? Short.class
                        : type == int.class
                                ? Integer.class
                                : type == long.class ? Long.class : Void.class;
        int sizeBytes = Math.toIntExact(layout.byteSize());
        int ownBytes = boxed == Byte.class
                ? Byte.BYTES
                : boxed == Short.class
                        ? Short.BYTES
                        : boxed == Integer.class ? Integer.BYTES : Long.BYTES;
        if (boxed == Void.class || sizeBytes > ownBytes || layout.carrier() == float.class
                || layout.carrier() == double.class) {
            throw new IllegalArgumentException(
                    "%s does not go with %s".formatted(type.getSimpleName(), layout));
        }
        // A wider component takes the number as unsigned, one of the same width as signed.
        return NumberCodec.of(boxed, sizeBytes, sizeBytes == ownBytes, layout.order());
    }

    private record SegmentCodec(MemoryLayout layout, int sizeBytes)
            implements
                Codec<MemorySegment> {
        @Override
        public int alignmentBytes() {
            return Math.toIntExact(layout.byteAlignment());
        }

        @Override
        public void write(MemorySegment value, ByteBuffer target) {
            if (value.byteSize() != sizeBytes) {
                throw new IllegalArgumentException("the segment has %d bytes, the layout %d"
                        .formatted(value.byteSize(), sizeBytes));
            }
            int end = target.position() + sizeBytes;
            MemorySegment.ofBuffer(target).asSlice(0, sizeBytes).copyFrom(value);
            target.position(end);
        }

        @Override
        public MemorySegment read(ByteBuffer source) {
            // Long.BYTES at a time: a byte array would only do for layouts without alignment.
            long[] words = new long[(sizeBytes + Long.BYTES - 1) / Long.BYTES];
            MemorySegment segment = MemorySegment.ofArray(words).asSlice(0, sizeBytes);
            segment.copyFrom(MemorySegment.ofBuffer(source).asSlice(0, sizeBytes));
            source.position(source.position() + sizeBytes);
            return segment;
        }

        @Override
        public String toString() {
            return "memory of " + layout;
        }
    }
}
