// SPDX-License-Identifier: Apache-2.0
/*
 * Counts packets, and those for which something is missing: the route of key 7, or element 1 of the table in slot 0.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} routes SEC(".maps");

struct table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
};

struct table table_a SEC(".maps");
struct table table_b SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct table);
} tables SEC(".maps") = {
	.values = {&table_a, 0, &table_b},
};

/* 0: packets; 1: misses. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&packets, &what);

	if (total)
		*total += 1;
}

SEC("xdp")
int adopted(struct xdp_md *context)
{
	__u32 route = 7, slot = 0, element = 1;
	void *table = bpf_map_lookup_elem(&tables, &slot);
	__u64 *value = table ? bpf_map_lookup_elem(table, &element) : 0;

	count(0);
	if (!bpf_map_lookup_elem(&routes, &route) || !value)
		count(1);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Apache-2.0";
