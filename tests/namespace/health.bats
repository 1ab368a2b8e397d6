#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153,SC2154 # inner shells expand it; PORT and the like are the helpers'
# X-HealthCheck= and X-ReadyCheck=: when a service is asked, what is made of its answers, and that asking
# never stands in the way of a start or a stop.

load ../helpers/namespace
load ../helpers/control
load ../helpers/server

setup() { CHECKS=$BATS_TEST_TMPDIR/checks; }

teardown() {
    show_failure
    stop_servers
    kill_started
    no_sanitizer_report
}

# Often and strictly: what is wanted of most tests here.
OFTEN=(--health-interval=100ms --health-timeout=2s)

# check STEP...: the flag for a check that notes when it began, and then does these steps.
check() { printf -- '--health-check=%s stamp %s -- %s' "$STUB" "$CHECKS" "$*"; }

# How often it was checked; whether so often.
checks() { wc -l <"$CHECKS"; }
checked() { (($(checks) >= $1)); }

# logged COUNT REGEX: the log has exactly so many lines that match.
logged() { has_lines "$1" "$2" "$LOG"; }

# The log up to the first word of unhealthiness: what comes of later checks may have been logged since.
log_until_unhealthy() { sed '/ is unhealthy/q' "$LOG"; }

# ---- when it is checked --------------------------------------------------------------------------

@test "a service is checked after each interval, and said to be healthy once" {
    start_tend --log-level=info --health-interval=150ms "$(check exit 0)" "$STUB" stamp "$CHECKS" -- signals
    wait_until 10 checked 5
    # Some checks take longer to begin than others.
    between "$(gaps "$CHECKS" | awk '{ sum += $1 } END { print int(sum / NR) }')" 145 1000
    logged 1 ' is healthy\.$'
    logged 0 unhealthy
}

@test "the next check begins an interval after the end of the last, never beside it" {
    start_tend --health-interval=100ms "$(check lock "$CHECKS.lock" -- sleep 0.3)" "$STUB" signals
    wait_until 10 checked 4
    between "$(gaps "$CHECKS" | sort -n | head -n 1)" 350 2000
    [[ ! -e $CHECKS.lock.broken ]]
}

@test "a check that takes too long is killed with all that it has started, and has failed" {
    start_tend --log-level=debug --health-interval=50ms --health-timeout=200ms --health-retries=3 \
        "$(check lock "$CHECKS.lock" -- ignore TERM -- child pause -- exec sleep 1000)" "$STUB" signals
    wait_for_log 10 ' is unhealthy: no answer within 200ms\.$'
    between "$(checks)" 3 5
    between "$(gaps "$CHECKS" | sort -n | head -n 1)" 200 2000
    [[ ! -e $CHECKS.lock.broken ]]
    # The service, and at most one check and its child.
    between "$(inside | wc -l)" 1 3
}

@test "a check that ends in time by success has not failed for what it leaves behind" {
    start_tend --log-level=info "${OFTEN[@]}" "$(check orphan pause -- exit 0)" "$STUB" signals
    wait_for_log 10 ' is healthy\.$'
}

# ---- what is made of it --------------------------------------------------------------------------

@test "as many failures in a row as X-HealthRetries= make it unhealthy, and a success between does not" {
    start_tend --log-level=info "${OFTEN[@]}" --health-retries=3 \
        "$(check first 2 "$CHECKS.count" exit 7)" "$STUB" signals
    wait_for_log 10 ' is healthy\.$'
    wait_until 10 checked 6
    logged 0 unhealthy
    kill_started
    rm "$CHECKS"
    start_tend --log-level=info "${OFTEN[@]}" --health-retries=4 \
        "$(check first 6 "$CHECKS.again" exit 7)" "$STUB" signals
    wait_for_log 10 ' is healthy\.$'
    equal "$(sed -n 's/.* pid([0-9]*) //p' "$LOG" | grep healthy | xargs -d '\n')" \
        'is unhealthy: exited with status 7. is healthy.'
    between "$(checks)" 7 8
}

@test "with Restart=no an unhealthy service is only said to be" {
    start_tend "${OFTEN[@]}" --health-retries=1 "$(check exit 1)" "$STUB" signals TERM -- exit 5
    wait_for_log 10 ' is unhealthy: exited with status 1\.$'
    wait_until 10 checked 5
    logged 1 unhealthy
    equal "$(output)" ready
    send TERM
    wait_for_end 5
    equal "$status" 5
}

