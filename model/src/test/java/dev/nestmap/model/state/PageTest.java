package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a page of a batch ends. */
class PageTest {
    private static final int LIMIT_BYTES = 1 << 20;
    private final Fleet fleet = new Fleet();

    private List<Element> page() {
        var outcome = Reads.lookupBatch(fleet.state, name("m"), Bytes.empty(), Integer.MAX_VALUE,
                LIMIT_BYTES, 0);
        return ((Outcome.Done<Reads.Page>) outcome).value().elements();
    }

    @Test
    void aValueForEachCpuCountsAsOften() {
        fleet.create(spec("m", MapType.PERCPU_HASH, 4, 8, 2000));
        Value values = new Value.PerCpu(Collections.nCopies(512, Bytes.zeros(8)));
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            elements.add(new Element(Bytes.u32le(i), values));
        }
        fleet.ok(new Command.UpdateBatch(name("m"), elements, 0));
        int size = page().size();
        assertTrue(size > 100 && size * 512L * 8 <= LIMIT_BYTES + 512 * 8, size + " elements");
    }

    @Test
    void oneElementIsAlwaysGiven() {
        fleet.create(spec("m", MapType.HASH, 4, LIMIT_BYTES, 2000));
        for (int i = 0; i < 3; i++) {
            fleet.ok(new Command.Update(name("m"), Bytes.u32le(i),
                    new Value.Data(Bytes.zeros(LIMIT_BYTES)), 0));
        }
        assertEquals(1, page().size());
    }
}
