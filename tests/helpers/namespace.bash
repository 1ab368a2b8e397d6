# tend as PID 1 without Docker: in a fresh PID and mount namespace with a /proc of its own. In a .bats
# file: load ../helpers/namespace                                            shellcheck shell=bash
#
#   @test "the status of the service is the status of tend" {
#       run_tend "$STUB" exit 3
#       equal "$status" 3
#   }
#
#   @test "a stop is sent on" {
#       start_tend "$STUB" signals TERM -- exit 7
#       wait_for_output 5 ready
#       send TERM
#       wait_for_end 5
#       equal "$status" 7
#   }
#
# After start_tend:
#   TEND_PID  tend's pid as seen from here, where it is not 1
#   OUTPUT    the file that its standard output goes to, and LOG its standard error
# After run_tend or wait_for_end:
#   status    of tend, 128+N if it died by signal N
#
# Whatever was started is killed after each test, and if the test failed, its output and its log are
# shown. A file that has a teardown of its own calls kill_started there, and show_failure first.

load ../helpers/common

started=()

# ---- where tend runs: call one of these before start_tend ----------------------------------------

as_pid_1() {
    NAMESPACE=(unshare --pid --fork --mount-proc --kill-child)
    GENERATIONS=1 # from unshare down to tend
}

# /proc is that of the outer namespace, which shows strangers.
as_pid_1_with_foreign_proc() {
    as_pid_1
    NAMESPACE=(unshare --pid --fork --kill-child)
}

# /proc is an empty directory.
as_pid_1_without_proc() {
    as_pid_1
    NAMESPACE+=(sh -c 'mount -t tmpfs -o ro none /proc && exec "$@"' -)
}

# as_pid_1_of_user UID [GID]: from the start, without groups and capabilities.
as_pid_1_of_user() {
    as_pid_1
    NAMESPACE+=(setpriv --reuid "$1" --regid "${2:-$1}" --clear-groups)
}

# with COMMANDS...: a shell does them in the namespace just before tend starts: with 'mount -t tmpfs none /run'
with() { NAMESPACE+=(sh -ec "$*"$'\nexec "$@"' -); }

# A shell is PID 1 and tend its child.
not_as_pid_1() {
    as_pid_1
    # shellcheck disable=SC2016 # the inner shell expands it
    NAMESPACE+=(sh -c '"$@"; exit $?' -)
    GENERATIONS=2
}

# A test may put a command in between that becomes tend: BEFORE=("$STUB" block TERM -- exec)
BEFORE=()
as_pid_1

# ---- start, wait, end ----------------------------------------------------------------------------

