/*
 * The floor: the least init in C. It forks, forwards, waits, and reaps; every init has to do this much.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	sigset_t all, before;
	pid_t service, dead;
	int signal, status;

	(void)argc;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	service = fork();
	if (service == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	for (;;) {
		signal = sigwaitinfo(&all, NULL);
		if (signal > 0 && signal != SIGCHLD)
			kill(service, signal);
		while ((dead = waitpid(-1, &status, WNOHANG)) > 0)
			if (dead == service)
				return status_of(status);
	}
}
