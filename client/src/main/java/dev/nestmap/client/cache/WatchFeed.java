package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.time.Duration;
import java.util.Optional;

/** The real feed: a watch of a client on one map of one cluster. */
record WatchFeed(NestmapClient client, Watch watch, String clusterId) implements Feed {
    /** Opens them. */
    record OfClient(NestmapClient client, MapIdentity map, long maxEventBytes) implements Source {
        @Override
        public Feed open(long fromRevision) {
            WatchOptions what = WatchOptions.map(map.description().id())
                    .withFromRevision(fromRevision)
                    .withMaxEventBytes(maxEventBytes);
            return new WatchFeed(client, client.watch(what), map.clusterId());
        }

        @Override
        public long newestRevision() {
            Answer<MapDescription> now = client.map(map.openedAs()).describe();
            requireCluster(map.clusterId(), now.origin().clusterId());
            if (now.value().id() != map.description().id()) {
                throw NestmapException.refused(new Refusal(Errno.ENOENT,
                        "%s is another map now (id %d, it was %d)".formatted(map.openedAs(),
                                now.value().id(), map.description().id())));
            }
            return now.revision();
        }
    }

    @Override
    public long requestProgress() {
        return watch.requestProgress();
    }

    @Override
    public Optional<WatchEvent> poll(Duration longest) {
        Optional<WatchEvent> event = watch.poll(longest);
        if (event.isPresent()) {
            // A watch knows only what answered it first.
            watch.clusterId().ifPresent(answering -> requireCluster(clusterId, answering));
        } else if (client.isClosed()) {
            // A watch whose client was closed is silent; this is not.
            throw NestmapException.of(Kind.CLOSED, "the client is closed");
        }
        return event;
    }

    @Override
    public long lastHeardNanos() {
        return watch.lastHeardNanos();
    }

    @Override
    public void close() {
        watch.close();
    }

    private static void requireCluster(String expected, String answering) {
        if (!expected.equals(answering)) {
            throw NestmapException.of(Kind.WRONG_CLUSTER,
                    "cluster %s answers now, it was %s before".formatted(answering, expected));
        }
    }
}
