package dev.nestmap.model.btf;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Resolves types to shapes. A type that says it contains itself, nests too deeply or has more parts than can be shown is
 * refused; each type is resolved once.
 */
public final class ShapeBuilder {
    /** The kernel's MAX_RESOLVE_DEPTH. */
    private static final int DEPTH_LIMIT = 32;
    /** The largest value that is looked at; the store's own limit is below. */
    private static final long SIZE_LIMIT_BYTES = 1 << 20;
    /** Numbers that a value may consist of, union members counted each: what a decoded value costs. */
    private static final long PARTS_LIMIT = 1 << 21;
    private static final long UNSIGNED_LIMIT = 0xffff_ffffL;
    private static final Set<String> NETWORK_ORDER = Set.of("__be16", "__be32", "__be64", "be16",
            "be32", "be64");

    private final Btf btf;
    private final Map<Integer, Built> known = new HashMap<>();
    private final Set<Integer> underWay = new HashSet<>();

    private ShapeBuilder(Btf btf) {
        this.btf = btf;
    }

    /** The shape of the values of a type; EINVAL where it has no size, or is not of this world. */
    public static Outcome<Shape> shape(Btf btf, int typeId) {
        if (typeId <= 0 || typeId >= btf.typeCount()) {
            return Outcome.refused(Errno.EINVAL, "there is no type %s, the BTF has %d".formatted(
                    Integer.toUnsignedString(typeId), btf.typeCount() - 1));
        }
        try {
            return Outcome.done(new ShapeBuilder(btf).build(typeId, 0).shape);
        } catch (MisfitException e) {
            return Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The bytes of a value of a type, of any number of parts; EINVAL where it has no size.
     *
     * @return up to 2^32 - 1
     */
    public static Outcome<Long> sizeBytes(Btf btf, int typeId) {
        try {
            return Outcome.done(sizeOf(btf, typeId));
        } catch (MisfitException e) {
            return Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
        }
    }

    private static long sizeOf(Btf btf, int typeId) throws MisfitException {
        long count = 1;
        int id = typeId;
        for (int depth = 0; depth <= DEPTH_LIMIT; depth++) {
            if (id < 0 || id >= btf.typeCount()) {
                throw noSize(id, "not there");
            }
            long size = switch (btf.type(id)) {
                case BtfType.Nothing _ -> throw noSize(id, "void");
                case BtfType.Forward forward -> throw noSize(id,
                        "declared and not defined, \"%s\"".formatted(forward.name()));
                case BtfType.Variable _,BtfType.DataSection _,BtfType.Foreign _ -> throw noSize(id,
                        "no type of a value, \"%s\",".formatted(btf.type(id).name()));
                case BtfType.Int number -> number.sizeBytes();
                case BtfType.Real real -> real.sizeBytes();
                case BtfType.Pointer _ -> Long.BYTES;
                case BtfType.Enumeration enumeration -> enumeration.sizeBytes();
                case BtfType.Composite composite -> composite.sizeBytes();
                case BtfType.Altered altered -> {
                    id = altered.target();
                    yield -1;
                }
                case BtfType.Array array -> {
                    id = array.element();
                    count *= array.count();
                    yield -1;
                }
            };
            // Factors below 2^32 have a product below 2^64, which is negative where it is above 2^63.
            long bytes = count * Math.max(size, 1);
            if (count < 0 || count > UNSIGNED_LIMIT || bytes < 0 || bytes > UNSIGNED_LIMIT) {
                throw new MisfitException(
                        "type %d has more than %d bytes".formatted(typeId, UNSIGNED_LIMIT));
            }
            if (size >= 0) {
                return count * size;
            }
        }
        throw new MisfitException("type %d nests more than %d deep".formatted(typeId, DEPTH_LIMIT));
    }

    private record Built(Shape shape, long parts) {}

    private Built build(int id, int depth) throws MisfitException {
        Built before = known.get(id);
        if (before != null) {
            return before;
        }
        if (depth > DEPTH_LIMIT) {
            throw new MisfitException(
                    "type %d nests more than %d deep".formatted(id, DEPTH_LIMIT));
        }
        if (!underWay.add(id)) {
            throw new MisfitException("type %d contains itself".formatted(id));
        }
        Built built = make(id, depth);
        underWay.remove(id);
        known.put(id, built);
        return built;
    }

    private Built make(int id, int depth) throws MisfitException {
        return switch (btf.type(id)) {
            case BtfType.Nothing _ -> throw noSize(id, "void");
            case BtfType.Forward forward -> throw noSize(id,
                    "declared and not defined, \"%s\"".formatted(forward.name()));
            case BtfType.Variable _,BtfType.DataSection _,BtfType.Foreign _ -> throw noSize(id,
                    "no type of a value, \"%s\",".formatted(btf.type(id).name()));
            case BtfType.Int number -> leaf(number(id, number));
            case BtfType.Real(String name, int size) -> {
                if (size != 2 && size != 4 && size != 8 && size != 12 && size != 16) {
                    throw new MisfitException(
                            "type %d, float \"%s\", has %d bytes".formatted(id, name, size));
                }
                yield leaf(new Shape.Real(size));
            }
            case BtfType.Pointer _ -> leaf(new Shape.Pointer());
            case BtfType.Enumeration enumeration -> leaf(enumeration(id, enumeration));
            case BtfType.Altered altered -> altered(altered, depth);
            case BtfType.Array array -> array(id, array, depth);
            case BtfType.Composite composite -> composite(id, composite, depth);
        };
    }

    private static MisfitException noSize(int id, String what) {
        return new MisfitException("type %d is %s and has no size".formatted(id, what));
    }

    private static Built leaf(Shape shape) {
        return new Built(shape, 1);
    }

    private static Shape number(int id, BtfType.Int number) throws MisfitException {
        int size = number.sizeBytes();
        boolean sound = size > 0 && size <= 16 && Integer.bitCount(size) == 1 && number.bits() > 0
                && number.bitOffset() + number.bits() <= size * Byte.SIZE;
        if (!sound) {
            throw new MisfitException("type %d, \"%s\": %d bits at %d do not lie in %d bytes"
                    .formatted(id, number.name(), number.bits(), number.bitOffset(), size));
        }
        return new Shape.Whole(number.name(), size, number.encoding(), Shape.ByteOrder.HOST,
                number.bitOffset(), number.bits());
    }

    private static Shape enumeration(int id, BtfType.Enumeration enumeration)
            throws MisfitException {
        int size = enumeration.sizeBytes();
        if (size <= 0 || size > Long.BYTES || Integer.bitCount(size) != 1) {
            throw new MisfitException("type %d, enum \"%s\", has %s bytes".formatted(id,
                    enumeration.name(), Integer.toUnsignedString(size)));
        }
        LinkedHashMap<String, Long> constants = new LinkedHashMap<>();
        enumeration.constants()
                .forEach(constant -> constants.putIfAbsent(constant.name(), constant.number()));
        return new Shape.Enumeration(enumeration.width(), enumeration.name(), size,
                enumeration.sign(),
                Collections.unmodifiableSequencedMap(constants));
    }

    private Built altered(BtfType.Altered altered, int depth) throws MisfitException {
        Built target = build(altered.target(), depth + 1);
        boolean network = altered.alteration() == BtfType.Alteration.TYPEDEF
                && NETWORK_ORDER.contains(altered.name());
        if (network && target.shape instanceof Shape.Whole number && number.firstBit() == 0
                && number.bits() == number.sizeBytes() * Byte.SIZE) {
            return leaf(new Shape.Whole(number.typeName(), number.sizeBytes(), number.encoding(),
                    Shape.ByteOrder.NETWORK, 0, number.bits()));
        }
        return target;
    }

    private Built array(int id, BtfType.Array array, int depth) throws MisfitException {
        Built element = build(array.element(), depth + 1);
        long count = array.count();
        checkSize(id, count > SIZE_LIMIT_BYTES ? count : count * element.shape.sizeBytes());
        long parts = checkParts(id, 1 + count * element.parts);
        return new Built(new Shape.Sequence(element.shape, (int) count,
                (int) count * element.shape.sizeBytes(),
                script(array.element(), element.shape, (int) count)), parts);
    }

    private Shape.Script script(int elementType, Shape element, int count) {
        if (!(element instanceof Shape.Whole number)) {
            return Shape.Script.NONE;
        }
        if (number.isCharacter()) {
            return isNamed(elementType)
                    ? Shape.Script.NAMED_CHARACTERS
                    : Shape.Script.CHARACTERS;
        }
        boolean words = number.order() == Shape.ByteOrder.NETWORK && number.sizeBytes() == 4;
        if ((words && count == 4) || (number.isByte() && count == 16)) {
            return Shape.Script.IPV6;
        }
        return number.isByte() && count == 6 ? Shape.Script.MAC : Shape.Script.NONE;
    }

    /** True where a typedef stands before the number; the chain was found to be finite. */
    private boolean isNamed(int typeId) {
        BtfType type = btf.type(typeId);
        while (type instanceof BtfType.Altered altered) {
            if (altered.alteration() == BtfType.Alteration.TYPEDEF) {
                return true;
            }
            type = btf.type(altered.target());
        }
        return false;
    }

    private Built composite(int id, BtfType.Composite composite, int depth)
            throws MisfitException {
        checkSize(id, composite.sizeBytes());
        List<Shape.Member> members = new ArrayList<>();
        long parts = 1;
        for (BtfType.Member member : composite.members()) {
            Built built = build(member.type(), depth + 1);
            parts = checkParts(id, parts + built.parts);
            members.add(member(id, composite, member, built.shape));
        }
        return new Built(new Shape.Composite(composite.layout(), composite.name(),
                (int) composite.sizeBytes(), List.copyOf(members), address(composite)), parts);
    }

    private static Shape.Member member(int id, BtfType.Composite composite, BtfType.Member member,
            Shape shape) throws MisfitException {
        long width = member.bitWidth() == 0
                ? (long) shape.sizeBytes() * Byte.SIZE
                : member.bitWidth();
        boolean bits = member.bitWidth() != 0;
        boolean takesBits = shape instanceof Shape.Whole || shape instanceof Shape.Enumeration;
        boolean sound = member.bitOffset() + width <= composite.sizeBytes() * Byte.SIZE
                && (bits
                        ? takesBits && width <= (long) shape.sizeBytes() * Byte.SIZE
                        : member.bitOffset() % Byte.SIZE == 0);
        if (!sound) {
            throw new MisfitException(
                    "type %d, \"%s\": member \"%s\" with %d bits at bit %d does not lie in %d bytes"
                            .formatted(id, composite.name(), member.name(), width,
                                    member.bitOffset(), composite.sizeBytes()));
        }
        return new Shape.Member(member.name(), shape, (int) member.bitOffset(), member.bitWidth());
    }

    private static Shape.Address address(BtfType.Composite composite) {
        return switch (composite.name()) {
            case "in_addr" -> composite.sizeBytes() == 4
                    ? Shape.Address.IPV4
                    : Shape.Address.NONE;
            case "in6_addr" -> composite.sizeBytes() == 16
                    ? Shape.Address.IPV6
                    : Shape.Address.NONE;
            default -> Shape.Address.NONE;
        };
    }

    private static void checkSize(int id, long sizeBytes) throws MisfitException {
        if (sizeBytes > SIZE_LIMIT_BYTES) {
            throw new MisfitException("type %d has %d bytes or elements, at most %d are possible"
                    .formatted(id, sizeBytes, SIZE_LIMIT_BYTES));
        }
    }

    private static long checkParts(int id, long parts) throws MisfitException {
        if (parts > PARTS_LIMIT) {
            throw new MisfitException("type %d consists of more than %d numbers".formatted(id,
                    PARTS_LIMIT));
        }
        return parts;
    }
}
