package dev.nestmap.agent.reconcile;

/** The kernel's name of a map: for people who look at it with bpftool, never an identity. */
public final class KernelName {
    /** BPF_OBJ_NAME_LEN less the final zero. */
    private static final int MAX_BYTES = 15;

    private KernelName() {}

    /** The beginning of a map's name, in the characters that the kernel takes. */
    public static String of(String name) {
        String allowed = name.replaceAll("[^A-Za-z0-9_.]", "_");
        return allowed.substring(0, Math.min(MAX_BYTES, allowed.length()));
    }
}
