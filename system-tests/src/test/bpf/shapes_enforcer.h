/* Keys and values of a vArmor-like enforcer. */
#pragma once
#include <linux/types.h>

enum rule_mode {
    RULE_ALLOW = 0,
    RULE_AUDIT = 1,
    RULE_DENY = 1 << 4,
};

struct path_pattern {
    __u32 flags : 4;
    __u32 prefix_length : 14;
    __u32 suffix_length : 14;
    char prefix[32];
    char suffix[16];
};

struct file_rule {
    enum rule_mode mode;
    __s32 priority;
    struct path_pattern pattern;
    __u16 ports[3];
};
