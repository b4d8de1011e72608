package dev.nestmap.server.live;

import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One read at one agent. One thread reads the answers; they come from the thread of the agent's stream. */
final class Conversation implements AutoCloseable {
    /** The one page that was asked for; where its place is taken, the agent does not keep to the rules. */
    private static final int PAGES = 1;

    private final AgentLink link;
    private final long id;
    private final BlockingQueue<LiveAnswer> answers = new ArrayBlockingQueue<>(PAGES);
    /** Written by the thread that reads the answers. */
    private volatile boolean finished;

    Conversation(AgentLink link, long id) {
        this.link = link;
        this.id = id;
    }

    long id() {
        return id;
    }

    /** The next part of the answer; empty where none came in this time. Behind the end nothing comes. */
    Optional<LiveAnswer> next(Duration patience) throws InterruptedException {
        LiveAnswer answer = answers.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (answer != null && !answer.hasPage() && !answer.hasPinned()) {
            finished = true;
        }
        return Optional.ofNullable(answer);
    }

    /** The page was taken, the next one is asked for. */
    void more() throws InterruptedException {
        link.more(id);
    }

    synchronized void answered(LiveAnswer answer) {
        if (!answers.offer(answer)) {
            fail("its agent sent more than it was asked for; is it of another version?");
        }
    }

    synchronized void agentIsGone() {
        fail("its agent went away meanwhile; ask again when it follows");
    }

    private void fail(String why) {
        answers.clear();
        boolean _ = answers.offer(LiveAnswer.newBuilder()
                .setId(id)
                .setFailure(LiveFailure.newBuilder().setMessage(why))
                .build());
    }

    @Override
    public void close() {
        link.leave(id, finished);
    }
}
