package dev.nestmap.systemtests.faults;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.Command.Step;
import dev.nestmap.systemtests.faults.Ledger.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An outer array as {@link dev.nestmap.systemtests.rig.Probe} wants it, none of whose slots is ever
 * empty or holds a map that is not filled, and two ways of changing what is in them.
 */
final class SlotWrites {
    static final String OUTER = "probed_map";
    static final int SLOTS = 8;
    static final int INNER_ENTRIES = 4;

    private static final int POOL = 8;
    private static final long POOL_NUMBERS = 1L << 32;
    // Slots 0 and 1 stay as they are.
    private static final int FIRST_SWAPPED = 2;
    private static final int SWAPPED = 4;
    private static final int FIRST_FRESH = FIRST_SWAPPED + SWAPPED;

    private SlotWrites() {}

    /** Creates the outer map, with a filled map in each slot from the first moment on. */
    static void createMaps(NestmapClient client) {
        for (int i = 0; i < POOL; i++) {
            client.maps().create(inner("pool_" + i));
            client.map("pool_" + i)
                    .update(Bytes.u32le(0), new Value.Data(Bytes.u64le(POOL_NUMBERS + i)));
        }
        List<Step> steps = new ArrayList<>();
        steps.add(new Command.Create(
                MapSpec.of(Writers.NAMESPACE, OUTER, MapType.ARRAY_OF_MAPS, 4, 4, SLOTS),
                new InnerSource.CopiedFrom(ref("pool_0"))));
        for (int slot = 0; slot < SLOTS; slot++) {
            steps.add(put(slot, "pool_" + slot));
        }
        Writers.txn(client, steps);
    }

    /** Puts another of the maps that are there into a slot. */
    static Writers.Write swaps() {
        return new Writers.Write() {
            @Override
            public Map<Cell, Long> cells(long number) {
                return Map.of(cell(slot(number)), POOL_NUMBERS + poolIndex(number));
            }

            @Override
            public void send(NestmapClient client, long number) {
                client.map(OUTER)
                        .update(Bytes.u32le(slot(number)),
                                new Value.Slot(ref("pool_" + poolIndex(number))));
            }

            private int slot(long number) {
                return FIRST_SWAPPED + (int) (number % SWAPPED);
            }

            private int poolIndex(long number) {
                return (int) (number / SWAPPED % POOL);
            }
        };
    }

    /** Creates a map, fills it, puts it into a slot and takes its name away, all at once. */
    static Writers.Write freshMaps() {
        return new Writers.Write() {
            @Override
            public Map<Cell, Long> cells(long number) {
                return Map.of(cell(slot(number)), number);
            }

            @Override
            public void send(NestmapClient client, long number) {
                String name = "fresh_" + number;
                Writers.txn(client, List.of(
                        new Command.Create(
                                inner(name).withPlacement(new Placement.FollowsOuter()),
                                new InnerSource.None()),
                        Writers.update(name, Bytes.u32le(0), number), put(slot(number), name),
                        new Command.Delete(ref(name))));
            }

            private int slot(long number) {
                return FIRST_FRESH + (int) (number % (SLOTS - FIRST_FRESH));
            }
        };
    }

    private static MapSpec inner(String name) {
        return MapSpec.of(Writers.NAMESPACE, name, MapType.ARRAY, 4, 8, INNER_ENTRIES);
    }

    private static Cell cell(int slot) {
        return new Cell.InSlot(OUTER, Bytes.u32le(slot));
    }

    private static Step put(int slot, String inner) {
        return new Command.Update(ref(OUTER), Bytes.u32le(slot), new Value.Slot(ref(inner)),
                UpdateFlags.ANY);
    }

    private static MapRef ref(String name) {
        return new MapRef.ByName(Writers.NAMESPACE, name);
    }
}
