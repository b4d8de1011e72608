package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapSpec;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of names and pin paths: what the kernel takes for a map's name and bpffs for a file's, made one. */
final class Names {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,63}");
    /** PATH_MAX and NAME_MAX of linux/limits.h, less the final zero. */
    private static final int PATH_LIMIT_BYTES = 4095;
    private static final int FILE_NAME_LIMIT_BYTES = 255;

    private Names() {}

    static Optional<Refusal> check(MapSpec spec) {
        if (!NAMESPACE.matcher(spec.namespace()).matches()) {
            return refuse(spec,
                    "the namespace must be 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit");
        }
        if (!NAME.matcher(spec.name()).matches()) {
            return refuse(spec,
                    spec.name().length() > 63
                            ? "the name has %d characters, at most 63 are possible"
                                    .formatted(spec.name().length())
                            : "the name must be 1 to 63 of A-Z, a-z, 0-9 and '_'");
        }
        if (!spec.pinPath().isEmpty() && !isPinPath(spec.pinPath())) {
            return refuse(spec,
                    "pin path \"%s\": must be absolute, without dots (bpffs refuses them), each part at most 255 bytes"
                            .formatted(spec.pinPath()));
        }
        return Optional.empty();
    }

    private static boolean isPinPath(String path) {
        if (!path.startsWith("/") || Bytes.utf8(path).size() > PATH_LIMIT_BYTES) {
            return false;
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.indexOf('.') >= 0 || part.indexOf('\0') >= 0
                    || Bytes.utf8(part).size() > FILE_NAME_LIMIT_BYTES) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Refusal> refuse(MapSpec spec, String rule) {
        return Optional.of(new Refusal(Errno.EINVAL, "create %s: %s".formatted(spec.ref(), rule)));
    }
}
