package dev.nestmap.agent.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.map.MapType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said to somebody whose machine or rights do not suffice. */
final class PrivilegesTest {
    private static final Capabilities NONE = Capabilities.of();
    private static final Capabilities CAP_NET_ADMIN = Capabilities.of(12);
    private static final Capabilities CAP_SYS_ADMIN = Capabilities.of(21);
    private static final Capabilities CAP_BPF = Capabilities.of(39);

    @Test
    void theMissingCapabilityIsNamed() {
        assertLacks("CAP_BPF:", MapType.HASH, NONE);
        assertLacks("CAP_BPF and CAP_NET_ADMIN:", MapType.DEVMAP, NONE);
        assertLacks("CAP_NET_ADMIN:", MapType.DEVMAP, CAP_BPF);
        assertLacks("CAP_BPF:", MapType.DEVMAP_HASH, CAP_NET_ADMIN);
    }

    @Test
    void whoHasTheCapabilitiesIsToldWhereTheyDoNotCount() {
        for (Capabilities capabilities : List.of(Capabilities.of(12, 39), CAP_SYS_ADMIN)) {
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

    @Test
    void capabilitiesAreNamed() {
        assertEquals("CAP_NET_ADMIN, CAP_BPF", Capabilities.of(12, 39).toString());
        assertEquals("capability 0, CAP_SYS_ADMIN",
                Capabilities.of(0, 21, 39).without(CAP_BPF).toString());
        assertEquals("no capability", NONE.toString());
        assertTrue(CAP_BPF.without(CAP_BPF).isEmpty());
        assertEquals(CAP_BPF, Capabilities.of(39, 12).and(CAP_BPF));
    }

    private static void assertLacks(String missing, MapType type, Capabilities capabilities) {
        String advice = Privileges.advice(type, capabilities);
        assertTrue(advice.startsWith("this process lacks " + missing), advice);
    }
}
