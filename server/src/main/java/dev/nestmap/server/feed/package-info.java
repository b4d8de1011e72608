/**
 * From two versions of the state to what a follower or a watcher must hear: which maps it can see, what became of them, cut into
 * messages. No queue: a stream that lags gets one difference, however many revisions it covers.
 */
@NullMarked
package dev.nestmap.server.feed;

import org.jspecify.annotations.NullMarked;
