/*
 * service: what happens next. A pure machine: facts come in as events, what is to be done goes out as
 * actions; it knows roles and indexes, never a pid or a string, and no clock but the `now` it is told.
 *
 * The states are systemd's own (systemctl shows them as SubState) and mean what they mean there:
 *
 *   dead -> condition -> start-pre -> start -> start-post -> running (exited) -> stop -> stop-sigterm
 *        -> stop-sigkill -> stop-post -> final-sigterm -> final-sigkill -> dead, failed or auto-restart
 *
 * Any of them is skipped where it has nothing to do. "stop-..." waits for the main and control processes;
 * "final-..." for whatever is left of the service. With KillMode=control-group and mixed nothing is left
 * when a service is dead: a new instance never starts beside a leftover of the old one.
 */
#ifndef TEND_SERVICE_H
#define TEND_SERVICE_H

#include "health.h"
#include "options.h"

enum state {
	STATE_DEAD,    /* nothing runs: not yet started, ended in order, or held by `tend stop` */
	STATE_DELAYED, /* X-RandomizedDelaySec= before the first start */
	STATE_CONDITION,
	STATE_START_PRE,
	STATE_START,
	STATE_START_POST,
	STATE_RUNNING,
	STATE_EXITED, /* RemainAfterExit=: active, no process */
	STATE_RELOAD,
	STATE_RELOAD_SIGNAL, /* Type=notify-reload: signalled, RELOADING=1 not yet seen */
	STATE_RELOAD_NOTIFY, /* RELOADING=1 seen, READY=1 not yet */
	STATE_STOP,
	STATE_STOP_WATCHDOG,
	STATE_STOP_SIGTERM,
	STATE_STOP_SIGKILL,
	STATE_STOP_POST,
	STATE_FINAL_WATCHDOG,
	STATE_FINAL_SIGTERM,
	STATE_FINAL_SIGKILL,
	STATE_CLEANING, /* runtime directories and the PID file are removed */
	STATE_AUTO_RESTART,
	STATE_FAILED,
	STATE_ENDED, /* tend itself is to exit; no event matters any more */
	STATE_COUNT
};

/* How a service ended; the names are those of SERVICE_RESULT= in systemd.exec(5). */
enum result {
	RESULT_SUCCESS,
	RESULT_RESOURCES, /* fork failed, and the like */
	RESULT_PROTOCOL,  /* Type=notify that never was ready, a PID file that never came */
	RESULT_TIMEOUT,
	RESULT_EXIT_CODE,
	RESULT_SIGNAL,
	RESULT_CORE_DUMP,
	RESULT_WATCHDOG,
	RESULT_START_LIMIT_HIT,
	RESULT_OOM_KILL,
	RESULT_EXEC_CONDITION, /* ExecCondition= said no: neither good nor bad */
	RESULT_CONDITION,      /* an unmet Condition...= */
	RESULT_ASSERT,         /* an unmet Assert...= */
	RESULT_COUNT
};

/* The lists of commands. LIST_CLEAN is tend's own: a child that removes directories. */
enum list {
	LIST_CONDITION,
	LIST_START_PRE,
	LIST_START,
	LIST_START_POST,
	LIST_RELOAD,
	LIST_STOP,
	LIST_STOP_POST,
	LIST_CLEAN,
	LIST_COUNT
};
/* Where the journal has one of them, which is not LIST_CLEAN. */
#define LISTED(list) ((enum listed)(LISTED_EXEC_CONDITION + (list)))
_Static_assert((int)LISTED(LIST_STOP_POST) == LISTED_EXEC_STOP_POST, "both have the same order");

enum exit_how { HOW_NONE, HOW_EXITED, HOW_KILLED, HOW_DUMPED };

/* How a process ended. */
struct ending {
	enum exit_how how;
	int status;   /* exit status or signal */
	int reported; /* what tend would end with for it: status, 128 + signal, 127 for systemd's 203... */
	bool oom;     /* the kernel's out-of-memory killer struck since the last death */
	bool exec_failed; /* it never became its command */
	bool resources;   /* nor was it its own fault: an EnvironmentFile= that can't be read, and the like */
};

