package dev.nestmap.server.feed;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.state.MapState;
import java.util.Optional;

/**
 * What a dump is of.
 *
 * @param revision the version that is dumped
 * @param behind the stored key behind which it begins; empty: from the first
 */
public record DumpStart(MapState map, long revision, Optional<Bytes> behind) {}
