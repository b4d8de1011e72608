package dev.nestmap.client.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A record class opened up: its components, how to read them, how to make one. */
record RecordShape<R extends Record>(
        Class<R> type,
        List<RecordComponent> components,
        List<MethodHandle> accessors,
        MethodHandle constructor) {

    static <R extends Record> RecordShape<R> of(Class<R> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is no record");
        }
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 0) {
            throw new IllegalArgumentException(type.getName() + " has no components");
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type,
                    MethodHandles.lookup());
            Class<?>[] types = Arrays.stream(components)
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            List<MethodHandle> accessors = new ArrayList<>();
            for (RecordComponent component : components) {
                accessors.add(lookup.unreflect(component.getAccessor())
                        .asType(MethodType.methodType(Object.class, Object.class)));
            }
            MethodHandle constructor = lookup
                    .findConstructor(type, MethodType.methodType(void.class, types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordShape<>(type, List.of(components), List.copyOf(accessors),
                    constructor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: open its package to this module (%s)"
                            .formatted(type.getName(), e.getMessage()),
                    e);
        }
    }

    String name() {
        return type.getSimpleName();
    }

    void require(String component) {
        if (components.stream().noneMatch(known -> known.getName().equals(component))) {
            throw new IllegalArgumentException("%s has no component \"%s\", it has %s".formatted(
                    name(), component, components.stream().map(RecordComponent::getName).toList()));
        }
    }

    /** The components one behind the other, aligned unless packed. */
    StructCodec<R> layOut(ComponentCodecs codecs, boolean packed) {
        List<StructCodec.Member> members = new ArrayList<>();
        int end = 0;
        int alignment = 1;
        for (int i = 0; i < components.size(); i++) {
            Codec<Object> codec = codecs.of(type, components.get(i));
            int needed = packed ? 1 : codec.alignmentBytes();
            int offset = Sizes.align(end, needed);
            members.add(member(i, offset, codec));
            end = offset + codec.sizeBytes();
            alignment = Math.max(alignment, needed);
        }
        return new StructCodec<>(this, members, Sizes.align(end, alignment), alignment);
    }

    StructCodec.Member member(int index, int offset, Codec<Object> codec) {
        return new StructCodec.Member(components.get(index).getName(), accessors.get(index),
                offset, codec);
    }

    static Object read(MethodHandle accessor, Record from) {
        try {
            return (Object) accessor.invokeExact((Object) from);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("an accessor failed", e);
        }
    }

    R create(Object[] values) {
        try {
            return type.cast((Object) constructor.invokeExact(values));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the constructor of " + name() + " failed", e);
        }
    }
}
