package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.Slot;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A kernel through which every call on maps is noted, by the name of the method; batches of slots with their size. */
final class CountingKernel {
    /** In their order. */
    final List<String> calls = new ArrayList<>();
    private final Kernel kernel;

    CountingKernel(Kernel kernel) {
        this.kernel = kernel;
    }

    Kernel port() {
        return proxy(Kernel.class, (_, method, arguments) -> {
            if (method.getName().equals("create")) {
                calls.add("create");
            }
            return wrapped(call(kernel, method, arguments));
        });
    }

    /** How often something was called. */
    long count(String call) {
        return calls.stream().filter(call::equals).count();
    }

    private @Nullable Object wrapped(@Nullable Object result) {
        return switch (result) {
            case KernelMap map -> new Noted(map).port();
            case Optional<?> some when some.orElse(null) instanceof KernelMap map ->
                Optional.of(new Noted(map).port());
            case null, default -> result;
        };
    }

    private static @Nullable Object unwrapped(@Nullable Object argument) {
        return switch (argument) {
            case KernelMap map when Proxy.isProxyClass(map.getClass())
                    && Proxy.getInvocationHandler(map) instanceof Noted noted ->
                noted.map;
            case Slot(var key, KernelMap inner) ->
                new Slot(key, (KernelMap) Objects.requireNonNull(unwrapped(inner)));
            case List<?> list -> list.stream().map(CountingKernel::unwrapped).toList();
            case null, default -> argument;
        };
    }

    private static @Nullable Object call(Object target, Method method,
            Object @Nullable [] arguments) throws Throwable {
        @Nullable
        Object[] given = Stream.of(arguments == null ? new Object[0] : arguments)
                .map(CountingKernel::unwrapped)
                .toArray();
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static <T> T proxy(Class<T> port, InvocationHandler handler) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port}, handler));
    }

    private final class Noted implements InvocationHandler {
        private final KernelMap map;

        Noted(KernelMap map) {
            this.map = map;
        }

        KernelMap port() {
            return proxy(KernelMap.class, this);
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method,
                Object @Nullable [] arguments) throws Throwable {
            calls.add(method.getName().equals("updateSlots") && arguments != null
                    && arguments[0] instanceof List<?> slots
                            ? "updateSlots of " + slots.size()
                            : method.getName());
            return call(map, method, arguments);
        }
    }
}
