/**
 * The Java SDK: replicated BPF maps as handles with blocking and asynchronous verbs, one exception, and a watch that
 * resumes by itself. Writes are safe to retry: a write keeps its identity however often it is sent.
 */
@NullMarked
package dev.nestmap.client;

import org.jspecify.annotations.NullMarked;
