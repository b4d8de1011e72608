// SPDX-License-Identifier: Apache-2.0
/* A veth takes redirected frames only if its receiving end runs an XDP program: this one. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *context)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";
