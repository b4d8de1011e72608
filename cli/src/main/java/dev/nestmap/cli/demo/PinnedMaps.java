package dev.nestmap.cli.demo;

import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.cli.demo.KernelQuestion.Answer;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;

import java.nio.file.Path;
import java.util.Optional;

/** Asks the kernel what is there, through pins, as any program on this host could. Keys and values are hex digits. */
final class PinnedMaps {
    private static final String NAMESPACE = "default";

    private final Kernel kernel;
    private final NestmapAgent agent;
    private final Path pinRoot;

    PinnedMaps(Kernel kernel, NestmapAgent agent, Path pinRoot) {
        this.kernel = kernel;
        this.agent = agent;
        this.pinRoot = pinRoot;
    }

    Answer definition(String name) throws KernelException {
        try (KernelMap map = open(name)) {
            KernelMapInfo info = map.info();
            KernelMapSpec spec = info.spec();
            return new Answer("%s is map %d: %s, key %dB, value %dB, max_entries %d".formatted(
                    pin(name), info.id(), spec.type().word(), spec.keySize(), spec.valueSize(),
                    spec.maxEntries()), true);
        }
    }

    Answer gone(String name) throws KernelException {
        Optional<KernelMap> map = kernel.openPin(pin(name));
        map.ifPresent(KernelMap::close);
        return new Answer("%s %s".formatted(pin(name), map.isEmpty() ? "does not exist" : "exists"),
                map.isEmpty());
    }

    Answer emptySlot(String outer, String key) throws KernelException {
        try (KernelMap map = open(outer)) {
            Optional<Bytes> slot = map.lookup(Bytes.hex(key));
            return new Answer("slot %s of %s %s".formatted(Bytes.hex(key), outer,
                    slot.isEmpty() ? "is empty (ENOENT)" : "holds map " + slot.get().intLe(0)),
                    slot.isEmpty());
        }
    }

    Answer slot(String outer, String key, String innerKey, String innerValue)
            throws KernelException {
        try (KernelMap map = open(outer)) {
            Optional<Bytes> slot = map.lookup(Bytes.hex(key));
            if (slot.isEmpty()) {
                return new Answer("slot %s of %s is empty".formatted(Bytes.hex(key), outer), false);
            }
            int id = slot.get().intLe(0);
            try (KernelMap inner = inner(id)) {
                Bytes index = Bytes.hex(innerKey);
                Optional<Bytes> value = inner.lookup(index);
                return new Answer("slot %s of %s holds map %d, whose element %s is %s".formatted(
                        Bytes.hex(key), outer, id, index,
                        value.map(Bytes::toString).orElse("absent")),
                        value.equals(Optional.of(Bytes.hex(innerValue))));
            }
        }
    }

    private KernelMap open(String name) throws KernelException {
        return kernel.openPin(pin(name))
                .orElseThrow(() -> new KernelException("open pin " + pin(name),
                        Errno.ENOENT));
    }

    /** An inner map has a pin too, of the agent's own; the agent says which. */
    private KernelMap inner(int kernelId) throws KernelException {
        for (HeldMap held : agent.status().maps()) {
            if (held.kernelId() == kernelId) {
                Optional<KernelMap> map = kernel.openPin(held.pin());
                if (map.isPresent()) {
                    return map.get();
                }
            }
        }
        throw new KernelException("find a pin of map " + kernelId,
                Errno.ENOENT);
    }

    private Path pin(String name) {
        return pinRoot.resolve(NAMESPACE).resolve(name);
    }
}
