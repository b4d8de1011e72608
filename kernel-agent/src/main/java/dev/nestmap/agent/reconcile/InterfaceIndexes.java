package dev.nestmap.agent.reconcile;

import java.util.OptionalInt;

/** The network interfaces of this host. Gives the same answer as long as one plan is made. */
@FunctionalInterface
interface InterfaceIndexes {
    /** The index of an interface; empty where there is none of that name. */
    OptionalInt indexOf(String name);
}
