// SPDX-License-Identifier: Apache-2.0
/*
 * Looks up what is never deleted in the maps of the long test with faults, and counts what was not there. Kept are the keys
 * 0 to 15 of flows, the prefix 10.0.0.0/8, and all slots of rings and tables. A table has equal elements, unless it is of two
 * versions.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define KEPT 16
#define SLOTS 8
#define TABLES 4
#define RING_ENTRIES 4
#define TABLE_ENTRIES 16

struct prefix {
	__u32 length;
	__u8 address[4];
};

struct ring {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RING_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
};

struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TABLE_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 256);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct ring);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, TABLES);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct table);
} tables SEC(".maps");

/* 0 all looks; missing: 1 flow, 2 prefix, 3 ring or its element, 4 table; 5 a table of two versions. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 6);
	__type(key, __u32);
	__type(value, __u64);
} soak_found SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&soak_found, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

SEC("xdp")
int soak(struct xdp_md *context)
{
	__u32 random = bpf_get_prandom_u32();
	__u32 flow = random % KEPT, slot = random % SLOTS, tableSlot = random % TABLES;
	__u32 first = 0, last = TABLE_ENTRIES - 1;
	struct prefix address = { 32, { 10, random >> 8, random >> 16, random >> 24 } };
	__u64 *a, *b;
	void *inner;

	count(0);
	if (!bpf_map_lookup_elem(&flows, &flow))
		count(1);
	if (!bpf_map_lookup_elem(&prefixes, &address))
		count(2);
	inner = bpf_map_lookup_elem(&rings, &slot);
	a = inner ? bpf_map_lookup_elem(inner, &first) : 0;
	if (!a || !*a)
		count(3);
	inner = bpf_map_lookup_elem(&tables, &tableSlot);
	a = inner ? bpf_map_lookup_elem(inner, &first) : 0;
	b = inner ? bpf_map_lookup_elem(inner, &last) : 0;
	if (!a || !b)
		count(4);
	else if (*(volatile __u64 *)a != *(volatile __u64 *)b)
		count(5);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";
