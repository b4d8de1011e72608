package dev.nestmap.proto;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The reference of the API as a page: services first, then messages, with the comments of the protos. */
final class ApiPage {
    private final StringBuilder page = new StringBuilder();
    private final List<String> withoutComment = new ArrayList<>();
    private Comments comments;

    private ApiPage(Comments first) {
        this.comments = first;
    }

    /** A page and what it could say nothing about. */
    record Rendered(String text, List<String> withoutComment) {}

    static Rendered render(List<FileDescriptor> files) throws IOException {
        Comments common = read(files.getLast());
        ApiPage rendered = new ApiPage(common);
        rendered.line("# API reference");
        rendered.line("");
        rendered.line("Made from the comments in `proto/src/main/proto`; do not edit.");
        rendered.line("");
        rendered.line("What was released in a .proto file stays: "
                + "`proto/src/test/resources/released.txt` lists every field, enum value and method, "
                + "and a test fails where one of them changes or goes without its number and its name "
                + "being reserved. After adding to a proto, run");
        rendered.line("`" + Protos.REFRESH_COMMAND
                + "`, which adds what is new to that list and to this page and refuses the rest.");
        rendered.line("");
        rendered.line("```text");
        rendered.line(common.ofFile()
                .lines()
                .map(String::stripTrailing)
                .map(line -> line.startsWith(" ") ? line.substring(1) : line)
                .reduce((a, b) -> a + "\n" + b)
                .orElse(""));
        rendered.line("```");
        for (FileDescriptor file : files) {
            rendered.comments = read(file);
            file.getServices().forEach(rendered::service);
        }
        for (FileDescriptor file : files) {
            rendered.comments = read(file);
            rendered.line("");
            rendered.line("## Messages of `" + file.getName() + "`");
            file.getMessageTypes().forEach(rendered::message);
            file.getEnumTypes().forEach(rendered::type);
        }
        return new Rendered(rendered.page.toString(), List.copyOf(rendered.withoutComment));
    }

    private static Comments read(FileDescriptor file) throws IOException {
        return Comments.read(Protos.SOURCES.resolve(file.getName()), file.getPackage());
    }

    private void service(ServiceDescriptor service) {
        line("");
        line("## " + service.getName());
        line("");
        line(comment(service));
        line("");
        line("| method | request | answer | |");
        line("| --- | --- | --- | --- |");
        for (MethodDescriptor method : service.getMethods()) {
            line("| `%s` | %s%s | %s%s | %s |".formatted(method.getName(),
                    method.isClientStreaming() ? "stream of " : "", link(method.getInputType()),
                    method.isServerStreaming() ? "stream of " : "", link(method.getOutputType()),
                    cell(comment(method))));
        }
    }

    private void message(Descriptor message) {
        if (message.getOptions().getMapEntry()) {
            return;
        }
        line("");
        line("### " + name(message));
        line("");
        line(comment(message));
        if (!message.getFields().isEmpty()) {
            line("");
            line("| no. | field | type | |");
            line("| --- | --- | --- | --- |");
            message.getFields().forEach(this::field);
        }
        message.getNestedTypes().forEach(this::message);
        message.getEnumTypes().forEach(this::type);
    }

    private void field(FieldDescriptor field) {
        String oneof = field.getRealContainingOneof() == null
                ? ""
                : "one of `" + field.getRealContainingOneof().getName() + "`: ";
        line("| %d | `%s` | %s | %s%s |".formatted(field.getNumber(), field.getName(), type(field),
                oneof, cell(comment(field))));
    }

    private void type(EnumDescriptor type) {
        line("");
        line("### " + name(type));
        line("");
        line(comment(type));
        line("");
        line("| no. | value | |");
        line("| --- | --- | --- |");
        type.getValues()
                .forEach(value -> line("| %d | `%s` | %s |".formatted(value.getNumber(),
                        value.getName(),
                        cell(comment(type.getFullName() + "." + value.getName())))));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map of %s to %s".formatted(
                    type(field.getMessageType().findFieldByNumber(1)),
                    type(field.getMessageType().findFieldByNumber(2)));
        }
        String one = switch (field.getJavaType()) {
            case MESSAGE -> link(field.getMessageType());
            case ENUM -> link(field.getEnumType());
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                "`" + Contract.type(field) + "`";
        };
        return (field.isRepeated() ? "repeated " : "")
                + (field.toProto().getProto3Optional() ? "optional " : "") + one;
    }

    private static String link(GenericDescriptor type) {
        return "[%s](#%s)".formatted(name(type),
                name(type).toLowerCase(java.util.Locale.ROOT).replace(".", ""));
    }

    /** Without the package, with the messages around it. */
    private static String name(GenericDescriptor type) {
        return type.getFullName().substring(type.getFile().getPackage().length() + 1);
    }

    private String comment(GenericDescriptor element) {
        return comment(element.getFullName());
    }

    private String comment(String fullName) {
        String comment = comments.of(fullName);
        if (comment.isEmpty()) {
            withoutComment.add(fullName);
        }
        return comment;
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
