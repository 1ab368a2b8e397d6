#include "restart.h"

#define BIT(number) (1ULL << (number))
#define DOCKER_CEILING 64 /* doublings after which any delay but none is above any ceiling */

/* A daemon that ends by one of these has done what it was told: systemd.service(5), SuccessExitStatus=. */
#define CLEAN_SIGNALS (BIT(1 - 1) | BIT(2 - 1) | BIT(13 - 1) | BIT(15 - 1))

bool status_set_holds(const struct status_set *set, const struct ending *ending)
{
	if (ending->how == HOW_EXITED)
		return set->codes[(ending->status >> 6) & 3] & BIT(ending->status & 63);
	return ending->how != HOW_NONE && set->signals & BIT(ending->status - 1);
}

bool ending_is_clean(const struct config *config, const struct ending *ending, bool daemon)
{
	if (ending->how == HOW_EXITED && ending->status == 0)
		return true;
	if (daemon && ending->how == HOW_KILLED && CLEAN_SIGNALS & BIT(ending->status - 1))
		return true;
	return ending->how != HOW_DUMPED && status_set_holds(&config->success, ending);
}

#define ON(result) (1U << (result))
#define ANY_RESULT ((1U << RESULT_COUNT) - 1)
#define NEVER (ON(RESULT_EXEC_CONDITION) | ON(RESULT_CONDITION) | ON(RESULT_ASSERT) | ON(RESULT_START_LIMIT_HIT))

/* systemd's table: which results each value restarts. */
static const unsigned short restarts_on[] = {
	[RESTART_NO] = 0,
	[RESTART_ON_SUCCESS] = ON(RESULT_SUCCESS),
	[RESTART_ON_FAILURE] = ANY_RESULT & ~(NEVER | ON(RESULT_SUCCESS)),
	[RESTART_ON_ABNORMAL] = ANY_RESULT & ~(NEVER | ON(RESULT_SUCCESS) | ON(RESULT_EXIT_CODE)),
	[RESTART_ON_WATCHDOG] = ON(RESULT_WATCHDOG),
	[RESTART_ON_ABORT] = ON(RESULT_SIGNAL) | ON(RESULT_CORE_DUMP),
	[RESTART_ALWAYS] = ANY_RESULT & ~NEVER,
	[RESTART_UNLESS_STOPPED] = ANY_RESULT & ~NEVER,
};

bool restart_wanted(const struct config *config, enum result result, const struct ending *main)
{
	if (status_set_holds(&config->restart_prevent, main))
		return false;
	/* A oneshot that has done its work is not to do it again: systemd refuses the values of Restart= that would. */
	if (status_set_holds(&config->restart_force, main))
		return config->type != TYPE_ONESHOT || result != RESULT_SUCCESS;
	return restarts_on[config->restart] & ON(result);
}

/*
 * Fixed-point logarithm and power of two, 32 fractional bits, by repeated squaring: RestartSteps= wants a
 * geometric series, and libm's powl() would cost more than all of this file. The error is below a millionth.
 */
static uint64_t log2_fixed(uint64_t value)
{
	unsigned exponent = 63 - (unsigned)__builtin_clzll(value);
	uint64_t mantissa = exponent > 31 ? value >> (exponent - 31) : value << (31 - exponent);
	uint64_t log = (uint64_t)exponent << 32;

	for (uint64_t bit = 1ULL << 31; bit; bit >>= 1) {
		mantissa = mantissa * mantissa >> 31;
		if (mantissa >> 32) {
			mantissa >>= 1;
			log |= bit;
		}
	}
	return log;
}

