/* users: a line of passwd or group is read whole or not at all. */
#include "unit.h"
#include "users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define UNTOUCHED 4711

/* The line in memory that ends where it ends, so that the sanitizer sees a read beyond it. */
static char *exact_copy(const char *line, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (!copy)
		abort();
	memcpy(copy, line, length);
	return copy;
}

static bool read_user(const char *line, struct user *user)
{
	char *copy = exact_copy(line, strlen(line));
	bool valid = passwd_line(copy, strlen(line), user);

	free(copy);
	return valid;
}

static void a_line_of_passwd_gives_name_ids_home_and_shell(void)
{
	static const struct {
		const char *line;
		struct user user;
	} rows[] = {
		{ "root:x:0:0:root:/root:/bin/bash", { 0, 0, "root", "/root", "/bin/bash" } },
		{ "root:x:0:0:root:/root:/bin/bash\n", { 0, 0, "root", "/root", "/bin/bash" } },
		{ "elasticsearch:x:1000:1001::/usr/share/elasticsearch:/sbin/nologin",
		  { 1000, 1001, "elasticsearch", "/usr/share/elasticsearch", "/sbin/nologin" } },
		{ "a::1:2:::", { 1, 2, "a", "", "" } },
		{ "a::1:2:,,,; \t#:/h o m e:/s", { 1, 2, "a", "/h o m e", "/s" } },
		{ "nobody:*:65534:65534:nobody:/:/bin/false",
		  { 65534, 65534, "nobody", "/", "/bin/false" } },
		{ "most:x:4294967294:65536::/:/x", { 4294967294, 65536, "most", "/", "/x" } },
		{ "postgres-15:x:70:70:\xc3\xa9:/var:/bin/sh",
		  { 70, 70, "postgres-15", "/var", "/bin/sh" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct user user = { .uid = UNTOUCHED, .gid = UNTOUCHED };

		unit_about("%s", rows[i].line);
		CHECK(read_user(rows[i].line, &user));
		CHECK_TEXT(user.name, rows[i].user.name);
		CHECK_INT(user.uid, rows[i].user.uid);
		CHECK_INT(user.gid, rows[i].user.gid);
		CHECK_TEXT(user.home, rows[i].user.home);
		CHECK_TEXT(user.shell, rows[i].user.shell);
	}
}

static void a_malformed_line_of_passwd_is_refused(void)
{
	static const char *const rows[] = {
		"", "\n", " ", "root", "root:x", "root:x:0:0:root:/root",
		"root:x:0:0:root:/root:/bin/bash:", ":::::::", "::::::",
		":x:0:0:root:/root:/bin/bash", "#root:x:0:0:root:/root:/bin/bash",
		"+root:x:0:0:root:/root:/bin/bash", "+::::::", "+",
		"-root:x:0:0:root:/root:/bin/bash", "root:x::0:root:/root:/bin/bash",
		"root:x:0::root:/root:/bin/bash", "root:x:a:0:root:/root:/bin/bash",
		"root:x:-1:0:root:/root:/bin/bash", "root:x:0x0:0:root:/root:/bin/bash",
		"root:x: 0:0:root:/root:/bin/bash", "root:x:0 :0:root:/root:/bin/bash",
		"root:x:4294967295:0:root:/root:/bin/bash",
		"root:x:4294967296:0:root:/root:/bin/bash",
		"root:x:18446744073709551616:0:root:/root:/bin/bash",
		"root:x:65535:0:root:/root:/bin/bash", "root:x:0:4294967295:root:/root:/bin/bash",
		"root:x:0:65535:root:/root:/bin/bash",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct user user;

		unit_about("%s", rows[i]);
		CHECK(!read_user(rows[i], &user));
	}
}

static void a_nul_makes_a_line_malformed(void)
{
	static const char passwd[] = "ro\0t:x:0:0:root:/root:/bin/bash", group[] = "adm:x:4:a\0b";
	struct user user;
	struct group result;

	CHECK(!passwd_line(passwd, sizeof passwd - 1, &user));
	CHECK(!passwd_line(passwd, sizeof passwd, &user));
	CHECK(!group_line(group, sizeof group - 1, &result));
}

static void no_more_is_read_than_the_length_says(void)
{
	static const char line[] = "root:x:0:0:root:/root:/bin/bash";
	struct user user;

	for (size_t length = 0; length < sizeof line - 1; length++) {
		char *copy = exact_copy(line, length);

		unit_about("%zu bytes", length);
		CHECK_INT(passwd_line(copy, length, &user),
			  length >= sizeof "root:x:0:0:root:/root:" - 1);
		free(copy);
	}
}

static void what_does_not_fit_makes_its_line_unusable(void)
{
	char field[USER_TEXT_MAX + 1], line[4 * USER_TEXT_MAX];
	struct user user;
	struct group group;

	for (size_t length = USER_TEXT_MAX - 1; length <= USER_TEXT_MAX; length++) {
		bool fits = length < USER_TEXT_MAX;

		memset(field, 'a', length);
		field[length] = '\0';
		unit_about("%zu bytes", length);
		snprintf(line, sizeof line, "%s:x:1:1:c:/home:/sh", field);
		CHECK_INT(read_user(line, &user), fits);
		CHECK(!fits || strcmp(user.name, field) == 0);
		snprintf(line, sizeof line, "a:x:1:1:c:%s:/sh", field);
		CHECK_INT(read_user(line, &user), fits);
		CHECK(!fits || strcmp(user.home, field) == 0);
		snprintf(line, sizeof line, "a:x:1:1:c:/home:%s", field);
		CHECK_INT(read_user(line, &user), fits);
		CHECK(!fits || strcmp(user.shell, field) == 0);
		snprintf(line, sizeof line, "%s:x:1:", field);
		CHECK_INT(group_line(line, strlen(line), &group), fits);
	}
}

static void a_long_comment_or_password_does_no_harm(void)
{
	char line[8192], filler[4000];
	struct user user;

	memset(filler, 'x', sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	snprintf(line, sizeof line, "a:%s:1:2:%s:/home:/sh", filler, filler);
	CHECK(read_user(line, &user));
	CHECK_TEXT(user.home, "/home");
}

static void a_user_is_matched_by_number_where_it_is_one_else_by_name(void)
{
	static const struct user user = { .uid = 1000, .gid = 100, .name = "elastic" };
	static const struct user digits = { .uid = 5, .name = "1000" };

	CHECK(passwd_line_matches(&user, "elastic"));
	CHECK(passwd_line_matches(&user, "1000"));
	CHECK(!passwd_line_matches(&user, "100"));
	CHECK(!passwd_line_matches(&user, "01000"));
	CHECK(!passwd_line_matches(&user, "Elastic"));
	CHECK(!passwd_line_matches(&user, "elasti"));
	CHECK(!passwd_line_matches(&user, "elastics"));
	CHECK(!passwd_line_matches(&user, ""));
	CHECK(!passwd_line_matches(&user, "4294968296")); /* 2^32 + 1000 */
	CHECK(!passwd_line_matches(&digits, "1000"));
	CHECK(passwd_line_matches(&digits, "5"));
}

static void a_line_of_group_gives_name_gid_and_members(void)
{
	static const struct {
		const char *line, *name, *members;
		uint32_t gid;
	} rows[] = {
		{ "root:x:0:", "root", "", 0 },
		{ "adm:*:4:syslog,joe\n", "adm", "syslog,joe", 4 },
		{ "a::4294967294:b", "a", "b", 4294967294 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].line);
		char *line = exact_copy(rows[i].line, length);
		struct group group;

		CHECK(group_line(line, length, &group));
		CHECK_TEXT(group.name, rows[i].name);
		CHECK_INT(group.gid, rows[i].gid);
		CHECK_INT(group.members_length, strlen(rows[i].members));
		CHECK_BYTES(group.members, rows[i].members, group.members_length);
		free(line);
	}
}

static void a_malformed_line_of_group_is_refused(void)
{
	static const char *const rows[] = {
		"", "\n", "adm", "adm:x", "adm:x:4", "adm:x:4:a:b", ":x:4:a", "#adm:x:4:a", "+:::",
		"+adm:x:4:a", "adm:x::a", "adm:x:four:a", "adm:x:-4:a", "adm:x:65535:a",
		"adm:x:4294967295:", "adm:x:4294967296:",
	};
	struct group group;

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i]);
		CHECK(!group_line(rows[i], strlen(rows[i]), &group));
	}
}

