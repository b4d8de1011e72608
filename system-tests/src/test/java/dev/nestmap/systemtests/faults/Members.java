package dev.nestmap.systemtests.faults;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.MemberStatus;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.systemtests.rig.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Three members of one store, as processes on loopback. */
final class Members {
    private static final Duration ONE_ANSWER = Duration.ofSeconds(2);
    private static final int SHOWN_CHARACTERS = 2000;

    private final Processes processes;
    private final Map<String, String> clientAddresses = new TreeMap<>();
    private final Map<String, String> raftAddresses = new TreeMap<>();
    private final Map<String, String> clientFronts = new TreeMap<>();
    private final Map<String, String> raftFronts = new TreeMap<>();
    private final Map<String, Running> running = new TreeMap<>();

    /** Starts all three; returns before they have a leader. */
    Members(Processes processes) {
        this(processes, UnaryOperator.identity(), UnaryOperator.identity());
    }

    /**
     * The same, where others find a member elsewhere than it listens.
     *
     * @param clientFront from where it listens for clients to where they find it
     * @param raftFront the same for members
     */
    Members(Processes processes, UnaryOperator<String> clientFront,
            UnaryOperator<String> raftFront) {
        this.processes = processes;
        for (String id : List.of("a", "b", "c")) {
            clientAddresses.put(id, Processes.freeAddress());
            raftAddresses.put(id, Processes.freeAddress());
            clientFronts.put(id, clientFront.apply(address(id)));
            raftFronts.put(id, raftFront.apply(raftAddress(id)));
        }
        clientAddresses.keySet().forEach(this::start);
        running.keySet().forEach(this::awaitStarted);
    }

    /** Waits until a member that was started listens; it may still have to learn what it missed. */
    void awaitStarted(String id) {
        Running member = running.get(id);
        if (member == null) {
            throw new IllegalStateException("member " + id + " was not started");
        }
        member.awaitOutput("nestmap server: member", Processes.START);
    }

    /** Starts a member, for the first time or again. */
    void start(String id) {
        String peers = clientAddresses.keySet()
                .stream()
                .map(peer -> "%s=%s@%s".formatted(peer, raftFronts.get(peer),
                        clientFronts.get(peer)))
                .collect(Collectors.joining(","));
        running.put(id,
                processes.start("server", "--id", id, "--data-dir",
                        processes.data(id).toString(), "--listen", address(id), "--raft-listen",
                        raftAddress(id), "--peers", peers));
    }

    /** SIGKILL. */
    void kill(String id) {
        Running member = running.remove(id);
        if (member == null) {
            throw new IllegalStateException("member " + id + " is not running");
        }
        member.kill();
    }

    /** True for a member that was started and not killed. */
    boolean isRunning(String id) {
        return running.containsKey(id);
    }

    /** Where clients find a member. */
    String address(String id) {
        return clientAddresses.getOrDefault(id, "");
    }

    /** Where a member listens for the others. */
    String raftAddress(String id) {
        return raftAddresses.getOrDefault(id, "");
    }

    /** The process of a member that runs. */
    long pid(String id) {
        Running member = running.get(id);
        if (member == null) {
            throw new IllegalStateException("member " + id + " is not running");
        }
        return member.process().pid();
    }

    /** Where clients are told to find the three. */
    String[] fronts() {
        return clientFronts.values().toArray(String[]::new);
    }

    /** Where the three listen for clients. */
    String[] addresses() {
        return clientAddresses.values().toArray(String[]::new);
    }

    /** What each says of itself, and what it printed last. */
    String said() {
        return clientAddresses.keySet()
                .stream()
                .map(id -> "%n%s: %s%n%s".formatted(id, status(id).map(Object::toString)
                        .orElse("no answer"),
                        Optional.ofNullable(running.get(id))
                                .map(member -> lastOf(member.out() + member.err()))
                                .orElse("not running")))
                .collect(Collectors.joining());
    }

    private static String lastOf(String text) {
        return text.substring(Math.max(0, text.length() - SHOWN_CHARACTERS));
    }

    /** A member other than this one. */
    String other(String id) {
        return clientAddresses.keySet()
                .stream()
                .filter(member -> !member.equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** What a member says of itself; empty where it does not answer. */
    Optional<MemberStatus> status(String id) {
        try (NestmapClient client = NestmapClient.connect(ClientOptions.defaults()
                .withTargets(address(id))
                .withTimeout(ONE_ANSWER)
                .withPatience(Duration.ZERO))) {
            return Optional.of(client.cluster().status(address(id)).value());
        } catch (NestmapException e) {
            return Optional.empty();
        }
    }

    /** The member that leads and serves now. */
    Optional<String> leader() {
        return clientAddresses.keySet()
                .stream()
                .filter(id -> status(id).filter(MemberStatus::serving).isPresent())
                .findFirst();
    }
}
