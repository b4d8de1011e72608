package dev.nestmap.agent.local;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a channel when its time is over, which ends whatever waits on it. Closed before, it does nothing. */
final class Deadline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

    private final Thread thread;

    private Deadline(Thread thread) {
        this.thread = thread;
    }

    static Deadline of(Channel channel, Duration time) {
        return new Deadline(Thread.ofVirtual()
                .name("nestmap-status-deadline")
                .start(() -> await(channel, time)));
    }

    private static void await(Channel channel, Duration time) {
        try {
            Thread.sleep(time);
            channel.close();
        } catch (InterruptedException inTime) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("close a connection that took too long", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
