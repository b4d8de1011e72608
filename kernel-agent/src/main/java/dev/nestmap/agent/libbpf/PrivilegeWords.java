package dev.nestmap.agent.libbpf;

/** What this process may do, in words. */
public final class PrivilegeWords {
    private PrivilegeWords() {}

    /** The capabilities that it has. */
    public static String ofThisProcess() {
        return Capabilities.ofThisProcess("CapEff").toString();
    }

    /** Empty where CAP_NET_ADMIN is there. */
    public static String whyWithoutNetworkTypes() {
        Capabilities held = Capabilities.ofThisProcess("CapEff");
        return held.has(Capabilities.NET_ADMIN) || held.has(Capabilities.SYS_ADMIN)
                ? ""
                : " (the types of devices and sockets take CAP_NET_ADMIN)";
    }
}
