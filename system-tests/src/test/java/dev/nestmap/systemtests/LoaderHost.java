package dev.nestmap.systemtests;

import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A host on which a loader pins maps in a folder of its own, beside a store with its agent. */
final class LoaderHost implements AutoCloseable {
    private final BpfFilesystem pins = new BpfFilesystem();
    private final Path folder = pins.folder("loader");
    private final Nestmap nestmap;
    private final Shell shell;

    /**
     * @param data a directory for the store
     * @param loader what pins maps in the folder that it is given, before there is an agent
     */
    LoaderHost(Path data, Consumer<Path> loader) {
        loader.accept(folder);
        nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
        shell = nestmap.shell();
    }

    /** Where the loader pins. */
    Path folder() {
        return folder;
    }

    Nestmap nestmap() {
        return nestmap;
    }

    Shell shell() {
        return shell;
    }

    @Override
    public void close() {
        try (BpfFilesystem _ = pins; Nestmap _ = nestmap; Shell _ = shell) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }
}
