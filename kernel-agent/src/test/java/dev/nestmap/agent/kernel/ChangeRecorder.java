package dev.nestmap.agent.kernel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A kernel that writes down every call that changes a map, its pins or its slots, and passes all on. */
public final class ChangeRecorder {
    private static final Set<String> CHANGES = Set.of("create", "unpin", "renamePin", "update",
            "updateSlot", "delete", "lookupAndDelete", "updateBatch", "updateSlots", "deleteBatch",
            "freeze", "pin");

    private final ConcurrentLinkedQueue<String> changes = new ConcurrentLinkedQueue<>();
    private final Kernel kernel;

    public ChangeRecorder(Kernel kernel) {
        this.kernel = around(Kernel.class, kernel);
    }

    /** The kernel to use. */
    public Kernel kernel() {
        return kernel;
    }

    /** What was changed since the last time. */
    public List<String> take() {
        List<String> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }

    private <T> T around(Class<T> port, T target) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[]{port},
                new Passing(target)));
    }

    private final class Passing implements InvocationHandler {
        private final Object target;

        Passing(Object target) {
            this.target = target;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method,
                @Nullable Object @Nullable [] arguments) throws Throwable {
            Object[] bare = arguments == null
                    ? new Object[0]
                    : Arrays.stream(arguments).map(ChangeRecorder::bare).toArray();
            boolean nothing = bare.length == 1 && bare[0] instanceof Collection<?> all
                    && all.isEmpty();
            if (CHANGES.contains(method.getName()) && !nothing) {
                changes.add(method.getName() + Arrays.toString(arguments));
            }
            try {
                return recorded(method.invoke(target, bare));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private @Nullable Object recorded(@Nullable Object result) {
            return switch (result) {
                case KernelMap map -> around(KernelMap.class, map);
                case Optional<?> found when found.isPresent()
                        && found.get() instanceof KernelMap map ->
                    Optional.of(around(KernelMap.class, map));
                case null, default -> result;
            };
        }
    }

    private static @Nullable Object bare(@Nullable Object argument) {
        if (argument instanceof KernelMap map) {
            return bareMap(map);
        }
        if (argument instanceof List<?> all && !all.isEmpty() && all.getFirst() instanceof Slot) {
            return all.stream()
                    .map(Slot.class::cast)
                    .map(slot -> new Slot(slot.key(), bareMap(slot.inner())))
                    .toList();
        }
        return argument;
    }

    /** The kernels take maps of their own only. */
    private static KernelMap bareMap(KernelMap map) {
        return Proxy.isProxyClass(map.getClass())
                ? (KernelMap) ((Passing) Proxy.getInvocationHandler(map)).target
                : map;
    }
}
