// SPDX-License-Identifier: Apache-2.0
/*
 * A director as GLB's: an address is bound to a table with a secret, and an element of the table names two backends. One backend
 * moves: its address is 11.x.y.z, of which x.y.z is the generation, and so says the first element of each table. Counts looks and
 * what is wrong in them. Compile with -DTABLES=N -DENTRIES=N.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOVING 11
#define LOOKS 8

struct hops {
	__u32 first;
	__u32 second;
};

struct bind {
	__u32 number;
	__u32 rest[5];
};

struct secret {
	__u64 low;
	__u64 high;
};

struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct hops));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, TABLES);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct table);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct bind);
	__type(value, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} binds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct secret);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} secrets SEC(".maps");

/* 0 all looks; 1 that found two generations in one table; 2 that missed something; 3 the highest generation seen; 4 moving backends seen. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} looks SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&looks, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

static __always_inline void check(__u32 hop, __u32 generation)
{
	if (hop >> 24 != MOVING)
		return;
	count(4);
	if ((hop & 0xffffff) != generation)
		count(1);
}

SEC("xdp")
int director_tables(struct xdp_md *context)
{
	struct bind bind = {.number = bpf_get_prandom_u32() % TABLES};
	__u32 first = 0, highest = 3, generation, i;
	__u32 *slot = bpf_map_lookup_elem(&binds, &bind);
	struct secret *secret;
	struct hops *stamp;
	void *table;
	__u64 *seen;

	count(0);
	if (!slot)
		goto missed;
	secret = bpf_map_lookup_elem(&secrets, slot);
	table = bpf_map_lookup_elem(&tables, slot);
	if (!secret || !secret->low || !table)
		goto missed;
	stamp = bpf_map_lookup_elem(table, &first);
	if (!stamp)
		goto missed;
	generation = *(volatile __u32 *)&stamp->first;
	for (i = 0; i < LOOKS; i++) {
		__u32 index = 1 + bpf_get_prandom_u32() % (ENTRIES - 1);
		struct hops *hops = bpf_map_lookup_elem(table, &index);

		if (!hops || !hops->first || !hops->second)
			goto missed;
		check(*(volatile __u32 *)&hops->first, generation);
		check(*(volatile __u32 *)&hops->second, generation);
	}
	seen = bpf_map_lookup_elem(&looks, &highest);
	if (seen && *seen < generation)
		*seen = generation;
	return XDP_PASS;
missed:
	count(2);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";
