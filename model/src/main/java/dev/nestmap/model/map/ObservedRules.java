package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** A type whose elements programs make, and which answers each verb with the one errno of a kernel map that is empty. */
interface ObservedRules extends TypeRules {
    /** What each verb answers. */
    record Verbs(Errno lookup, Errno update, Errno delete, Errno nextKey) {
        /** The same for every verb. */
        static Verbs all(Errno errno) {
            return new Verbs(errno, errno, errno, errno);
        }
    }

    /** What the verbs of such a map answer. */
    Verbs errnos(MapSpec spec);

    @Override
    default Ownership ownership() {
        return Ownership.OBSERVED;
    }

    @Override
    default Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return new Outcome.Refused<>(Refusals.notOurs(errnos(spec).lookup(), "lookup", spec));
    }

    @Override
    default Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return Optional.of(Refusals.notOurs(errnos(spec).update(), "update", spec));
    }

    @Override
    default Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Optional.of(Refusals.notOurs(errnos(spec).delete(), "delete from", spec));
    }

    @Override
    default Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        return new Outcome.Refused<>(Refusals.notOurs(errnos(spec).nextKey(), "getnext", spec));
    }
}