static void a_member_is_a_whole_name_of_the_list(void)
{
	static const struct {
		const char *members, *name;
		bool held;
	} rows[] = {
		{ "joe", "joe", true }, { "a,joe,b", "joe", true }, { "joe,b", "joe", true },
		{ "a,joe", "joe", true }, { "a,,joe,", "joe", true }, { "joes", "joe", false },
		{ "jo", "joe", false }, { "ajoe", "joe", false }, { "a,joes,jo", "joe", false },
		{ "", "joe", false }, { ",", "joe", false }, { "", "", false },
		{ "a,,b", "", false }, { "a,b", "a,b", false }, { "joe ", "joe", false },
		{ "Joe", "joe", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].members);
		char *members = exact_copy(rows[i].members, length);
		struct group group = { .members = members, .members_length = length };

		unit_about("'%s' in '%s'", rows[i].name, rows[i].members);
		CHECK_INT(group_has_member(&group, rows[i].name), rows[i].held);
		free(members);
	}
}

static void an_id_is_a_plain_decimal_number_and_never_minus_1(void)
{
	static const struct {
		const char *string;
		bool valid;
		uint32_t id;
	} rows[] = {
		{ "0", true, 0 }, { "1", true, 1 }, { "1000", true, 1000 },
		{ "65534", true, 65534 }, { "65535", false, 0 }, { "65536", true, 65536 },
		{ "4294967294", true, 4294967294 }, { "4294967295", false, 0 },
		{ "4294967296", false, 0 }, { "18446744073709551616", false, 0 }, { "", false, 0 },
		{ "00", false, 0 }, { "01", false, 0 }, { "+1", false, 0 }, { "-1", false, 0 },
		{ " 1", false, 0 }, { "1 ", false, 0 }, { "1a", false, 0 }, { "root", false, 0 },
		{ "0x1", false, 0 },
	};
	char long_one[USER_TEXT_MAX + 2];
	uint32_t id = UNTOUCHED;

	for (size_t i = 0; i < COUNT(rows); i++) {
		id = UNTOUCHED;
		unit_about("'%s'", rows[i].string);
		CHECK_INT(parse_id(rows[i].string, &id), rows[i].valid);
		CHECK_INT(id, rows[i].valid ? rows[i].id : UNTOUCHED);
	}
	memset(long_one, '1', sizeof long_one);
	long_one[USER_TEXT_MAX + 1] = '\0';
	CHECK(!parse_id(long_one, &id));
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_line_of_passwd_gives_name_ids_home_and_shell),
		TEST(a_malformed_line_of_passwd_is_refused),
		TEST(a_nul_makes_a_line_malformed),
		TEST(no_more_is_read_than_the_length_says),
		TEST(what_does_not_fit_makes_its_line_unusable),
		TEST(a_long_comment_or_password_does_no_harm),
		TEST(a_user_is_matched_by_number_where_it_is_one_else_by_name),
		TEST(a_line_of_group_gives_name_gid_and_members),
		TEST(a_malformed_line_of_group_is_refused),
		TEST(a_member_is_a_whole_name_of_the_list),
		TEST(an_id_is_a_plain_decimal_number_and_never_minus_1),
	};

	return unit_run(tests, COUNT(tests));
}
