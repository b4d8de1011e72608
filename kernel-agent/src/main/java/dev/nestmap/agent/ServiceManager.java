package dev.nestmap.agent;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.libbpf.NotifySocket;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What systemd, or who else started this process with NOTIFY_SOCKET, is told of it (sd_notify(3)). Any number of threads may call. */
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final Optional<String> socket;

    /** For the socket that a service manager named; empty: nobody is told anything. */
    public ServiceManager(Optional<String> socket) {
        this.socket = socket.filter(address -> !address.isEmpty());
    }

    /** The one that started this process, if one did. */
    public static ServiceManager ofThisProcess() {
        return new ServiceManager(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")));
    }

    /** What other units wait for is there. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    /** What is being done, for {@code systemctl status}. */
    public void status(String status) {
        send("STATUS=" + oneLine(status));
    }

    /** The process is about to end. */
    public void stopping() {
        send("STOPPING=1");
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            NotifySocket.send(socket.get(), message);
        } catch (KernelException e) {
            LOG.warn("{}", e.getMessage());
        }
    }
}
