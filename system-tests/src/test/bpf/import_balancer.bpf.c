/* The maps of a Katran-like balancer. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "shapes_balancer.h"

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 512);
    __type(key, struct vip_key);
    __type(value, struct vip_meta);
} vip_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __type(value, struct real);
} reals SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 8 * 65537);
    __type(key, __u32);
    __type(value, __u32);
} ch_rings SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct vip_meta);
} stats SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 3000000);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct src_prefix);
    __type(value, __u32);
} lpm_src SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
    __uint(max_entries, 512);
    __type(key, struct vip_key);
    __array(values, struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 4096);
        __uint(map_flags, BPF_F_NO_PREALLOC);
        __type(key, __u32);
        __type(value, __u8);
    });
} vip_to_down_reals SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1000);
    __uint(map_flags, BPF_F_NO_COMMON_LRU);
    __type(key, struct flow);
    __type(value, struct real_lru);
} fallback_cache SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 128);
    __uint(key_size, 4);
    __array(values, struct {
        __uint(type, BPF_MAP_TYPE_LRU_HASH);
        __uint(max_entries, 1000);
        __uint(map_flags, BPF_F_NO_COMMON_LRU);
        __type(key, struct flow);
        __type(value, struct real_lru);
    });
} lru_mapping SEC(".maps");

const volatile __u32 limit = 7;
__u64 seen;

SEC("xdp")
int balancer(struct xdp_md *ctx)
{
    seen++;
    return limit ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
