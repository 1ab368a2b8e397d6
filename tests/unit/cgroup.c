/*
 * cgroup: one's own cgroup is found by what the kernel's files say. The lines are as machines of each kind show them.
 * cgroup is of the shell, which no unit test links; its pure part is taken in as text.
 */
#include "../../init/cgroup.c"
#include "unit.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void a_line_of_proc_self_cgroup_belongs_to_its_controllers(void)
{
	static const struct {
		const char *line, *controller, *path;
	} rows[] = {
		{ "0::/", NULL, "/" },
		{ "0::/system.slice/docker-1f.scope", NULL, "/system.slice/docker-1f.scope" },
		{ "0::/../../a:b", NULL, "/../../a:b" },
		{ "4:memory:/docker/1f", NULL, NULL },
		{ "4:memory:/docker/1f", "memory", "/docker/1f" },
		{ "3:cpu,cpuacct:/", "cpuacct", "/" },
		{ "3:cpu,cpuacct:/", "cpu", "/" },
		{ "3:cpu,cpuacct:/", "cpua", NULL },
		{ "3:cpuset:/", "cpu", NULL },
		{ "1:name=systemd:/memory", "memory", NULL },
		{ "0::/memory", "memory", NULL },
		{ "10::/", NULL, NULL },
		{ "", NULL, NULL },
		{ "4:memory", "memory", NULL },
		{ "memory", "memory", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].line);
		CHECK_TEXT(cgroup_line_path(rows[i].line, rows[i].controller), rows[i].path);
	}
}

