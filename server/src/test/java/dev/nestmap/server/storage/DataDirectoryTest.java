package dev.nestmap.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose data directory it is, and what must be in it. */
final class DataDirectoryTest {
    private static final UUID CLUSTER = new UUID(1, 2);

    @TempDir
    Path temporary;

    @Test
    void aNewDirectoryIsForItsOwnerAloneAndKeepsItsClusterId() throws IOException {
        UUID chosen;
        try (DataDirectory made = open("a", "a", null)) {
            chosen = made.clusterId();
            assertFalse(made.wasStarted());
        }
        assertEquals(PosixFilePermissions.fromString("rwx------"),
                Files.getPosixFilePermissions(directory()));
        try (DataDirectory again = open("a", "a", null)) {
            assertEquals(chosen, again.clusterId());
        }
    }

    @Test
    void anotherMembersOrClustersDirectoryIsRefusedWithTheNames() throws IOException {
        open("a", "a@h:1,b@h:2", CLUSTER).close();
        assertRefused("is of member \"a\", this is \"b\"", "b", "a@h:1,b@h:2", CLUSTER);
        assertRefused("\"a@h:1,b@h:2\", asked for are \"a@h:1,c@h:3\"", "a", "a@h:1,c@h:3",
                CLUSTER);
        assertRefused(CLUSTER.toString(), "a", "a@h:1,b@h:2", new UUID(3, 4));
    }

    @Test
    void aDirectoryWithOtherFilesIsNotTaken() throws IOException {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("thesis.tex"), "mine");
        assertRefused("thesis.tex", "a", "a", null);
        assertEquals("mine", Files.readString(directory().resolve("thesis.tex")));
    }

    @Test
    void aStartThatWasCutShortIsTakenUpAgain() throws IOException {
        open("a", "a", CLUSTER).close();
        Path current = directory().resolve("raft").resolve(CLUSTER.toString()).resolve("current");
        Files.createDirectories(current);
        Files.writeString(current.resolve("raft-meta.tmp"), "half");
        try (DataDirectory again = open("a", "a", CLUSTER)) {
            assertFalse(again.wasStarted());
        }
        assertFalse(Files.exists(current));
    }

    @Test
    void aDirectoryThatLostItsRaftFilesIsNotTakenForNew() throws IOException {
        try (DataDirectory made = open("a", "a", CLUSTER)) {
            made.markFormatted();
        }
        assertRefused("votes are missing", "a", "a", CLUSTER);
    }

    @Test
    void anIdentityThatMakesNoSenseIsRefusedWithTheFilesName() throws IOException {
        open("a", "a", CLUSTER).close();
        Files.writeString(directory().resolve("member.properties"), "format=1\n");
        assertRefused("member.properties: the property cluster.id is missing", "a", "a", CLUSTER);
    }

    private void assertRefused(String words, String memberId, String members,
            @Nullable UUID clusterId) {
        String message = String.valueOf(assertThrows(IOException.class,
                () -> open(memberId, members, clusterId)).getMessage());
        assertTrue(message.contains(words) && message.contains(directory().toString()), message);
    }

    private DataDirectory open(String memberId, String members, @Nullable UUID clusterId)
            throws IOException {
        return DataDirectory.open(directory(), memberId, members, clusterId);
    }

    private Path directory() {
        return temporary.resolve("data");
    }
}
