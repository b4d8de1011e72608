// SPDX-License-Identifier: Apache-2.0
/*
 * Notes which packets of the rig reached the network stack of a host, as a bit for each sequence
 * number. In the kernel and not in a receiving process: a socket loses packets when its reader is
 * not scheduled for a while, and such a loss would look like one of ours. The packet ends here, so
 * that no ICMP answer disturbs the stream.
 */
#include "packet.h"

#include <linux/pkt_cls.h>

#define WORDS 4096

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WORDS);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

/* 0 packets recorded, 1 of these seen before, 2 packets with a sequence number beyond the words. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} recorded SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *total = bpf_map_lookup_elem(&recorded, &what);

	if (total)
		__sync_fetch_and_add(total, 1);
}

SEC("tc")
int recorder(struct __sk_buff *context)
{
	struct packet *packet;
	__u32 sequence, word;
	__u64 *bits, bit;

	bpf_skb_pull_data(context, sizeof(struct packet));
	packet = packet_at(context->data, context->data_end);
	if (!packet)
		return TC_ACT_OK;
	sequence = bpf_ntohl(packet->sequence);
	word = sequence >> 6;
	bit = 1ULL << (sequence & 63);
	bits = bpf_map_lookup_elem(&seen, &word);
	if (!bits)
		count(2);
	else if (__sync_fetch_and_or(bits, bit) & bit)
		count(1);
	count(0);
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Apache-2.0";
