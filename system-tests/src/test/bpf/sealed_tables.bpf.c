// SPDX-License-Identifier: Apache-2.0
/*
 * Looks into a table picked at random, at its first, middle and last element, which carry the same
 * stamp as long as the table is of one generation. Compile with -DTABLES=N -DENTRIES=N.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, TABLES);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct table);
} tables SEC(".maps");

/* Looks: 0 all; 1 that found two different stamps in one table; 2 without a table; 3 the highest stamp seen. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} looks SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&looks, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

SEC("xdp")
int sealed_tables(struct xdp_md *context)
{
	__u32 slot = bpf_get_prandom_u32() % TABLES;
	__u32 first = 0, middle = ENTRIES / 2, last = ENTRIES - 1, highest = 3;
	void *table = bpf_map_lookup_elem(&tables, &slot);
	__u64 *a, *b, *c, *seen;

	count(0);
	if (!table) {
		count(2);
		return XDP_PASS;
	}
	a = bpf_map_lookup_elem(table, &first);
	b = bpf_map_lookup_elem(table, &middle);
	c = bpf_map_lookup_elem(table, &last);
	if (!a || !b || !c) {
		count(2);
		return XDP_PASS;
	}
	if (*(volatile __u64 *)a != *(volatile __u64 *)b || *(volatile __u64 *)a != *(volatile __u64 *)c)
		count(1);
	seen = bpf_map_lookup_elem(&looks, &highest);
	if (seen && *seen < *a)
		*seen = *a;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";
