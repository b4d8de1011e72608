package dev.nestmap.systemtests.faults;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.HostKernel;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.Slot;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An agent that can be told to die by SIGKILL before one of the things that it will ask of the kernel. Each line of its input is the
 * number of that thing, counted from the line on; at the end it says how many there were.
 */
final class MortalAgent {
    private static final Set<String> NO_SYSTEM_CALLS = Set.of("info", "valueWidth", "possibleCpus",
            "features", "toString", "hashCode", "equals", "interfaceIndex");

    private static final AtomicInteger ASKED = new AtomicInteger();
    private static volatile int deadly = Integer.MAX_VALUE;

    private MortalAgent() {}

    /** Arguments: server, node, pin root, state directory. */
    public static void main(String[] arguments) throws Exception {
        Kernel kernel = around(Kernel.class, HostKernel.open());
        AgentConfig config = new AgentConfig(arguments[1], List.of(arguments[0]), Map.of(),
                Path.of(arguments[2])).withStateDirectory(Path.of(arguments[3]));
        try (NestmapAgent agent = NestmapAgent.start(config, kernel)) {
            System.out.println("runs " + agent.status().maps().size());
            for (int next = readNumber(); next >= 0; next = readNumber()) {
                ASKED.set(0);
                deadly = next == 0 ? Integer.MAX_VALUE : next;
                System.out.println("armed " + next);
            }
        }
    }

    private static int readNumber() throws IOException {
        int number = -1;
        for (int read = System.in.read(); read >= '0'; read = System.in.read()) {
            number = Math.max(number, 0) * 10 + read - '0';
        }
        return number;
    }

    private static <T> T around(Class<T> port, T target) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port},
                new Mortal(target)));
    }

    private static void dieIfItIsTime(Method method) throws IOException, InterruptedException {
        if (NO_SYSTEM_CALLS.contains(method.getName()) || ASKED.incrementAndGet() != deadly) {
            return;
        }
        System.out.println("dies before " + method.getName());
        new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid()))
                .inheritIO()
                .start()
                .waitFor();
        new CountDownLatch(1).await();
    }

    private record Mortal(Object target) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method,
                @Nullable Object @Nullable [] arguments) throws Throwable {
            dieIfItIsTime(method);
            Object[] bare = arguments == null
                    ? new Object[0]
                    : Arrays.stream(arguments).map(Mortal::bare).toArray();
            try {
                return switch (method.invoke(target, bare)) {
                    case KernelMap map -> around(KernelMap.class, map);
                    case Optional<?> found when found.orElse(null) instanceof KernelMap map ->
                        Optional.of(around(KernelMap.class, map));
                    case null -> null;
                    case Object other -> other;
                };
            } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
            }
        }

        private static @Nullable Object bare(@Nullable Object argument) {
            return switch (argument) {
                case KernelMap map when Proxy.isProxyClass(map.getClass())
                        && Proxy.getInvocationHandler(map) instanceof Mortal mortal ->
                    mortal.target;
                case Slot(var key, KernelMap inner) ->
                    new Slot(key, (KernelMap) Objects.requireNonNull(bare(inner)));
                case List<?> list -> list.stream().map(Mortal::bare).toList();
                case null, default -> argument;
            };
        }
    }
}
