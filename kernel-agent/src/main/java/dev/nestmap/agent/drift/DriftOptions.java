package dev.nestmap.agent.drift;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * How an agent looks for what others changed.
 *
 * @param pass all elements are read at least so often, unless that took more than a twentieth of one CPU; zero: never. Slots of outer
 *     maps and pins are looked at each second whatever this says
 * @param programs pins of programs, or directories of such, of which the maps that they hold are compared with the ones that are written
 * @param clock when something was found
 */
public record DriftOptions(Duration pass, List<Path> programs, InstantSource clock) {
    /** The longest pass: a week. */
    public static final Duration LONGEST_PASS = Duration.ofDays(7);
    /** Every five minutes, often sooner, no programs but those that maps name. */
    public static final DriftOptions DEFAULT = new DriftOptions(Duration.ofMinutes(5), List.of(),
            InstantSource.system());

    /** Copies the list. Refuses a pass that is negative, below a second or above a week, and a relative path, by IllegalArgumentException. */
    public DriftOptions {
        programs = List.copyOf(programs);
        if (!pass.isZero() && (pass.compareTo(Duration.ofSeconds(1)) < 0
                || pass.compareTo(LONGEST_PASS) > 0)) {
            throw new IllegalArgumentException(
                    "drift pass: must be 0 (never) or from 1 second to 7 days, not " + pass);
        }
        for (Path program : programs) {
            if (!program.isAbsolute()) {
                throw new IllegalArgumentException(
                        "program " + program + ": must be an absolute path");
            }
        }
    }

    /** With another pass. */
    public DriftOptions withPass(Duration newPass) {
        return new DriftOptions(newPass, programs, clock);
    }

    /** With other programs. */
    public DriftOptions withPrograms(List<Path> newPrograms) {
        return new DriftOptions(pass, newPrograms, clock);
    }
}
