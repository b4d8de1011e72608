package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TypedPerCpuTest {
    /** Keys and values of unsigned int. */
    private static final String DOCUMENT = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: pc}
            spec:
              {type: percpu_hash, key: 4, value: 4, entries: 4, btf: {key: 1, value: 1, data:
              "n+sBABgAAAAAAAAAEAAAABAAAAAOAAAAAQAAAAAAAAEEAAAAIAAAAAB1bnNpZ25lZCBpbnQA"}}
            """;

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
        assertEquals("", shell.feed(DOCUMENT, "apply -f -").err());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private String values() {
        String exported = shell.run("export pc").out();
        return exported.substring(exported.indexOf("    value: ")).strip();
    }

    @Test
    void aListIsAValueForEachCpu() {
        assertEquals("", shell.run("map update name pc key 1 value [7,8]").err());
        assertEquals("value: {perCpu: [{fields: 7}, {fields: 8}]}", values());
    }

    @Test
    void whatADumpShowsCanBeTyped() {
        assertEquals("", shell.run(
                "map update name pc key 1 value [{\"cpu\":0,\"value\":9},{\"cpu\":1,\"value\":7}]")
                .err());
        assertEquals("value: {perCpu: [{fields: 9}, {fields: 7}]}", values());
        assertEquals(
                "Error: map update: value[0].cpu: must be 0: there is a value for each possible "
                        + "CPU, in their order\n",
                shell.run("map update name pc key 1 value [{\"cpu\":1,\"value\":9}]").err());
        assertEquals("Error: map update: value[1]: 4294967296 does not fit u32\n",
                shell.run("map update name pc key 1 value [1,4294967296]").err());
    }

    @Test
    void oneValueIsForAll() {
        assertEquals("", shell.run("map update name pc key 1 value 7").err());
        assertEquals("value: {fields: 7}", values());
    }

    @Test
    void aConstantNamedAsAWordOfTheGrammarHasAWayOut() {
        assertEquals(
                "Error: map update: any is a word of the grammar; a constant or text of this name "
                        + "is written '\"any\"'\n",
                shell.run("map update name pc key 1 value any").err());
        assertTrue(shell.run("map update name pc key hex value 1").err().contains("'\"hex\"'"));
    }
}
