#!/usr/bin/env bats
#
# shellcheck disable=SC2153 # OUTPUT and the like are the helpers'
# tend simulate tells what tend would do, and starts nothing.

load ../helpers/namespace
load ../helpers/control
load ../helpers/restart-table

# simulated ARGUMENT...: what `tend simulate` prints, without the times.
simulated() { "$TEND" simulate "$@" | sed 's/^\[[0-9:.]*\] //'; }

@test "a failing service is restarted up to the limit, and ends with its own status" {
    output=$(simulated --restart=on-failure "exit 3 after 1s x")
    equal "$(grep --count 'Starting ' <<<"$output")" 5
    like "$output" 'restart 4 of 4 in 100ms\.'
    like "$output" 'not restarted: started 5 times within 10s, the limit\.'
    like "$output" 'tend ends with status 3:'
}

@test "no restart is counted beyond the limit" {
    output=$(simulated --restart=on-failure "exit 1 after 2s x20")
    equal "$(grep --count 'Starting ' <<<"$output")" 21
    unlike "$output" 'restart [5-9] of '
    like "$output" 'exited with status 1; restart in 100ms\.'
}

@test "Docker's delays double up to a minute" {
    output=$(simulated --restart=unless-stopped "exit 1 after 1s x12")
    equal "$(sed --quiet 's/.*restart in \(.*\)\./\1/p' <<<"$output" | paste --serial --delimiters ' ')" \
        "100ms 200ms 400ms 800ms 1.6s 3.2s 6.4s 12.8s 25.6s 51.2s 1min 1min"
}

@test "what ignores the stop is killed at its end, and that is a timeout" {
    output=$(simulated --timeout-stop-sec=30s "ignores TERM" "stop at 10s")
    like "$output" 'has not stopped in time; sending SIGKILL\.'
    like "$output" 'tend ends with status 124:'
    like "$("$TEND" simulate --timeout-stop-sec=30s "ignores TERM" "stop at 10s" | tail -n 1)" '^\[00:00:40\.000\] '
}

@test "a status that prevents a restart ends it, and one that is named is a good end of a stop" {
    like "$(simulated --restart=always --restart-prevent-exit-status=78 "exit 78 after 1s")" 'tend ends with status 78:'
    like "$(simulated --success-exit-status=143 "stops with 143 after 3s" "stop at 5s")" 'tend ends with status 0:'
}

# ---- the script --------------------------------------------------------------------------------

@test "each form of an event is understood" {
    local event
    while read -r event; do
        status=0
        "$TEND" simulate --restart=always --type=notify "$event" >"$BATS_TEST_TMPDIR/printed" 2>&1 || status=$?
        equal "$event: $status" "$event: 0"
        like "$(tail -n 1 "$BATS_TEST_TMPDIR/printed")" '^\[[0-9:.]+\] (tend ends with status|It goes on|Nothing more)'
    done <<'END'
exit 0 after 2s
exit 255 after 1min 30s
exit 1 after 500ms x3
exit 1 after 1min 30s x3
exit 1 after 5 x
exit 1 after infinity
killed by SEGV after 2s
killed by SIGKILL after 2s x2
killed by RTMIN+3 after 2s x
killed by 9 after 0
out of memory after 1h
out of memory after 1h x5
unhealthy after 30s
unhealthy after 30s x
ready after 18s
ready after infinity
ignores TERM
ignores SIGINT
stops
stops after 3s
stops with 143
stops with 143 after 3s
stop at 3min
restart at 0
reload at 1h 30min
END
}

@test "what is no event is refused with 2, in one line on standard error" {
    local event
    while read -r event; do
        status=0
        "$TEND" simulate "exit 1 after 1s" "$event" >"$BATS_TEST_TMPDIR/printed" 2>"$BATS_TEST_TMPDIR/complaint" || status=$?
        equal "$event: $status" "$event: 2"
        equal "$(<"$BATS_TEST_TMPDIR/complaint")" \
            "$event: expected an event such as \"exit 1 after 2s x6\"; tend(8) lists them"
        equal "$(<"$BATS_TEST_TMPDIR/printed")" ""
    done <<'END'
explode after 1s

exit
exit after 2s
exit 256 after 2s
exit -1 after 2s
exit 1
exit 1 2s
exit 1 after
exit 1 after x3
exit 1 after 2s x0
exit 1 after 2s x-1
exit 1 after 2s y
exit 1 after 2s x3 x
exit 1 after 2s x4294967296
exit 1 after two seconds
exit 1 at 2s
exits 1 after 2s
killed after 2s
killed by after 2s
killed by 0 after 2s
killed by 65 after 2s
killed by NOBODY after 2s
out of memory
out of memory at 2s
unhealthy
unhealthy at 2s
ready
ready 2s
ready after
ready after 2s x3
ignores
ignores NOBODY
ignores TERM INT
stops at 3s
stops with after 3s
stops with 300
stops after
stop
stop after 3s
stop at
stop at infinity
stop at 3s x2
restart
reload at soon
END
}

