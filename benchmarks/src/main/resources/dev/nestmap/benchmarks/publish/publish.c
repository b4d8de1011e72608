// SPDX-License-Identifier: Apache-2.0
/*
 * What an agent does when it publishes, written as directly as libbpf allows: from arrays in memory to the system call that makes it
 * visible. Reads commands from its input, one a line, and answers each with the nanoseconds
 * that it took, and those of CPU time.
 *
 *   publish rings RINGS ENTRIES mmap|batch DIRECTORY    RINGS arrays of ENTRIES u32 in the slots of one outer map
 *       full SEED    all rings anew: make, fill, read back and compare, freeze, pin; then all slots by one batch
 *       bare SEED    the same without reading back, freezing and pinning
 *       one SEED     one ring anew, and its slot
 *       back         the rings before the last command into the slots again, compared with what they held
 *       check        do the slots hold the maps that they should, by their ids
 *   publish hash ENTRIES BATCH                          a hash of ENTRIES u32 keys and u64 values
 *       write SEED   all values anew, by batches of BATCH
 *
 * Everything here is one thread, and stops at the first thing that is not as it should be.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define STRIDE 8
#define BATCH 16384

static void die(const char *what, long result)
{
	fprintf(stderr, "%s: %ld\n", what, result);
	exit(1);
}

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t cpu_start, cpu_nanos;

static uint64_t begin(void)
{
	cpu_start = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	return read_clock(CLOCK_MONOTONIC);
}

static uint64_t end(uint64_t start)
{
	uint64_t nanos = read_clock(CLOCK_MONOTONIC) - start;

	cpu_nanos = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
	return nanos;
}

static void answer(uint64_t nanos)
{
	printf("%llu %llu\n", (unsigned long long)nanos, (unsigned long long)cpu_nanos);
	fflush(stdout);
}

static void *room(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (!memory)
		die("calloc", bytes);
	return memory;
}

static unsigned rings, entries;
static bool by_mmap;
static const char *directory;
static int outer, generation;
static uint32_t *wanted, *before;	/* rings * entries */
static int *maps, *maps_before;		/* fds */
static uint32_t *ids, *slots;

static void fill_values(uint32_t *values, unsigned ring, uint32_t seed)
{
	for (unsigned i = 0; i < entries; i++)
		values[i] = (ring * 31u + i * 7u + seed * 13u) | 1;
}

static size_t map_bytes(void)
{
	return ((size_t)entries * STRIDE + 4095) & ~4095ul;
}

static void fill_mmap(int fd, const uint32_t *values)
{
	char *memory = mmap(NULL, map_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		die("mmap", fd);
	for (unsigned i = 0; i < entries; i++)
		*(uint32_t *)(memory + (size_t)i * STRIDE) = values[i];
	munmap(memory, map_bytes());
}

static void compare_mmap(int fd, const uint32_t *values)
{
	char *memory = mmap(NULL, map_bytes(), PROT_READ, MAP_SHARED, fd, 0);
	uint32_t difference = 0;

	if (memory == MAP_FAILED)
		die("mmap", fd);
	for (unsigned i = 0; i < entries; i++)
		difference |= *(uint32_t *)(memory + (size_t)i * STRIDE) ^ values[i];
	if (difference)
		die("compare", fd);
	munmap(memory, map_bytes());
}

static void fill_batch(int fd, const uint32_t *keys, const uint32_t *values)
{
	for (unsigned done = 0; done < entries;) {
		__u32 count = entries - done < BATCH ? entries - done : BATCH;
		int result = bpf_map_update_batch(fd, keys + done, values + done, &count, NULL);

		if (result)
			die("update batch", result);
		done += count;
	}
}

static void compare_batch(int fd, const uint32_t *values)
{
	static uint32_t keys[BATCH], read[BATCH];
	uint32_t from = 0, to = 0;
	void *in = NULL;
	unsigned done = 0;

	while (true) {
		__u32 count = BATCH;
		int result = bpf_map_lookup_batch(fd, in, &to, keys, read, &count, NULL);

		if (result && result != -ENOENT)
			die("lookup batch", result);
		if (memcmp(read, values + done, count * sizeof(*read)))
			die("compare", done);
		done += count;
		if (result)
			break;
		from = to;
		in = &from;
	}
	if (done != entries)
		die("read back", done);
}

static void compare(int fd, unsigned ring, const uint32_t *all)
{
	const uint32_t *values = all + (size_t)ring * entries;

	if (by_mmap)
		compare_mmap(fd, values);
	else
		compare_batch(fd, values);
}

static int create(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = by_mmap ? BPF_F_MMAPABLE : 0);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ring", 4, 4, entries, &options);

	if (fd < 0)
		die("create", fd);
	return fd;
}

static const uint32_t *indexes(void)
{
	static uint32_t *keys;

	if (!keys) {
		keys = room(entries * sizeof(*keys));
		for (unsigned i = 0; i < entries; i++)
			keys[i] = i;
	}
	return keys;
}

static char *pin_path(unsigned ring, int number)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%u_%d", directory, ring, number);
	return path;
}

static int build(unsigned ring, bool bare)
{
	const uint32_t *values = wanted + (size_t)ring * entries;
	int fd = create();

	if (by_mmap)
		fill_mmap(fd, values);
	else
		fill_batch(fd, indexes(), values);
	if (bare)
		return fd;
	compare(fd, ring, wanted);
	if (bpf_map_freeze(fd))
		die("freeze", fd);
	if (bpf_obj_pin(fd, pin_path(ring, generation)))
		die("pin", fd);
	return fd;
}

