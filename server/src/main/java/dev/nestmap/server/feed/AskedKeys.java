package dev.nestmap.server.feed;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a map, as its callers write them. What they mean depends on the map, which a watch may meet later than it begins.
 *
 * @param from the first, itself included; empty: the map's first
 * @param to the end, itself excluded; empty: the map's last is included
 */
public record AskedKeys(Bytes from, Bytes to) {
    /** Every key. */
    public static final AskedKeys ALL = new AskedKeys(Bytes.empty(), Bytes.empty());

    /** True where no key is left out. */
    public boolean isAll() {
        return from.size() == 0 && to.size() == 0;
    }

    /** The keys in the form in which a map stores them; EINVAL where they are none of this map, or none is between them. */
    public KeyRange in(MapSpec spec) throws StatusRuntimeException {
        if (isAll()) {
            return KeyRange.ALL;
        }
        Bytes first = stored(spec, "key_from", from);
        Bytes end = stored(spec, "key_to", to);
        if (first != null && end != null && first.compareTo(end) >= 0) {
            throw refusal("watch %s: key_from %s is not below key_to %s, so no key is between them"
                    .formatted(spec.ref(), from, to));
        }
        return new KeyRange(first, end);
    }

    private static @Nullable Bytes stored(MapSpec spec, String field, Bytes key) {
        if (key.size() == 0) {
            return null;
        }
        if (key.size() != spec.keySize()) {
            throw refusal("watch %s: %s is %d bytes, the map has key_size %d".formatted(spec.ref(),
                    field, key.size(), spec.keySize()));
        }
        return StoredElements.storedKey(spec, key);
    }

    private static StatusRuntimeException refusal(String rule) {
        return ErrorCodec.error(new Refusal(Errno.EINVAL, rule));
    }
}