@test "a script that is too long is refused, and says so" {
    local events=() i
    for i in $(seq 33); do
        events+=("exit $i after 1s")
    done
    status=0
    output=$("$TEND" simulate "${events[@]}" 2>&1) || status=$?
    equal "$status $output" "2 exit 33 after 1s: too many, of these 32 at most"
    "$TEND" simulate "${events[@]::32}" >/dev/null
    events=()
    for i in $(seq 17); do
        events+=("stop at ${i}s")
    done
    status=0
    output=$("$TEND" simulate "${events[@]}" 2>&1) || status=$?
    equal "$status $output" "2 stop at 17s: too many, of these 16 at most"
}

@test "a bad configuration is refused with 125, as tend itself does" {
    local options
    for options in --restart=sometimes --nonsense=1 --unit=/nowhere/web.service; do
        status=0
        output=$("$TEND" simulate "$options" "exit 1 after 1s" 2>&1) || status=$?
        equal "$options $status" "$options 125"
        like "$output" '\[ERROR\] '
    done
}

@test "a user that is on another machine only does not keep its unit from being imagined" {
    printf '%s\n' '[Service]' User=no-such-user ExecStart=/bin/true >"$BATS_TEST_TMPDIR/demo.service"
    output=$(simulated --unit="$BATS_TEST_TMPDIR/demo.service" "exit 0 after 1s")
    like "$output" 'tend ends with status 0'
}

@test "the longest times overflow nothing" {
    local span=18446744073709551614us
    like "$(simulated "exit 1 after $span")" 'Nothing more happens: active \(running\)\.'
    like "$(simulated --restart=always --restart-sec="$span" "exit 1 after 1s")" 'Nothing more happens: activating'
    like "$(simulated --timeout-stop-sec="$span" "stops after $span" "stop at $span")" 'Nothing more happens'
}

# ---- the tables of the manual and of README ----------------------------------------------------

@test "the manual's table of restarts is what simulate says" {
    equal "$(sed '1,/^\.\\" restart table/d; /^\.\\" end$/,$d' "$ROOT/init/tend.8")" \
        "$("$ROOT/tests/helpers/restart-table.bash" "$TEND")"
}

# table_of_tend: the rows of README's first table of restarts, its head first.
table_of_tend() {
    sed --quiet '1,/^<!-- restart table -->$/d; /^What Docker does/q; /^| ---/d; s/^| \(.*\) |$/\1/p' "$ROOT/README.md" |
        sed 's/`//g; s/ | /|/g'
}

# event_of END: as README calls it.
event_of() {
    case $1 in
    SIG*) echo "killed by $1 after 1s x" ;;
    *) echo "$1 after 1s x" ;;
    esac
}

@test "README's table of what tend does, which is made of real runs, is what simulate says" {
    local head cells row column
    table_of_tend >"$BATS_TEST_TMPDIR/table"
    IFS='|' read -r -a head <"$BATS_TEST_TMPDIR/table"
    [ "${#head[@]}" -ge 10 ] && [ "$(wc --lines <"$BATS_TEST_TMPDIR/table")" -ge 13 ]
    while IFS='|' read -r -a cells; do
        row=${cells[0]}
        for column in "${!head[@]}"; do
            ((column)) || continue
            equal "$row ${head[column]} $(how_it_ends "$TEND" "${head[column]}" "" "$(event_of "$row")")" \
                "$row ${head[column]} ${cells[column]}"
        done
    done < <(sed 1d "$BATS_TEST_TMPDIR/table")
}

# really VALUE ARGUMENT...: what comes of tend with that Restart= in fact, in the table's words.
really() {
    local value=$1 log=$BATS_TEST_TMPDIR/$1.log status=0 starts
    shift
    timeout --foreground --signal=KILL 30 "${NAMESPACE[@]}" "$TEND" --log-level=info --restart="$value" \
        --restart-sec=50ms --start-limit-burst=3 --start-limit-interval-sec=1h --limit-core=0 "$@" \
        </dev/null 2>"$log" >&2 3>&- || status=$?
    starts=$(grep --count '\] Starting ' "$log")
    ((starts == 1)) || status="$((starts - 1))×, $status"
    echo "$status" >"$BATS_TEST_TMPDIR/$value"
}

# as_simulated "POLICY..." OPTIONS EVENT ARGUMENT...: that, by each policy, is what is told of the event.
as_simulated() {
    local policy policies options=$2 event=$3 runs=()
    read -ra policies <<<"$1"
    shift 3
    for policy in "${policies[@]}"; do
        really "$policy" "$@" &
        runs+=($!)
    done
    wait "${runs[@]}"
    for policy in "${policies[@]}"; do
        equal "$options $event, $policy: $(<"$BATS_TEST_TMPDIR/$policy")" \
            "$options $event, $policy: $(how_it_ends "$TEND" "$policy" "$options" "$event")"
    done
}

