package dev.nestmap.client.codec;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** IP addresses in network order. */
record AddressCodec<A extends InetAddress>(String name, Class<A> type, int sizeBytes)
        implements
            Codec<A> {
    static final AddressCodec<Inet4Address> IPV4 = new AddressCodec<>("ipv4", Inet4Address.class,
            4);
    static final AddressCodec<Inet6Address> IPV6 = new AddressCodec<>("ipv6", Inet6Address.class,
            16);

    /** That of __be32 and of struct in6_addr. */
    @Override
    public int alignmentBytes() {
        return 4;
    }

    @Override
    public void write(A value, ByteBuffer target) {
        target.put(value.getAddress());
    }

    @Override
    public long word(A value) {
        byte[] bytes = value.getAddress();
        return bytes.length == 4
                ? (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16
                        | (bytes[3] & 0xffL) << 24
                : Codec.super.word(value);
    }

    @Override
    public A read(ByteBuffer source) {
        byte[] bytes = new byte[sizeBytes];
        source.get(bytes);
        try {
            // getByAddress(bytes) would make an Inet4Address of ::ffff:1.2.3.4.
            return type.cast(sizeBytes == 4
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, -1));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of %d bytes".formatted(sizeBytes), e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
