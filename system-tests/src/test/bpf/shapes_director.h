/* Keys and values of a GLB-like director. */
#pragma once
#include <linux/types.h>

struct table_entry {
    __be32 primary;
    __be32 secondary;
};

struct bind {
    __be32 addr6[4];
    __be32 addr;
    __be16 port;
    __u8 proto;
    __u8 bits;
} __attribute__((packed));

struct secret {
    __u8 key[16];
};

struct gateway {
    __u8 mac[6];
};
