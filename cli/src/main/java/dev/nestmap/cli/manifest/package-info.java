/**
 * Documents that define maps with their contents: read from YAML, each field checked by name and place, and written
 * so that reading gives the same again.
 */
@NullMarked
package dev.nestmap.cli.manifest;

import org.jspecify.annotations.NullMarked;
