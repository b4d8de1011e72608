package dev.nestmap.model.state;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.OwnershipRules;
import dev.nestmap.model.map.PublishRules;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;

/** BPF_MAP_CREATE: the kernel's checks in the kernel's order, then those of names, which only the store has. */
final class Creation {
    private Creation() {}

    static Result run(Workspace workspace, Command.Create create) {
        MapSpec asked = withoutIdleBtf(create.spec());
        Optional<Refusal> attributes = MapRules.checkCreate(asked);
        if (attributes.isPresent()) {
            return new Result.Refused(attributes.get());
        }
        return switch (template(workspace, create)) {
            case Outcome.Refused<Optional<InnerTemplate>>(Refusal refusal) ->
                new Result.Refused(refusal);
            case Outcome.Done<Optional<InnerTemplate>>(Optional<InnerTemplate> template) -> {
                MapSpec spec = asked.withInnerTemplate(template.orElse(null))
                        .withFlags(MapRules.shownFlags(asked.type(), asked.flags()));
                yield define(workspace, spec);
            }
        };
    }

    private static MapSpec withoutIdleBtf(MapSpec spec) {
        MapBtf btf = spec.btf();
        return btf != null && btf.isIdle() ? spec.withBtf(null) : spec;
    }

    private static Outcome<Optional<InnerTemplate>> template(Workspace workspace,
            Command.Create create) {
        if (!create.spec().type().isOuter()) {
            return Outcome.done(Optional.empty()); // the kernel does not look at inner_map_fd there
        }
        return switch (create.inner()) {
            case Command.InnerSource.None() -> Outcome.done(Optional.empty());
            case Command.InnerSource.CopiedFrom(MapRef ref) -> {
                MapState map = workspace.map(ref);
                if (map == null) {
                    yield Outcome.refused(Errno.EBADF,
                            "create %s: inner_map %s: there is no such map"
                                    .formatted(create.spec().ref(), ref));
                }
                // A namespace is a tenant: an id or a pin path must not tell what another one has.
                yield map.spec().namespace().equals(create.spec().namespace())
                        ? Outcome.done(Optional.of(map.spec().asTemplate()))
                        : Outcome.refused(Errno.EINVAL,
                                "create %s: inner_map %s is of another namespace; name a map of \"%s\""
                                        .formatted(create.spec().ref(), ref,
                                                create.spec().namespace()));
            }
            case Command.InnerSource.Given(InnerTemplate template) ->
                Outcome.done(Optional.of(MapRules.shown(template)));
        };
    }

    private static Result define(Workspace workspace, MapSpec spec) {
        Optional<Refusal> refusal = MapRules.checkTemplate(spec)
                .or(() -> Names.check(spec))
                .or(() -> MapRules.checkBtf(spec))
                .or(() -> MapRules.checkStoreLimits(spec))
                .or(() -> spec.placement().check())
                .or(() -> PublishRules.check(spec))
                .or(() -> OwnershipRules.check(spec))
                .or(() -> Unresolved.check(spec));
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        MapState taken = workspace.map(spec.ref());
        if (taken != null) {
            return Transition.refused(Errno.EEXIST,
                    "create %s: the name is taken by map id %d; remove that map first, or choose another name"
                            .formatted(spec.ref(),
                                    taken.id()));
        }
        if (!spec.pinPath().isEmpty() && workspace.isPinTaken(spec.pinPath())) {
            return Transition.refused(Errno.EEXIST, "create %s: pin path %s is taken by another map"
                    .formatted(spec.ref(), spec.pinPath()));
        }
        long id = workspace.nextMapId();
        workspace.add(new MapState(id, spec, false, false, 0, Tree.ofBytes(), workspace.revision(),
                workspace.revision()));
        return new Result.Created(id);
    }

}
