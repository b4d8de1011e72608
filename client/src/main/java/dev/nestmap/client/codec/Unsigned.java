package dev.nestmap.client.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The component is an unsigned number of so many bits: of as many as its type has, or of fewer. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Unsigned {
    /** 8, 16, 32 or 64. */
    int bits();
}
