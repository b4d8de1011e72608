package dev.nestmap.model.btf;

import dev.nestmap.model.btf.BtfType.Encoding;
import java.util.List;

/** Types that say no more of a map than a template of inner maps must: sizes, and where a spin lock is. */
public final class TemplateBtf {
    private TemplateBtf() {}

    /**
     * BTF of a key and a value of these sizes.
     *
     * @param keySize bytes; 4 gives an integer
     * @param valueSize bytes
     * @param lockOffset where the value's struct bpf_spin_lock is; negative: nowhere
     */
    public static MapBtf of(int keySize, int valueSize, int lockOffset) {
        BtfWriter writer = new BtfWriter();
        int number = writer.add(new BtfType.Int("unsigned int", 4, Encoding.UNSIGNED, 0, 32));
        int octet = writer.add(new BtfType.Int("unsigned char", 1, Encoding.UNSIGNED, 0, 8));
        int lock = writer.add(new BtfType.Composite(BtfType.Layout.STRUCT, "bpf_spin_lock",
                SpinLock.SIZE_BYTES, List.of(new BtfType.Member("val", number, 0, 0))));
        int key = keySize == Integer.BYTES
                ? number
                : writer.add(new BtfType.Array(octet, number, Integer.toUnsignedLong(keySize)));
        int value = lockOffset < 0
                ? writer.add(new BtfType.Array(octet, number, Integer.toUnsignedLong(valueSize)))
                : writer.add(new BtfType.Composite(BtfType.Layout.STRUCT, "value",
                        Integer.toUnsignedLong(valueSize),
                        List.of(new BtfType.Member("lock", lock, (long) lockOffset * Byte.SIZE,
                                0))));
        return new MapBtf(writer.build(), key, value);
    }
}
