package dev.nestmap.cli;

import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.map.MapType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Completion made from the verbs themselves, as one function of bash; zsh runs it through its bashcompinit. Words are
 * in the script; only names of maps are asked of the store.
 */
final class CompletionScripts {
    private static final Pattern WORD = Pattern
            .compile("(?<![-A-Za-z_=])[a-z][a-z_]*(?![A-Za-z_])");
    private static final String ZSH_HEAD = """
            #compdef nestmap
            autoload -U +X compinit && compinit
            autoload -U +X bashcompinit && bashcompinit
            """;
    private static final String SCRIPT = """
            # Completion of nestmap. Made by: nestmap completion
            _nestmap_names() {
                ${COMP_WORDS[0]} $connection --timeout 2s get "$1" 2>/dev/null |
                    while read -r first second _; do
                        case $first in
                            NAMESPACE|NODE|no) ;;
                            *) if [ "$1" = maps ]; then echo "$second"; else echo "$first"; fi ;;
                        esac
                    done
            }
            _nestmap() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
                local i word verb='' noun='' candidates='' connection=''
                COMPREPLY=()
                i=1
                while [ "$i" -lt "$COMP_CWORD" ]; do
                    word=${COMP_WORDS[$i]}
                    case $word in
                        -n|--namespace|--server)
                            connection="$connection $word ${COMP_WORDS[$((i+1))]}"; i=$((i+1)) ;;
                        --timeout|-o|--output) i=$((i+1)) ;;
                        -*) ;;
                        *) case $verb in
            @GROUPS@) verb="${verb:+$verb }$word" ;;
            @PARENTS@
                            *) noun=${noun:-$word} ;;
                        esac ;;
                    esac
                    i=$((i+1))
                done
                case $cur in
                    -*) case $verb in
            @OPTIONS@
                        esac
                        candidates="$candidates @GLOBAL@" ;;
                    *) case $prev in
                        name) candidates=$(_nestmap_names maps) ;;
                        --for) candidates=applied; [ "$cur" != = ] || cur='' ;;
                        =) [ "${COMP_WORDS[COMP_CWORD-2]}" != --for ] || candidates=applied ;;
                        type) candidates="@TYPES@" ;;
                        -o|--output) candidates="table wide json yaml" ;;
                        -f|--filename|file|--data-dir) COMPREPLY=( $(compgen -f -- "$cur") ); return ;;
                        *) case $verb:$noun in
                            get:map|get:maps|export:*) candidates=$(_nestmap_names maps) ;;
                            get:node|get:nodes|'node show:'|'node label:')
                                candidates=$(_nestmap_names nodes) ;;
                            *) case $verb in
            @WORDS@
                            esac ;;
                        esac ;;
                    esac ;;
                esac
                for word in $candidates; do
                    case $word in
                        "$cur"*) COMPREPLY+=("$word") ;;
                    esac
                done
            }
            complete -F _nestmap nestmap
            """;

    private CompletionScripts() {}

    /** The script for a shell; empty for one that is not known. */
    static Optional<String> of(String shell) {
        return switch (shell) {
            case "bash" -> Optional.of(script());
            case "zsh" -> Optional.of(ZSH_HEAD + script());
            default -> Optional.empty();
        };
    }

    private static String script() {
        String indent = " ".repeat(16);
        String groups = Stream.concat(Stream.of("''"), Verbs.GROUPS.keySet().stream())
                .collect(Collectors.joining("|"));
        String parents = Verbs.all()
                .stream()
                .map(Verb::help)
                .filter(CompletionScripts::hasVerbBefore)
                .map(help -> "%s%s) if [ \"$word\" = %s ]; then verb=\"$verb $word\"; else noun=${noun:-$word}; fi ;;"
                        .formatted(indent, help.group(), help.word()))
                .collect(Collectors.joining("\n"));
        List<String> options = new ArrayList<>();
        List<String> words = new ArrayList<>();
        words.add("%s'') candidates=\"%s\" ;;".formatted(indent, String.join(" ", top())));
        Verbs.GROUPS.keySet()
                .forEach(group -> words.add("%s%s) candidates=\"%s\" ;;".formatted(indent, group,
                        String.join(" ", verbsOf(group)))));
        for (Verb verb : Verbs.all()) {
            String paths = paths(verb.help());
            options.add("%s%s) candidates=\"%s\" ;;".formatted(indent, paths,
                    names(verb.options())));
            words.add("%s%s) candidates=\"%s\" ;;".formatted(indent, paths,
                    String.join(" ",
                            Stream.concat(words(verb.help()).stream(),
                                    verbsOf(verb.help().path()).stream())
                                    .toList())));
        }
        return SCRIPT.replace("@GROUPS@", indent + groups)
                .replace("@PARENTS@", parents)
                .replace("@OPTIONS@", String.join("\n", options))
                .replace("@WORDS@", String.join("\n", words))
                .replace("@GLOBAL@", names(GlobalOptions.ALL))
                .replace("@TYPES@", Arrays.stream(MapType.values())
                        .map(MapType::word)
                        .collect(Collectors.joining(" ")));
    }

    /** True for a verb below another, as agent status is below agent. */
    private static boolean hasVerbBefore(Help help) {
        return !help.group().isEmpty() && !Verbs.GROUPS.containsKey(help.group());
    }

    private static List<String> top() {
        List<String> top = new ArrayList<>(Verbs.GROUPS.keySet());
        top.addAll(verbsOf(""));
        top.add("help");
        return top;
    }

    private static List<String> verbsOf(String group) {
        List<String> words = new ArrayList<>();
        for (Verb verb : Verbs.all()) {
            if (verb.help().group().equals(group)) {
                words.add(verb.help().word());
                words.addAll(verb.help().aliases());
            }
        }
        return words;
    }

    private static String paths(Help help) {
        String before = help.group().isEmpty() ? "" : help.group() + " ";
        return Stream.concat(Stream.of(help.word()), help.aliases().stream())
                .map(word -> "'" + before + word + "'")
                .collect(Collectors.joining("|"));
    }

    private static String names(List<Option> options) {
        return options.stream()
                .flatMap(option -> option.names().stream())
                .collect(Collectors.joining(" "));
    }

    /** The words of a grammar that stand for themselves. */
    private static Set<String> words(Help help) {
        Set<String> words = new LinkedHashSet<>();
        WORD.matcher(help.grammar()).results().forEach(word -> words.add(word.group()));
        if (Pattern.compile("\\bMAP\\b").matcher(help.grammar()).find()) {
            words.addAll(List.of("name", "id", "pinned"));
        }
        if (Pattern.compile("\\bDATA\\b").matcher(help.grammar()).find()) {
            words.add("hex");
        }
        if (Pattern.compile("\\bVALUE\\b").matcher(help.grammar()).find()) {
            words.addAll(List.of("hex", "ifindex", "cpus()", "prog", "cgroup", "qsize"));
        }
        return words;
    }
}
