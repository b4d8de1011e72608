package dev.nestmap.agent.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.map.MapType;
import org.junit.jupiter.api.Test;

/** What is said to somebody whose machine or rights do not suffice. */
final class PrivilegesTest {
    private static final long CAP_NET_ADMIN = 1L << 12;
    private static final long CAP_SYS_ADMIN = 1L << 21;
    private static final long CAP_BPF = 1L << 39;

    @Test
    void theMissingCapabilityIsNamed() {
        assertLacks("CAP_BPF:", MapType.HASH, 0);
        assertLacks("CAP_BPF and CAP_NET_ADMIN:", MapType.DEVMAP, 0);
        assertLacks("CAP_NET_ADMIN:", MapType.DEVMAP, CAP_BPF);
        assertLacks("CAP_BPF:", MapType.DEVMAP_HASH, CAP_NET_ADMIN);
    }

    @Test
    void whoHasTheCapabilitiesIsToldWhereTheyDoNotCount() {
        for (long capabilities : new long[]{CAP_BPF | CAP_NET_ADMIN, CAP_SYS_ADMIN}) {
            String advice = Privileges.advice(MapType.DEVMAP, capabilities);
            assertTrue(advice.contains("user namespace"), advice);
        }
    }

    @Test
    void whoLacksLibbpfIsToldHowToInstallIt() {
        KernelException missing = assertThrows(KernelException.class,
                () -> LibbpfInstallation.open("libbpf.so.none"));
        assertTrue(missing.toString()
                .contains("load libbpf.so.none: libbpf 1.x is not installed"
                        + ": apt install libbpf1"),
                missing.toString());
        assertEquals(0, missing.errnoNumber());
        assertTrue(missing.errno().isEmpty());
    }

    private static void assertLacks(String missing, MapType type, long capabilities) {
        String advice = Privileges.advice(type, capabilities);
        assertTrue(advice.startsWith("this process lacks " + missing), advice);
    }
}