static uint32_t id_of(int fd)
{
	struct bpf_map_info info = {};
	__u32 length = 88;	/* what stands behind is an input since Linux 6.18 */

	if (bpf_obj_get_info_by_fd(fd, &info, &length))
		die("info", fd);
	return info.id;
}

static void set_slots(unsigned from, unsigned count)
{
	__u32 done = count;
	int result = bpf_map_update_batch(outer, slots + from, maps + from, &done, NULL);

	if (result)
		die("set slots", result);
}

static void settle(unsigned from, unsigned to)
{
	for (unsigned ring = from; ring < to; ring++)
		ids[ring] = id_of(maps[ring]);
}

/* What nobody wants any more goes, and what was in use is kept. */
static void keep(unsigned from, unsigned to)
{
	for (unsigned ring = from; ring < to; ring++) {
		for (int number = 1; number < generation; number++)
			unlink(pin_path(ring, number));
		if (maps_before[ring] >= 0 && maps_before[ring] != maps[ring])
			close(maps_before[ring]);
		maps_before[ring] = maps[ring];
	}
}

static uint64_t publish(unsigned from, unsigned to, uint32_t seed, bool bare)
{
	uint64_t start;

	generation++;
	keep(from, to);
	memcpy(before + (size_t)from * entries, wanted + (size_t)from * entries,
	       (size_t)(to - from) * entries * sizeof(*wanted));
	for (unsigned ring = from; ring < to; ring++)
		fill_values(wanted + (size_t)ring * entries, ring, seed);
	start = begin();
	for (unsigned ring = from; ring < to; ring++)
		maps[ring] = build(ring, bare);
	set_slots(from, to - from);
	start = end(start);
	settle(from, to);
	return start;
}

static uint64_t back(void)
{
	uint32_t *values = before;
	int *fds = maps_before;
	uint64_t start = begin();

	maps_before = maps;
	maps = fds;
	before = wanted;
	wanted = values;
	for (unsigned ring = 0; ring < rings; ring++)
		compare(maps[ring], ring, wanted);
	set_slots(0, rings);
	start = end(start);
	settle(0, rings);
	return start;
}

static uint64_t check(void)
{
	static uint32_t keys[BATCH], found[BATCH];
	uint32_t to;
	__u32 count = rings;
	uint64_t start = begin();
	int result = bpf_map_lookup_batch(outer, NULL, &to, keys, found, &count, NULL);

	if ((result && result != -ENOENT) || count != rings)
		die("read slots", result);
	if (memcmp(found, ids, rings * sizeof(*ids)))
		die("other maps in the slots", 0);
	return end(start);
}

static void run_rings(char **arguments)
{
	char command[16];
	unsigned seed;
	int template;

	rings = atoi(arguments[0]);
	entries = atoi(arguments[1]);
	by_mmap = !strcmp(arguments[2], "mmap");
	directory = arguments[3];
	wanted = room((size_t)rings * entries * sizeof(*wanted));
	before = room((size_t)rings * entries * sizeof(*before));
	maps = room(rings * sizeof(*maps));
	maps_before = room(rings * sizeof(*maps));
	ids = room(rings * sizeof(*ids));
	slots = room(rings * sizeof(*slots));
	template = create();
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = template);
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "rings", 4, 4, rings, &options);
	if (outer < 0)
		die("create outer", outer);
	close(template);
	for (unsigned ring = 0; ring < rings; ring++) {
		slots[ring] = ring;
		maps[ring] = maps_before[ring] = -1;
	}
	while (scanf("%15s", command) == 1) {
		uint64_t nanos;

		if (!strcmp(command, "full") && scanf("%u", &seed) == 1)
			nanos = publish(0, rings, seed, false);
		else if (!strcmp(command, "bare") && scanf("%u", &seed) == 1)
			nanos = publish(0, rings, seed, true);
		else if (!strcmp(command, "one") && scanf("%u", &seed) == 1)
			nanos = publish(17 % rings, 17 % rings + 1, seed, false);
		else if (!strcmp(command, "back"))
			nanos = back();
		else
			nanos = check();
		answer(nanos);
	}
}

static void run_hash(char **arguments)
{
	unsigned count = atoi(arguments[0]), batch = atoi(arguments[1]), seed;
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "hash", 4, 8, count, NULL);
	uint32_t *keys = room(count * sizeof(*keys));
	uint64_t *values = room(count * sizeof(*values));
	char command[16];

	if (fd < 0)
		die("create", fd);
	for (unsigned i = 0; i < count; i++)
		keys[i] = __builtin_bswap32(i);
	while (scanf("%15s %u", command, &seed) == 2) {
		uint64_t start;

		for (unsigned i = 0; i < count; i++)
			values[i] = i * 7ull + seed;
		start = begin();
		for (unsigned done = 0; done < count;) {
			__u32 some = count - done < batch ? count - done : batch;
			int result = bpf_map_update_batch(fd, keys + done, values + done, &some, NULL);

			if (result)
				die("update batch", result);
			done += some;
		}
		answer(end(start));
	}
}

int main(int count, char **arguments)
{
	struct rlimit fds = {1 << 16, 1 << 16};

	setrlimit(RLIMIT_NOFILE, &fds);
	if (count == 6 && !strcmp(arguments[1], "rings"))
		run_rings(arguments + 2);
	else if (count == 4 && !strcmp(arguments[1], "hash"))
		run_hash(arguments + 2);
	else
		die("arguments", count);
	return 0;
}
