package dev.nestmap.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.util.Objects;

/** The maps of a host, to which others do things, each through a descriptor of its own. */
final class TamperedMaps {
    private final KernelUnderTest host;

    TamperedMaps(KernelUnderTest host) {
        this.host = host;
    }

    static Bytes prefix(int length, int... address) {
        return Bytes.u32le(length).concat(Bytes.of(address));
    }

    Path pin(String name) {
        return host.root().resolve("default").resolve(name);
    }

    KernelMap at(String path) throws KernelException {
        return host.kernel().openPin(host.root().resolve(path)).orElseThrow();
    }

    int idAt(String path) throws KernelException {
        try (KernelMap map = at(path)) {
            return map.info().id();
        }
    }

    void write(String name, Bytes key, Bytes value) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            map.update(key, value, 0);
        }
    }

    void put(String name, int key, int value) throws KernelException {
        write(name, Bytes.u32le(key), Bytes.u32le(value));
    }

    void writeAt(String path, int key, int value) throws KernelException {
        try (KernelMap map = at(path)) {
            map.update(Bytes.u32le(key), Bytes.u32le(value), 0);
        }
    }

    Bytes valueAt(String path, int key) throws KernelException {
        try (KernelMap map = at(path)) {
            return map.lookup(Bytes.u32le(key)).orElseThrow();
        }
    }

    void putOnLastCpu(String name, int key, int others) throws KernelException {
        Bytes values = Bytes.empty();
        for (int cpu = 1; cpu < host.kernel().possibleCpus(); cpu++) {
            values = values.concat(Bytes.u32le(others)).concat(Bytes.zeros(4));
        }
        write(name, Bytes.u32le(key), values.concat(Bytes.u32le(99)).concat(Bytes.zeros(4)));
    }

    boolean isOnLastCpu(String name, int key) throws KernelException {
        Bytes values = value(name, Bytes.u32le(key));
        return values.intLe(values.size() - 8) == 99;
    }

    boolean isOnAllCpus(String name, int expected) throws KernelException {
        Bytes values = value(name, Bytes.u32le(1));
        for (int from = 0; from < values.size(); from += 8) {
            if (values.intLe(from) != expected) {
                return false;
            }
        }
        return true;
    }

    void remove(String name, Bytes key) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            assertTrue(map.delete(key));
        }
    }

    void delete(String name, int key) throws KernelException {
        remove(name, Bytes.u32le(key));
    }

    Bytes value(String name, Bytes key) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            return map.lookup(key).orElse(Bytes.empty());
        }
    }

    boolean is(String name, int key, int value) throws KernelException {
        return value(name, Bytes.u32le(key)).equals(Bytes.u32le(value));
    }

    boolean isAbsent(String name, int key) throws KernelException {
        return value(name, Bytes.u32le(key)).size() == 0;
    }

    void pop(String name) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            assertTrue(map.lookupAndDelete(Bytes.empty()).isPresent());
        }
    }

    boolean isEmpty(String name) throws KernelException {
        return value(name, Bytes.empty()).size() == 0;
    }

    void setSlot(String outer, int key, KernelMap inner) throws KernelException {
        try (KernelMap map = at("default/" + outer)) {
            map.updateSlot(Bytes.u32le(key), inner, 0);
        }
    }

    void setSlot(String outer, int key, String inner) throws KernelException {
        try (KernelMap map = at(inner)) {
            setSlot(outer, key, map);
        }
    }

    boolean holdsGeneration(String outer, int key, String inner) throws KernelException {
        return Objects.equals(value(outer, Bytes.u32le(key)), Bytes.u32le(idAt(inner)));
    }
}