# Becomes a command with the dispositions, descriptors and standard input that an engine would give it.
# bash has a background process ignore SIGINT and SIGQUIT, and bats keeps descriptors open.
become() {
    local descriptor
    for descriptor in "/proc/$BASHPID/fd/"*; do
        descriptor=${descriptor##*/}
        ((descriptor <= 2)) || eval "exec $descriptor>&-"
    done
    exec env --default-signal "$@"
}

# start_tend ARGUMENT...: starts $TEND and returns once it runs (or has ended already).
start_tend() {
    OUTPUT=$BATS_TEST_TMPDIR/output.${#started[@]} LOG=$BATS_TEST_TMPDIR/log.${#started[@]}
    become "${NAMESPACE[@]}" "${BEFORE[@]}" "$TEND" "$@" </dev/null >"$OUTPUT" 2>"$LOG" &
    OUTER=$!
    started+=("$OUTER")
    wait_until 10 has_begun
    TEND_PID=$(descendant_of "$OUTER" "$GENERATIONS") || TEND_PID=
}

# descendant_of PID GENERATIONS: the only child, or the child's only child.
descendant_of() {
    local pid=$1 generation
    for ((generation = 0; generation < $2; generation++)); do
        pid=$(children_of "$pid" 2>/dev/null) && [[ -n $pid ]] || return
    done
    echo "$pid"
}

# Is tend there, and exec done? Or is all over already?
has_begun() {
    local pid
    gone "$OUTER" && return
    pid=$(descendant_of "$OUTER" "$GENERATIONS") || return
    [[ /proc/$pid/exe -ef $TEND ]]
}

# wait_for_end SECONDS: until tend has ended, which it must do in time.
wait_for_end() {
    wait_until "$1" gone "$OUTER"
    status=0
    # shellcheck disable=SC2034 # status is for the test
    wait "$OUTER" || status=$?
}

# run_tend ARGUMENT...: waits until it ends by itself, and fails if that takes more than RUN_SECONDS.
RUN_SECONDS=30
run_tend() {
    local begun=$SECONDS
    # shellcheck disable=SC2034 # status is the tests'
    OUTPUT=$BATS_TEST_TMPDIR/output LOG=$BATS_TEST_TMPDIR/log status=0
    # shellcheck disable=SC2034 # status is for the test
    timeout --foreground --signal=KILL "$RUN_SECONDS" "${NAMESPACE[@]}" "${BEFORE[@]}" "$TEND" "$@" \
        </dev/null >"$OUTPUT" 2>"$LOG" 3>&- || status=$?
    ((SECONDS - begun < RUN_SECONDS)) && return
    echo "It took too long: tend $*"
    return 1
}

# send SIGNAL: to tend, from outside its namespace.
send() { kill -s "$1" "$TEND_PID"; }

# ---- what is seen --------------------------------------------------------------------------------

output() { cat "$OUTPUT"; }
log() { cat "$LOG"; }
# Without the times.
timeless_log() { sed -E 's/^\[[^]]+\] //' "$LOG"; }

# wait_for_output SECONDS REGEX, wait_for_log SECONDS REGEX: until a line matches (extended regex).
wait_for_output() { wait_until "$1" has_line "$2" "$OUTPUT"; }
wait_for_log() { wait_until "$1" has_line "$2" "$LOG"; }

has_line() { grep --text --extended-regexp --quiet -e "$1" "$2" || { tail -n 20 "$2" && false; }; }

# has_lines COUNT REGEX [FILE]: standard output, or that file, has exactly so many lines that match.
has_lines() {
    local count
    count=$(grep --text --extended-regexp --count -e "$2" "${3:-$OUTPUT}") || true
    equal "$2: $count" "$2: $1"
}

# reported WHAT...: what `stub report` printed, each line without the words before the value.
reported() { sed --quiet "s/^$* \?//p" "$OUTPUT"; }

# The pids (seen from here) of all processes in tend's PID namespace but tend itself and its PID 1.
inside() {
    local pid_1
    pid_1=$(descendant_of "$OUTER" 1)
    pgrep --ns "$pid_1" --nslist pid . | grep --invert-match --line-regexp -e "$pid_1" -e "$TEND_PID" || true
}

# The pid, seen from here, of tend's child that was born last: the service, where it has one child.
service() { children_of "$TEND_PID" | tail -n 1 | grep .; }

# For wait_until: there are so many beside tend; there is one, tend's only child.
has_processes() { equal "$(inside | wc -l)" "$1"; }
is_alone() { equal "$(inside)" "$(service)"; }

# How many zombies there are in tend's PID namespace.
zombies() { pgrep --ns "$TEND_PID" --nslist pid --runstates Z --count . || true; }

# ---- at the end of each test ---------------------------------------------------------------------

# Kills every namespace that the test has made, with all that is in it, and waits until it is gone.
kill_started() {
    local outer pid_1
    for outer in "${started[@]}"; do
        pid_1=$(descendant_of "$outer" 1) || pid_1=
        kill -KILL ${pid_1:+"$pid_1"} "$outer" 2>/dev/null || true
        wait "$outer" 2>/dev/null || true
    done
    started=()
}

show_failure() {
    local file
    [[ -z ${BATS_TEST_COMPLETED:-} ]] || return 0
    for file in "$BATS_TEST_TMPDIR"/{output,log}{,.*}; do
        [[ ! -s $file ]] || { echo "--- ${file##*/}" && tail -n 50 "$file"; }
    done
}

# A finding of the sanitizers fails the test, whatever else it looked at.
no_sanitizer_report() {
    ! grep --text --no-filename -A 20 -E 'Sanitizer: |: runtime error: ' "$BATS_TEST_TMPDIR"/log* 2>/dev/null
}

teardown() {
    show_failure
    kill_started
    no_sanitizer_report
}
