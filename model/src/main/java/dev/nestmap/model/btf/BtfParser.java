package dev.nestmap.model.btf;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.util.Arrays;

/**
 * Walks over a section once and checks that whatever is asked of it later lies inside: sections, records, names, ids. Costs the
 * size of the section, whatever it claims.
 */
final class BtfParser {
    private static final int MAGIC = 0xeb9f;
    private static final int OTHER_ORDER = 0x9feb;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 24;
    /** KSYM_NAME_LEN, with the final zero. */
    private static final int NAME_LIMIT = 512;

    private final Bytes data;
    private int typesFrom;
    private int typesTo;
    private int stringsFrom;
    private int stringsTo;
    private int[] positions = new int[64];
    private int count = 1;

    private BtfParser(Bytes data) {
        this.data = data;
    }

    static Outcome<Btf> parse(Bytes data) {
        if (data.size() > Btf.SIZE_LIMIT_BYTES) {
            return Outcome.refused(Errno.E2BIG, "BTF of %d bytes: at most %d are read"
                    .formatted(data.size(), Btf.SIZE_LIMIT_BYTES));
        }
        BtfParser parser = new BtfParser(data);
        try {
            parser.header();
            parser.types();
            parser.references();
        } catch (MisfitException e) {
            return Outcome.refused(Errno.EINVAL, "BTF of %d bytes: %s".formatted(data.size(),
                    e.getMessage()));
        }
        return Outcome.done(new Btf(data, Arrays.copyOf(parser.positions, parser.count),
                parser.stringsFrom, parser.stringsTo));
    }

    private void header() throws MisfitException {
        require(data.size() >= HEADER_BYTES, "shorter than its header of 24 bytes");
        int magic = data.at(0) | data.at(1) << 8;
        require(magic != OTHER_ORDER,
                "big-endian, and the nodes are little-endian; compile with -target bpfel");
        require(magic == MAGIC, "begins with 0x%04x instead of 0xeb9f".formatted(magic));
        require(data.at(2) == VERSION, "version %d, only 1 is known".formatted(data.at(2)));
        require(data.at(3) == 0, "flags 0x%02x, none are known".formatted(data.at(3)));
        long headerBytes = unsigned(4);
        require(headerBytes >= HEADER_BYTES && headerBytes <= data.size(),
                "a header of %d bytes".formatted(headerBytes));
        long types = headerBytes + unsigned(8);
        long typesEnd = types + unsigned(12);
        long strings = headerBytes + unsigned(16);
        long stringsEnd = strings + unsigned(20);
        require(types % Integer.BYTES == 0 && typesEnd <= data.size(),
                "types at %d to %d are not in it".formatted(types, typesEnd));
        require(strings < stringsEnd && stringsEnd <= data.size(),
                "names at %d to %d are not in it".formatted(strings, stringsEnd));
        typesFrom = (int) types;
        typesTo = (int) typesEnd;
        stringsFrom = (int) strings;
        stringsTo = (int) stringsEnd;
        require(data.at(stringsFrom) == 0 && data.at(stringsTo - 1) == 0,
                "names do not begin and end with a zero");
    }

    private void types() throws MisfitException {
        int at = typesFrom;
        while (at < typesTo) {
            if (typesTo - at < BtfKind.HEAD_BYTES) {
                throw cut();
            }
            int info = data.intLe(at + 4);
            int kind = BtfKind.of(info);
            int body = BtfKind.bodyBytes(kind, info & 0xffff);
            if (body < 0) {
                throw new MisfitException("type %d is of kind %d, which Linux 6.18 does not know"
                        .formatted(count, kind));
            }
            if (typesTo - at - BtfKind.HEAD_BYTES < body) {
                throw cut();
            }
            if (count == positions.length) {
                positions = Arrays.copyOf(positions, count * 2);
            }
            positions[count++] = at;
            at += BtfKind.HEAD_BYTES + body;
        }
    }

    private MisfitException cut() {
        return new MisfitException("type %d is cut short".formatted(count));
    }

    private void references() throws MisfitException {
        for (int id = 1; id < count; id++) {
            int at = positions[id];
            int info = data.intLe(at + 4);
            int body = at + BtfKind.HEAD_BYTES;
            int length = info & 0xffff;
            checkName(id, at);
            switch (BtfKind.of(info)) {
                case BtfKind.PTR, BtfKind.TYPEDEF, BtfKind.VOLATILE, BtfKind.CONST,
                        BtfKind.RESTRICT, BtfKind.TYPE_TAG, BtfKind.VAR ->
                    checkId(id, at + 8);
                case BtfKind.DATASEC -> {
                    for (int i = 0; i < length; i++) {
                        checkId(id, body + i * BtfKind.SECTION_VARIABLE_BYTES);
                    }
                }
                case BtfKind.ARRAY -> {
                    checkId(id, body);
                    checkId(id, body + 4);
                }
                case BtfKind.STRUCT, BtfKind.UNION -> {
                    for (int i = 0; i < length; i++) {
                        checkName(id, body + i * BtfKind.MEMBER_BYTES);
                        checkId(id, body + i * BtfKind.MEMBER_BYTES + 4);
                    }
                }
                case BtfKind.ENUM -> checkNames(id, body, length, BtfKind.CONSTANT_BYTES);
                case BtfKind.ENUM64 -> checkNames(id, body, length, BtfKind.WIDE_CONSTANT_BYTES);
                default -> {
                    // What is in no value is never looked into.
                }
            }
        }
    }

    private void checkNames(int id, int from, int length, int step) throws MisfitException {
        for (int i = 0; i < length; i++) {
            checkName(id, from + i * step);
        }
    }

    private void checkName(int id, int at) throws MisfitException {
        long offset = unsigned(at);
        if (offset >= stringsTo - stringsFrom) {
            throw new MisfitException("type %d has a name at %d, there are %d bytes of names"
                    .formatted(id, offset, stringsTo - stringsFrom));
        }
        int from = stringsFrom + (int) offset;
        int to = Math.min(stringsTo, from + NAME_LIMIT);
        for (int i = from; i < to; i++) {
            if (data.at(i) == 0) {
                return;
            }
        }
        throw new MisfitException("type %d has a name of %d bytes or more".formatted(id,
                NAME_LIMIT));
    }

    private void checkId(int id, int at) throws MisfitException {
        long target = unsigned(at);
        if (target >= count) {
            throw new MisfitException("type %d names type %d, there are %d".formatted(id, target,
                    count - 1));
        }
    }

    private long unsigned(int at) {
        return Integer.toUnsignedLong(data.intLe(at));
    }

    private static void require(boolean holds, String otherwise) throws MisfitException {
        if (!holds) {
            throw new MisfitException(otherwise);
        }
    }
}
