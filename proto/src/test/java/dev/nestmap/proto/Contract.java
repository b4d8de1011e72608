package dev.nestmap.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto.EnumReservedRange;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What others rely on, one line each: messages, fields with number, name, cardinality and type, enum values, methods. What is
 * in it can be read and sent by programs of every version, as long as no line changes.
 */
final class Contract {
    private final Set<String> lines = new TreeSet<>();
    /** Lines, without their end, of what was taken away for good: by number and by name. */
    private final Set<String> reserved = new TreeSet<>();

    private Contract() {}

    static Contract of(Collection<FileDescriptor> files) {
        Contract contract = new Contract();
        for (FileDescriptor file : files) {
            file.getMessageTypes().forEach(contract::add);
            file.getEnumTypes().forEach(contract::add);
            file.getServices().forEach(contract::add);
        }
        return contract;
    }

    Set<String> lines() {
        return lines;
    }

    /** Released lines that are not there any more, with what is in their place. */
    List<String> breaks(Set<String> released) {
        List<String> breaks = new ArrayList<>();
        for (String line : released) {
            if (!lines.contains(line) && !isReserved(line)) {
                List<String> now = lines.stream()
                        .filter(other -> place(other).equals(place(line)))
                        .toList();
                breaks.add(now.isEmpty()
                        ? "gone: " + line
                        : "changed: " + line + "  ->  " + String.join(", ", now));
            }
        }
        return breaks;
    }

    /** Lines that were not released yet. */
    List<String> additions(Set<String> released) {
        return lines.stream().filter(line -> !released.contains(line)).toList();
    }

    /** Numbers and names of fields and enum values may go, if nobody can ever use them for something else. */
    private boolean isReserved(String line) {
        String[] words = line.split(" ", -1);
        boolean numbered = words[0].equals("field") || words[0].equals("value");
        return numbered && reserved.contains(words[1] + " " + words[2])
                && reserved.contains(words[1] + " " + words[3]);
    }

    /** Kind, owner and number or name: what the rest of a line is about. */
    private static String place(String line) {
        String[] words = line.split(" ", 4);
        return String.join(" ", words[0], words[1], words.length > 2 ? words[2] : "");
    }

    private void add(Descriptor message) {
        if (message.getOptions().getMapEntry()) {
            return;
        }
        lines.add("message " + message.getFullName());
        for (FieldDescriptor field : message.getFields()) {
            lines.add("field %s %d %s %s %s%s".formatted(message.getFullName(), field.getNumber(),
                    field.getName(), cardinality(field), type(field),
                    field.getRealContainingOneof() == null
                            ? ""
                            : " in " + field.getRealContainingOneof().getName()));
        }
        for (ReservedRange range : message.toProto().getReservedRangeList()) {
            reserve(message.getFullName(), range.getStart(), range.getEnd() - 1);
        }
        message.toProto()
                .getReservedNameList()
                .forEach(name -> reserved.add(message.getFullName() + " " + name));
        message.getNestedTypes().forEach(this::add);
        message.getEnumTypes().forEach(this::add);
    }

    private void add(EnumDescriptor type) {
        lines.add("enum " + type.getFullName());
        for (EnumValueDescriptor value : type.getValues()) {
            lines.add("value %s %d %s".formatted(type.getFullName(), value.getNumber(),
                    value.getName()));
        }
        for (EnumReservedRange range : type.toProto().getReservedRangeList()) {
            reserve(type.getFullName(), range.getStart(), range.getEnd());
        }
        type.toProto()
                .getReservedNameList()
                .forEach(name -> reserved.add(type.getFullName() + " " + name));
    }

    private void add(ServiceDescriptor service) {
        lines.add("service " + service.getFullName());
        for (MethodDescriptor method : service.getMethods()) {
            lines.add("rpc %s %s (%s%s) returns (%s%s)".formatted(service.getFullName(),
                    method.getName(), method.isClientStreaming() ? "stream " : "",
                    method.getInputType().getFullName(),
                    method.isServerStreaming() ? "stream " : "",
                    method.getOutputType().getFullName()));
        }
    }

    private void reserve(String owner, int from, int to) {
        for (int number = from; number <= to && number - from < 10_000; number++) {
            reserved.add(owner + " " + number);
        }
    }

    private static String cardinality(FieldDescriptor field) {
        if (field.isRepeated()) {
            return field.isMapField() ? "map" : "repeated";
        }
        return field.toProto().getProto3Optional() ? "optional" : "single";
    }

    static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "<%s,%s>".formatted(type(field.getMessageType().findFieldByNumber(1)),
                    type(field.getMessageType().findFieldByNumber(2)));
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
