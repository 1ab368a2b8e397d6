#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# tend does nothing where nothing happens.

load ../helpers/namespace

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
