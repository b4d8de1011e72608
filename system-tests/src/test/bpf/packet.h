/* SPDX-License-Identifier: Apache-2.0 */
/* The packets of the rig: IPv4 without options, UDP, then a sequence number. */
#pragma once
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct packet {
	struct ethhdr ethernet;
	struct iphdr ip;
	struct udphdr udp;
	__be32 sequence;
} __attribute__((packed));

/* The packet, or null if these bytes are not one of the rig's. */
static __always_inline struct packet *packet_at(__u64 data, __u64 data_end)
{
	struct packet *packet = (struct packet *)data;

	if ((__u64)(packet + 1) > data_end)
		return 0;
	if (packet->ethernet.h_proto != bpf_htons(ETH_P_IP) || packet->ip.version != 4 ||
	    packet->ip.ihl != 5 || packet->ip.protocol != IPPROTO_UDP)
		return 0;
	return packet;
}
