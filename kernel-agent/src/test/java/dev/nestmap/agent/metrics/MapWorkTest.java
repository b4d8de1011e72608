package dev.nestmap.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.reconcile.Deed;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.model.map.MapType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MapWorkTest {
    private final MapWork work = new MapWork(new SimpleMeterRegistry());

    @Test
    void mapsThatComeAndGoAreForgottenThoughNobodyAsksForTheFigures() {
        HeldMap held = new HeldMap(7, "default", "stays", Path.of("/p"), 1, 0, MapType.HASH, 8, 0,
                OptionalLong.empty());
        work.saw(new Deed(7, "default/stays", Deed.Kind.UPDATE, 3), 10, OptionalInt.empty());
        int most = 0;
        for (long id = 100; id < 10_100; id++) {
            work.saw(new Deed(id, "default/m" + id, Deed.Kind.CREATE, 1), 10, OptionalInt.empty());
            work.trim(() -> List.of(held));
            most = Math.max(most, work.size());
        }
        assertTrue(most <= 1003, "it held the figures of " + most + " maps");
        assertEquals("{stays=3}", work.of(7)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(done -> done.getKey().map().replace("default/", ""),
                        done -> done.getValue().sum()))
                .toString());
    }
}
