#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# tend does nothing where nothing happens.

load ../helpers/namespace
load ../helpers/control

# What the kernel counts of tend: how often it has waited, how often it was interrupted, its CPU time.
activity() {
    status_of "$TEND_PID" voluntary_ctxt_switches
    cut -d ' ' -f 14,15 "/proc/$TEND_PID/stat"
}

is_asleep() { [[ $(status_of "$TEND_PID" State) == S* ]]; }

@test "tend is not woken once in a second while the service runs, in the back-off, or with nothing to run" {
    start_tend "$STUB" say ready -- pause
    wait_for_output 5 ready
    running=$TEND_PID
    start_tend --restart=always --restart-sec=1h "$STUB" exit 1
    wait_for_log 5 'restart .*in 1h'
    waiting=$TEND_PID
    start_tend --log-level=info --failure-action=none "$STUB" exit 1
    wait_for_log 5 'exited with status 1'
    resting=$TEND_PID
    start_tend --timeout-stop-sec=1h "$STUB" signals
    wait_for_output 5 ready
    send TERM
    wait_for_output 5 '^signal TERM'
    stopping=$TEND_PID
    all_rest
}

all_rest() {
    local before after
    for TEND_PID in "$running" "$waiting" "$resting" "$stopping"; do
        wait_until 5 is_asleep
    done
    before=$(activities)
    sleep 1 # is what is measured here
    after=$(activities)
    equal "$after" "$before"
}

activities() {
    for TEND_PID in "$running" "$waiting" "$resting" "$stopping"; do
        activity
    done
}

# memory KEY: KiB, of what tend has.

# Of its own: what is not a file's. Of the file, what is mapped. Without so much as 2 KiB of environment, which is
# memory too.
is_small() {
    echo "of its own $(memory Anonymous) KiB, in all $(memory Rss)"
    between "$(memory Anonymous)" 4 12 && between "$(memory Rss)" 4 32
}

start_small() {
    [[ $TEND != */sanitize/* ]] || skip "most of a sanitized tend's memory is the sanitizer's"
    BEFORE=(env --ignore-environment PATH=/usr/bin:/bin)
    start_tend "$@"
}

@test "at rest tend has 12 KiB of memory of its own, and less than 32 with what is mapped of its file" {
    start_small "$STUB" say ready -- pause
    wait_for_output 5 ready
    wait_until 5 is_small
}

@test "questions leave tend with no more memory than it had before" {
    local words
    start_small "$STUB" say ready -- pause
    wait_for_output 5 ready
    for words in status show health "kill URG"; do
        # shellcheck disable=SC2086 # words
        ask $words
        equal "$words $status" "$words 0"
        wait_until 5 is_small
    done
}

# What it has once it has started and has nothing to do; of its file two pages more may be mapped, or others.
note_rest() {
    wait_until 5 is_asleep
    own=$(memory Anonymous) all=$(memory Rss)
    between "$own" 12 20
}

has_no_more() {
    is_asleep || return
    echo "of its own $(memory Anonymous) KiB, at rest $own; in all $(memory Rss) KiB, at rest $all"
    between "$(memory Anonymous)" 4 "$own" && between "$(memory Rss)" 4 $((all + 8))
}

@test "clients that wait, whether they are answered or go before, leave tend with no more memory than it had before" {
    start_small --timeout-stop-sec=infinity "$STUB" say ready -- signals USR1
    wait_for_output 5 ready
    note_rest
    ask_meanwhile stop
    wait_for_output 5 '^signal TERM'
    wait_until 5 has_no_more
    kill -KILL "$(asker)"
    wait "$ASKER" || true
    wait_until 5 has_no_more
    ask_meanwhile stop
    wait_until 5 waits
    ask kill USR1
    answered 5
    equal "$status" 0
    wait_until 5 has_no_more
}

# The client has sent what it asks, and PID 1 has read it.
waits() { has_asked && ask status; }

@test "restarts, notifications and health checks leave tend with no more memory than it had before" {
    local go=$BATS_TEST_TMPDIR/go run
    start_small --restart=always --restart-sec=10ms --start-limit-burst=100 --health-interval=100ms --notify-access=all \
        --health-check="$STUB stamp $BATS_TEST_TMPDIR/checks" "$STUB" say ready -- await "$go" -- notify STATUS=x -- say told -- signals
    wait_for_output 5 ready
    note_rest
    for run in 1 2 3; do
        wait_until 5 has_lines "$run" ready
        wait_until 5 has_no_more
        kill -KILL "$(service)"
    done
    touch "$go"
    wait_for_output 5 told
    wait_until 5 has_no_more
    wait_until 5 test -s "$BATS_TEST_TMPDIR/checks"
    wait_until 5 has_no_more
}

@test "ten thousand orphans leave tend with no more memory of its own than 12 KiB" {
    start_small "$STUB" times 10000 orphan exit 0 -- say ready -- pause
    wait_for_output 60 ready
    wait_until 10 is_asleep
    wait_until 5 is_small
}
