#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Without a /proc, or with one that shows another namespace, tend can't see who descends from the service, but
# the kernel still tells it when nobody is left.

load ../helpers/namespace

each_world() {
    local world
    for world in as_pid_1_without_proc as_pid_1_with_foreign_proc; do
        "$world"
        "$@"
        kill_started
    done
}

a_life() {
    start_tend --restart=on-failure --restart-sec=1ms "$STUB" first 2 "$BATS_TEST_TMPDIR/runs.${#started[@]}.$RANDOM" exit 1 \
        -- signals TERM -- exit 5
    wait_for_output 5 ready
    send USR1
    wait_for_output 5 '^signal USR1 from 1$'
    send TERM
    wait_for_end 5
    equal "$status" 5
}

@test "a service starts, restarts, is signalled and stopped" {
    each_world a_life
}

leftovers() {
    rm -f "$BATS_TEST_TMPDIR"/lock*
    run_tend --restart=always --restart-sec=0 --start-limit-burst=10 "$STUB" lock "$BATS_TEST_TMPDIR/lock" \
        -- child ignore TERM and pause -- orphan setsid ignore TERM and pause -- exit 7
    equal "$status" 7
    [[ -e $BATS_TEST_TMPDIR/lock && ! -e $BATS_TEST_TMPDIR/lock.broken ]]
}

@test "what the service leaves behind is killed before it starts again" {
    each_world leftovers
}

ignoring_stop() {
    start_tend --kill-mode=control-group --timeout-stop-sec=200ms "$STUB" orphan setsid signals -- ignore TERM -- say ready -- pause
    wait_until 5 has_lines 2 ready
    send TERM
    wait_for_end 5
    equal "$status" 124
    # Whom tend can't see, control-group reaches all the same.
    has_lines 1 '^signal TERM from 1$'
}

@test "a stop reaches everybody and kills who ignores it" {
    each_world ignoring_stop
}

@test "no stranger that a foreign /proc shows is signalled" {
    local stranger
    as_pid_1_with_foreign_proc
    # A process of ours whose parent has, out there, the pid that tend has in there: none has, but tend must not ask.
    sleep 100 3>&- &
    stranger=$!
    run_tend --kill-mode=control-group "$STUB" child pause -- exit 3
    equal "$status" 3
    kill -s 0 "$stranger"
    kill "$stranger"
}

# With what tend has reaped gone as well.
only_the_service() { equal "$(children_of "$TEND_PID" | wc -l) $(zombies)" "1 0"; }

orphaning() {
    start_tend "$STUB" times 50 orphan exit 1 -- times 20 child exit 1 -- wait -- signals TERM
    wait_for_output 10 ready
    has_lines 20 '^child exited 1$'
    wait_until 5 only_the_service
    send TERM
    wait_for_end 5
    equal "$status" 0
}

@test "orphans are reaped" {
    each_world orphaning
}
