package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.state.MapState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** Operations that hit something: few maps, few keys. The model says what is there. */
public final class Generator {
    private static final int MAPS_AT_LEAST = 8;
    /** Slot changes wait for a grace period of the kernel's, so they are rare. */
    private static final int OUTER_VERBS = 160;
    private static final int VERBS = 20;
    /** More than most maps hold. */
    private static final int MANY = 1000;

    private final SplittableRandom random;
    private final Shapes shapes;
    private final Elements elements;
    private int created;

    /** Gives the same operations for the same random numbers and the same answers of the model. */
    public Generator(SplittableRandom random) {
        this.random = random;
        this.shapes = new Shapes(random);
        this.elements = new Elements(random);
    }

    /** The next operation on the maps of the model. */
    public Operation next(ModelSubject model) {
        List<Integer> maps = model.maps();
        if (maps.size() < MAPS_AT_LEAST || random.nextInt(30) == 0) {
            return create(model, maps);
        }
        if (random.nextInt(60) == 0) {
            return random.nextInt(3) == 0
                    ? new Operation.Unlink(pick(maps))
                    : new Operation.Alive(random.nextInt(created));
        }
        int number = pick(maps);
        MapState map = Objects.requireNonNull(model.map(number));
        Operation operation = verb(model, number, map.spec());
        return operation instanceof Operation.LookupBatch && isTooMuch(map.spec())
                ? new Operation.NextKey(number, Optional.empty())
                : operation;
    }

    private Operation create(ModelSubject model, List<Integer> maps) {
        MapSpec shape = !maps.isEmpty() && random.nextInt(4) == 0
                ? shapes.like(Objects.requireNonNull(model.map(pick(maps))).spec())
                : shapes.next();
        Optional<Integer> template = !maps.isEmpty()
                && (shape.type().isOuter() || random.nextInt(20) == 0)
                        ? Optional.of(pick(maps))
                        : Optional.empty();
        return new Operation.Create(created++, shape, template, random.nextInt(3) == 0
                ? Operation.TemplateForm.GIVEN
                : Operation.TemplateForm.COPIED);
    }

    private Operation verb(ModelSubject model, int map, MapSpec spec) {
        Bytes key = elements.key(spec);
        boolean outer = spec.type().isOuter();
        return switch (random.nextInt(outer ? OUTER_VERBS : VERBS)) {
            case 0, 1, 2, 3, 4 ->
                new Operation.Update(map, new Element(key, elements.value(model, spec)),
                        flags(spec));
            case 5, 6 -> new Operation.Delete(map, key);
            case 7, 8 -> new Operation.Take(map, key, readFlags(spec));
            case 9 -> new Operation.UpdateBatch(map, batch(model, spec), readFlags(spec));
            case 10 -> new Operation.DeleteBatch(map, keys(spec), readFlags(spec));
            case 11 -> switch (random.nextInt(12)) {
                case 0 -> new Operation.Freeze(map);
                case 1, 2, 3 -> new Operation.Contents(map);
                default -> wholePage(map, spec);
            };
            case 12, 13, 14 -> new Operation.NextKey(map,
                    random.nextInt(4) == 0 || spec.keySize() == 0
                            ? Optional.empty()
                            : Optional.of(key));
            case 15, 16 -> new Operation.LookupBatch(map,
                    random.nextInt(4) > 0 || spec.keySize() == 0
                            ? Optional.empty()
                            : Optional.of(key),
                    pageCount(spec), readFlags(spec));
            default -> new Operation.Lookup(map, key,
                    spec.type() == MapType.BLOOM_FILTER
                            ? Optional.of(elements.bytes(spec.valueSize()))
                            : Optional.empty(),
                    readFlags(spec));
        };
    }

    private List<Element> batch(ModelSubject model, MapSpec spec) {
        List<Element> batch = new ArrayList<>();
        for (Bytes key : keys(spec)) {
            batch.add(new Element(key, elements.value(model, spec)));
        }
        return batch;
    }

    private List<Bytes> keys(MapSpec spec) {
        List<Bytes> keys = new ArrayList<>();
        for (int i = random.nextInt(0, 6); i > 0; i--) {
            keys.add(elements.key(spec));
        }
        return keys;
    }

    /** Reading thousands of elements takes the time of hundreds of other operations. */
    private boolean isTooMuch(MapSpec spec) {
        return MapRules.isDense(spec.type()) && spec.capacity() > MANY && random.nextInt(20) > 0;
    }

    /** Small pages, but not thousands of them. */
    private int pageCount(MapSpec spec) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1, 2, 3 -> Math.clamp(spec.capacity() / 16,
                    random.nextInt(1, 4), MANY);
            case 4 -> (int) Math.min(spec.capacity(), MANY);
            default -> wholePage(spec);
        };
    }

    private static int wholePage(MapSpec spec) {
        return (int) Math.min(spec.capacity() + 1, MANY);
    }

    /** All elements in one page, but of large maps. */
    static Operation wholePage(int map, MapSpec spec) {
        return new Operation.LookupBatch(map, Optional.empty(), wholePage(spec), 0);
    }

    /** Of these verbs and of batches, which know the lock only. */
    private long readFlags(MapSpec spec) {
        return random.nextInt(spec.spinLock().isPresent() ? 3 : 12) == 0 ? flags(spec) : 0;
    }

    private long flags(MapSpec spec) {
        if (spec.spinLock().isPresent() && random.nextInt(3) == 0) {
            return UpdateFlags.LOCK | random.nextInt(3);
        }
        return switch (random.nextInt(12)) {
            case 0, 1 -> 1;
            case 2, 3 -> 2;
            case 4 -> 3;
            case 5 -> random.nextInt(4, 64);
            case 6 -> 1L << random.nextInt(64);
            default -> 0;
        };
    }

    private int pick(List<Integer> maps) {
        return maps.get(random.nextInt(maps.size()));
    }
}
