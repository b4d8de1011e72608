package dev.nestmap.cli.demo;

import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.model.Errno;
import java.util.List;

/** What the demo does: the kernel documentation's two examples of maps of maps, a hash of maps, and a refusal. */
final class Script {
    private static final String BLUE = "0a00000100000000";
    private static final String GREEN = "0a00000200000000";
    private static final String ZERO = "00000000";
    private static final String ONE = "01000000";
    private static final String TENANT = "7400000000000000";

    private Script() {}

    static List<DemoStep> steps() {
        int einval = ExitCode.of(Errno.EINVAL);
        return List.of(
                DemoStep.done("An outer map takes its inner maps' shape from a template",
                        "map create type array key 4 value 8 entries 4 name template",
                        KernelQuestion.definition("template")),
                DemoStep.done("An outer map of 256 slots",
                        "map create type array_of_maps key 4 value 4 entries 256 name routes inner_map name template",
                        KernelQuestion.definition("routes")),
                DemoStep.done("The template may go; the outer map has copied it",
                        "map remove name template", KernelQuestion.gone("template")),
                DemoStep.done(
                        "Two inner maps, on no host for their own sake: they go where an outer map holds them",
                        "map create type array key 4 value 8 entries 4 name blue placement none",
                        KernelQuestion.gone("blue")),
                DemoStep.done("",
                        "map create type array key 4 value 8 entries 4 name green placement none",
                        KernelQuestion.gone("green")),
                DemoStep.done("",
                        "map update name blue key 0 0 0 0 value hex 0a 00 00 01 00 00 00 00",
                        KernelQuestion.gone("blue")),
                DemoStep.done("",
                        "map update name green key 0 0 0 0 value hex 0a 00 00 02 00 00 00 00",
                        KernelQuestion.gone("green")),
                DemoStep.done("Put one into a slot",
                        "map update name routes key 1 0 0 0 value name blue",
                        KernelQuestion.slot("routes", ONE, ZERO, BLUE)),
                DemoStep.done("Swap it: all four entries change at once under running programs",
                        "map update name routes key 1 0 0 0 value name green",
                        KernelQuestion.slot("routes", ONE, ZERO, GREEN)),
                DemoStep.refused(
                        "Slots of an array always exist, so the kernel refuses noexist; and so does the store",
                        "map update name routes key 1 0 0 0 value name blue noexist", einval,
                        KernelQuestion.slot("routes", ONE, ZERO, GREEN)),
                DemoStep.done(
                        "An array of devmaps: each host finds the interface's index for itself",
                        "map create type devmap key 4 value 4 entries 8 name uplinks placement none",
                        KernelQuestion.gone("uplinks")),
                DemoStep.done("", "map update name uplinks key 0 0 0 0 value ifindex lo",
                        KernelQuestion.gone("uplinks")),
                DemoStep.done("",
                        "map create type array_of_maps key 4 value 4 entries 4 name ports inner_map name uplinks",
                        KernelQuestion.definition("ports")),
                DemoStep.done("", "map update name ports key 1 0 0 0 value name uplinks",
                        KernelQuestion.slot("ports", ONE, ZERO, ONE)),
                DemoStep.done(
                        "A hash of maps, by an 8-byte key; an inner map may be in several outer maps",
                        "map create type hash_of_maps key 8 value 4 entries 16 name tenants inner_map name blue",
                        KernelQuestion.definition("tenants")),
                DemoStep.done("", "map update name tenants key 0x74 0 0 0 0 0 0 0 value name green",
                        KernelQuestion.slot("tenants", TENANT, ZERO, GREEN)),
                DemoStep.done("Delete a slot",
                        "map delete name routes key 1 0 0 0",
                        KernelQuestion.emptySlot("routes", ONE)),
                DemoStep.done("Look at what there is", "map dump name tenants",
                        KernelQuestion.slot("tenants", TENANT, ZERO, GREEN)),
                DemoStep.done("", "node list", KernelQuestion.definition("tenants")));
    }
}
