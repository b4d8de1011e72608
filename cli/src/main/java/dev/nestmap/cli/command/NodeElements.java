package dev.nestmap.cli.command;

import dev.nestmap.client.LivePart;
import dev.nestmap.client.LiveRead;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The elements that the one node sends that was asked, as they come. Can be walked once; throws where the node fails. */
final class NodeElements implements Iterable<Element> {
    private final LiveRead read;
    private Iterator<Element> page;

    /** Waits for the first elements, so that a node that fails at once does so before anything is shown. */
    NodeElements(LiveRead read) {
        this.read = read;
        this.page = Collections.emptyIterator();
        advance();
    }

    /** What a node's failure is where it is the only one. */
    static NestmapException exception(LivePart.Failed failure) {
        String sentence = "node %s: %s".formatted(failure.node(), failure.message());
        return failure.errno()
                .map(errno -> NestmapException.refused(new Refusal(errno, sentence)))
                .orElseGet(() -> NestmapException.of(Kind.UNAVAILABLE, sentence));
    }

    private void advance() {
        while (!page.hasNext() && read.hasNext()) {
            switch (read.next()) {
                case LivePart.Elements(String _, List<Element> some) -> page = some.iterator();
                case LivePart.Failed failure -> throw exception(failure);
                case LivePart.Complete _,LivePart.Pinned _ -> {
                    // The last part.
                }
            }
        }
    }

    @Override
    public Iterator<Element> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                advance();
                return page.hasNext();
            }

            @Override
            public Element next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the node has sent all");
                }
                return page.next();
            }
        };
    }
}