enum event_type {
	EVENT_START,
	EVENT_STOP,    /* signal: the one that came, or 0; hold: stay up afterwards (`tend stop`) */
	EVENT_RESTART,
	EVENT_RELOAD,
	EVENT_MAIN_EXITED,    /* ending */
	EVENT_CONTROL_EXITED, /* ending; of the last one that was spawned, unless it was given up by KILL_CONTROL */
	EVENT_EMPTY,          /* no descendant is left: waitpid(2) says ECHILD; not after an EXITED that has told it */
	EVENT_EXECUTED,       /* the main process has become its command */
	EVENT_MAIN_FOUND,     /* the main process is known: by PID file, by guess, by MAINPID=; a descendant */
	EVENT_MAIN_MISSING,   /* ACTION_FIND_MAIN found none */
	EVENT_READY,
	EVENT_RELOADING,
	EVENT_STOPPING,
	EVENT_UNHEALTHY, /* as many failed checks in a row as X-HealthRetries= */
	EVENT_UNMET,     /* a condition is not met; assert: an Assert...= */
	EVENT_NOT_SPAWNED, /* what ACTION_SPAWN asked for could not be forked; role as in the action */
	EVENT_DEADLINE,  /* the time that machine_deadline() told has come */
	EVENT_TABLE_COUNT, /* the events above are the columns of the table; those below are handled alike in every state */
	EVENT_SIGNAL = EVENT_TABLE_COUNT, /* a signal for PID 1 from outside: signal */
	EVENT_WATCHDOG_PING,
	EVENT_WATCHDOG_TRIGGER,
	EVENT_WATCHDOG_USEC, /* usec */
	EVENT_EXTEND,        /* EXTEND_TIMEOUT_USEC=: usec */
	EVENT_CHECKED,       /* a readiness or health check has ended; success */
	EVENT_OOM,           /* the kernel has killed something of the service; main may live */
	EVENT_COUNT
};

struct event {
	enum event_type type;
	struct ending ending;
	bool empty;  /* with ..._EXITED: no descendant is left besides */
	bool hold;   /* STOP */
	bool success; /* CHECKED */
	bool assert; /* UNMET */
	bool main;   /* NOT_SPAWNED: it was the main process */
	bool unheard; /* MAIN_MISSING: nor will it be heard of, if it comes */
	int signal;
	uint64_t usec;
};

enum action_type {
	ACTION_BEGIN,     /* a new life: what belonged to the last one (its pid, its INVOCATION_ID=) is forgotten */
	ACTION_SPAWN,     /* list, index; main: as the main process, else as the control process */
	ACTION_KILL,      /* signal to main and control; all: to every descendant (KillMode=); then SIGHUP if hangup, and SIGCONT */
	ACTION_KILL_CONTROL, /* SIGKILL to the control process alone, a mere descendant from then on */
	ACTION_SPAWN_CHECK, /* check: one child, whose end is answered with CHECKED, as a failed fork is */
	ACTION_KILL_CHECK,  /* SIGKILL to it */
	ACTION_FORWARD,   /* signal to the main process, or its group (X-ForwardTo=) */
	ACTION_FIND_MAIN, /* PID file or guess; answer with MAIN_FOUND or MAIN_MISSING */
	ACTION_CHECK_CONDITIONS, /* answer with UNMET if one is not met; else nothing */
	ACTION_LOG,
	ACTION_EXIT, /* status */
};

/* What is worth a line in the log; `message.c` has the words. */
enum log_kind {
	LOG_STARTING,
	LOG_STARTED,       /* span: since the start */
	LOG_START_FAILED,  /* result, ending of the command that failed, list */
	LOG_RESTART,       /* ending, result; count of limit restarts (0: without limit), span: the delay */
	LOG_GAVE_UP,       /* the start limit: count starts in span */
	LOG_ENDED,         /* ended by itself, no restart: ending, result */
	LOG_STOPPING,      /* signal (0: by ExecStop=), span: deadline */
	LOG_STOPPED,       /* span: since the request */
	LOG_STOP_FAILED,   /* result */
	LOG_TIMEOUT,       /* state: what took too long; signal that is sent now */
	LOG_COMMAND_FAILED, /* list, ending */
	LOG_COMMAND_IGNORED, /* the same, of one with "-" */
	LOG_RELOADING,
	LOG_RELOADED,
	LOG_RELOAD_FAILED, /* result */
	LOG_WATCHDOG,
	LOG_UNHEALTHY,
	LOG_HEALTHY,
	LOG_DELAYED,   /* span */
	LOG_STUCK,     /* SIGKILL was sent, and something is still there */
	LOG_NOT_SPAWNED,
	LOG_UNMET,     /* result */
	LOG_KIND_COUNT
};

