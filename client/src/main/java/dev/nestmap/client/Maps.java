package dev.nestmap.client;

import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.List;

/** Defines and lists maps; waits and throws as {@link MapHandle} does. */
public final class Maps {
    private final AsyncMaps async;
    private final String namespace;

    Maps(AsyncMaps async, String namespace) {
        this.async = async;
        this.namespace = namespace;
    }

    /** The same, read with another consistency. */
    public Maps reading(Consistency consistency) {
        return new Maps(async.reading(consistency), namespace);
    }

    /** BPF_MAP_CREATE of a map that is no outer map. EEXIST where the name is taken. */
    public Answer<MapDescription> create(MapSpec spec) {
        return create(spec, new InnerSource.None());
    }

    /** BPF_MAP_CREATE; the spec's own template is ignored. EEXIST where the name is taken. */
    public Answer<MapDescription> create(MapSpec spec, InnerSource inner) {
        return Wait.on(async.create(spec, inner));
    }

    /** All maps of the client's namespace, ordered by id. */
    public Answer<List<MapDescription>> list() {
        return list(namespace);
    }

    /**
     * All maps, ordered by id, those without a name too. Where there are more than 1000 the pages see revisions of
     * their own; the answer's is that of the first.
     *
     * @param ofNamespace empty: of all namespaces
     */
    public Answer<List<MapDescription>> list(String ofNamespace) {
        return Wait.on(async.list(ofNamespace));
    }
}