@test "Restart= decides about an unhealthy service as about one that the watchdog has struck" {
    local value runs
    while read -r value runs; do
        rm -f "$CHECKS"*
        run_tend --restart="$value" --restart-sec=0 --start-limit-burst=2 --health-interval=50ms \
            --health-retries=1 "$(check die USR1)" "$STUB" stamp "$CHECKS.runs" -- pause
        equal "$value $(wc -l <"$CHECKS.runs") runs" "$value $runs runs"
        # However it ended, it was no success.
        ((status != 0))
        logged "$runs" ' is unhealthy: was killed by SIGUSR1\.$'
    done <<'END'
on-success 1
on-abort 1
on-failure 2
on-abnormal 2
on-watchdog 2
always 2
END
}

@test "an unhealthy service is stopped as it wants to be before it starts again" {
    start_tend --restart=on-failure --restart-sec=0 --kill-signal=USR1 "${OFTEN[@]}" --health-retries=2 \
        "$(check first 2 "$CHECKS.count" exit 1)" "$STUB" stamp "$CHECKS.runs" -- signals USR1 -- say bye
    wait_for_output 10 '^bye$'
    wait_until 10 has_lines 2 '^ready$'
    has_lines 1 '^signal USR1'
    logged 1 ' is unhealthy: exited with status 1\.$'
    logged 1 'with pid\([0-9]+\) was unhealthy; restart 1 of 4 at once\.$'
}

@test "what killed an unhealthy service that did not stop is said with its restart" {
    start_tend --restart=on-failure --restart-sec=0 '--stop-schedule=TERM/50ms KILL' "${OFTEN[@]}" --health-retries=1 \
        "$(check first 1 "$CHECKS.count" exit 1)" "$STUB" ignore TERM -- signals USR1
    wait_for_log 10 'with pid\([0-9]+\) was unhealthy and was killed by SIGKILL; restart 1 of 4 at once\.$'
}

@test "each run counts afresh" {
    start_tend --restart=always --restart-sec=0 --start-limit-burst=3 "${OFTEN[@]}" --health-retries=3 \
        "$(check exit 1)" "$STUB" say run -- first 2 "$CHECKS.count" sleep 0.25 and exit 1 -- pause
    # Twice it ended by itself, with two failed checks at the most.
    wait_until 10 has_lines 3 '^run$'
    logged 0 unhealthy
    wait_for_log 10 ' is unhealthy'
}

@test "a failure within the start period does not count, and the first success ends it" {
    start_tend "${OFTEN[@]}" --health-retries=1 --health-start-period=1h "$(check exit 1)" "$STUB" signals
    wait_until 10 checked 5
    logged 0 unhealthy
    kill_started
    rm "$CHECKS"
    start_tend "${OFTEN[@]}" --health-retries=1 --health-start-period=1h \
        "$(check first 2 "$CHECKS.count" exit 1 -- first 1 "$CHECKS.good" exit 0 -- exit 1)" "$STUB" signals
    wait_for_log 10 ' is unhealthy'
    between "$(checks)" 4 6
}

@test "what is said of a check is one line of the log, in its format" {
    start_tend --log-format=json "${OFTEN[@]}" --health-retries=1 '--health-check=tcp://127.0.0.1:1' "$STUB" signals
    wait_for_log 10 unhealthy
    python3 -c 'import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert len(lines) == 1, lines
assert lines[0]["message"].endswith("is unhealthy: cannot connect: Connection refused."), lines' <"$LOG"
}

@test "a check that can't be executed has failed, and why is said" {
    start_tend "${OFTEN[@]}" --health-retries=2 --health-check=/nowhere/check "$STUB" signals
    wait_for_log 10 ' is unhealthy: exited with status (127|203)\.$'
    equal "$(log_until_unhealthy | grep -c 'ERROR. Cannot execute /nowhere/check: No such file or directory\.$')" 2
}

# ---- how it is checked ---------------------------------------------------------------------------

@test "a check is run as the service is: its user, its directory, its environment" {
    local unit=$BATS_TEST_TMPDIR/web.service
    chmod 711 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR/.." "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
    install -o 54321 -d "$BATS_TEST_TMPDIR/home"
    cat >"$unit" <<END
[Service]
User=54321
WorkingDirectory=$BATS_TEST_TMPDIR/home
Environment=WORD=hello
UMask=0027
ExecStart=$STUB signals
X-HealthCheck=/bin/sh -c "echo \$\$(id -u) \$\$PWD \$\$WORD \$\$(umask) \$MAINPID >out && mv out done"
X-HealthInterval=100ms
END
    start_tend --unit="$unit"
    wait_until 10 test -e "$BATS_TEST_TMPDIR/home/done"
    like "$(<"$BATS_TEST_TMPDIR/home/done")" "^54321 $BATS_TEST_TMPDIR/home hello 0027 [0-9]+\$"
}

