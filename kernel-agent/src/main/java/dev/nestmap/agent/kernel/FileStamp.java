package dev.nestmap.agent.kernel;

/**
 * What tells a pin or a directory from another at the same path, and a directory before a change of its names from the same one after
 * it, without opening anything. Equal stamps say that nothing changed where {@code changedMillis} is not of this very moment.
 *
 * @param changedMillis when it was last changed, by the clock of the host
 * @param version what else tells it, down to the finest step of the file system's clock
 */
public record FileStamp(long device, long inode, long changedMillis, long version) {}
