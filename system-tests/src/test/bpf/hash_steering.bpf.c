// SPDX-License-Identifier: Apache-2.0
/*
 * What to do with a packet, by where it goes: the outer hash finds the policy of a destination, and
 * element 0 of the policy is the XDP action. Compile with -DOUTER_FLAGS=BPF_F_NO_PREALLOC for an
 * outer hash that allocates its elements one by one.
 */
#include "packet.h"

#ifndef OUTER_FLAGS
#define OUTER_FLAGS 0
#endif

struct destination {
	__be32 address;
	__be16 port;
	__u16 zero;
};

struct policy {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 64);
	__uint(map_flags, OUTER_FLAGS);
	__type(key, struct destination);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct policy);
} steering SEC(".maps");

/* Packets by what happened: 0 no policy, so passed; 1 dropped by policy; 2 another action. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} steered SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&steered, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

SEC("xdp")
int hash_steering(struct xdp_md *context)
{
	struct packet *packet = packet_at(context->data, context->data_end);
	struct destination destination = {};
	__u32 *action;
	__u32 zero = 0;
	void *policy;

	if (!packet)
		return XDP_PASS;
	destination.address = packet->ip.daddr;
	destination.port = packet->udp.dest;
	policy = bpf_map_lookup_elem(&steering, &destination);
	action = policy ? bpf_map_lookup_elem(policy, &zero) : 0;
	if (!action) {
		count(0);
		return XDP_PASS;
	}
	count(*action == XDP_DROP ? 1 : 2);
	return *action;
}

char LICENSE[] SEC("license") = "Apache-2.0";
