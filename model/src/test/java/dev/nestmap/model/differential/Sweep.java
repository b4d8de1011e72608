package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What chance may miss, one after the other: of every type every attribute at every bound, every verb with every flag on every
 * kind of key, and as an inner map everything in which it can differ from a template.
 */
public final class Sweep {
    private static final long[] FLAGS = {0, 1, 2, 3, 4, 5, 8, 1L << 32};
    private static final int MANY = 1000;

    private final List<List<Operation>> sequences = new ArrayList<>();
    private List<Operation> sequence = new ArrayList<>();
    private int maps;

    private Sweep() {}

    /** All sequences. Takes some seconds on a kernel: slot changes wait. */
    public static List<List<Operation>> all() {
        Sweep sweep = new Sweep();
        for (MapType type : MapType.values()) {
            sweep.creations(type);
            for (MapSpec shape : SweptShapes.withContents(type)) {
                sweep.verbs(shape);
            }
            sweep.matches(type);
        }
        for (MapType outer : List.of(MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS)) {
            sweep.lifetimes(outer);
        }
        return sweep.sequences;
    }

    private void creations(MapType type) {
        for (MapSpec shape : SweptShapes.variations(SweptShapes.usual(type))) {
            if (!type.isOuter()) {
                unlink(create(shape, Optional.empty(), Operation.TemplateForm.COPIED));
                continue;
            }
            int template = create(SweptShapes.usual(MapType.HASH));
            unlink(create(shape, Optional.of(template), Operation.TemplateForm.COPIED));
        }
        end();
        if (!type.isOuter()) {
            asTemplates(SweptShapes.singleVariations(SweptShapes.usual(type)));
        }
        end();
    }

    private void asTemplates(List<MapSpec> shapes) {
        for (MapSpec shape : shapes) {
            int template = create(shape);
            unlink(create(SweptShapes.usual(MapType.ARRAY_OF_MAPS), Optional.of(template),
                    Operation.TemplateForm.COPIED));
            unlink(create(SweptShapes.usual(MapType.HASH_OF_MAPS), Optional.of(template),
                    Operation.TemplateForm.GIVEN));
            unlink(template);
        }
    }

    private void verbs(MapSpec shape) {
        int inner = create(SweptShapes.usual(MapType.HASH));
        int map = create(shape, shape.type().isOuter() ? Optional.of(inner) : Optional.empty(),
                Operation.TemplateForm.COPIED);
        for (int round = 0; round < 2; round++) {
            for (long flags : FLAGS) {
                for (Bytes key : SweptShapes.keys(shape)) {
                    verbs(map, shape, key, inner, flags);
                }
            }
            fill(map, shape, inner);
            walks(map, shape);
            sequence.add(new Operation.Freeze(map));
        }
        end();
    }

    private void verbs(int map, MapSpec shape, Bytes key, int inner, long flags) {
        List<Element> elements = new ArrayList<>();
        for (Value value : SweptShapes.values(shape, inner)) {
            elements.add(new Element(key, value));
        }
        Element element = elements.getFirst();
        Optional<Bytes> asked = shape.type() == MapType.BLOOM_FILTER
                ? Optional.of(((Value.Data) element.value()).bytes())
                : Optional.empty();
        sequence.add(new Operation.Delete(map, key));
        sequence.add(new Operation.Lookup(map, key, asked, flags));
        for (Element tried : elements) {
            sequence.add(new Operation.Update(map, tried, flags));
            sequence.add(new Operation.Lookup(map, key, asked, flags));
            sequence.add(new Operation.Update(map, tried, flags));
        }
        sequence.add(new Operation.NextKey(map,
                key.size() == 0 ? Optional.empty() : Optional.of(key)));
        sequence.add(new Operation.Take(map, key, flags));
        sequence.add(new Operation.Take(map, key, flags));
        sequence.add(new Operation.UpdateBatch(map, List.of(element, element), flags));
        sequence.add(new Operation.LookupBatch(map,
                key.size() == 0 ? Optional.empty() : Optional.of(key), 2, flags));
        sequence.add(new Operation.DeleteBatch(map, List.of(key), flags));
        if (flags == 0) {
            sequence.add(new Operation.DeleteBatch(map, List.of(key, key), flags));
        }
    }

