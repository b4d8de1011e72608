/* The maps of a vArmor-like enforcer: ordered rules behind mount namespaces, and policies under a lock. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "shapes_enforcer.h"

struct policy {
    __u64 hits;
    struct bpf_spin_lock lock;
    enum rule_mode mode;
};

struct rules {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, struct file_rule);
};

struct policies {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16);
    __type(key, __u32);
    __type(value, struct policy);
};

struct rules v_default_rules SEC(".maps");
struct policies v_policies SEC(".maps");

#define OUTER(name, inner)                        \
    struct {                                      \
        __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);  \
        __uint(max_entries, 256);                 \
        __type(key, __u32);                       \
        __array(values, struct inner);            \
    } name SEC(".maps")

OUTER(v_file_outer, rules);
OUTER(v_process_outer, rules);
OUTER(v_policy_outer, policies);

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 5000);
} v_events SEC(".maps");

SEC("socket")
int enforcer(struct __sk_buff *skb)
{
    return 0;
}

char _license[] SEC("license") = "GPL";
