package dev.nestmap.server.consensus;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/** Cuts members of this process off from the others: what they send is refused where it arrives, and what is sent to them. */
final class Cut implements AutoCloseable {
    private static final List<String> CALLS = List.of("RaftServerImpl.requestVote",
            "RaftServerImpl.appendEntries", "RaftServerImpl.installSnapshot");
    private final Set<String> off = ConcurrentHashMap.newKeySet();

    Cut() {
        for (String call : CALLS) {
            CodeInjectionForTesting.put(call, (local, remote, arguments) -> {
                if (off.contains(String.valueOf(local)) || off.contains(String.valueOf(remote))) {
                    throw new IllegalStateException("cut off by the test");
                }
                return false;
            });
        }
    }

    void off(String memberId) {
        off.add(memberId);
    }

    @Override
    public void close() {
        CALLS.forEach(CodeInjectionForTesting::remove);
    }
}
