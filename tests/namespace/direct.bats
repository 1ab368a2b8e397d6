#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# A bare command to which no option does anything is started without a copy of tend's memory: init/execute.h. What may
# happen until it is executed is made to happen here, by a lease on its file, for which exec(3) waits.

load ../helpers/namespace
load ../helpers/control

slow='' holder=''
setup() {
    slow=$BATS_TEST_TMPDIR/slow
    cp "$STUB" "$slow"
}

teardown() {
    let_go
    show_failure
    kill_started
    no_sanitizer_report
}

# hold FILE: whoever executes it waits until let_go, or for /proc/sys/fs/lease-break-time, 45 s. fcntl(2), F_SETLEASE
hold() {
    python3 - "$1" 3>&- <<'END' &
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)
os.rename(sys.argv[1] + ".free", sys.argv[1] + ".held")
signal.pause()
END
    holder=$!
    touch "$1.free"
    wait_until 5 test -e "$1.held"
}

let_go() {
    [[ -n $holder ]] || return 0
    kill "$holder"
    wait "$holder" || true
    rm "$slow.held"
    holder=
}

# The child is there, and in execve(2), which is call 59 of x86-64 and 221 of arm64.
is_held() { grep -E '^(59|221) ' "/proc/$(service)/syscall"; }

start_held() {
    hold "$slow"
    start_tend "$@"
    wait_until 5 is_held
}

# calls NAME ARGUMENT...: tend's own calls of that name, their arguments a line each.
calls() { "$ROOT/build/stubs/fault" -l "$TEND" "${@:2}" | sed --quiet "s/^call $1 [0-9]* (\\(.*\\))/\\1/p"; }

# clone_flags ARGUMENT...: what its first clone(2) is given.
clone_flags() { calls clone "$@" | head -n 1 | cut --delimiter , --fields 1; }

is_of_system_S() { [[ $TEND != */sanitize/* && $(uname -m) == x86_64 ]] || skip "without system.S there is none"; }

@test "a command is started without a copy of tend's memory, unless an option says what it is to be" {
    local option
    is_of_system_S
    for option in --restart=no --timeout-stop-sec=5 --stop-on=INT --health-interval=9 --log-format=json; do
        equal "$option $(clone_flags "$option" -- "$STUB" exit 0)" "$option $((0x100 | 17))"
    done
    for option in --user=0 --umask=022 --limit-core=0 --environment=A=B --working-directory=/ --nice=1 --notify-access=all \
        --watchdog-sec=1min --capability-bounding-set= --exec-start-pre=/bin/true; do
        equal "$option $(clone_flags "$option" -- "$STUB" exit 0)" "$option 17"
    done
}

@test "where memory can't be shared a copy does" {
    is_of_system_S
    # clone(2) fails with EINVAL, as qemu-user has it.
    like "$("$ROOT/build/stubs/fault" -f clone:1:22 "$TEND" "$STUB" exit 3)" $'\nexited 3$'
}

@test "a command that is slow to be executed keeps tend from nothing, and finds what it was given" {
    local turn
    export FOUND=here
    start_held "$slow" say ready -- exec sh -c 'echo "$FOUND $0 $*"; sleep 100' name "two words" 3
    # Each question makes tend give memory back when it is answered.
    for turn in 1 2 3; do
        ask status
        equal "$turn $status" "$turn 0"
    done
    is_held
    let_go
    wait_for_output 5 '^here name two words 3$'
    ask status
    like "$said" "Main PID: 2"
}

@test "the same after a restart, where the command's directory is not tend's any more" {
    cd "$BATS_TEST_TMPDIR"
    start_tend --restart=always --restart-sec=10ms "$slow" exec sh -c 'pwd; sleep 100'
    wait_for_output 5 "^$BATS_TEST_TMPDIR\$"
    hold "$slow"
    kill -KILL "$(service)"
    wait_until 5 is_held
    ask status
    let_go
    wait_until 5 has_lines 2 "^$BATS_TEST_TMPDIR\$"
}

@test "a stop reaches a command that is not yet executed, and so does SIGKILL when it is late" {
    start_held "$slow" exit 3
    send TERM
    wait_for_end 5
    equal "$status" 143
    let_go
    BEFORE=("$STUB" block TERM -- exec)
    start_held --timeout-stop-sec=50ms "$slow" exit 3
    kill -STOP "$(service)"
    send TERM
    wait_for_end 5
    equal "$status" 124
}

# how_it_dies OPTION...: what is logged of a command that gets SIGQUIT before it is executed.
how_it_dies() {
    start_held --log-level=info "$@" -- "$slow" exit 3
    kill -QUIT "$(service)"
    wait_for_end 5
    let_go
    equal "$status" 131
    sed --quiet 's/.*was killed by \(SIGQUIT.*\)\./\1/p' "$LOG"
}

# Before Linux 5.16 a core dump ends all who share the memory: coredump_wait() in fs/coredump.c.
@test "a command that is not yet executed dumps no core, and tend is as dumpable as before once it is" {
    is_of_system_S
    # PR_SET_DUMPABLE is 4.
    equal "$(calls prctl "$STUB" exit 0 | cut --delimiter , --fields 1-2 | paste --serial --delimiters ';')" "4, 0;4, 1"
    ulimit -c unlimited || skip "nothing may dump core here"
    cd "$BATS_TEST_TMPDIR"
    [[ $(how_it_dies --umask=022) == "SIGQUIT (core dumped)" ]] || skip "nothing dumps core here"
    equal "$(how_it_dies)" SIGQUIT
}
