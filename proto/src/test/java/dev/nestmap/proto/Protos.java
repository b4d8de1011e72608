package dev.nestmap.proto;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.nestmap.proto.v1.Adopt;
import dev.nestmap.proto.v1.AgentServiceOuterClass;
import dev.nestmap.proto.v1.AgentStatusOuterClass;
import dev.nestmap.proto.v1.ClusterServiceOuterClass;
import dev.nestmap.proto.v1.Common;
import dev.nestmap.proto.v1.Live;
import dev.nestmap.proto.v1.Log;
import dev.nestmap.proto.v1.MapServiceOuterClass;
import dev.nestmap.proto.v1.NodeServiceOuterClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the contract, in the order of the reference, and how what is made of them is made anew. */
final class Protos {
    static final Path SOURCES = Path.of("src/main/proto");
    static final String REFRESH_COMMAND = "mvn -pl proto test -Dtest='Released*,ApiPage*' -Dnestmap.refresh=true";

    /** What clients and agents speak. */
    static final List<FileDescriptor> API = List.of(MapServiceOuterClass.getDescriptor(),
            NodeServiceOuterClass.getDescriptor(), ClusterServiceOuterClass.getDescriptor(),
            AgentServiceOuterClass.getDescriptor(), AgentStatusOuterClass.getDescriptor(),
            Live.getDescriptor(), Adopt.getDescriptor(), Common.getDescriptor());

    /** With what members write to disk. */
    static final List<FileDescriptor> ALL = Stream
            .concat(API.stream(), Stream.of(Log.getDescriptor()))
            .toList();

    private Protos() {}

    /** True where the files are to be written instead of compared. */
    static boolean isRefresh() {
        return Boolean.getBoolean("nestmap.refresh");
    }

    /** Names of all files there are, as protoc knows them. */
    static List<String> files() throws IOException {
        try (Stream<Path> found = Files.walk(SOURCES)) {
            return found.filter(file -> file.toString().endsWith(".proto"))
                    .map(file -> SOURCES.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