# Those that Docker can be made to do as well are tried there. What goes on for ever is left out.
# bats test_tags=long
@test "what the tables say of watchdog, health, readiness and timeouts is what happens" {
    local all=${POLICIES[*]}
    all=${all/ unless-stopped/}
    as_simulated "$all" "--type=notify --watchdog-sec=1s" "ready after 0" --watchdog-sec=200ms "$STUB" pause
    as_simulated "${all#no }" "" "unhealthy after 1s x" \
        --health-check=/bin/false --health-interval=50ms --health-retries=1 "$STUB" pause
    as_simulated "$all" "--type=notify --timeout-start-sec=1s" "ready after infinity" \
        --type=notify --timeout-start-sec=200ms "$STUB" pause
    as_simulated "$all" --runtime-max-sec=1s "stops" --runtime-max-sec=200ms "$STUB" pause
}

# ---- held to real runs -------------------------------------------------------------------------

# same_life LINES EVENT...: a unit whose service really lives as the events say; its lines stand in [Service].
same_life() {
    unit "$1"
    shift
    python3 "$ROOT/tests/helpers/timeline.py" "$TEND" "$UNIT" "$@"
}

# bats test_tags=long
@test "several lives, and a stop that is heeded, are lived as imagined" {
    same_life "Restart=on-failure
RestartSec=200ms
ExecStart=$STUB first 2 $BATS_TEST_TMPDIR/a sleep 0.3 and exit 1 -- first 1 $BATS_TEST_TMPDIR/b sleep 0.1 and die KILL \\
-- signals TERM -- sleep 0.3 -- exit 5" \
        "exit 1 after 300ms x2" "killed by KILL after 100ms" "stops with 5 after 300ms" "stop at 3s"
}

@test "the start limit is hit as imagined" {
    same_life "Restart=always
RestartSec=100ms
StartLimitBurst=3
ExecStart=$STUB sleep 0.2 -- exit 3" "exit 3 after 200ms x"
}

@test "a stop that is ignored ends as imagined" {
    same_life "TimeoutStopSec=400ms
ExecStopPost=$STUB exit 0
ExecStart=$STUB ignore TERM -- pause" "ignores TERM" "stop at 500ms"
}

@test "a schedule of stop signals is gone through as imagined" {
    same_life "X-StopSchedule=TERM/300ms INT/300ms QUIT/300ms KILL
ExecStart=$STUB signals QUIT -- exit 9" "ignores TERM" "ignores INT" "stops with 9" "stop at 500ms"
}

# bats test_tags=long
@test "readiness that comes in time, and then too late, is waited for as imagined" {
    same_life "Type=notify
ExecStart=$STUB sleep 0.4 -- notify READY=1 -- sleep 0.4 -- exit 7" "ready after 400ms" "exit 7 after 800ms"
    same_life "Type=notify
TimeoutStartSec=300ms
ExecStart=$STUB pause" "ready after 10s"
    same_life "X-ReadyCheck=/usr/bin/test -e $BATS_TEST_TMPDIR/ready
ExecStart=$STUB sleep 0.3 -- append $BATS_TEST_TMPDIR/ready x -- sleep 0.9 -- exit 7" "ready after 500ms" "exit 7 after 1200ms"
}

@test "an unhealthy service is restarted as imagined" {
    same_life "Restart=on-failure
RestartSec=100ms
X-HealthCheck=$STUB first 1 $BATS_TEST_TMPDIR/checks exit 1
X-HealthInterval=300ms
X-HealthRetries=1
ExecStart=$STUB pause" "unhealthy after 300ms" "stop at 550ms"
}

@test "Docker's back-off and count are kept to as imagined" {
    same_life "Restart=on-failure:3
ExecStart=$STUB sleep 0.1 -- exit 4" "exit 4 after 100ms x"
}

@test "restarts and reloads that are asked for come about as imagined" {
    same_life "RestartKillSignal=USR1
ExecReload=$STUB exit 0
ExecStart=$STUB signals USR1 TERM -- exit 0" "stops with 0" "restart at 500ms" "reload at 1s" "stop at 1500ms"
}

@test "a oneshot that remains, and a unit that fails before it starts, are lived as imagined" {
    same_life "Type=oneshot
RemainAfterExit=yes
ExecStart=$STUB sleep 0.3
ExecStop=$STUB exit 0" "exit 0 after 300ms" "stop at 1s"
    same_life "Type=oneshot
ExecStart=$STUB sleep 0.3 -- exit 6" "exit 6 after 300ms"
}

# bats test_tags=long
@test "delays that grow, and a run that is cut short, are lived as imagined" {
    same_life "Restart=always
RestartSec=100ms
RestartSteps=2
RestartMaxDelaySec=400ms
RuntimeMaxSec=600ms
StartLimitBurst=4
ExecStart=$STUB first 2 $BATS_TEST_TMPDIR/runs sleep 0.2 and exit 1 -- pause" "exit 1 after 200ms x2"
}
