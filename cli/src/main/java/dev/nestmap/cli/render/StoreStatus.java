package dev.nestmap.cli.render;

import dev.nestmap.client.MemberStatus;
import dev.nestmap.client.Origin;
import java.util.List;
import java.util.Map;

/**
 * The store as one member and, where they could be asked, the others see it.
 *
 * @param origin who answered
 * @param status what it said
 * @param members what became of asking each member of several, by its id
 */
public record StoreStatus(Origin origin, MemberStatus status, Map<String, MemberAnswer> members) {
    /** Copies the map. */
    public StoreStatus {
        members = Map.copyOf(members);
    }

    /** What a member said when it was asked by itself. */
    public sealed interface MemberAnswer {
        /** Its state. */
        record Up(MemberStatus status) implements MemberAnswer {}

        /** Why there was no answer. */
        record Down(String reason) implements MemberAnswer {}
    }

    /** Members in the order that the asked one gave. */
    List<MemberStatus.Member> list() {
        return status.members();
    }
}
