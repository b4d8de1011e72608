/**
 * What system tests are made of: processes with deadlines, network namespaces, bpf filesystems,
 * compiled BPF programs, streams of packets. It knows nothing of Nestmap: kernel and bpftool alone,
 * so that a test can hold Nestmap against them.
 */
@NullMarked
package dev.nestmap.systemtests.rig;

import org.jspecify.annotations.NullMarked;
