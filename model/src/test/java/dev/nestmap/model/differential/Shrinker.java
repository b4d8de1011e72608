package dev.nestmap.model.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing sequence short: Zeller and Hildebrandt's ddmin. Leaves out parts, large ones first, as long as what is left
 * still fails; the result fails, and without any one of its operations it does not.
 */
final class Shrinker {
    private Shrinker() {}

    static List<Operation> shrink(List<Operation> failing, Predicate<List<Operation>> fails) {
        List<Operation> left = failing;
        int part = Math.max(1, left.size() / 2);
        while (true) {
            boolean shorter = false;
            for (int from = 0; from < left.size();) {
                List<Operation> without = new ArrayList<>(left.subList(0, from));
                without.addAll(left.subList(Math.min(left.size(), from + part), left.size()));
                if (fails.test(without)) {
                    left = without;
                    shorter = true;
                } else {
                    from += part;
                }
            }
            if (part == 1 && !shorter) {
                return List.copyOf(left);
            }
            part = Math.max(1, part / 2);
        }
    }
}
