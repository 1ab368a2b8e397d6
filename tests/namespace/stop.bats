#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# How a stop ends the service: what is sent, to whom, when, and what tend's own status is.

load ../helpers/namespace

signals_sent() { sed --quiet 's/^signal \(.*\) from .*/\1/p' "$OUTPUT" | tr '\n' ' '; }

# stop_after READY [SIGNAL]: once that line is there, a stop is asked for; the rest runs by a clock.
stop_after() {
    wait_for_output 5 "$1"
    stop_begun=$(microseconds)
    send "${2:-TERM}"
}

# it_took LEAST MOST: milliseconds from the stop to now. The machine may be busy: MOST is generous.
it_took() { between $((($(microseconds) - stop_begun) / 1000)) "$1" "$2"; }

@test "a stop ends with the service's own status, a signal with 128 and its number" {
    start_tend "$STUB" signals TERM -- exit 9
    stop_after ready
    wait_for_end 5
    equal "$status" 9
    start_tend "$STUB" say ready -- pause
    stop_after ready
    wait_for_end 5
    equal "$status" 143
}

@test "a bare command has no deadline unless one is set, a set one is told" {
    start_tend --log-level=info "$STUB" signals INT
    stop_after ready
    wait_for_log 5 'Stopping stub with pid\(2\), SIGTERM\.\.\.$'
    send INT
    wait_for_end 5
    start_tend --log-level=info --timeout-stop-sec=1min "$STUB" signals TERM
    stop_after ready
    wait_for_end 5
    like "$(log)" 'Stopping stub with pid\(2\), SIGTERM, up to 1min\.\.\.'
    like "$(log)" 'Stopped stub in [0-9.]+m?s\.'
}

@test "what is stopped when its main process has gone is said without a process" {
    start_tend --log-level=info --type=oneshot --remain-after-exit=yes "$STUB" exit 0
    wait_for_log 5 'Started stub with pid\(2\) in '
    send TERM
    wait_for_end 5
    like "$(log)" '\[INFO\] Stopping stub, SIGTERM\.\.\.'
    start_tend --log-level=info --exit-type=cgroup --kill-mode=control-group --timeout-stop-sec=50ms \
        "$STUB" orphan ignore TERM and say ready and pause -- exit 0
    wait_for_output 5 ready
    wait_until 5 has_processes 1
    send TERM
    wait_for_end 5
    like "$(log)" '\[INFO\] Stopping stub, SIGTERM'
    like "$(log)" '\[WARN\] stub has not stopped in time; sending SIGKILL\.'
}

@test "a service that ignores the stop is killed at the deadline, and the status is 124" {
    start_tend --timeout-stop-sec=300ms "$STUB" ignore TERM -- say ready -- pause
    stop_after ready
    wait_for_end 5
    equal "$status" 124
    it_took 300 3000
    like "$(log)" 'has not stopped in time; sending SIGKILL'
}

@test "FinalKillSignal= takes the place of SIGKILL" {
    start_tend --timeout-stop-sec=50ms --final-kill-signal=QUIT "$STUB" signals QUIT
    stop_after ready
    wait_for_end 5
    like "$(signals_sent)" '^TERM (CONT )?QUIT $'
}

@test "SendSIGKILL=no kills nobody, and says so" {
    start_tend --timeout-stop-sec=50ms --send-sigkill=no "$STUB" ignore TERM -- say ready -- pause
    stop_after ready
    wait_for_end 5
    equal "$status" 124
    unlike "$(log)" SIGKILL
    like "$(log)" 'has not ended'
}

@test "a service that stopped itself hears the stop, for SIGCONT follows" {
    start_tend "$STUB" stop -- pause
    wait_until 5 service_is_stopped
    stop_begun=$(microseconds)
    send TERM
    wait_for_end 5
    equal "$status" 143
}

@test "a service that stopped itself and ignores the stop is killed at the deadline" {
    start_tend --timeout-stop-sec=100ms "$STUB" ignore TERM -- stop -- stop -- pause
    wait_until 5 service_is_stopped
    send TERM
    wait_for_end 5
    equal "$status" 124
}

@test "a repeated stop is sent on again and hastens nothing" {
    start_tend --timeout-stop-sec=500ms "$STUB" signals
    stop_after ready
    wait_until 5 has_lines 1 '^signal TERM'
    send TERM
    wait_until 5 has_lines 2 '^signal TERM'
    send TERM
    wait_until 5 has_lines 3 '^signal TERM'
    wait_for_end 5
    equal "$status" 124
    it_took 500 3000
}

@test "X-StopSchedule= sends its signals in order, each after its time, then kills" {
    start_tend --stop-schedule="TERM/100ms QUIT/100ms TERM/100ms KILL" "$STUB" signals
    stop_after ready
    wait_for_end 5
    like "$(signals_sent)" '^TERM (CONT )?QUIT (CONT )?TERM (CONT )?$'
    equal "$status" 124
    it_took 300 3000
}

