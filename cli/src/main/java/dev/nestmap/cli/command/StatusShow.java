package dev.nestmap.cli.command;

import dev.nestmap.cli.render.StoreStatus;
import dev.nestmap.cli.render.StoreStatus.MemberAnswer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MemberStatus;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** {@code status}. */
public final class StatusShow implements Verb {
    @Override
    public Help help() {
        return new Help("status", "Shows the members of the store and what it holds", "",
                List.of(), "nestmap status");
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        invocation.refuseWords(help());
        NestmapClient client = invocation.client();
        Answer<MemberStatus> first = client.cluster().status();
        Output output = invocation.output();
        output.print(output.fleet()
                .status(new StoreStatus(first.origin(), first.value(), askAll(client, first))));
        return ExitCode.OK;
    }

    /** All at the same time: one that hangs delays the answer once. */
    private static Map<String, MemberAnswer> askAll(NestmapClient client,
            Answer<MemberStatus> first) {
        Map<String, CompletableFuture<MemberAnswer>> asked = new HashMap<>();
        for (MemberStatus.Member member : first.value().members()) {
            if (member.id().equals(first.origin().memberId())) {
                asked.put(member.id(), CompletableFuture
                        .completedFuture(new MemberAnswer.Up(first.value())));
            } else if (!member.clientAddress().isEmpty()) {
                asked.put(member.id(), client.async()
                        .cluster()
                        .status(member.clientAddress())
                        .<MemberAnswer>thenApply(answer -> new MemberAnswer.Up(answer.value()))
                        .exceptionally(StatusShow::down));
            }
        }
        Map<String, MemberAnswer> answers = new HashMap<>();
        asked.forEach((id, answer) -> answers.put(id, answer.join()));
        return answers;
    }

    private static MemberAnswer down(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return new MemberAnswer.Down(cause instanceof NestmapException known
                ? String.valueOf(known.getMessage())
                : cause.toString());
    }
}
