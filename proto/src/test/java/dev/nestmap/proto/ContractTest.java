package dev.nestmap.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto.EnumReservedRange;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The test of the rule: every kind of change that it must see, and those that it must let pass. */
class ContractTest {
    private static final Set<String> RELEASED = contract(file -> {}).lines();

    @Test
    void theContractIsWrittenAsItIsReviewed() {
        assertEquals(
                Set.of("message p.M", "field p.M 1 a single uint32", "field p.M 2 b single string",
                        "field p.M 3 c single bytes in kind", "enum p.E", "value p.E 0 ZERO",
                        "value p.E 1 ONE", "service p.S", "rpc p.S Do (p.M) returns (stream p.M)"),
                RELEASED);
    }

    @Test
    void whatIsAddedBreaksNothingAndIsNamed() {
        Contract grown = contract(file -> {
            file.getMessageTypeBuilder(0).addField(field("d", 4, Type.TYPE_BOOL));
            file.getEnumTypeBuilder(0)
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("TWO").setNumber(2));
        });
        assertEquals(List.of(), grown.breaks(RELEASED));
        assertEquals(List.of("field p.M 4 d single bool", "value p.E 2 TWO"),
                grown.additions(RELEASED));
    }

    @Test
    void everyChangeOfAFieldIsSeen() {
        assertBreak("changed: field p.M 1 a single uint32  ->  field p.M 1 z single uint32",
                file -> first(file).setName("z"));
        assertBreak("changed: field p.M 1 a single uint32  ->  field p.M 1 a single uint64",
                file -> first(file).setType(Type.TYPE_UINT64));
        assertBreak("changed: field p.M 1 a single uint32  ->  field p.M 1 a repeated uint32",
                file -> first(file).setLabel(Label.LABEL_REPEATED));
        assertBreak("gone: field p.M 1 a single uint32", file -> first(file).setNumber(9));
        assertBreak("gone: field p.M 1 a single uint32",
                file -> file.getMessageTypeBuilder(0).removeField(0));
        assertBreak(
                "changed: field p.M 1 a single uint32  ->  field p.M 1 a single uint32 in kind",
                file -> first(file).setOneofIndex(0));
        assertBreak("changed: field p.M 3 c single bytes in kind  ->  field p.M 3 c single bytes",
                file -> {
                    file.getMessageTypeBuilder(0).getFieldBuilder(2).clearOneofIndex();
                    file.getMessageTypeBuilder(0).clearOneofDecl();
                });
    }

    @Test
    void aFieldMayGoOnlyWhereBothItsNumberAndItsNameAreReserved() {
        assertBreak("gone: field p.M 1 a single uint32", file -> file.getMessageTypeBuilder(0)
                .addReservedName("a")
                .removeField(0));
        assertBreak("gone: field p.M 1 a single uint32", file -> file.getMessageTypeBuilder(0)
                .addReservedRange(range(1))
                .removeField(0));
        assertEquals(List.of(), contract(file -> file.getMessageTypeBuilder(0)
                .addReservedRange(range(1))
                .addReservedName("a")
                .removeField(0)).breaks(RELEASED));
    }

    @Test
    void everyChangeOfAnEnumIsSeen() {
        assertBreak("changed: value p.E 1 ONE  ->  value p.E 1 UNO",
                file -> file.getEnumTypeBuilder(0).getValueBuilder(1).setName("UNO"));
        assertBreak("gone: value p.E 1 ONE", file -> file.getEnumTypeBuilder(0).removeValue(1));
        assertEquals(List.of(), contract(file -> file.getEnumTypeBuilder(0)
                .addReservedRange(EnumReservedRange.newBuilder().setStart(1).setEnd(1))
                .addReservedName("ONE")
                .removeValue(1)).breaks(RELEASED));
    }

    @Test
    void everyChangeOfAServiceIsSeen() {
        assertBreak(
                "changed: rpc p.S Do (p.M) returns (stream p.M)  ->  rpc p.S Do (p.M) returns (p.M)",
                file -> file.getServiceBuilder(0).getMethodBuilder(0).setServerStreaming(false));
        assertBreak("gone: rpc p.S Do (p.M) returns (stream p.M)",
                file -> file.getServiceBuilder(0).getMethodBuilder(0).setName("Did"));
        assertEquals(
                List.of("gone: rpc p.S Do (p.M) returns (stream p.M)", "gone: service p.S"),
                contract(file -> file.removeService(0)).breaks(RELEASED));
    }

    private static void assertBreak(String expected, Consumer<FileDescriptorProto.Builder> change) {
        assertEquals(List.of(expected), contract(change).breaks(RELEASED));
    }

    private static FieldDescriptorProto.Builder first(FileDescriptorProto.Builder file) {
        return file.getMessageTypeBuilder(0).getFieldBuilder(0);
    }

    private static DescriptorProto.ReservedRange range(int number) {
        return DescriptorProto.ReservedRange.newBuilder()
                .setStart(number)
                .setEnd(number + 1)
                .build();
    }

    private static FieldDescriptorProto field(String name, int number, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(type)
                .build();
    }

    private static Contract contract(Consumer<FileDescriptorProto.Builder> change) {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("p.proto")
                .setPackage("p")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("M")
                        .addField(field("a", 1, Type.TYPE_UINT32))
                        .addField(field("b", 2, Type.TYPE_STRING))
                        .addField(field("c", 3, Type.TYPE_BYTES).toBuilder().setOneofIndex(0))
                        .addOneofDecl(OneofDescriptorProto.newBuilder().setName("kind")))
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("E")
                        .addValue(
                                EnumValueDescriptorProto.newBuilder().setName("ZERO").setNumber(0))
                        .addValue(
                                EnumValueDescriptorProto.newBuilder().setName("ONE").setNumber(1)))
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("S")
                        .addMethod(MethodDescriptorProto.newBuilder()
                                .setName("Do")
                                .setInputType(".p.M")
                                .setOutputType(".p.M")
                                .setServerStreaming(true)));
        change.accept(file);
        try {
            return Contract.of(List.of(
                    FileDescriptor.buildFrom(file.build(), new FileDescriptor[0])));
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }
}
