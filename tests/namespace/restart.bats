#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Which end is followed by a restart, after how long, how often, and what the status is in the end.

load ../helpers/namespace

setup() { RUNS=$BATS_TEST_TMPDIR/runs; }

# At once and at most so often: what is wanted of most tests here.
quickly() { printf '%s\n' --restart-sec=0 --start-limit-interval-sec=1h "--start-limit-burst=$1"; }

# ends OPTION... -- STEP...: a service that notes each run and then does STEP. How often it ran is in $runs.
ends() {
    local options=()
    while [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    rm -f "$RUNS"
    run_tend "${options[@]}" "$STUB" stamp "$RUNS" "$@"
    count_runs
}

count_runs() { runs=$(wc -l <"$RUNS"); }

# has_run TIMES: so often until now.
has_run() { count_runs && equal "$runs" "$1"; }

@test "each end is restarted by the values of Restart= that systemd's table says, and the status is the service's" {
    local values=(no on-success on-failure on-abnormal on-watchdog on-abort always) end code wanted i expected
    while read -r end code wanted; do
        for i in "${!values[@]}"; do
            # shellcheck disable=SC2046,SC2086 # words
            ends --restart="${values[i]}" $(quickly 3) -- -- ${end/-/ }
            expected="${wanted:i:1} starts, status $code"
            # The limit is a failure, which the engine must not take for a success.
            [[ $expected != "3 starts, status 0" ]] || expected="3 starts, status 1"
            equal "$end ${values[i]}: $runs starts, status $status" "$end ${values[i]}: $expected"
        done
    done <<'END'
exit-0 0 1311113
exit-1 1 1131113
exit-3 3 1131113
exit-64 64 1131113
exit-78 78 1131113
exit-127 127 1131113
exit-134 134 1131113
exit-143 143 1131113
die-TERM 143 1311113
die-KILL 137 1133133
die-SEGV 139 1133133
END
}

@test "on-failure:N restarts what systemd calls a failure, N times; unless-stopped all but a stop, for ever" {
    local end expected
    while read -r end expected; do
        # shellcheck disable=SC2086
        ends --restart=on-failure:2 --restart-sec=0 -- -- ${end/-/ }
        equal "$end $runs" "$end $expected"
        ((runs == 1)) || like "$(log)" 'started 3 times, the limit'
    done <<'END'
exit-0 1
exit-1 3
exit-143 3
die-TERM 1
die-KILL 3
END
    for end in exit-0 exit-1 die-TERM die-KILL; do
        # shellcheck disable=SC2086
        start_tend --restart=unless-stopped --restart-sec=0 "$STUB" first 8 "$RUNS.$end" ${end/-/ } -- signals TERM -- exit 5
        wait_for_output 5 ready
        send TERM
        wait_for_end 5
        equal "$end $status" "$end 5"
    done
}

@test "Docker's back-off is 100 ms, doubled each time" {
    start_tend --restart=unless-stopped "$STUB" stamp "$RUNS" -- exit 1
    wait_for_log 5 'restart in 800ms\.$'
    equal "$(log | sed 's/.*restart in //' | xargs)" "100ms. 200ms. 400ms. 800ms."
    equal "$(gaps "$RUNS" | awk '{ print ($1 >= 100 * 2 ^ (NR - 1)) }' | xargs)" "1 1 1"
}

@test "Docker's back-off is up to a minute and forgotten after a run of that length" {
    start_tend --restart=unless-stopped --restart-max-delay-sec=200ms --restart-reset-sec=300ms "$STUB" \
        stamp "$RUNS" -- first 3 "$RUNS.a" exit 1 -- first 1 "$RUNS.b" sleep 0.4 and exit 1 -- exit 1
    wait_until 10 has_run 6
    equal "$(log | sed 's/.*restart in //' | head -n 5 | xargs)" "100ms. 200ms. 200ms. 100ms. 200ms."
}

@test "five starts in ten seconds are the limit, then the engine has its turn" {
    ends --restart=always --restart-sec=0 -- -- exit 3
    equal "$runs $status" "5 3"
    like "$(log)" 'exited with status 3; restart 1 of 4 at once\.'
    like "$(log)" 'exited with status 3; restart 4 of 4 at once\.'
    like "$(log)" 'exited with status 3; not restarted: started 5 times within 10s, the limit\.'
}

@test "a limit of one start is said as such" {
    ends --restart=always --restart-sec=0 --start-limit-burst=1 -- -- exit 3
    equal "$runs $status" "1 3"
    like "$(log)" 'exited with status 3; not restarted: started 1 time within 10s, the limit\.'
}

@test "StartLimitBurst=0 and StartLimitIntervalSec=0 set no limit, and a limit is of its interval" {
    local option
    for option in --start-limit-burst=0 --start-limit-interval-sec=0 \
        "--start-limit-interval-sec=40ms --start-limit-burst=2 --restart-sec=50ms"; do
        rm -f "$RUNS.count"
        # shellcheck disable=SC2086
        ends --restart=on-failure --restart-sec=0 $option -- -- first 7 "$RUNS.count" exit 1 -- exit 0
        equal "$runs $status" "8 0"
    done
    unlike "$(log)" ' of '
}

@test "RestartSec= is kept, 100 ms where it is not set" {
    ends --restart=on-failure --restart-sec=250ms --start-limit-burst=2 -- -- exit 1
    between "$(gaps "$RUNS")" 250 3000
    ends --restart=on-failure --start-limit-burst=2 -- -- exit 1
    between "$(gaps "$RUNS")" 100 3000
    like "$(log)" 'restart 1 of 1 in 100ms\.'
}

@test "RestartSteps= lets the delay grow to RestartMaxDelaySec=, as systemd does" {
    ends --restart=on-failure --restart-sec=50ms --restart-steps=3 --restart-max-delay-sec=400ms \
        --start-limit-interval-sec=1h --start-limit-burst=6 -- -- exit 1
    equal "$(log | sed -n 's/.*restart .* in //p' | xargs)" "50ms. 100ms. 200ms. 400ms. 400ms."
    equal "$(gaps "$RUNS" | awk '{ least = 50 * 2 ^ (NR - 1); print ($1 >= (least > 400 ? 400 : least)) }' | xargs)" "1 1 1 1 1"
}

@test "a run as long as X-RestartResetSec= forgets the delays and the starts before it" {
    ends --restart=on-failure --restart-sec=10ms --restart-steps=2 --restart-max-delay-sec=40ms --restart-reset-sec=200ms \
        --start-limit-interval-sec=1h --start-limit-burst=3 -- \
        -- first 1 "$RUNS.a" exit 1 -- first 1 "$RUNS.b" sleep 0.3 and exit 1 -- exit 1
    equal "$runs" 5
    equal "$(log | sed -n 's/.*restart \(.\) of . in \(.*\)\.$/\1 \2/p' | xargs)" "1 10ms 0 10ms 1 20ms 2 40ms"
}

@test "statuses named a success, never or always restarted are so" {
    local option end expected
    while read -r option end expected; do
        # shellcheck disable=SC2046,SC2086
        ends --restart=${option/=*/} $(quickly 2) "--${option#*=}" -- -- ${end/-/ }
        equal "$option $end $runs" "$option $end $expected"
    done <<'END'
on-failure=success-exit-status=75 exit-75 1
on-failure=success-exit-status=TEMPFAIL exit-75 1
on-failure=success-exit-status=75 exit-74 2
on-success=success-exit-status=75 exit-75 2
on-failure=success-exit-status=SIGKILL die-KILL 1
always=restart-prevent-exit-status=64 exit-64 1
always=restart-prevent-exit-status=64 exit-78 2
always=restart-prevent-exit-status=SIGUSR1 die-USR1 1
no=restart-force-exit-status=64 exit-64 2
no=restart-force-exit-status=64 exit-78 1
no=restart-force-exit-status=SIGUSR1 die-USR1 2
END
}

@test "prevented beats forced, and an end without a stop keeps its status though it is a success" {
    # shellcheck disable=SC2046
    ends --restart=always $(quickly 2) --restart-prevent-exit-status="64 78" --restart-force-exit-status=64 \
        --success-exit-status="64 78" -- -- exit 78
    equal "$runs $status" "1 78"
}

@test "what a service leaves behind is gone before it starts again, children, orphans and other sessions" {
    # shellcheck disable=SC2046
    ends --restart=always $(quickly 15) -- -- lock "$RUNS.lock" -- child ignore TERM and pause \
        -- orphan setsid ignore TERM and pause -- times 3 child setsid pause -- exit 1
    equal "$runs" 15
    [[ ! -e $RUNS.lock.broken ]]
}

@test "a service that fails on and on and then does not, ends well" {
    # shellcheck disable=SC2046
    ends --restart=on-failure $(quickly 100) -- -- first 30 "$RUNS.count" exit 1 -- exit 0
    equal "$runs $status" "31 0"
}

@test "a command that can't be executed is a failure like any other" {
    local broken=$BATS_TEST_TMPDIR/broken
    # shellcheck disable=SC2046
    run_tend --restart=on-failure $(quickly 3) "$broken"
    equal "$status $(log | grep --count "Cannot execute $broken: No such file or directory")" "127 3"
    cp "$STUB" "$broken"
    exec {writing}>>"$broken"
    start_tend --restart=on-failure --restart-sec=20ms --start-limit-burst=0 "$broken" signals TERM -- exit 4
    wait_for_log 5 "Cannot execute $broken: Text file busy"
    exec {writing}>&-
    wait_for_output 5 ready
    send TERM
    wait_for_end 5
    equal "$status" 4
}

@test "FailureAction=none and SuccessAction=none keep tend up, until it is stopped" {
    local option code
    while read -r option code; do
        rm -f "$RUNS"
        start_tend --log-level=info "$option" "$STUB" stamp "$RUNS" -- exit "$code"
        wait_for_log 5 "exited with status $code\.$"
        send TERM
        wait_for_end 5
        equal "$option $status" "$option 143"
        has_run 1
    done <<'END'
--failure-action=none 3
--success-action=none 0
END
}

@test "RuntimeMaxSec= ends a run, which is a timeout and restarted as one" {
    # shellcheck disable=SC2046
    ends --restart=on-abnormal $(quickly 2) --runtime-max-sec=50ms -- -- pause
    equal "$runs $status" "2 124"
}

@test "a time that ran for one instance does not end the next" {
    # shellcheck disable=SC2046
    ends --restart=on-failure $(quickly 10) --runtime-max-sec=500ms --timeout-stop-sec=500ms -- \
        -- first 4 "$RUNS.count" sleep 0.2 and exit 1 -- exit 0
    equal "$runs $status" "5 0"
}

@test "X-RandomizedDelaySec= delays the first start, which a stop calls off" {
    start_tend --log-level=info --randomized-delay-sec=1h "$STUB" stamp "$RUNS" -- pause
    wait_for_log 5 'Starting stub in .*\.\.\.'
    send TERM
    wait_for_end 5
    equal "$status" 143
    [[ ! -e $RUNS ]]
    ends --randomized-delay-sec=5ms -- -- exit 3
    equal "$runs $status" "1 3"
}
