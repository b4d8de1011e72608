/* Keys and values of a Katran-like balancer: shared by the program and by the test that writes them in C. */
#pragma once
#include <linux/types.h>

struct vip_key {
    union {
        __be32 addr;
        __be32 addr6[4];
    };
    __be16 port;
    __u8 proto;
};

struct vip_meta {
    __u32 flags;
    __u32 vip_num;
};

struct real {
    union {
        __be32 dst;
        __be32 dst6[4];
    };
    __u8 flags;
};

struct flow {
    __be32 src;
    __be32 dst;
    __be16 ports[2];
    __u8 proto;
};

struct real_lru {
    __u32 pos;
    __u64 atime;
};

struct src_prefix {
    __u32 prefixlen;
    __be32 addr;
};
