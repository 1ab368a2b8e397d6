#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Whoever loses its parent is tend's child from then on: it is reaped, and nothing else is made of it.

load ../helpers/namespace

descriptors() { find "/proc/$TEND_PID/fd" -mindepth 1 -printf '%f %l\n' | sort; }
memory() { status_of "$TEND_PID" VmRSS; }

@test "10,000 orphans leave no zombie, and tend no larger than it was" {
    local marks=$BATS_TEST_TMPDIR/marks memory_before descriptors_before
    start_tend "$STUB" times 50 orphan exit 0 -- append "$marks.1" x -- await "$marks.go" \
        -- times 9950 orphan exit 0 -- append "$marks.2" x -- pause
    wait_until 5 test -e "$marks.1"
    wait_until 5 is_alone
    descriptors_before=$(descriptors) memory_before=$(memory)
    touch "$marks.go"
    wait_until 60 test -e "$marks.2"
    wait_until 5 is_alone
    equal "$(zombies)" 0
    equal "$(descriptors)" "$descriptors_before"
    equal "$(memory)" "$memory_before"
}

@test "orphans of every session and group are reaped, however they end" {
    start_tend "$STUB" orphan exit 3 -- orphan setsid exit 0 -- orphan setpgid die KILL -- orphan die SEGV \
        -- child setsid orphan setsid exit 9 -- say ready -- pause
    wait_for_output 5 ready
    # The child itself is the stub's to reap, and stays.
    wait_until 5 has_processes 2
    equal "$(children_of "$TEND_PID" | wc -l)" 1
}

@test "an orphan's end is not the service's, whatever its status" {
    start_tend "$STUB" orphan exit 9 -- orphan die KILL -- say ready -- signals TERM -- exit 4
    wait_for_output 5 ready
    wait_until 5 is_alone
    send TERM
    wait_for_end 5
    equal "$status" 4
}

# While tend is stopped, all of them die, and the kernel keeps one SIGCHLD for all.
@test "one SIGCHLD for many deaths loses none, the service's among them" {
    local end=$BATS_TEST_TMPDIR/end
    start_tend "$STUB" times 50 orphan await "$end" -- await "$end" -- exit 6
    wait_until 5 has_processes 51
    kill -s STOP "$TEND_PID"
    touch "$end"
    wait_until 5 all_dead 51
    kill -s CONT "$TEND_PID"
    wait_for_end 5
    equal "$status" 6
}

all_dead() { equal "$(zombies)" "$1"; }

@test "the death that comes while the service is still being forked is not lost" {
    local i
    for ((i = 0; i < 30; i++)); do
        run_tend "$STUB" orphan exit 1 -- times 5 child exit 1 -- exit 8
        equal "$status" 8
    done
}

@test "what runs beside the service without being its descendant is not killed for a restart" {
    local end=$BATS_TEST_TMPDIR/end stranger
    start_tend --restart=always "$STUB" child pause -- first 1 "$end.runs" await "$end" and exit 3 \
        -- say ready -- signals TERM
    # As docker exec does it: a process in the namespace whose parent is outside.
    nsenter --target "$TEND_PID" --pid --mount "$STUB" await "$end.never" 3>&- &
    stranger=$!
    wait_until 5 has_processes 3
    touch "$end"
    wait_for_output 5 ready
    has_processes 3
    kill -s 0 "$stranger"
    send TERM
    wait_for_end 5
    # The kernel kills everything with PID 1.
    wait_until 5 gone "$stranger"
}
