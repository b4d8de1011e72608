/**
 * What is printed: bpftool's text and JSON, byte for byte where bpftool has a form for it, and ours in its manner
 * where it has none. Nothing here talks to a server.
 */
@NullMarked
package dev.nestmap.cli.render;

import org.jspecify.annotations.NullMarked;
