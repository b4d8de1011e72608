package dev.nestmap.client.wire;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.LabelSelector.Operator;
import dev.nestmap.model.placement.LabelSelector.Requirement;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.FollowsOuter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Definitions of maps. */
public final class SpecCodec {
    private SpecCodec() {}

    /** To the model; refused where the type is unknown or the selector incomplete. */
    public static MapSpec spec(dev.nestmap.proto.v1.MapSpec spec) throws InvalidMessageException {
        return new MapSpec(MapRefCodec.namespace(spec.getNamespace()), spec.getName(),
                type(spec.getType()), spec.getKeySize(),
                spec.getValueSize(), spec.getMaxEntries(), spec.getFlags(), spec.getMapExtra(),
                spec.getNumaNode(),
                spec.hasInnerTemplate() ? template(spec.getInnerTemplate()) : null,
                spec.hasPlacement() ? placement(spec.getPlacement()) : Placement.everywhere(),
                spec.getPinPath(), spec.hasBtf() ? btf(spec.getBtf()) : null,
                publish(spec.getPublish()), ownership(spec), unresolved(spec.getUnresolved()));
    }

    private static Unresolved unresolved(dev.nestmap.proto.v1.Unresolved unresolved)
            throws InvalidMessageException {
        return switch (unresolved) {
            case UNRESOLVED_UNSPECIFIED, KEEP -> Unresolved.KEEP;
            case EMPTY -> Unresolved.EMPTY;
            case UNRECOGNIZED -> throw new InvalidMessageException(
                    "unresolved: this version knows keep and empty");
        };
    }

    private static dev.nestmap.proto.v1.Unresolved unresolved(Unresolved unresolved) {
        return switch (unresolved) {
            case KEEP -> dev.nestmap.proto.v1.Unresolved.KEEP;
            case EMPTY -> dev.nestmap.proto.v1.Unresolved.EMPTY;
        };
    }

    private static Ownership ownership(dev.nestmap.proto.v1.MapSpec spec)
            throws InvalidMessageException {
        return switch (spec.getOwnership()) {
            case OWNERSHIP_UNSPECIFIED -> MapRules.ownership(type(spec.getType()));
            case EXCLUSIVE -> Ownership.EXCLUSIVE;
            case SHARED -> Ownership.SHARED;
            case SEED -> Ownership.SEED;
            case OBSERVED -> Ownership.OBSERVED;
            case UNRECOGNIZED -> throw new InvalidMessageException(
                    "ownership: this version knows exclusive, shared, seed and observed");
        };
    }

    private static dev.nestmap.proto.v1.Ownership ownership(Ownership ownership) {
        return switch (ownership) {
            case EXCLUSIVE -> dev.nestmap.proto.v1.Ownership.EXCLUSIVE;
            case SHARED -> dev.nestmap.proto.v1.Ownership.SHARED;
            case SEED -> dev.nestmap.proto.v1.Ownership.SEED;
            case OBSERVED -> dev.nestmap.proto.v1.Ownership.OBSERVED;
        };
    }

    private static Publish publish(dev.nestmap.proto.v1.Publish publish)
            throws InvalidMessageException {
        return switch (publish) {
            case PUBLISH_UNSPECIFIED, IN_PLACE -> Publish.IN_PLACE;
            case SEALED -> Publish.SEALED;
            case UNRECOGNIZED -> throw new InvalidMessageException(
                    "publish: this version knows in_place and sealed");
        };
    }

    private static dev.nestmap.proto.v1.Publish publish(Publish publish) {
        return switch (publish) {
            case IN_PLACE -> dev.nestmap.proto.v1.Publish.IN_PLACE;
            case SEALED -> dev.nestmap.proto.v1.Publish.SEALED;
        };
    }

    private static MapBtf btf(dev.nestmap.proto.v1.MapBtf btf) {
        return new MapBtf(ElementCodec.bytes(btf.getData()), btf.getKeyTypeId(),
                btf.getValueTypeId());
    }

