package dev.nestmap.client.wire;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.LabelSelector.Operator;
import dev.nestmap.model.placement.LabelSelector.Requirement;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.state.Result;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Commands and results of every kind, valid or not, from a seed. */
final class RandomCommands {
    private final Random random;

    RandomCommands(long seed) {
        this.random = new Random(seed);
    }

    RequestId id() {
        return new RequestId(bytes(RequestId.CLIENT_ID_BYTES), random.nextLong());
    }

    Command command() {
        return switch (random.nextInt(4)) {
            case 0 -> new Command.Txn(list(this::compare), list(this::step), list(this::step));
            case 1 -> {
                TreeMap<String, String> labels = new TreeMap<>();
                list(this::text).forEach(key -> labels.put(key, text()));
                yield new Command.SetLabels(text(), labels, list(this::text));
            }
            default -> step();
        };
    }

    Result result() {
        return switch (random.nextInt(8)) {
            case 0 -> new Result.Refused(refusal());
            case 1 -> new Result.Done();
            case 2 -> new Result.Created(random.nextLong());
            case 3 -> new Result.Deleted(random.nextLong(), random.nextBoolean());
            case 4 -> new Result.Taken(value());
            case 5 -> new Result.Batch(random.nextInt(), random.nextBoolean()
                    ? Optional.of(refusal())
                    : Optional.empty());
            case 6 -> new Result.TxnDone(random.nextBoolean(), list(random::nextLong),
                    list(this::value));
            default -> new Result.TxnRefused(random.nextBoolean(), random.nextInt(), refusal());
        };
    }

    private Command.Step step() {
        return switch (random.nextInt(9)) {
            case 0 -> new Command.Create(spec(), inner());
            case 4 -> new Command.LookupAndDelete(ref(), bytes(), random.nextLong());
            case 5 -> new Command.UpdateBatch(ref(), list(this::element), random.nextLong());
            case 6 -> new Command.DeleteBatch(ref(), list(this::bytes), random.nextLong());
            case 1 -> new Command.Delete(ref());
            case 2 -> new Command.Freeze(ref());
            case 7 -> new Command.Place(ref(), placement());
            case 3 -> new Command.Update(ref(), bytes(), value(), random.nextLong());
            default -> new Command.DeleteElem(ref(), bytes());
        };
    }

    private Compare compare() {
        return switch (random.nextInt(5)) {
            case 3 -> new Compare.MapUnchangedSince(ref(), random.nextLong());
            case 0 -> new Compare.MapExists(ref(), random.nextBoolean());
            case 1 -> new Compare.MapRevision(ref(), random.nextLong());
            case 2 -> new Compare.ElementExists(ref(), bytes(), random.nextBoolean());
            default -> new Compare.ElementEquals(ref(), bytes(), value());
        };
    }

    private InnerSource inner() {
        return switch (random.nextInt(3)) {
            case 0 -> new InnerSource.None();
            case 1 -> new InnerSource.CopiedFrom(ref());
            default -> new InnerSource.Given(new InnerTemplate(type(), random.nextInt(),
                    random.nextInt(), random.nextInt(), random.nextInt(),
                    random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt())));
        };
    }

    private MapSpec spec() {
        return new MapSpec(text(), text(), type(), random.nextInt(), random.nextInt(),
                random.nextInt(), random.nextInt(), random.nextLong(), random.nextInt(), null,
                placement(), random.nextBoolean() ? "" : "/" + text(),
                random.nextBoolean()
                        ? null
                        : new MapBtf(bytes(), random.nextInt(), random.nextInt()),
                oneOf(List.of(Publish.values())), oneOf(List.of(Ownership.values())),
                oneOf(List.of(Unresolved.values())));
    }

    private Placement placement() {
        return random.nextInt(3) == 0
                ? new Placement.FollowsOuter()
                : new Placement.OnNodes(new LabelSelector(list(() -> new Requirement(text(),
                        oneOf(List.of(Operator.values())),
                        list(this::text)))));
    }

    private MapRef ref() {
        return switch (random.nextInt(3)) {
            case 0 -> new MapRef.ByName(text(), text());
            case 1 -> new MapRef.ById(random.nextLong());
            default -> new MapRef.ByPin("/" + text());
        };
    }

    private Element element() {
        return new Element(bytes(), value());
    }

    private Value value() {
        return switch (random.nextInt(4)) {
            case 0 -> new Value.Data(bytes());
            case 2 -> new Value.PerCpu(List.of(bytes(), bytes()));
            case 1 -> new Value.Slot(ref());
            default -> new Value.Expression(text());
        };
    }

    private Refusal refusal() {
        return new Refusal(oneOf(List.of(Errno.values())), text());
    }

    private MapType type() {
        return oneOf(List.of(MapType.values()));
    }

    private Bytes bytes() {
        return bytes(random.nextInt(20));
    }

    private Bytes bytes(int size) {
        byte[] data = new byte[size];
        random.nextBytes(data);
        return Bytes.wrap(data);
    }

    /** Not empty: an empty namespace means the default one. */
    private String text() {
        return "t" + Integer.toString(random.nextInt(1000), 36) + "\u00e4\u4e16";
    }

    private <T> List<T> list(Supplier<T> element) {
        return Stream.generate(element).limit(random.nextInt(4)).toList();
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
