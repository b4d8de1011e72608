package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Every difference between the store and bpf(2) that is meant: the one list, of which docs/DIFFERENCES.md is the readable
 * form. The comparison with a kernel asks it; what it does not explain is a mistake.
 */
public enum IntendedDifference {
    /** Hashes have an order of their own in every kernel map. */
    HASH_ORDER("equal on every member, and a walk can go on after a restart", "DifferentialTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.operation() instanceof Operation.NextKey
                    && Words.isHashed(asked.spec().type())
                    && isKeyOrEnd(asked.model()) && isKeyOrEnd(asked.kernel())
                    && (asked.keyIsThere() || isKey(asked.model()) == isKey(asked.kernel()));
        }
    },
    /** A full LRU refuses a new key; a kernel drops others, also long before it is full. */
    LRU_EVICTION("which keys a kernel drops is nothing that it promises", "PerCpuTypesTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.history().mayHaveEvicted(asked.operation().map())
                    && !STRICT.contains(asked.model()) && !STRICT.contains(asked.kernel());
        }
    },
    /** max_entries of an LRU with BPF_F_NO_COMMON_LRU is shown as it was given. */
    LRU_ROUNDING("how far it is rounded depends on a node's CPUs", "EveryTypeTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.isCreate() && isLru(asked.spec())
                    && (asked.spec().flags() & MapFlags.NO_COMMON_LRU) != 0
                    && asked.bothCreated();
        }
    },
    /** A bloom filter refuses more values than max_entries. */
    BLOOM_LIMIT("the store holds the values themselves, so their number must have a bound",
            "KeylessTypesTest") {
        @Override
        boolean explains(Asked asked) {
            return isBloom(asked) && asked.model().equals("E2BIG")
                    && asked.kernel().equals(Words.OK)
                    && asked.operation() instanceof Operation.Update(int map, var element, _)
                    && asked.history().addedValues(map) >= asked.spec().capacity()
                    && element.value() instanceof Value.Data(Bytes value)
                    && !asked.history().wasAdded(map, value);
        }
    },
    /** A bloom filter never says yes to a value that was not added. */
    BLOOM_FALSE_POSITIVE("the store holds the values themselves", "KeylessTypesTest") {
        @Override
        boolean explains(Asked asked) {
            return isBloom(asked) && asked.model().equals("ENOENT")
                    && asked.operation() instanceof Operation.Lookup(int map, _, var value, _)
                    && asked.kernel().startsWith("value ")
                    && !asked.history().wasAdded(map, value.orElseThrow());
        }
    },
    /** Any numa_node from -1 on is taken. */
    NUMA_NODE(
            "which nodes are online is the host's affair; one that is not is a condition of the map there",
            "DifferentialTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.isCreate() && asked.withoutNumaNode().isPresent()
                    && asked.kernel().equals("EINVAL")
                    && (asked.withoutNumaNode().get().equals(asked.model())
                            || of(asked.askedAgain()).isPresent());
        }
    },
    /** Keys and values have at most 1 MiB. */
    ELEMENT_SIZE("an element must fit into an entry of the log", "TransitionTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.isCreate() && asked.model().equals("E2BIG")
                    && (asked.kernel().startsWith("created") || asked.kernel().equals("ENOMEM"))
                    && (isLarge(asked.spec().keySize()) || isLarge(asked.spec().valueSize()));
        }
    },
    /** ENOMEM is never an answer of the store. */
    MEMORY("how much there is differs from host to host; too little is a condition of the map there",
            "DifferentialTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.isCreate() && asked.onlyModelCreated()
                    && asked.kernel().equals("ENOMEM");
        }
    },
    /** A CPUMAP takes any index below max_entries, and max_entries up to 8192. */
    CPUS("which CPUs are possible is the host's affair; one that is not is a condition of the map there",
            "DifferentialTest") {
        @Override
        boolean explains(Asked asked) {
            if (asked.spec().type() != MapType.CPUMAP) {
                return false;
            }
            return switch (asked.operation()) {
                case Operation.Create _ -> asked.kernel().equals("E2BIG")
                        && asked.spec().capacity() > asked.cpus()
                        && asked.spec().capacity() <= KernelLimits.CPUS;
                case Operation.Update(_, var element, _) ->
                    Integer.compareUnsigned(element.key().intLe(0), asked.cpus()) >= 0
                            && asked.kernel().equals("ENODEV");
                case Operation.Lookup(_, Bytes key, _, _) ->
                    Integer.compareUnsigned(key.intLe(0), asked.cpus()) >= 0
                            && asked.kernel().equals("ENOENT");
                default -> asked.operation() instanceof Operation.Contents
                        && asked.spec().capacity() > asked.cpus();
            };
        }
    },
    /** A cgroup in a CGROUP_ARRAY can be looked up. */
    CGROUP_LOOKUP("the store knows the path that was written; a kernel has none to give back",
            "NodeExpressionTest") {
        @Override
        boolean explains(Asked asked) {
            return asked.spec().type() == MapType.CGROUP_ARRAY
                    && asked.operation() instanceof Operation.Lookup
                    && asked.kernel().equals("ENOTSUPP");
        }
    },
    /** Programs and cgroups are written as node expressions; a descriptor is refused as one that is not open. */
    DESCRIPTORS("a file descriptor means nothing on another host", "NodeExpressionTest"),
    /** Sockets, perf events and keys of local storage are refused as descriptors that are not open. */
    OBSERVED_CONTENTS("only programs and processes of the node can make them", "DifferentialTest"),
    /** A DEVMAP takes any interface index, or an expression. */
    INTERFACES(
            "interfaces differ from node to node; one that is missing is a condition of the map there",
            "ReconcilerTest"),
    /** Some values of maps of bytes may be worked out by each node. */
    HOST_NUMBERS(
            "programs read indexes of interfaces and numbers of CPUs from such maps, and these differ from node to node",
            "NumberValuesTest"),
    /** What is pushed, popped or added after a node created its QUEUE, STACK or BLOOM_FILTER does not reach that node. */
    SEEDS("from then on programs own the contents; a second writer would lose or repeat elements",
            "EveryTypeTest"),
    /** BTF is given as the section itself. */
    BTF_SECTION("there are no descriptors", "BtfAgainstKernelTest"),
    /** Of the special fields in values only spin locks are held. */
    SPECIAL_FIELDS("not held by this version", "BtfAgainstKernelTest"),
    /** Map ids have 64 bits, are the cluster's and are never used again. */
    MAP_IDS("a reference must mean the same on every host", "LifetimeTest"),
    /** Names have up to 63 characters of A-Za-z0-9_ and are unique in a namespace. */
    NAMES("a name is an identity and a pin, and bpffs refuses dots", "TransitionTest"),
    /** A slot holds maps of the outer map's namespace only. */
    NAMESPACES("a namespace is a tenant", "LifetimeTest"),
    /** Publish is no attribute of a kernel's map. */
    SEALED("each version of an inner map is another kernel map, so nothing but slots may lead to it, and slots must be free to change",
            "PublishTest"),
    /** Ownership is no attribute of a kernel's map. */
    OWNERSHIP(
            "who may write a map on a node is what an agent must know before it removes anything; of an observed map the store holds nothing to show",
            "OwnershipTest"),
    /** What becomes of node expressions is no attribute of a kernel's map. */
    UNRESOLVED("it would have no effect", "OwnershipTest"),
    /** A key or value of another length is EINVAL. */
    LENGTHS("the call carries the length, which a system call does not", "TransitionTest"),
    /** A map that is not there is ENOENT, as a slot's value or a template EBADF. */
    NO_MAP("maps are named in calls; a system call has a descriptor already", "TransitionTest"),
    /** BPF_F_RDONLY and BPF_F_WRONLY are checked, then dropped. */
    ACCESS_FLAGS("they restrict a descriptor, and there is none", "DifferentialTest"),
    /** BPF_F_ZERO_SEED wants no privilege of the caller. */
    ZERO_SEED(
            "the node's agent needs CAP_SYS_ADMIN for it; without, it is a condition of the map there",
            "DifferentialTest"),
    /** The frames of a STACK_TRACE are bounded by 127, the default of kernel.perf_event_max_stack. */
    STACK_DEPTH("the setting differs from host to host", "DifferentialTest"),
    /** Positions in batches are keys, opaque. */
    BATCH_POSITIONS("they survive restarts and other members; buckets would not",
            "TransitionTest") {
        @Override
        boolean explains(Asked asked) {
            if (!(asked.operation() instanceof Operation.LookupBatch(_, var from, _, _))
                    || !Words.isPages(asked.model()) || !Words.isPages(asked.kernel())) {
                return false;
            }
            return Words.isHashed(asked.spec().type())
                    ? from.isPresent() || Words.elementsOfPages(asked.model())
                            .equals(Words.elementsOfPages(asked.kernel()))
                    : asked.spec().type() == MapType.LPM_TRIE && from.isPresent()
                            && !asked.keyIsThere();
        }
    };

    private static final Set<String> STRICT = Set.of("EINVAL", "EPERM", "ENOTSUPP", "EOPNOTSUPP");

    private final String reason;
    private final String test;

    IntendedDifference(String reason, String test) {
        this.reason = reason;
        this.test = test;
    }

    /** Its word on the page. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Why it is so. */
    public String reason() {
        return reason;
    }

    /** The class of the test that shows it. */
    public String test() {
        return test;
    }

    /**
     * A question that was answered differently.
     *
     * @param spec the map's; what was asked for where it is created
     * @param keyIsThere the key of the operation was in the model's map
     * @param history what was done to the maps, this operation included
     * @param withoutNumaNode what the kernel says to the same without the NUMA node; empty where it was not asked
     */
    record Asked(
            Operation operation,
            MapSpec spec,
            String model,
            String kernel,
            boolean keyIsThere,
            History history,
            Optional<String> withoutNumaNode,
            int cpus) {
        /** As if the answer without the NUMA node were the only one. */
        Asked askedAgain() {
            return new Asked(operation, spec, model, withoutNumaNode.orElse(kernel), keyIsThere,
                    history, Optional.empty(), cpus);
        }

        boolean isCreate() {
            return operation instanceof Operation.Create;
        }

        boolean onlyModelCreated() {
            return model.startsWith("created") && !kernel.startsWith("created");
        }

        boolean bothCreated() {
            return model.startsWith("created") && kernel.startsWith("created");
        }
    }

    /** Which one explains it; empty where none does. */
    static Optional<IntendedDifference> of(Asked asked) {
        for (IntendedDifference difference : values()) {
            if (difference.explains(asked)) {
                return Optional.of(difference);
            }
        }
        return Optional.empty();
    }

    /** Those that do not show in answers to operations on one kernel explain nothing. */
    boolean explains(Asked asked) {
        return false;
    }

    static boolean isLru(MapSpec spec) {
        return MapRules.evicts(spec.type());
    }

    private static boolean isBloom(Asked asked) {
        return asked.spec().type() == MapType.BLOOM_FILTER;
    }

    private static boolean isLarge(int size) {
        return Integer.compareUnsigned(size, MapRules.ELEMENT_PART_LIMIT_BYTES) > 0;
    }

    private static boolean isKey(String answer) {
        return answer.startsWith("key ");
    }

    private static boolean isKeyOrEnd(String answer) {
        return isKey(answer) || answer.equals("ENOENT");
    }
}
