/**
 * What is known of the hosts: soft state in the memory of the member that their agents follow. It never enters the log.
 */
@NullMarked
package dev.nestmap.server.nodes;

import org.jspecify.annotations.NullMarked;