@test "X-StopSchedule= is over as soon as the service ends, and hears no repeated stop" {
    start_tend --stop-schedule="TERM/100ms INT/1min KILL" "$STUB" signals INT -- exit 5
    stop_after ready
    wait_for_output 5 '^signal TERM'
    send TERM
    wait_for_end 5
    equal "$status" 5
    has_lines 1 '^signal TERM'
    it_took 100 3000
}

@test "KillMode= decides who hears the stop" {
    local mode heard
    while read -r mode heard; do
        start_tend --kill-mode="$mode" "$STUB" child signals TERM -- orphan setsid signals TERM \
            -- signals USR1 -- exit 6
        wait_until 5 has_lines 3 ready
        send TERM
        wait_until 5 has_lines "$heard" '^signal TERM from 1$'
        kill -s USR1 "$(service_named_first)"
        wait_for_end 5
        equal "$mode $status" "$mode 6"
        has_lines "$heard" '^signal TERM'
    done <<'END'
control-group 3
mixed 1
process 1
END
}

# The main process: tend's child of the lowest pid, for orphans come to tend later.
service_named_first() { children_of "$TEND_PID" | sort --numeric-sort | head -n 1; }

@test "KillMode=none sends nothing and waits for nobody" {
    start_tend --kill-mode=none "$STUB" signals
    stop_after ready
    wait_for_end 5
    unlike "$(output)" '^signal'
}

@test "SendSIGHUP= sends that as well" {
    start_tend --send-sighup=yes "$STUB" signals CONT -- exit 3
    stop_after ready
    wait_for_end 5
    equal "$status" 3
    equal "$(signals_sent | tr ' ' '\n' | sort | tr -d '\n')" CONTHUPTERM
}

@test "what the main process leaves behind is killed at once, setsid or not" {
    outliving_tend
    start_tend "$STUB" child ignore TERM and pause -- orphan setsid ignore TERM and pause -- say ready -- signals TERM
    stop_after ready
    wait_for_output 5 '^tend ended: 0$'
    it_took 0 3000
    equal "$(inside)" ""
}

# tend's parent, PID 1, ends when we let it: so what tend leaves can be seen.
outliving_tend() {
    as_pid_1
    GENERATIONS=2
    with '"$@" && code=0 || code=$?; echo "tend ended: $code"; exec sleep 100'
}

@test "KillMode=process leaves the others alone when tend ends" {
    outliving_tend
    start_tend --kill-mode=process "$STUB" child signals -- signals TERM
    wait_until 5 has_lines 2 ready
    send TERM
    wait_for_output 5 '^tend ended: 0$'
    has_processes 1
}

@test "the status of SuccessExitStatus= becomes 0 where a stop was asked for, and only there" {
    local expected how
    while read -r expected how; do
        case $how in
        asked)
            start_tend --success-exit-status="143 75" "$STUB" signals TERM -- exit "${expected/#0/143}"
            stop_after ready
            wait_for_end 5
            ;;
        unasked) run_tend --success-exit-status="143 75" "$STUB" exit "$expected" ;;
        killed) run_tend --success-exit-status="143 75" "$STUB" die TERM ;;
        esac
        equal "$how $status" "$how $expected"
    done <<'END'
0 asked
7 asked
143 unasked
75 unasked
143 killed
END
}

@test "a stop while the restart is waited for ends at once, with 128 and the signal's number" {
    start_tend --restart=always --restart-sec=1min "$STUB" exit 1
    wait_for_log 5 'restart .*in 1min'
    stop_begun=$(microseconds)
    send INT
    wait_for_end 5
    equal "$status" 130
    it_took 0 3000
}

@test "a stop while the last instance's leftovers are being stopped reaches them, and no restart follows" {
    local runs=$BATS_TEST_TMPDIR/runs
    start_tend --kill-mode=control-group --restart=always --restart-sec=0 --timeout-stop-sec=1min "$STUB" \
        append "$runs" x -- orphan signals TERM and signals TERM -- await "$runs.end" -- exit 3
    wait_for_output 5 ready
    touch "$runs.end"
    wait_until 5 has_lines 1 '^signal TERM'
    send TERM
    wait_for_end 5
    equal "$status" 3
    equal "$(wc -l <"$runs")" 1
}

# As a child of ours, who sends the signal after up to 4 ms: before tend has set its mask, that kills it.
@test "a stop at any instant of the start ends it" {
    python3 - "$TEND" "$STUB" <<'END'
import random, signal, subprocess, sys, time
tend, stub = sys.argv[1:]
for i in range(60):
    for to in "main", "group":
        child = subprocess.Popen([tend, "--forward-to=" + to, stub, "pause"])
        time.sleep(random.random() * 0.004)
        child.send_signal(signal.SIGTERM)
        code = child.wait(timeout=5)
        assert code in (-15, 143), code
END
}
