package dev.nestmap.model.btf;

/** Leads out of a recursion over types or values, with the sentence for the refusal; never leaves the package. */
final class MisfitException extends Exception {
    private static final long serialVersionUID = 1;

    MisfitException(String sentence) {
        super(sentence, null, false, false);
    }
}