static void a_mount_of_a_hierarchy_shows_a_root_at_a_point(void)
{
	static const struct {
		const char *line, *controller, *root, *point;
	} rows[] = {
		/* Docker, cgroup v2, its own namespace */
		{ "1193 1192 0:29 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate", NULL,
		  "/", "/sys/fs/cgroup" },
		/* Docker, v1, the host's namespace */
		{ "823 820 0:33 /docker/1f /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory", "memory",
		  "/docker/1f", "/sys/fs/cgroup/memory" },
		/* two controllers, optional fields */
		{ "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:1 - cgroup cgroup rw,cpu,cpuacct",
		  "cpuacct", "/", "/sys/fs/cgroup/cpu,cpuacct" },
		/* the v2 half of a hybrid machine has another source */
		{ "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw", NULL, "/",
		  "/sys/fs/cgroup/unified" },
		{ "41 31 0:38 /a\\040b /mnt/with\\040blank\\134 rw - cgroup2 none rw", NULL, "/a b", "/mnt/with blank\\" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char root_buffer[64], point_buffer[64];
		struct text root = text_over(root_buffer, sizeof root_buffer);
		struct text point = text_over(point_buffer, sizeof point_buffer);

		unit_about("%s", rows[i].line);
		CHECK(cgroup_line_mount(rows[i].line, rows[i].controller, &root, &point));
		CHECK_TEXT(root_buffer, rows[i].root);
		CHECK_TEXT(point_buffer, rows[i].point);
	}
}

static void any_other_mount_is_none_of_it(void)
{
	static const struct {
		const char *line, *controller;
	} rows[] = {
		{ "823 820 0:33 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory", NULL },
		{ "823 820 0:33 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory", "cpuacct" },
		{ "1193 1192 0:29 / /sys/fs/cgroup ro - cgroup2 cgroup rw,memory", "memory" },
		{ "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755", NULL },
		{ "31 23 0:28 / /cgroup2 rw - ext4 /dev/cgroup2 rw", NULL },
		{ "- cgroup2", NULL },
		{ " - cgroup2", NULL },
		{ "1 2 - cgroup2 cgroup2 rw", NULL },
		{ "36 35 98:0 / /mnt rw - cgroup", "memory" },
		{ "", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char root_buffer[64], point_buffer[64];
		struct text root = text_over(root_buffer, sizeof root_buffer);
		struct text point = text_over(point_buffer, sizeof point_buffer);

		unit_about("%s", rows[i].line);
		CHECK(!cgroup_line_mount(rows[i].line, rows[i].controller, &root, &point));
	}
}

static void what_lies_below_the_root_is_only_what_does(void)
{
	static const struct {
		const char *path, *root, *below;
	} rows[] = {
		{ "/", "/", "" },
		{ "/a/b", "/", "/a/b" },
		{ "/docker/1f", "/docker/1f", "" },
		{ "/docker/1f/init", "/docker/1f", "/init" },
		{ "/docker/1fa", "/docker/1f", "" },
		{ "/other", "/docker/1f", "" },
		{ "/../../x", "/", "" },
		{ "/", "/../..", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s below %s", rows[i].path, rows[i].root);
		CHECK_TEXT(cgroup_path_below(rows[i].path, rows[i].root), rows[i].below);
	}
}

static void a_count_is_found_by_its_key_and_by_no_other(void)
{
	static const char events[] = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n";

	CHECK_INT(cgroup_value(events, "oom_kill"), 2);
	CHECK_INT(cgroup_value(events, "oom"), 3);
	CHECK_INT(cgroup_value(events, "low"), 0);
	CHECK_INT(cgroup_value("oom_kill_disable 0\nunder_oom 0\noom_kill 5\n", "oom_kill"), 5);
	/* Linux before 4.13 does not count */
	CHECK(cgroup_value("oom_kill_disable 0\nunder_oom 0\n", "oom_kill") == UINT64_MAX);
	CHECK(cgroup_value("", "oom_kill") == UINT64_MAX);
	CHECK(cgroup_value("oom_kill \n", "oom_kill") == UINT64_MAX);
	CHECK_INT(cgroup_value("12345678901\n", NULL), 12345678901);
	CHECK(cgroup_value("max\n", NULL) == UINT64_MAX);
}

/* ---- files ----------------------------------------------------------------------------------- */

struct seen {
	unsigned lines, longest, stop_at;
};

static bool see(void *context, const char *line)
{
	struct seen *seen = context;
	unsigned length = (unsigned)strlen(line);

	seen->longest = length > seen->longest ? length : seen->longest;
	return ++seen->lines == seen->stop_at;
}

/* lengths ends with 0 */
static struct seen read_lines(const unsigned *lengths, unsigned stop_at, bool expected)
{
	char path[] = "/tmp/tend-cgroup-XXXXXX";
	int file = mkstemp(path);
	struct seen seen = { .stop_at = stop_at };

	CHECK(file >= 0);
	for (; *lengths; lengths++)
		for (unsigned i = 1; i <= *lengths; i++)
			CHECK_INT(write(file, i == *lengths ? "\n" : "x", 1), 1);
	close(file);
	CHECK_INT(each_line(path, see, &seen), expected);
	unlink(path);
	return seen;
}

static void each_line_is_seen_however_the_buffer_cuts_them(void)
{
	struct seen seen = read_lines((const unsigned[]){ 1, 3000, 3000, 2, 4000, 0 }, 0, false);

	CHECK_INT(seen.lines, 5);
	CHECK_INT(seen.longest, 3999);
}

static void a_line_that_is_too_long_is_left_out_and_the_next_is_not(void)
{
	struct seen seen = read_lines((const unsigned[]){ 5, 20000, 7, 9000, 6, 0 }, 0, false);

	CHECK_INT(seen.lines, 3);
	CHECK_INT(seen.longest, 6);
}

static void the_search_ends_with_the_line_that_is_found(void)
{
	CHECK_INT(read_lines((const unsigned[]){ 2, 2, 2, 2, 0 }, 2, true).lines, 2);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_line_of_proc_self_cgroup_belongs_to_its_controllers),
		TEST(a_mount_of_a_hierarchy_shows_a_root_at_a_point),
		TEST(any_other_mount_is_none_of_it),
		TEST(what_lies_below_the_root_is_only_what_does),
		TEST(a_count_is_found_by_its_key_and_by_no_other),
		TEST(each_line_is_seen_however_the_buffer_cuts_them),
		TEST(a_line_that_is_too_long_is_left_out_and_the_next_is_not),
		TEST(the_search_ends_with_the_line_that_is_found),
	};

	return unit_run(tests, COUNT(tests));
}
