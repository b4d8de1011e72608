package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeExpressionTest {
    private static final String PROGRAM = "prog(\"/sys/fs/bpf/p\")";
    private static final Bytes KEY = Bytes.u32le(0);

    @Test
    void theTextFormIsParsedAndMadeRegular() {
        assertEquals(Optional.of(new NodeExpression(List.of(new NodeExpression.Ifindex("eth0.5"),
                new NodeExpression.Program("/sys/fs/bpf/p")))),
                NodeExpression.parse(" ifindex( \"eth0.5\" ) ,prog(\"/sys/fs/bpf/p\")"));
        assertEquals("qsize(192), " + PROGRAM,
                NodeExpression.parse("qsize(192)," + PROGRAM).orElseThrow().toString());
        assertEquals(Optional.of(NodeExpression.of(new NodeExpression.PossibleCpus())),
                NodeExpression.parse(" cpus( ) "));
        assertEquals("cgroup", NodeExpression.parse("cgroup(\"/sys/fs/cgroup\")")
                .orElseThrow()
                .shape());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eth0", "ifindex(eth0)", "ifindex(\"eth0\"", "ifindex(\"\")",
            "ifindex(\"..\")", "ifindex(\"sixteen_letters_\")", "ifindex(\"a b\")",
            "ifindex(\"e\"),",
            "ifindex(\"e\") prog(\"/p\")", "prog(\"p\")", "prog(\"/a\nb\")", "qsize(\"1\")",
            "qsize(-1)",
            "qsize(1234567890)", "ifindex(1)", "x(\"/p\")", "cpus", "cpus(1)", "cpus(\"x\")",
            "ifindex()", "qsize()", "prog()",
            "cpus(", "cpus(),"})
    void otherTextIsNone(String text) {
        assertEquals(Optional.empty(), NodeExpression.parse(text));
    }

    /** It is parsed while a write is applied: a text that takes its time stops every member, and again when it starts. */
    @ParameterizedTest
    @ValueSource(strings = {" ", "a", "(", "ifindex(", "prog(\"", "ifindex(\"e\"),", "cpus(),",
            "1"})
    void textOfAnyLengthIsRefusedAtOnce(String repeated) {
        Tried programs = new Tried(Tried.spec(MapType.PROG_ARRAY, 4, 4, 2, 0));
        for (int length : new int[]{NodeExpression.TEXT_LIMIT, 4 << 20}) {
            Value hostile = new Value.Expression(
                    repeated.repeat(length / repeated.length()));
            assertTimeout(Duration.ofSeconds(1), () -> programs.refused(Errno.EINVAL, KEY, hostile,
                    0));
        }
    }

    @Test
    void theLongestPathsFit() {
        String path = "/" + "p".repeat(4094);
        new Tried(Tried.spec(MapType.PROG_ARRAY, 4, 4, 2, 0)).put(KEY,
                new Value.Expression("prog(\"" + path + "\")"));
        assertEquals(2, NodeExpression.parse("prog(\"%s\"), cgroup(\"%s\")".formatted(path, path))
                .orElseThrow()
                .terms()
                .size());
        String tooLong = "prog(\"/p\")" + " ".repeat(NodeExpression.TEXT_LIMIT);
        assertEquals(
                Optional.of(
                        "update \"default/m\": the node expression has 8714 characters, at most "
                                + "8704 are possible"),
                new Tried(Tried.spec(MapType.PROG_ARRAY, 4, 4, 2, 0)).elements()
                        .update(KEY, new Value.Expression(tooLong), 0, _ -> null)
                        .map(Refusal::rule));
    }

    @Test
    void eachTypeTakesItsOwn() {
        takes(MapType.PROG_ARRAY, 4, PROGRAM);
        takes(MapType.CGROUP_ARRAY, 4, "cgroup(\"/sys/fs/cgroup/x\")");
        takes(MapType.DEVMAP, 4, "ifindex(\"lo\")");
        takes(MapType.DEVMAP_HASH, 8, "ifindex(\"lo\"), " + PROGRAM);
        takes(MapType.CPUMAP, 8, "qsize(192), " + PROGRAM);
        refuses(MapType.PROG_ARRAY, 4, "ifindex(\"lo\")");
        refuses(MapType.CGROUP_ARRAY, 4, PROGRAM);
        refuses(MapType.DEVMAP, 4, "ifindex(\"lo\"), " + PROGRAM);
        refuses(MapType.CPUMAP, 4, "qsize(192), " + PROGRAM);
        refuses(MapType.CPUMAP, 8, "qsize(192)");
        refuses(MapType.HASH, 4, PROGRAM);
    }

    @Test
    void aFileDescriptorMeansNothingOnAnotherHost() {
        Tried programs = new Tried(Tried.spec(MapType.PROG_ARRAY, 4, 4, 2, 0));
        programs.refused(Errno.EBADF, KEY, Tried.data(3, 0, 0, 0), 0);
        programs.refused(Errno.EINVAL, KEY, Tried.data(3, 0, 0, 0), UpdateFlags.NOEXIST);
        programs.refused(Errno.E2BIG, Bytes.u32le(2), Tried.data(3, 0, 0, 0), 0);
        Tried devices = new Tried(Tried.spec(MapType.DEVMAP, 4, 8, 2, 0));
        devices.refused(Errno.EINVAL, KEY, Tried.data(1, 0, 0, 0, 9, 0, 0, 0), 0);
        Tried cpus = new Tried(Tried.spec(MapType.CPUMAP, 4, 8, 2, 0));
        cpus.refused(Errno.ENOMEM, KEY, Tried.data(1, 0, 0, 0, 9, 0, 0, 0), 0);
        cpus.refused(Errno.EOVERFLOW, KEY, Tried.data(1, 64, 0, 0, 0, 0, 0, 0), 0);
        cpus.refused(Errno.EOVERFLOW, KEY,
                new Value.Expression("qsize(16385), " + PROGRAM), 0);
    }

    @Test
    void queueSizeZeroClearsACpu() {
        Tried cpus = new Tried(Tried.spec(MapType.CPUMAP, 4, 4, 2, 0));
        cpus.put(KEY, Tried.data(192, 0, 0, 0));
        assertEquals(Tried.data(192, 0, 0, 0), cpus.lookup(KEY));
        cpus.put(KEY, Tried.data(0, 0, 0, 0));
        assertEquals(Errno.ENOENT, cpus.lookup(KEY));
    }

    private static void takes(MapType type, int valueSize, String text) {
        Tried tried = new Tried(Tried.spec(type, 4, valueSize, 1, 0));
        tried.put(KEY, new Value.Expression(text));
        assertEquals(new Value.Expression(text), tried.lookup(KEY));
        assertEquals(1, tried.all().size());
    }

    private static void refuses(MapType type, int valueSize, String text) {
        new Tried(Tried.spec(type, 4, valueSize, 1, 0)).refused(Errno.EINVAL, KEY,
                new Value.Expression(text), 0);
    }
}
