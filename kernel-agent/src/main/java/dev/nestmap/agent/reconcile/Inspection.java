package dev.nestmap.agent.reconcile;

/** What came of a look for what others changed. */
public enum Inspection {
    /** Nothing that anybody asks for. */
    NOTHING,
    /** A pass ended. */
    COUNTED,
    /** Something was found or mended. */
    NEWS
}
