@NullMarked
package dev.nestmap.agent.pages;

import org.jspecify.annotations.NullMarked;