@test "a URL is asked by the service's user, with no descriptor of tend's" {
    local unit=$BATS_TEST_TMPDIR/web.service path=$BATS_TEST_TMPDIR/socket checker
    serve --unix="$path" hold
    chmod 600 "$path"
    cat >"$unit" <<END
[Service]
User=54321
ExecStart=$STUB signals
X-HealthCheck=unix://$path#eof
X-HealthInterval=100ms
X-HealthTimeout=1h
X-HealthRetries=1
END
    start_tend --unit="$unit"
    wait_for_log 10 ' is unhealthy: cannot connect: Permission denied\.$'
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR/.." "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
    chmod 666 "$path"
    wait_until 10 is_asking
    checker=$(is_asking)
    equal "$(status_of "$checker" Uid)" '54321 54321 54321 54321'
    like "$(status_of "$checker" CapEff)" '^0+$'
    # Its standard ones, the pipe that tells tend, and the connection.
    equal "$(find "/proc/$checker/fd" -mindepth 1 -printf '%f\n' | sort -n | xargs)" '0 1 2 3 4'
}

# The pid of the check, which waits for the peer.
is_asking() { service | while read -r pid; do [[ $(readlink "/proc/$pid/exe") == "$TEND" ]] && echo "$pid"; done | grep .; }

@test "a service that is stopped is found by the end that it does not send, and started again" {
    local service
    PORT=$(free_port)
    start_tend --log-level=info --restart=on-failure --restart-sec=0 --health-interval=100ms --health-timeout=500ms \
        --health-retries=2 --{ready,health}-check="tcp://127.0.0.1:$PORT#eof" \
        python3 "$ROOT/tests/helpers/server.py" --port="$PORT"
    wait_for_log 10 ' is healthy\.$'
    service=$(children_of "$TEND_PID" | head -n 1) # the others are checks
    kill -STOP "$service"
    wait_for_log 10 ' is unhealthy: no (end|answer)'
    wait_until 10 gone "$service"
    wait_until 10 is_healthy_again
}

is_healthy_again() { logged 2 ' is healthy\.$'; }

@test "a URL is asked in any world, without a /proc, and not as root" {
    local world
    serve read send 'HTTP/1.1 200 OK\r\n\r\ngreen'
    for world in as_pid_1 as_pid_1_without_proc as_pid_1_with_foreign_proc 'as_pid_1_of_user 54321' not_as_pid_1; do
        $world
        start_tend --log-level=info "${OFTEN[@]}" --health-retries=1 \
            --health-check="http://localhost:$PORT/#status=200&body=green" "$STUB" signals
        wait_for_log 10 ' is healthy\.$'
        kill_started
    done
}

@test "why a URL has failed is said when it matters, and each time at level debug" {
    serve read send 'HTTP/1.1 503 Busy\r\n\r\n'
    start_tend --log-level=debug "${OFTEN[@]}" --health-retries=3 --health-check="http://127.0.0.1:$PORT/health" \
        "$STUB" signals
    wait_for_log 10 ' is unhealthy: status 503\.$'
    logged 1 unhealthy
    equal "$(log_until_unhealthy | grep -c "DEBUG. http://127\.0\.0\.1:$PORT/health: status 503\.\$")" 3
}

@test "tend status tells why the last check has failed, while the next one runs too, until one succeeds" {
    local go=$BATS_TEST_TMPDIR/go
    start_tend "${OFTEN[@]}" --restart=always --restart-sec=1min --health-retries=1000 \
        --health-check="/bin/sh -c 'test -e $go || exit 9'" "$STUB" await "$BATS_TEST_TMPDIR/end" -- exit 1
    wait_until 10 says_of_health 'starting\n Last check: exited with status 9'
    ask show --json
    equal "$(json 'o["health_failure"]' <<<"$said")" 'exited with status 9'
    touch "$go"
    wait_until 10 says_of_health 'healthy'
    unlike "$said" 'Last check'
    rm "$go"
    wait_until 10 says_of_health 'healthy\n Last check: exited with status 9'
    touch "$BATS_TEST_TMPDIR/end"
    wait_until 5 is_in_state auto-restart
    ask status
    unlike "$said" '(Health|Last check):'
    kill_started

    # Nearly always one runs.
    start_tend --health-interval=20ms --health-timeout=400ms --health-retries=1000 --health-check="$STUB sleep 10" "$STUB" pause
    wait_until 10 says_of_health 'starting\n Last check: no answer within 400ms'
    for _ in {1..10}; do
        says_of_health 'starting\n Last check: no answer within 400ms'
    done
}

says_of_health() { ask status && like "$said"$'\n' $'\n     Health: '"${1//\\n/$'\n'}"$'\n'; }

