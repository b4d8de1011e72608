package dev.nestmap.server.consensus;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers fatal messages. */
final class Failures implements FatalHandler {
    final Queue<String> messages = new ConcurrentLinkedQueue<>();

    @Override
    public void fatal(String message, Throwable cause) {
        messages.add(message);
    }
}
