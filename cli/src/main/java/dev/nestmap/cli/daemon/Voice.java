package dev.nestmap.cli.daemon;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a daemon says of itself while it runs: lines for people, or events of the log with fields. Any number of threads may use it. */
abstract sealed class Voice {
    static final Option OPTION = Option.value("--log-format", "text|json",
            "text: lines for people (default, or NESTMAP_LOG_FORMAT); json: each line on stderr is an object, with map, node, revision, errno below \"mdc\"");

    /** As the option says, which {@code Logging} has looked at before the first logger was made. */
    static Voice of(Invocation invocation, String daemon, String mark)
            throws CommandFailedException {
        String word = invocation.option(OPTION.name())
                .orElseGet(() -> System.getProperty("nestmap.log.format", "text"));
        return switch (word) {
            case "text" -> new Lines(invocation.output(), mark + "nestmap " + daemon + ": ");
            case "json" -> new Events(mark);
            default -> throw CommandFailedException
                    .usage("%s %s: must be text or json".formatted(OPTION.name(), word));
        };
    }

    /** What somebody who started it waits for: to stdout, where that is for people. */
    abstract void announce(String sentence, Map<String, String> fields);

    /** What changed. */
    abstract void say(String sentence, Map<String, String> fields);

    private static final class Lines extends Voice {
        private final Output output;
        private final String prefix;

        Lines(Output output, String prefix) {
            this.output = output;
            this.prefix = prefix;
        }

        @Override
        void announce(String sentence, Map<String, String> fields) {
            output.printNow(prefix + sentence + "\n");
        }

        @Override
        void say(String sentence, Map<String, String> fields) {
            output.remark(prefix + sentence + "\n");
        }
    }

    private static final class Events extends Voice {
        /** Let through at INFO whatever the level of the others is. */
        private static final Logger LOG = LoggerFactory.getLogger("nestmap");

        private final String mark;

        Events(String mark) {
            this.mark = mark;
        }

        @Override
        void announce(String sentence, Map<String, String> fields) {
            say(sentence, fields);
        }

        @Override
        void say(String sentence, Map<String, String> fields) {
            List<MDC.MDCCloseable> put = new ArrayList<>();
            try {
                fields.forEach((key, value) -> put.add(MDC.putCloseable(key, value)));
                LOG.info("{}{}", mark, sentence);
            } finally {
                put.forEach(MDC.MDCCloseable::close);
            }
        }
    }
}
