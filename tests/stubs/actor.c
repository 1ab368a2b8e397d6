/*
 * actor: a service that tells a driver what happens to it (tests/conformance/driver.py).
 *
 *	actor SCENARIO LABEL [STEP [-- STEP]...]
 *
 * It connects to the driver's socket, which also tells the driver when it ends, however that comes about, and
 * then does its steps. They are those of stub.c, whose standard output goes to the driver here, and these:
 *
 *	await LABEL [WORD [N]]   until the driver has heard WORD ("start") of LABEL, the Nth time (1)
 *	once N ...               the rest of the step, if this is one of the first N of its label
 *	later N ...              the rest of the step, if it is not
 *	fork LABEL ...           a child with a label of its own does the rest of the step
 *	daemon LABEL ...         a grandchild does, in a session of its own; its parent has ended
 *	pidfile FILE [LABEL]     FILE gets the pid of oneself, or of the LABEL that was forked last
 *	mainpid LABEL            MAINPID= of the one forked last is notified
 *	dump                     end by SIGSEGV, with a core file
 *	args WORDS...            tells its own arguments, each in brackets, a line each
 *	place                    whose child it is, whether it leads its session and group, if it has a terminal
 *	environment              tells its variables, a line each
 *	streams                  what descriptors there were at the start
 *	input                    what standard input holds, line by line
 *	print TEXT               a line to what was standard output at the start
 *	look PATH                what it is, mode, owner
 *	write FILE TEXT          a line into FILE, which is made anew
 *	make-tree PATH           a directory with one in it, and a file
 *	touchable PATH           whether a file can be made in that directory
 */
int stub_main(int argc, char **argv);
#define main stub_main
#include "stub.c"
#undef main


static const char socket_path[] = "/probe/socket";
enum { SPARE_DESCRIPTOR = 100 };

static char *scenario;
static const char *self;   /* label */
static long run;           /* the how-manieth of its label */
static pid_t last_forked;
static int standard_output = -1;
static char streams[4096];

static void act_step(char **words);

/* ---- the driver ------------------------------------------------------------------------------- */

static long answer(void)
{
	char line[32];
	ssize_t length;

	while ((length = read(1, line, sizeof line - 1)) < 0 && errno == EINTR)
		;
	if (length <= 0)
		_exit(NONSENSE);
	line[length] = '\0';
	return strtol(line, NULL, 10);
}

/* Variables that tell of the service's state. The driver turns pids into labels. */
static const char *const telling[] = { "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "MAINPID" };

static void hello(void)
{
	dprintf(1, "hello %s %s %d", scenario, self, getpid());
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (getenv(telling[i]))
			dprintf(1, " %s=%s", telling[i], getenv(telling[i]));
	dprintf(1, "\n");
	run = answer();
}

/* The connection takes the place of standard output. */
static void connect_driver(const char *label)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, socket_path, sizeof socket_path);
	need(connection >= 0 && connect(connection, (struct sockaddr *)&address, sizeof address) == 0, socket_path);
	if (connection != 1) {
		need(dup3(connection, 1, O_CLOEXEC) == 1, "dup3");
		close(connection);
	}
	self = label;
	hello();
}

/* ---- what descriptors there are ---------------------------------------------------------------- */

/* "socket:[123]" without the number, which is another each time. */
static void note_stream(int descriptor)
{
	char link[64], target[128];
	ssize_t length;
	size_t used = strlen(streams);

	snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
	length = readlink(link, target, sizeof target - 1);
	target[length < 0 ? 0 : length] = '\0';
	if (strstr(target, ":["))
		*strchr(target, ':') = '\0';
	snprintf(streams + used, sizeof streams - used, "descriptor %d %s%s\n", descriptor, target,
		 fcntl(descriptor, F_GETFL) & O_APPEND ? " append" : "");
}

static void note_streams(void)
{
	for (int descriptor = 0; descriptor < 256; descriptor++)
		if (fcntl(descriptor, F_GETFD) >= 0)
			note_stream(descriptor);
}

static void act_streams(char **words)
{
	(void)words;
	dprintf(1, "%s", streams);
}

static void act_input(char **words)
{
	char bytes[4096];
	ssize_t length = read(0, bytes, sizeof bytes - 1);
	char *line = bytes;

	(void)words;
	bytes[length < 0 ? 0 : length] = '\0';
	dprintf(1, "input %s\n", length < 0 ? strerror(errno) : "");
	for (char *end; (end = strchr(line, '\n')); line = end + 1)
		dprintf(1, "input [%.*s]\n", (int)(end - line), line);
	if (*line)
		dprintf(1, "input [%s] without an end\n", line);
}

static void act_print(char **words)
{
	dprintf(standard_output, "%s\n", joined(words));
}

/* ---- processes --------------------------------------------------------------------------------- */

static void act_await(char **words)
{
	dprintf(1, "await %s\n", joined(words));
	answer();
}

static void act_once(char **words)
{
	if (run <= number(words[0]))
		act_step(words + 1);
}

static void act_later(char **words)
{
	if (run > number(words[0]))
		act_step(words + 1);
}

static void act_fork(char **words)
{
	last_forked = forked();
	if (last_forked == 0) {
		connect_driver(words[0]);
		act_step(words + 1);
		_exit(0);
	}
	dprintf(1, "await %s start %ld\n", words[0], run);
	answer();
}

