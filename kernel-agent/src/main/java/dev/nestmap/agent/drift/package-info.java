/**
 * What others changed on this host behind the agent's back: what was found, since when, whether it was mended, and how often an
 * agent may mend before it makes room for whoever writes against it. Nothing here asks a kernel.
 */
@NullMarked
package dev.nestmap.agent.drift;

import org.jspecify.annotations.NullMarked;
