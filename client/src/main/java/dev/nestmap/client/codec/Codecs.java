package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The codecs there are. Byte orders are always said: programs in the kernel mostly use that of their host (little-endian
 * on x86-64 and arm64) and the network's (big-endian) for what comes from packets.
 */
public final class Codecs {
    private Codecs() {}

    /** The index of an array: u32 in the byte order of the nodes, little-endian. */
    public static Codec<Integer> index() {
        return new NumberCodec<>(4, false, ByteOrder.LITTLE_ENDIAN, Integer::longValue,
                number -> (int) number);
    }

    /** One byte, 0 to 255. */
    public static Codec<Integer> u8() {
        return NumberCodec.of(Integer.class, 1, false, ByteOrder.BIG_ENDIAN);
    }

    /** Two bytes, 0 to 65,535. */
    public static Codec<Integer> u16(ByteOrder order) {
        return NumberCodec.of(Integer.class, 2, false, order);
    }

    /** Four bytes, 0 to 4,294,967,295. */
    public static Codec<Long> u32(ByteOrder order) {
        return NumberCodec.of(Long.class, 4, false, order);
    }

    /** Eight bytes; above {@link Long#MAX_VALUE} they are negative here, see {@link Long#toUnsignedString(long)}. */
    public static Codec<Long> u64(ByteOrder order) {
        return NumberCodec.of(Long.class, 8, false, order);
    }

    /** One byte, -128 to 127. */
    public static Codec<Byte> i8() {
        return NumberCodec.of(Byte.class, 1, true, ByteOrder.BIG_ENDIAN);
    }

    /** Two bytes, signed. */
    public static Codec<Short> i16(ByteOrder order) {
        return NumberCodec.of(Short.class, 2, true, order);
    }

    /** Four bytes, signed. */
    public static Codec<Integer> i32(ByteOrder order) {
        return NumberCodec.of(Integer.class, 4, true, order);
    }

    /** Eight bytes, signed. */
    public static Codec<Long> i64(ByteOrder order) {
        return NumberCodec.of(Long.class, 8, true, order);
    }

    /** Exactly so many bytes, as they are. */
    public static Codec<Bytes> bytes(int sizeBytes) {
        return new BytesCodec(sizeBytes);
    }

    /** Exactly so many bytes in an array, which is copied; arrays have no equality, prefer {@link #bytes}. */
    public static Codec<byte[]> byteArray(int sizeBytes) {
        return new MappedCodec<>("byte[" + sizeBytes + "]", bytes(sizeBytes), Bytes::copyOf,
                Bytes::toByteArray);
    }

    /**
     * Text in UTF-8 with zeros behind it: at most so many bytes, none of them zero. Text that fills all bytes has no zero at
     * its end, which a C program may want.
     */
    public static Codec<String> text(int sizeBytes) {
        return new TextCodec(sizeBytes);
    }

    /** Four bytes in network order. */
    public static Codec<Inet4Address> ipv4() {
        return AddressCodec.IPV4;
    }

    /** Sixteen bytes in network order. */
    public static Codec<Inet6Address> ipv6() {
        return AddressCodec.IPV6;
    }

    /** Six bytes. */
    public static Codec<MacAddress> mac() {
        return new MappedCodec<>("mac", bytes(MacAddress.SIZE_BYTES), MacAddress::bytes,
                MacAddress::new);
    }

    /** The key of an LPM_TRIE: prefixlen (u32 in the nodes' byte order, little-endian), then the data. */
    public static <T> Codec<Prefix<T>> prefix(Codec<T> data) {
        return new PrefixCodec<>(data);
    }

    /** So many values one behind the other; the list must have that size. */
    public static <T> Codec<List<T>> list(Codec<T> element, int length) {
        return new ListCodec<>(element, length);
    }

    /**
     * A record as C lays out a struct with such members in this order: each aligned to its size, padding zero. See
     * {@link StructCodec.Builder} for what components may be.
     */
    public static <R extends Record> Codec<R> struct(Class<R> type, ByteOrder order) {
        return StructCodec.of(type, order).build();
    }

    /**
     * The same without padding between the components ({@code __attribute__((packed))}); records in it keep their own padding, as
     * structs in C that do not have the attribute themselves. See {@link StructCodec.Builder#packed}.
     */
    public static <R extends Record> Codec<R> packed(Class<R> type, ByteOrder order) {
        return StructCodec.of(type, order).packed().build();
    }

    /**
     * A record laid out as a {@link MemoryLayout} says: its components are found in the layout by their names. Members
     * without a component are left zero.
     */
    public static <R extends Record> Codec<R> struct(Class<R> type, StructLayout layout) {
        return LayoutCodecs.struct(type, layout);
    }

    /** Memory of a layout, to be read and written through its handles. The segment given out is a copy on the heap. */
    public static Codec<MemorySegment> segment(MemoryLayout layout) {
        return LayoutCodecs.segment(layout);
    }

    /** The map in a slot of an outer map. */
    public static ValueCodec<MapRef> slot() {
        return new SlotCodec();
    }

    /** What a per-CPU map holds: one value for all CPUs, or one for each. */
    public static <T> ValueCodec<PerCpu<T>> perCpu(Codec<T> single) {
        return new PerCpuCodec<>(single);
    }

    /** What a DEVMAP, CPUMAP, PROG_ARRAY or CGROUP_ARRAY holds: bytes, or a text that each node resolves on its own. */
    public static <T> ValueCodec<NodeValue<T>> nodeValue(Codec<T> plain) {
        return new NodeValueCodec<>(plain);
    }
}
