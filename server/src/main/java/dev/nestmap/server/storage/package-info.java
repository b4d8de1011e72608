/**
 * What a member keeps on its disk besides the Raft log's own files: the directory's lock and identity, snapshots, and the check
 * of log files before they are opened.
 */
@NullMarked
package dev.nestmap.server.storage;

import org.jspecify.annotations.NullMarked;
