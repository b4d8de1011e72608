package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Walks a map page by page. */
final class ElementIterator implements Iterator<Element> {
    private static final int PAGE = 4096;

    private final MapHandle map;
    // Confined to the thread that iterates.
    private Iterator<Element> page = List.<Element>of().iterator();
    private Bytes from = Bytes.empty();
    private boolean end;

    ElementIterator(MapHandle map) {
        this.map = map;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !end) {
            ElementPage next = map.lookupBatch(from, PAGE).value();
            page = next.elements().iterator();
            from = next.outBatch();
            end = next.end();
        }
        return page.hasNext();
    }

    @Override
    public Element next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