static uint64_t exp2_fixed(uint64_t log)
{
	uint64_t low = BIT(log >> 32), high = low << 1;

	/* log2_fixed() grows with its argument: the answer is found by halving. */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (log2_fixed(middle) < log)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t growing_delay(const struct config *config, unsigned n)
{
	uint64_t first = config->restart_usec, last = config->restart_max_delay;
	unsigned steps = config->restart_steps;
	uint64_t low, high;

	if (n <= 1 || !steps || last == USEC_INFINITY || !first || first >= last)
		return first;
	if (n > steps)
		return last;
	low = log2_fixed(first);
	high = log2_fixed(last);
	return exp2_fixed(low + (high - low) / steps * (n - 1));
}

static uint64_t doubled_delay(const struct config *config, unsigned n)
{
	uint64_t delay = config->restart_usec, last = config->restart_max_delay;

	for (unsigned i = 1; i < n && i < DOCKER_CEILING && delay < last; i++)
		delay = delay <= last / 2 ? 2 * delay : last;
	return delay < last ? delay : last;
}

uint64_t restart_delay(const struct config *config, unsigned n)
{
	return config->docker_backoff ? doubled_delay(config, n) : growing_delay(config, n);
}

static bool limited(const struct config *config)
{
	return config->start_limit_interval && config->start_limit_burst;
}

static bool window_over(const struct config *config, const struct machine *machine, uint64_t at)
{
	return !machine->window_starts || (config->start_limit_interval != USEC_INFINITY &&
					   at - machine->window > config->start_limit_interval);
}

bool restart_allowed(const struct config *config, const struct machine *machine, uint64_t at)
{
	if (config->docker_retries && machine->total_restarts >= config->docker_retries)
		return false;
	return !limited(config) || window_over(config, machine, at) ||
	       machine->window_starts < config->start_limit_burst;
}

void restart_count(const struct config *config, struct machine *machine, uint64_t at)
{
	if (!limited(config))
		return;
	if (window_over(config, machine, at)) {
		machine->window = at;
		machine->window_starts = 0;
	}
	machine->window_starts++;
}

unsigned restart_limit(const struct config *config)
{
	if (config->docker_retries)
		return config->docker_retries;
	/* Starts that are further apart than this can never be too many. */
	if (!limited(config) || config->restart_usec > config->start_limit_interval / config->start_limit_burst)
		return 0;
	return config->start_limit_burst - 1;
}

void restart_reset(const struct config *config, struct machine *machine, uint64_t run)
{
	if (!config->restart_reset || config->restart_reset == USEC_INFINITY || run < config->restart_reset)
		return;
	machine->restarts = 0;
	machine->window_starts = 0;
}

#define STATUS_TIMEOUT 124 /* as timeout(1) */
#define STATUS_FAILED 1
#define STATUS_SIGNAL 128

/* A stop that came while nothing ran: a unit was stopped in order; a bare command ends as if it had had the signal. */
static int stopped_status(const struct plan *plan, const struct machine *machine)
{
	return plan->unit || !machine->came ? 0 : STATUS_SIGNAL + machine->came;
}

static int ended_status(const struct plan *plan, const struct machine *machine, const struct ending *ending)
{
	if (machine->stop_asked && status_set_holds(&plan->config->success, ending))
		return 0;
	return ending->how == HOW_NONE ? stopped_status(plan, machine) : ending->reported;
}

static int failed_status(const struct plan *plan, const struct machine *machine)
{
	const struct ending *ending = machine->failed.how == HOW_NONE ? &machine->main_ending : &machine->failed;
	int status = ended_status(plan, machine, ending);

	/* A watchdog's victim may still say 0: the engine must not take it for success. */
	return status ? status : STATUS_FAILED;
}

int final_status(const struct plan *plan, const struct machine *machine)
{
	switch (machine->result) {
	case RESULT_TIMEOUT:
		return STATUS_TIMEOUT;
	case RESULT_RESOURCES:
	case RESULT_PROTOCOL:
	case RESULT_ASSERT:
		return STATUS_FAILED;
	case RESULT_CONDITION:
	case RESULT_EXEC_CONDITION:
		return 0;
	case RESULT_SUCCESS:
		return ended_status(plan, machine, &machine->main_ending);
	default:
		return failed_status(plan, machine);
	}
}
