#!/usr/bin/env bats
# tini's test/run_outer_tests.py. The script itself can't run: it is Python 2 and wants an image of
# Ubuntu 16.04. Its steps are these, with the commands, signals and statuses that it names, and
# tini's own programs in the container: a PID namespace where the program under test is PID 1.

load suite

bats_require_minimum_version 1.5.0

setup_file() { suite_setup_file; }

export TINI_VERBOSITY=3

as_pid_1() {
    timeout --kill-after=5 20 "${namespace[@]}" "$BUILD_DIR/tini" "$@" 3>&-
}

ends_with() {
    local expected=$1
    shift
    run "-$expected" as_pid_1 "$@"
}

# Prints the process that is LEVELS generations below PID, once it is there.
descendant() {
    local pid=$1 levels=$2 child deadline=$((SECONDS + 10))
    while ((levels > 0 && SECONDS < deadline)); do
        if child=$(pgrep -P "$pid"); then
            pid=$child levels=$((levels - 1))
        else
            sleep 0.02
        fi
    done
    ((levels == 0)) && echo "$pid"
}

signal_ends_it() {
    local signal=$1 expected=$2 init status=0
    # As a command of its own: $! is timeout, below it are unshare, PID 1 and the test program,
    # which has its handlers in place when it starts its own child.
    timeout --kill-after=5 20 "${namespace[@]}" "$BUILD_DIR/tini" \
        "$SOURCE_DIR/test/signals/test.py" 3>&- &
    init=$(descendant $! 2)
    descendant "$init" 2
    kill -s "$signal" "$init"
    wait $! || status=$?
    echo "SIG$signal: ended with $status, not $expected"
    ((status == expected))
}

# PID 1 leads the session and the terminal is the session's, as the engine does it.
on_terminal() {
    local expected=$1 keys=$2
    shift 2
    run "-$expected" timeout --kill-after=5 30 python3 "$suite_dir/terminal.py" "$keys" \
        "${namespace[@]}" setsid --ctty "$BUILD_DIR/tini" -- "$@" 3>&-
}

@test 'outer: reaping/stage_1.py' {
    ends_with 0 "$SOURCE_DIR/test/reaping/stage_1.py"
}

@test 'outer: signals/test.py, kill -s TERM' {
    signal_ends_it TERM 143
}

@test 'outer: signals/test.py, kill -s USR1' {
    signal_ends_it USR1 138
}

@test 'outer: signals/test.py, kill -s USR2' {
    signal_ends_it USR2 140
}

@test 'outer: -z ends with 1' {
    ends_with 1 -z
}

@test 'outer: -h ends with 0' {
    ends_with 0 -h
}

@test 'outer: zzzz ends with 127' {
    ends_with 127 zzzz
}

@test 'outer: -w without a program ends with 0' {
    not_applicable
}

@test 'outer: valgrind finds no leak' {
    not_applicable
}

@test 'outer: TTY handling, dash, type exit 0' {
    on_terminal 0 '\nexit 0\n' dash
}

@test 'outer: TTY handling, dash -c with a loop, Ctrl-C' {
    on_terminal 130 '\x03' dash -c 'while true; do echo \#; sleep 0.1; done'
}

@test "outer: tini's packages can be installed" {
    not_applicable
}