@test "X-HealthTimeout= is the time that a URL has, unless it has one of its own" {
    serve hold
    start_tend --health-interval=50ms --health-timeout=6s --health-retries=1 \
        --health-check="tcp://127.0.0.1:$PORT#eof" "$STUB" signals
    wait_for_log 15 ' is unhealthy: no (end: Operation timed out|answer within 6s)\.$'
    between "$(($(microseconds) / 1000000 - $(started_at "$TEND_PID")))" 6 11
    kill_started
    start_tend --health-interval=50ms --health-timeout=6s --health-retries=1 \
        --health-check="tcp://127.0.0.1:$PORT#eof&timeout=200ms" "$STUB" signals
    wait_for_log 5 ' is unhealthy: no end: Operation timed out\.$'
}

# When that process was started, in seconds since the machine was. proc_pid_stat(5)
started_at() { awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int($20 / ticks) }' "/proc/$1/stat"; }

# ---- ready ---------------------------------------------------------------------------------------

# ready_check STEP...: as check, of readiness.
ready_check() { printf -- '--ready-check=%s stamp %s -- %s' "$STUB" "$CHECKS" "$*"; }

@test "a simple service has started when its X-ReadyCheck= succeeds, and not before" {
    start_tend --log-level=info "$(ready_check first 2 "$CHECKS.count" exit 1)" "$STUB" signals
    wait_until 5 checked 1
    logged 0 '^[^ ]+ [^ ]+ .INFO. Started'
    wait_for_log 10 'INFO. Started stub with pid\([0-9]+\) in [0-9.]+(s|ms)\.$'
    equal "$(checks)" 3
    # What has started is not asked again.
    sleep 1
    equal "$(checks)" 3
}

@test "a service that is never ready is stopped after TimeoutStartSec=, and why is said" {
    run_tend --timeout-start-sec=700ms "$(ready_check exit 3)" "$STUB" signals TERM -- exit 0
    equal "$status" 124
    logged 1 ' has not started in time: exited with status 3; sending SIGTERM\.$'
    logged 0 Started
    run_tend --timeout-start-sec=300ms --ready-check=tcp://127.0.0.1:1 "$STUB" signals TERM -- exit 0
    equal "$status" 124
    logged 1 ' has not started in time: cannot connect: Connection refused; sending SIGTERM\.$'
}

@test "a readiness check that hangs does not outlive the start" {
    run_tend --timeout-start-sec=300ms "$(ready_check ignore TERM -- sleep 1000)" "$STUB" signals TERM -- exit 0
    equal "$status" 124
    equal "$(checks)" 1
}

@test "a service that ends before it is ready has failed, and the check ends with it" {
    run_tend --restart=on-failure --restart-sec=0 --start-limit-burst=2 "$(ready_check sleep 1000)" \
        "$STUB" sleep 0.3 -- exit 4
    equal "$status" 4
    equal "$(checks)" 2
}

@test "health is checked once the service has started, and not while it gets ready" {
    start_tend --log-level=info "${OFTEN[@]}" "$(ready_check first 3 "$CHECKS.count" exit 1)" \
        --health-check="$STUB stamp $CHECKS.health" "$STUB" signals
    wait_for_log 10 ' is healthy\.$'
    equal "$(checks)" 4
    (($(awk 'NR == 1 { print $1 }' "$CHECKS.health") > $(awk 'END { print $1 }' "$CHECKS")))
}

@test "what comes after the start waits until the service is ready" {
    local unit=$BATS_TEST_TMPDIR/web.service
    serve hold
    kill -STOP "$SERVER"
    stop_servers
    cat >"$unit" <<END
[Service]
ExecStart=$STUB signals
ExecStartPost=/bin/touch $CHECKS.after
X-ReadyCheck=tcp://127.0.0.1:$PORT
END
    start_tend --unit="$unit"
    wait_for_output 5 ready
    wait_for_log 5 Starting
    [[ ! -e $CHECKS.after ]]
    serve --port="$PORT" hold
    wait_for_log 5 'Started web'
    [[ -e $CHECKS.after ]]
}

# ---- stop ----------------------------------------------------------------------------------------

@test "a stop waits for no check" {
    local kind
    for kind in health ready; do
        rm -f "$CHECKS"
        start_tend --health-interval=10ms --health-timeout=1h --timeout-start-sec=1h \
            "--$kind-check=$STUB stamp $CHECKS -- ignore TERM HUP -- pause" "$STUB" signals TERM -- exit 5
        wait_for_output 5 ready
        wait_until 5 checked 1
        send TERM
        wait_for_end 5
        equal "$kind $status" "$kind 5"
    done
}

@test "a stop that takes its time is not disturbed by checks" {
    start_tend --restart=always --health-interval=10ms --health-retries=1 \
        "$(check exec test ! -e "$CHECKS.stopping")" \
        "$STUB" signals TERM -- append "$CHECKS.stopping" x -- sleep 0.5 -- exit 0
    wait_until 5 checked 1
    send TERM
    wait_for_end 5
    equal "$status" 0
    has_lines 1 '^ready$'
    has_lines 1 '^signal TERM'
}
