#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# A stop that comes before tend's first instruction. The engine sends it as soon as it knows the pid, and
# inits that signal a process group before it exists lose it.

load ../helpers/namespace

# The signal is pending in the process that becomes tend, and blocked, or the kernel would throw it away. The
# command inherits that mask, so it has to let the signal in.
stops_each_time() {
    local i expected=$((128 + $(kill -l "$1")))
    BEFORE=("$STUB" block "$1" -- raise "$1" -- exec)
    RUN_SECONDS=5
    for ((i = 0; i < 60; i++)); do
        run_tend "${@:2}" "$STUB" unblock "$1" -- pause
        equal "$status" "$expected"
    done
}

@test "a stop that was pending at the first instruction is honoured, in 60 of 60 runs" {
    stops_each_time TERM
}

@test "so it is with X-ForwardTo=group, in 60 of 60 runs" {
    stops_each_time INT --forward-to=group
}

@test "a signal that is no stop reaches the service as well" {
    local i
    BEFORE=("$STUB" block USR1 -- raise USR1 -- exec)
    for ((i = 0; i < 20; i++)); do
        run_tend "$STUB" unblock USR1 -- pause
        equal "$status" 138
        run_tend --forward-to=group "$STUB" unblock USR1 -- pause
        equal "$status" 138
    done
}

@test "a pending stop of a command that can't be started changes nothing about that" {
    BEFORE=("$STUB" block TERM -- raise TERM -- exec)
    run_tend /nowhere
    equal "$status" 127
}