struct action {
	enum action_type type;
	enum check check;
	enum log_kind log;
	enum list list;
	unsigned char index;
	bool main; /* of ACTION_LOG: the main process lives */
	bool all, hangup;
	int signal;
	int status;
	enum state state;
	enum result result;
	struct ending ending;
	unsigned count, limit;
	uint64_t span;
};

/* What one step may ask for; the machine proves that it never asks for more (tests/unit/machine.c). */
#define ACTIONS_MAX 8
struct actions {
	unsigned count;
	struct action list[ACTIONS_MAX];
};

/* What the machine must know of the configuration besides the scalars. */
struct plan {
	const struct config *config;
	bool unit;
	unsigned char count[LIST_COUNT];   /* commands in each list; LIST_START of a bare command: 1 */
	uint64_t ignore[LIST_COUNT];       /* bit I: command I has "-", its failure is success */
	bool cleans, cleans_on_restart;    /* directories_pending() */
	bool conditions;                   /* there are Condition...= or Assert...= */
};

struct machine {
	enum state state;
	enum result result, reload_result;
	bool main_alive, main_known, control_alive;
	bool populated;    /* the last of them to end left somebody; true or not while one of them lives */
	bool active; /* it has been up since the last start: ExecStop= may run */
	enum list control_list;
	unsigned char control_index, main_index, stop_step;
	bool cleaned;      /* what an earlier tend may have left behind is gone */
	bool unhealthy;    /* what ends it is its health */
	bool stop_asked;   /* no restart by policy */
	bool hold;         /* stay when dead: `tend stop` */
	bool start_asked;  /* start again as soon as dead: `tend restart` */
	bool will_restart; /* decided when dead, carried out after cleaning */
	bool ready_wanted; /* X-ReadyCheck= decides when it has started */
	bool pid_file_wanted; /* the PID file is waited for */
	bool reloading_seen, stopping_seen; /* RELOADING=1, STOPPING=1 at a time when it could not be heeded */
	int came;          /* the signal that asked for the stop */
	struct ending main_ending; /* of the last main process */
	struct ending failed;      /* of the command that made result what it is */
	enum list failed_list;     /* its list, of one that could not be forked too; LIST_START: the main process' */
	uint64_t deadline, watchdog_deadline, watchdog;
	uint64_t begun;     /* when the start began */
	uint64_t up;        /* when it became active */
	uint64_t stop_begun;
	uint64_t state_since;
	uint64_t window;    /* the start limit: when its interval began, starts in it */
	unsigned window_starts;
	unsigned restarts;  /* in a row, for growing delays; NRestarts= */
	unsigned total_restarts;
	uint32_t random;    /* state of a xorshift generator, which the time of each draw is added to: that seeds it, too */
	struct health health;
};

/* A machine before its first start. */
void machine_init(struct machine *machine);

/* One step. actions is emptied first; carry them out in order, then give back the facts they bring. */
void tend_step(const struct plan *plan, struct machine *machine, const struct event *event, uint64_t now,
	       struct actions *actions);

/* Whose end a message tells of: the command that failed, else the main process. Into its ending, list and check. */
void machine_tell_ending(const struct machine *machine, struct action *action);

/* When EVENT_DEADLINE is due: monotonic microseconds, USEC_INFINITY for never. */
uint64_t machine_deadline(const struct machine *machine);

/* "running", "start-pre": as systemd spells them. */
const char *state_name(enum state state);
/* "exit-code", "oom-kill". */
const char *result_name(enum result result);
/* Not success, and neither of the two conditions. */
bool result_is_failure(enum result result);
/* "inactive", "activating", "active", "reloading", "deactivating", "failed". */
const char *active_state_name(enum state state);
/* "exited", "killed" or "dumped": systemd's EXIT_CODE, of one that has ended. */
const char *exit_how_name(enum exit_how how);

/*
 * Whether that state is a named rest: one that may last for ever without a process and without a deadline.
 */
bool state_is_rest(enum state state);

/* Whether every state has a handler for every event: for the tests. */
bool machine_table_is_full(void);

#endif