    private static dev.nestmap.proto.v1.MapBtf btf(MapBtf btf) {
        return dev.nestmap.proto.v1.MapBtf.newBuilder()
                .setData(ElementCodec.bytes(btf.data()))
                .setKeyTypeId(btf.keyTypeId())
                .setValueTypeId(btf.valueTypeId())
                .build();
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.MapSpec spec(MapSpec spec) {
        var wire = dev.nestmap.proto.v1.MapSpec.newBuilder()
                .setNamespace(spec.namespace())
                .setName(spec.name())
                .setType(type(spec.type()))
                .setKeySize(spec.keySize())
                .setValueSize(spec.valueSize())
                .setMaxEntries(spec.maxEntries())
                .setFlags(spec.flags())
                .setMapExtra(spec.mapExtra())
                .setNumaNode(spec.numaNode())
                .setPlacement(placement(spec.placement()))
                .setPinPath(spec.pinPath())
                .setPublish(publish(spec.publish()))
                .setOwnership(ownership(spec.ownership()))
                .setUnresolved(unresolved(spec.unresolved()));
        @Nullable
        InnerTemplate template = spec.innerTemplate();
        if (template != null) {
            wire.setInnerTemplate(template(template));
        }
        @Nullable
        MapBtf btf = spec.btf();
        if (btf != null) {
            wire.setBtf(btf(btf));
        }
        return wire.build();
    }

    /** To the model. */
    public static InnerTemplate template(dev.nestmap.proto.v1.InnerTemplate template)
            throws InvalidMessageException {
        return new InnerTemplate(type(template.getType()), template.getKeySize(),
                template.getValueSize(),
                template.getMaxEntries(), template.getFlags(),
                template.hasSpinLockOffset()
                        ? OptionalInt.of(template.getSpinLockOffset())
                        : OptionalInt.empty(),
                template.hasBtf() ? btf(template.getBtf()) : null);
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.InnerTemplate template(InnerTemplate template) {
        var wire = dev.nestmap.proto.v1.InnerTemplate.newBuilder()
                .setType(type(template.type()))
                .setKeySize(template.keySize())
                .setValueSize(template.valueSize())
                .setMaxEntries(template.maxEntries())
                .setFlags(template.flags());
        template.spinLock().ifPresent(wire::setSpinLockOffset);
        @Nullable
        MapBtf btf = template.btf();
        if (btf != null) {
            wire.setBtf(btf(btf));
        }
        return wire.build();
    }

    /** To the model; a number that no kernel has is EINVAL, as in BPF_MAP_CREATE. */
    public static MapType type(dev.nestmap.proto.v1.MapType type) throws InvalidMessageException {
        return MapType.ofNumber(type.getNumber())
                .orElseThrow(() -> new InvalidMessageException(
                        "map type %d: the kernel knows the types 1 to 33"
                                .formatted(Integer.toUnsignedLong(type.getNumber()))));
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.MapType type(MapType type) {
        return dev.nestmap.proto.v1.MapType.newBuilder().setNumber(type.number()).build();
    }

    /** To the model. */
    public static Placement placement(dev.nestmap.proto.v1.Placement placement)
            throws InvalidMessageException {
        return switch (placement.getWhereCase()) {
            case SELECTOR -> new Placement.OnNodes(selector(placement.getSelector()));
            case FOLLOWS_OUTER -> new Placement.FollowsOuter();
            case WHERE_NOT_SET -> Placement.everywhere();
        };
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.Placement placement(Placement placement) {
        return switch (placement) {
            case Placement.OnNodes(LabelSelector selector) ->
                dev.nestmap.proto.v1.Placement.newBuilder().setSelector(selector(selector)).build();
            case Placement.FollowsOuter() -> dev.nestmap.proto.v1.Placement.newBuilder()
                    .setFollowsOuter(FollowsOuter.getDefaultInstance())
                    .build();
        };
    }

    /** To the model. */
    public static LabelSelector selector(dev.nestmap.proto.v1.LabelSelector selector)
            throws InvalidMessageException {
        List<Requirement> requirements = new ArrayList<>();
        for (var requirement : selector.getRequirementsList()) {
            Operator operator = switch (requirement.getOperator()) {
                case IN -> Operator.IN;
                case NOT_IN -> Operator.NOT_IN;
                case EXISTS -> Operator.EXISTS;
                case DOES_NOT_EXIST -> Operator.DOES_NOT_EXIST;
                case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> throw new InvalidMessageException(
                        "selector on \"%s\": the operator is missing or unknown"
                                .formatted(requirement.getKey()));
            };
            requirements.add(
                    new Requirement(requirement.getKey(), operator, requirement.getValuesList()));
        }
        return new LabelSelector(requirements);
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.LabelSelector selector(LabelSelector selector) {
        var wire = dev.nestmap.proto.v1.LabelSelector.newBuilder();
        for (Requirement requirement : selector.requirements()) {
            wire.addRequirementsBuilder()
                    .setKey(requirement.key())
                    .addAllValues(requirement.values())
                    .setOperator(switch (requirement.operator()) {
                        case IN -> dev.nestmap.proto.v1.LabelSelector.Requirement.Operator.IN;
                        case NOT_IN ->
                            dev.nestmap.proto.v1.LabelSelector.Requirement.Operator.NOT_IN;
                        case EXISTS ->
                            dev.nestmap.proto.v1.LabelSelector.Requirement.Operator.EXISTS;
                        case DOES_NOT_EXIST ->
                            dev.nestmap.proto.v1.LabelSelector.Requirement.Operator.DOES_NOT_EXIST;
                    });
        }
        return wire.build();
    }
}
