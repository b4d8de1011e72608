package dev.nestmap.cli.demo;

import dev.nestmap.agent.kernel.KernelException;

/** What is asked of the kernel after a step. */
@FunctionalInterface
interface KernelQuestion {
    /** The kernel's answer, a sentence. */
    Answer ask(PinnedMaps kernel) throws KernelException;

    /** What it answered, and whether that is what the step was for. */
    record Answer(String text, boolean expected) {}

    /** The definition of a map under its pin. */
    static KernelQuestion definition(String name) {
        return kernel -> kernel.definition(name);
    }

    /** That no pin has this name. */
    static KernelQuestion gone(String name) {
        return kernel -> kernel.gone(name);
    }

    /** The inner map in a slot, and one of its elements. */
    static KernelQuestion slot(String outer, String key, String innerKey, String innerValue) {
        return kernel -> kernel.slot(outer, key, innerKey, innerValue);
    }

    /** That a slot is empty. */
    static KernelQuestion emptySlot(String outer, String key) {
        return kernel -> kernel.emptySlot(outer, key);
    }
}
