package dev.nestmap.model.object;

/** Leads out of reading a file, with the sentence for the refusal; never leaves the package. */
final class ObjectException extends Exception {
    private static final long serialVersionUID = 1;

    ObjectException(String sentence) {
        super(sentence, null, false, false);
    }
}