    /** One more than there is room for. */
    private void fill(int map, MapSpec shape, int inner) {
        for (int i = 0; i <= Math.min(shape.capacity(), MANY); i++) {
            Value value = SweptShapes.numbered(shape, i, inner);
            sequence.add(new Operation.Update(map,
                    new Element(SweptShapes.key(shape, i), value), 0));
            if (shape.type() == MapType.BLOOM_FILTER && value instanceof Value.Data(Bytes bytes)) {
                sequence.add(
                        new Operation.Lookup(map, Bytes.empty(), Optional.of(bytes), 0));
            }
        }
    }

    private void walks(int map, MapSpec shape) {
        sequence.add(new Operation.Contents(map));
        sequence.add(new Operation.NextKey(map, Optional.empty()));
        for (int count : shape.capacity() > MANY
                ? new int[]{0, MANY}
                : new int[]{0, 1, 2, 3, 4, MANY}) {
            sequence.add(new Operation.LookupBatch(map, Optional.empty(), count, 0));
            for (Bytes key : SweptShapes.keys(shape)) {
                if (key.size() > 0) {
                    sequence.add(new Operation.LookupBatch(map, Optional.of(key), count, 0));
                }
            }
        }
    }

    private void matches(MapType type) {
        if (type.isOuter()) {
            return;
        }
        for (MapSpec shape : SweptShapes.templates(type)) {
            int template = create(shape);
            for (MapType outer : List.of(MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS)) {
                int slots = create(SweptShapes.usual(outer), Optional.of(template),
                        Operation.TemplateForm.COPIED);
                for (MapSpec candidate : SweptShapes.candidates(shape)) {
                    int inner = create(candidate);
                    sequence.add(new Operation.Update(slots,
                            new Element(Bytes.u32le(1), new Value.Slot(new MapRef.ById(inner))),
                            0));
                    unlink(inner);
                }
            }
        }
        end();
    }

    /** A map lives while it has a name or a slot. */
    private void lifetimes(MapType type) {
        int template = create(SweptShapes.usual(MapType.HASH));
        int outer = create(SweptShapes.usual(type), Optional.of(template),
                Operation.TemplateForm.COPIED);
        int replaced = slot(outer, 0);
        int deleted = slot(outer, 1);
        int kept = slot(outer, 2);
        int nowhere = create(SweptShapes.usual(MapType.HASH));
        unlink(nowhere);
        sequence.add(new Operation.Alive(nowhere));
        for (int inner : List.of(replaced, deleted, kept)) {
            unlink(inner);
            sequence.add(new Operation.Alive(inner));
            sequence.add(new Operation.Lookup(inner, Bytes.u32le(1), Optional.empty(), 0));
        }
        sequence.add(new Operation.Contents(outer));
        slot(outer, 0);
        sequence.add(new Operation.Delete(outer, Bytes.u32le(1)));
        sequence.add(new Operation.Update(outer, new Element(Bytes.u32le(1),
                new Value.Slot(new MapRef.ById(deleted))), 0));
        for (int inner : List.of(replaced, deleted, kept)) {
            sequence.add(new Operation.Alive(inner));
        }
        sequence.add(new Operation.Contents(outer));
        unlink(outer);
        for (int map : List.of(outer, kept, template)) {
            sequence.add(new Operation.Alive(map));
        }
        end();
    }

    private int slot(int outer, int key) {
        int inner = create(SweptShapes.usual(MapType.HASH));
        sequence.add(new Operation.Update(outer,
                new Element(Bytes.u32le(key), new Value.Slot(new MapRef.ById(inner))), 0));
        return inner;
    }

    private int create(MapSpec shape) {
        return create(shape, Optional.empty(), Operation.TemplateForm.COPIED);
    }

    private int create(MapSpec shape, Optional<Integer> template, Operation.TemplateForm form) {
        sequence.add(new Operation.Create(maps, shape, template, form));
        return maps++;
    }

    private void unlink(int map) {
        sequence.add(new Operation.Unlink(map));
    }

    private void end() {
        if (!sequence.isEmpty()) {
            sequences.add(sequence);
        }
        sequence = new ArrayList<>();
        maps = 0;
    }
}
