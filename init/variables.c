#include "variables.h"

/* Strings stand one behind the other in bytes, each closed by its NUL. */
struct writer {
	struct variables *variables;
	struct text text;
	unsigned count;
};

static void add(struct writer *writer, const char *name, const char *value)
{
	struct text *text = &writer->text;

	writer->variables->list[writer->count++] = text->start + text->length;
	text_format(text, "%s=%s", name, value);
	text_add_byte(text, '\0');
}

static void add_number(struct writer *writer, const char *name, int number)
{
	char digits[12];
	struct text text = text_over(digits, sizeof digits);

	text_format(&text, "%d", number);
	add(writer, name, digits);
}

static void add_ending(struct writer *writer, const struct ending *ending)
{
	char signal[16];
	struct text text = text_over(signal, sizeof signal);

	add(writer, "EXIT_CODE", exit_how_name(ending->how));
	if (ending->how == HOW_EXITED) {
		add_number(writer, "EXIT_STATUS", ending->status);
		return;
	}
	text_add_signal(&text, ending->status);
	add(writer, "EXIT_STATUS", after_prefix(signal, "SIG"));
}

void variables_make(struct variables *variables, const struct machine *machine, const struct config *config,
		    enum list list, int main_pid, const char *invocation)
{
	struct writer writer = { .variables = variables };

	*variables = (struct variables){ 0 };
	writer.text = text_over(variables->bytes, sizeof variables->bytes);
	if (*invocation)
		add(&writer, "INVOCATION_ID", invocation);
	if (main_pid > 0)
		add_number(&writer, "MAINPID", main_pid);
	if (config->restart_mode == RESTART_MODE_DEBUG && machine->total_restarts)
		add(&writer, "DEBUG_INVOCATION", "1");
	if (list != LIST_STOP && list != LIST_STOP_POST)
		return;
	add(&writer, "SERVICE_RESULT", result_name(machine->result));
	if (machine->main_ending.how != HOW_NONE)
		add_ending(&writer, &machine->main_ending);
}
