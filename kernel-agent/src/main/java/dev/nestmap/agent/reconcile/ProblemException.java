package dev.nestmap.agent.reconcile;

import java.io.Serial;

/** A step was not done for a reason that is more than the kernel's answer to one call. */
final class ProblemException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
