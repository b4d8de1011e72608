// SPDX-License-Identifier: Apache-2.0
/*
 * Looks through every slot of an outer array on each run and counts what it found, so that a test
 * can say afterwards whether any program could have seen a slot without a map, or a map that was
 * not filled yet: a filled map has something other than 0 in element 0.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#ifndef SLOTS
#define SLOTS 4
#endif
#ifndef INNER_ENTRIES
#define INNER_ENTRIES 16
#endif

struct inner_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, INNER_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct inner_array);
} probed_map SEC(".maps");

/* Lookups by what they found: 0 a filled map, 1 no map in the slot, 2 a map that is not filled. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} found SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&found, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

SEC("xdp")
int probe(struct xdp_md *context)
{
	__u32 zero = 0;

	for (__u32 slot = 0; slot < SLOTS; slot++) {
		__u32 key = slot;
		void *inner = bpf_map_lookup_elem(&probed_map, &key);
		__u64 *value = inner ? bpf_map_lookup_elem(inner, &zero) : 0;

		count(!value ? 1 : *value == 0 ? 2 : 0);
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";
