/**
 * The agent of one host: follows the store and keeps the kernel's maps as the store wants them. Beside this package
 * others need the kernel that they hand in ({@code kernel}), and what a status tells of single maps ({@code reconcile}'s
 * {@code Condition} and {@code HeldMap}).
 */
@NullMarked
package dev.nestmap.agent;

import org.jspecify.annotations.NullMarked;
