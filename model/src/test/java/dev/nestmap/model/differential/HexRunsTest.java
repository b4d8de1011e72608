package dev.nestmap.model.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.model.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexRunsTest {
    @Test
    void aLongRunIsWrittenOnce() {
        Bytes bytes = Bytes.hex("ff").concat(Bytes.zeros(1 << 20)).concat(Bytes.hex("0707"));
        assertEquals("ff(00*1048576)0707", HexRuns.text(bytes));
        assertEquals(bytes, HexRuns.parse("ff(00*1048576)0707"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f", "fg", "00(00*)", "(00*4", "(00*4)x"})
    void whatIsNoneIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> HexRuns.parse(text));
    }
}
