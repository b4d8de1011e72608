/**
 * YAML as a tree whose nodes know their place, within limits that a hostile file cannot exceed. The only package that
 * knows the library.
 */
@NullMarked
package dev.nestmap.cli.yaml;

import org.jspecify.annotations.NullMarked;
