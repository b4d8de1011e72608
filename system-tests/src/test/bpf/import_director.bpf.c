/* The maps of a GLB-like director: tables behind slots, two of them there from the beginning. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "shapes_director.h"

struct table {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 65536);
    __type(key, __u32);
    __type(value, struct table_entry);
};

struct table glb_table_a SEC(".maps");
struct table glb_table_b SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __array(values, struct table);
} glb_tables SEC(".maps") = {
    .values = { [0] = &glb_table_a, [17] = &glb_table_b },
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, struct bind);
    __type(value, __u32);
} glb_binds SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __type(value, struct secret);
} glb_table_secrets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 5);
    __uint(pinning, LIBBPF_PIN_BY_NAME);
    __type(key, __u32);
    __type(value, struct gateway);
} config_bits SEC(".maps");

SEC("xdp")
int director(struct xdp_md *ctx)
{
    return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
