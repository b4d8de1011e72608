/* A map that libbpf does not load: its variable is no global one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} hidden SEC(".maps");
SEC("socket") int program(void *context) {
    __u32 key = 0;
    return bpf_map_lookup_elem(&hidden, &key) != 0;
}

char _license[] SEC("license") = "GPL";
