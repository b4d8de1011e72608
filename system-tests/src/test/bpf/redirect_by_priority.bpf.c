// SPDX-License-Identifier: Apache-2.0
/*
 * The example of the kernel's own text on maps of maps: an array of devmaps, one for each priority.
 * The priority is the IP precedence (the upper three bits of the ToS byte): its slot of the array
 * holds the devmap whose element 0 says where the packet goes. No map in the slot: the packet is
 * for this host.
 */
#include "packet.h"

struct inner_map {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 10);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u32);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__array(values, struct inner_map);
} outer_map SEC(".maps");

SEC("xdp")
int redirect_by_priority(struct xdp_md *context)
{
	struct packet *packet = packet_at(context->data, context->data_end);
	__u32 priority;
	void *devices;

	if (!packet)
		return XDP_PASS;
	priority = packet->ip.tos >> 5;
	devices = bpf_map_lookup_elem(&outer_map, &priority);
	if (!devices)
		return XDP_PASS;
	return bpf_redirect_map(devices, 0, 0);
}

char LICENSE[] SEC("license") = "Apache-2.0";
