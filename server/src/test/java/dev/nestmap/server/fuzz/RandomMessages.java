package dev.nestmap.server.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Random;

/**
 * Messages of any type, filled at random by their descriptors, so that fields which do not exist yet are filled as well. What a
 * field usually holds is guessed from its name, so that many requests make sense and get deep; the rest is as odd as it can be.
 */
public final class RandomMessages {
    private static final int DEEPEST = 6;
    private static final List<String> MAPS = List.of("a", "b", "c", "d", "e");
    private static final List<Long> ODD_NUMBERS = List.of(0L, 1L, 2L, 3L, 4L, 5L, 7L, 8L, 16L, 63L,
            64L, 255L, 256L, 4096L, 32768L, 65536L, 1L << 20, (1L << 20) + 1, 1L << 28, 1L << 31,
            (1L << 31) - 1, (1L << 32) - 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1L, -2L);
    private static final List<String> ODD_TEXTS = List.of("", "a", "default", "A_b9", "no space",
            "ä€𝄞",
            "\u0000", "../..", "/sys/fs/bpf/x", "/", "ifindex(\"lo\")", "ifindex(\"",
            "prog(\"/sys/fs/bpf/p\")",
            "cgroup(\"/sys/fs/cgroup\")", "x".repeat(63), "x".repeat(64), "x".repeat(5000),
            "%s%n{}");

    private final Random random;

    /** From a source of randomness, for one thread. */
    public RandomMessages(Random random) {
        this.random = random;
    }

    /** One message. */
    public DynamicMessage message(Descriptor type) {
        return message(type, 0);
    }

    /** One message of a generated type. */
    @SuppressWarnings("unchecked")
    public <M extends Message> M like(M example) {
        try {
            return (M) example.newBuilderForType()
                    .mergeFrom(message(example.getDescriptorForType()).toByteString())
                    .build();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException("its own bytes", e);
        }
    }

    private DynamicMessage message(Descriptor type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof == null && random.nextInt(8) != 0) {
                fill(message, field, depth);
            }
        }
        for (OneofDescriptor oneof : type.getRealOneofs()) {
            if (random.nextInt(16) != 0) {
                fill(message, oneof.getField(random.nextInt(oneof.getFieldCount())), depth);
            }
        }
        return message.build();
    }

    private void fill(DynamicMessage.Builder message, FieldDescriptor field, int depth) {
        boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
        if (nested && depth == DEEPEST) {
            return;
        }
        if (!field.isRepeated()) {
            message.setField(field, value(field, depth));
            return;
        }
        for (int count = random.nextInt(4); count > 0; count--) {
            message.addRepeatedField(field, value(field, depth));
        }
    }

    private Object value(FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(field.getMessageType(), depth + 1);
            case BOOLEAN -> random.nextBoolean();
            case ENUM -> enumValue(field);
            case STRING -> text(field.getName());
            case BYTE_STRING -> bytes(field.getName());
            case INT -> (int) number(field.getName());
            case LONG -> number(field.getName());
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
        };
    }

    private EnumValueDescriptor enumValue(FieldDescriptor field) {
        return field.getEnumType()
                .findValueByNumberCreatingIfUnknown(random.nextInt(
                        field.getEnumType().getValues().size() + 1));
    }

    private long number(String field) {
        if (random.nextInt(4) == 0) {
            return ODD_NUMBERS.get(random.nextInt(ODD_NUMBERS.size()));
        }
        return switch (field) {
            case "format" -> 1;
            case "number" -> 1 + random.nextInt(33);
            case "key_size" -> random.nextInt(4) == 0 ? 8 : 4;
            case "value_size" -> random.nextBoolean() ? 4 : 8;
            case "max_entries" -> 1 + random.nextInt(5);
            case "flags", "elem_flags", "map_extra" -> random.nextInt(3) == 0 ? 1 : 0;
            case "at_least_revision", "from_revision" -> random.nextInt(4);
            case "call_id" -> random.nextLong();
            default -> random.nextInt(10);
        };
    }

    private String text(String field) {
        if (random.nextInt(6) == 0) {
            return ODD_TEXTS.get(random.nextInt(ODD_TEXTS.size()));
        }
        return switch (field) {
            case "namespace" -> random.nextBoolean() ? "" : "default";
            case "pin_path", "pinned" -> "";
            case "expression" -> "ifindex(\"lo\")";
            default -> MAPS.get(random.nextInt(MAPS.size()));
        };
    }

    private ByteString bytes(String field) {
        int size = random.nextInt(8) == 0
                ? random.nextInt(40)
                : switch (field) {
                    case "client_id", "origin" -> 16;
                    case "data" -> random.nextBoolean() ? 4 : 8;
                    default -> random.nextInt(4) == 0 ? 8 : 4;
                };
        byte[] bytes = new byte[size];
        if (random.nextInt(4) == 0 || field.equals("client_id")) {
            random.nextBytes(bytes);
        } else if (size > 0) {
            bytes[0] = (byte) random.nextInt(6);
        }
        return ByteString.copyFrom(bytes);
    }
}
