#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Where it is not PID 1 (docker run --pid host, a Kubernetes pod that shares its PID namespace, a shell),
# tend behaves the same, and leaves alone what is not its own.

load ../helpers/namespace

# In the same namespace: PID 1 is a shell, whose children are first a stranger and then tend.
start_beside_a_stranger() {
    as_pid_1
    [[ -z ${without_proc:-} ]] || as_pid_1_without_proc
    with '"$STUB" pause <&- >&- & "$@" && code=0 || code=$?; echo "tend ended: $code"; exec sleep 100'
    OUTPUT=$BATS_TEST_TMPDIR/output.0 LOG=$BATS_TEST_TMPDIR/log.0
    become "${NAMESPACE[@]}" "$TEND" "$@" </dev/null >"$OUTPUT" 2>"$LOG" &
    OUTER=$!
    started+=("$OUTER")
    wait_until 10 has_line '^tend ended|^ready' "$OUTPUT"
    PID_1=$(descendant_of "$OUTER" 1)
}

pid_of_tend() {
    local child
    for child in $(children_of "$PID_1"); do
        [[ ! /proc/$child/exe -ef $TEND ]] || echo "$child"
    done
}

# Only PID 1 and the stranger are left.
the_stranger_alone_lives() {
    equal "$(pgrep --ns "$PID_1" --nslist pid . | wc -l)" 2
    [[ /proc/$(children_of "$PID_1")/exe -ef $STUB ]]
}

@test "orphans come to tend and are reaped; the status is the service's" {
    not_as_pid_1
    start_tend "$STUB" times 20 orphan exit 3 -- orphan setsid exit 1 -- orphan signals -- signals TERM -- exit 6
    wait_until 5 has_lines 2 ready
    wait_until 5 has_children 2
    equal "$(zombies)" 0
    send TERM
    wait_for_end 5
    equal "$status" 6
}

has_children() { equal "$(children_of "$TEND_PID" | wc -l)" "$1"; }

@test "what the service leaves behind is killed, in any session, and a stranger is not" {
    start_beside_a_stranger --kill-mode=control-group --timeout-stop-sec=200ms "$STUB" \
        child ignore TERM and say ignoring and pause -- orphan setsid ignore TERM and say ignoring and pause \
        -- signals TERM -- exit 4
    wait_until 5 has_lines 2 ignoring
    kill -s TERM "$(pid_of_tend)"
    wait_for_output 5 '^tend ended: 4$'
    like "$(log)" 'has not stopped in time; sending SIGKILL'
    the_stranger_alone_lives
}

@test "between restarts too" {
    start_beside_a_stranger --restart=always --restart-sec=0 --start-limit-burst=10 "$STUB" lock "$BATS_TEST_TMPDIR/lock" \
        -- orphan setsid pause -- child ignore TERM and pause -- exit 4
    wait_for_output 10 '^tend ended: 4$'
    the_stranger_alone_lives
    [[ ! -e $BATS_TEST_TMPDIR/lock.broken ]]
}

# kill(-1) would do it for PID 1, but not here.
@test "without /proc a stranger is not hit either, and an orphan is waited for" {
    without_proc=yes
    start_beside_a_stranger --kill-mode=control-group "$STUB" orphan setsid signals TERM -- append "$BATS_TEST_TMPDIR/end" x -- exit 4
    wait_until 5 test -e "$BATS_TEST_TMPDIR/end"
    kill -s TERM "$(children_of "$(pid_of_tend)")"
    wait_for_output 5 '^tend ended: 4$'
    the_stranger_alone_lives
}

@test "a parent that is no PID 1 may stop tend from its terminal and let it go on" {
    not_as_pid_1
    start_tend "$STUB" signals TERM -- exit 6
    wait_for_output 5 ready
    send STOP
    send USR1
    wait_until 5 is_stopped
    send CONT
    wait_for_output 5 '^signal USR1 from 2$'
    send TERM
    wait_for_end 5
    equal "$status" 6
}

is_stopped() { [[ $(status_of "$TEND_PID" State) == T* ]]; }
