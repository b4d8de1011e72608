/**
 * The replicated state machine: writes go through the Raft log (Apache Ratis) into the model's state, one root per revision.
 * Nothing of Ratis is seen from outside of this package.
 */
@NullMarked
package dev.nestmap.server.consensus;

import org.jspecify.annotations.NullMarked;
