/**
 * What system tests are made of: processes with deadlines, network namespaces, bpf filesystems,
 * compiled BPF programs, streams of packets. They know kernel and bpftool alone, so that a test can
 * hold Nestmap against them; Nestmap itself is run as its users run it.
 */
@NullMarked
package dev.nestmap.systemtests.rig;

import org.jspecify.annotations.NullMarked;
