/*
 * What the sanitizers' runtime is told, linked into build/sanitize/tend. Not by ASAN_OPTIONS, which the
 * runtime reads from /proc: some tests have none. Leaks are not looked for, because PID 1 frees nothing at its
 * end and some tests don't grant the process that the search takes.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
