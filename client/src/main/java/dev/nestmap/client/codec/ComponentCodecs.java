package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which codec a component of a record gets, from its type and its annotations. */
record ComponentCodecs(ByteOrder order, Map<String, Codec<?>> given) {
    private static final Map<Class<?>, Class<?>> BOXES = Map.of(byte.class, Byte.class,
            short.class, Short.class, int.class, Integer.class, long.class, Long.class,
            boolean.class, Boolean.class);

    @SuppressWarnings("unchecked") // a component is read and written as what it is
    Codec<Object> of(Class<?> owner, RecordComponent component) {
        Codec<?> chosen = given.get(component.getName());
        if (chosen == null) {
            chosen = chosen(owner, component);
        }
        return (Codec<Object>) chosen;
    }

    private Codec<?> chosen(Class<?> owner, RecordComponent component) {
        try {
            return codec(component.getGenericType(), component)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no codec for %s; give one to the builder"
                                    .formatted(component.getGenericType().getTypeName())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s.%s: %s".formatted(owner.getSimpleName(),
                    component.getName(), e.getMessage()), e);
        }
    }

    private Optional<Codec<?>> codec(Type type, AnnotatedElement notes) {
        Length length = notes.getAnnotation(Length.class);
        return switch (type) {
            case ParameterizedType list when list.getRawType() == List.class ->
                codec(list.getActualTypeArguments()[0], notes)
                        .map(element -> Codecs.list(element, length(length)));
            case Class<?> array when array.isArray() -> codec(array.getComponentType(), notes)
                    .map(element -> new ArrayCodec<>(array, element, length(length)));
            case Class<?> text when text == String.class ->
                Optional.of(Codecs.text(length(length)));
            case Class<?> bytes when bytes == Bytes.class ->
                Optional.of(Codecs.bytes(length(length)));
            case Class<?> single -> single(single, notes);
            default -> Optional.empty();
        };
    }

    private Optional<Codec<?>> single(Class<?> type, AnnotatedElement notes) {
        Class<?> boxed = BOXES.getOrDefault(type, type);
        if (boxed == Boolean.class) {
            return Optional.of(new MappedCodec<>("bool", Codecs.u8(),
                    (Boolean value) -> value ? 1 : 0, number -> number != 0));
        }
        if (Number.class.isAssignableFrom(boxed) && BOXES.containsValue(boxed)) {
            return Optional.of(number(boxed, notes.getAnnotation(Unsigned.class), order(notes)));
        }
        if (type == Inet4Address.class) {
            return Optional.of(Codecs.ipv4());
        }
        if (type == Inet6Address.class) {
            return Optional.of(Codecs.ipv6());
        }
        if (type == MacAddress.class) {
            return Optional.of(Codecs.mac());
        }
        return type.isRecord()
                ? Optional.of(RecordShape.of(type.asSubclass(Record.class))
                        .layOut(new ComponentCodecs(order(notes), Map.of()), false))
                : Optional.empty();
    }

    private static Codec<?> number(Class<?> boxed, @Nullable Unsigned unsigned, ByteOrder order) {
        int own = boxed == Byte.class
                ? 8
                : boxed == Short.class
                        ? 16
                        : boxed == Integer.class ? 32 : 64;
        int bits = unsigned == null ? own : unsigned.bits();
        if (Integer.bitCount(bits) != 1 || bits < 8 || bits > own) {
            throw new IllegalArgumentException(
                    "an unsigned number of %d bits is none, or does not fit into %s"
                            .formatted(bits, boxed.getSimpleName()));
        }
        // As wide as the type: all bits are taken as they are, and those above the greatest are negative here.
        return NumberCodec.of(boxed, bits / 8, bits == own, order);
    }

    private ByteOrder order(AnnotatedElement notes) {
        if (notes.isAnnotationPresent(BigEndian.class)) {
            return ByteOrder.BIG_ENDIAN;
        }
        return notes.isAnnotationPresent(LittleEndian.class) ? ByteOrder.LITTLE_ENDIAN : order;
    }

    private static int length(@Nullable Length length) {
        if (length == null) {
            throw new IllegalArgumentException("its size is not said; annotate it with @Length");
        }
        return length.value();
    }
}