/* The pid of the grandchild comes back through memory that both share. */
static void act_daemon(char **words)
{
	pid_t *pid = mmap(NULL, sizeof *pid, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t parent = forked();

	if (parent == 0) {
		pid_t child;

		setsid();
		child = forked();
		if (child) {
			*pid = child;
			_exit(0);
		}
		connect_driver(words[0]);
		act_step(words + 1);
		_exit(0);
	}
	while (waitpid(parent, NULL, 0) < 0 && errno == EINTR)
		;
	last_forked = *pid;
	dprintf(1, "await %s start %ld\n", words[0], run);
	answer();
}

static void write_line(const char *path, const char *line)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	need(file >= 0 && dprintf(file, "%s\n", line) > 0, path);
	close(file);
}

static void act_pidfile(char **words)
{
	char line[16];

	snprintf(line, sizeof line, "%d", words[1] ? last_forked : getpid());
	write_line(words[0], line);
}

static void act_write(char **words)
{
	write_line(words[0], joined(words + 1));
}

/* As stub's, with the time where the text says "now". */
static void act_notify(char **words)
{
	struct timespec now;
	char text[1024];
	char *notice[] = { text, NULL };
	const char *whole = joined(words), *mark = strstr(whole, "=now");

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (mark)
		snprintf(text, sizeof text, "%.*s=%lld%s", (int)(mark - whole), whole,
			 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000, mark + 4);
	else
		snprintf(text, sizeof text, "%s", whole);
	do_notify(notice);
}

static void act_mainpid(char **words)
{
	char text[32];
	char *notice[] = { text, NULL };

	(void)words;
	snprintf(text, sizeof text, "MAINPID=%d", last_forked);
	do_notify(notice);
}

/* The kernel writes it where the process is. */
static void act_dump(char **words)
{
	struct rlimit core;
	int signal = words[0] ? signal_number(words[0]) : SIGSEGV;

	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = core.rlim_max;
	need(setrlimit(RLIMIT_CORE, &core) == 0 && chdir("/tmp") == 0, "dump");
	set_disposition(signal, (uintptr_t)SIG_DFL);
	mask(SIG_UNBLOCK, bit(signal));
	syscall(SYS_kill, getpid(), signal);
	give_up("dump", "has not ended me");
}

/* ---- what can be seen -------------------------------------------------------------------------- */

/* With what would not fit into a line written as in C. */
static void tell(const char *word, const char *text)
{
	char line[8192];
	size_t length = 0;

	for (; *text && length < sizeof line - 8; text++)
		if ((unsigned char)*text < ' ' || *text == '\\')
			length += (size_t)snprintf(line + length, 8, "\\x%02x", (unsigned char)*text);
		else
			line[length++] = *text;
	dprintf(1, "%s %.*s\n", word, (int)length, line);
}

static void act_place(char **words)
{
	int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	(void)words;
	dprintf(1, "place child of %s%s%s, %s terminal\n", getppid() == 1 ? "PID 1" : "somebody else",
		getsid(0) == getpid() ? ", leads its session" : "", getpgid(0) == getpid() ? ", leads its group" : "",
		terminal < 0 ? "no" : "a");
	close(terminal);
}

static void act_environment(char **words)
{
	(void)words;
	for (char **variable = environ; *variable; variable++)
		tell("environment", *variable);
}

/* Each in brackets, a line each. */
static void act_args(char **words)
{
	char text[4096];

	for (; *words; words++) {
		snprintf(text, sizeof text, "[%s]", *words);
		tell("args", text);
	}
}

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "link" : S_ISREG(mode) ? "file" : "something else";
}

static void act_look(char **words)
{
	struct stat status;

	if (lstat(words[0], &status) != 0)
		dprintf(1, "look %s %s\n", words[0], strerror(errno));
	else
		dprintf(1, "look %s %s %04o %u %u\n", words[0], kind_of(status.st_mode),
			(unsigned)(status.st_mode & 07777), status.st_uid, status.st_gid);
}

static void act_make_tree(char **words)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/inner", words[0]);
	need(mkdir(words[0], 0755) == 0 && mkdir(path, 0755) == 0, path);
	snprintf(path, sizeof path, "%s/inner/file", words[0]);
	write_line(path, "x");
}

static void act_touchable(char **words)
{
	char path[PATH_MAX];
	int file;

	snprintf(path, sizeof path, "%s/%s", words[0], "touched");
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	dprintf(1, "touchable %s %s\n", words[0], file < 0 ? strerror(errno) : "yes");
	if (file >= 0)
		unlink(path);
	close(file);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static const struct action acts[] = {
	{ "once", true, act_once },
	{ "later", true, act_later },
	{ "fork", true, act_fork },
	{ "daemon", true, act_daemon },
	{ "await", false, act_await },
	{ "pidfile", false, act_pidfile },
	{ "notify", false, act_notify },
	{ "mainpid", false, act_mainpid },
	{ "dump", false, act_dump },
	{ "place", false, act_place },
	{ "environment", false, act_environment },
	{ "args", false, act_args },
	{ "streams", false, act_streams },
	{ "input", false, act_input },
	{ "print", false, act_print },
	{ "look", false, act_look },
	{ "write", false, act_write },
	{ "make-tree", false, act_make_tree },
	{ "touchable", false, act_touchable },
};

static const struct action *act_named(const char *name)
{
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(acts[i].name, name) == 0)
			return &acts[i];
	return action_named(name);
}

/* As do_step() of stub.c, with more to choose from. */
static void act_step(char **words)
{
	while (words && *words) {
		const struct action *action = act_named(*words);
		char **rest = action->leads ? NULL : cut(words, "and");

		action->run(words + 1);
		words = rest;
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		give_up("actor", "needs a scenario and a label");
	note_streams();
	standard_output = fcntl(1, F_DUPFD_CLOEXEC, SPARE_DESCRIPTOR);
	scenario = argv[1];
	connect_driver(argv[2]);
	for (char **step = argv + 3, **next; step; step = next) {
		next = cut(step, "--");
		act_step(step);
	}
	return 0;
}
