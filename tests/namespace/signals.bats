#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# What becomes of a signal that somebody sends to tend.

load ../helpers/namespace

# TERM, INT and RTMIN+3 ask for a stop; nobody can catch KILL and STOP; CHLD tells of a child's end; TTIN
# and TTOU are what a terminal sends to a background process, which PID 1 may well be.
not_forwarded=(2 9 15 17 19 21 22 37)

# As stub writes it. 32 and 33 have no name: C libraries keep them for themselves.
name_of() {
    if (($1 < 32)); then
        kill -l "$1"
    elif (($1 < 34)); then
        echo "$1"
    else
        echo "RTMIN+$(($1 - 34))"
    fi
}

every_signal_arrives() {
    local signal expected=()
    start_tend "$STUB" signals
    wait_for_output 5 ready
    for ((signal = 1; signal <= 64; signal++)); do
        [[ " 2 9 15 17 19 37 " == *" $signal "* ]] || kill -n "$signal" "$TEND_PID"
        # The kernel drops a SIGCONT that is still pending when a stop signal comes: signal(7).
        ((signal != 18)) || wait_until 5 has_lines 1 '^signal CONT'
        [[ " ${not_forwarded[*]} " == *" $signal "* ]] || expected+=("signal $(name_of "$signal") from ${1}")
    done
    wait_until 5 has_lines "${#expected[@]}" '^signal'
    equal "$(sed 1d "$OUTPUT" | sort)" "$(printf '%s\n' "${expected[@]}" | sort)"
    unlike "$(status_of "$TEND_PID" State)" '^[Tt]'
    kill_started
}

@test "every other signal from 1 to 64 is forwarded, once; TTIN and TTOU do not stop tend" {
    every_signal_arrives 1
    not_as_pid_1
    every_signal_arrives 2
}

@test "signals from inside count like those from outside: the service stops and signals itself by PID 1" {
    run_tend sh -c 'trap "exit 7" USR2; kill -s USR2 $PPID; while :; do sleep 0.01; done'
    equal "$status" 7
    run_tend sh -c 'kill -s TERM $PPID; while :; do sleep 0.01; done'
    equal "$status" 143
}

@test "TERM, INT and RTMIN+3 stop a bare command by the signal that came" {
    local signal
    for signal in TERM INT RTMIN+3; do
        start_tend --log-level=info "$STUB" signals "$signal" -- exit 7
        wait_for_output 5 ready
        send "$signal"
        wait_for_end 5
        equal "$status" 7
        like "$(log)" "Stopping stub with pid\([0-9]+\), SIG${signal/+/[+]}\.\.\."
    done
}

@test "X-StopOn= names the signals that stop, and the others are forwarded then" {
    start_tend --log-level=info --stop-on="HUP USR2" "$STUB" signals USR2 -- exit 7
    wait_for_output 5 ready
    send TERM
    wait_for_output 5 '^signal TERM from 1$'
    unlike "$(log)" Stopping
    send USR2
    wait_for_end 5
    equal "$status" 7
    like "$(log)" "Stopping stub with pid\([0-9]+\), SIGUSR2"
}

@test "KillSignal= is what a stop sends, and itself a stop: images have STOPSIGNAL WINCH, QUIT" {
    local signal
    for signal in TERM WINCH; do
        start_tend --log-level=info --kill-signal=WINCH "$STUB" signals WINCH -- exit 7
        wait_for_output 5 ready
        send "$signal"
        wait_for_end 5
        equal "$status" 7
        like "$(log)" "Stopping stub with pid\([0-9]+\), SIGWINCH"
    done
}

@test "a signal goes to the main process alone, and with X-ForwardTo=group to its group" {
    start_tend "$STUB" child signals -- signals
    wait_until 5 has_lines 2 ready
    send USR1
    wait_for_output 5 '^signal USR1 from 1$'
    kill -s USR2 "$(children_of "$(service)")"
    wait_for_output 5 '^signal USR2 from 0$'
    has_lines 1 '^signal USR1'

    start_tend --forward-to=group "$STUB" child signals -- orphan signals -- signals
    wait_until 5 has_lines 3 ready
    send USR1
    wait_until 5 has_lines 3 '^signal USR1 from 1$'
}

@test "of real-time signals, which queue, none is lost" {
    local i
    start_tend "$STUB" signals
    wait_for_output 5 ready
    for ((i = 0; i < 50; i++)); do
        send RTMIN+5
    done
    wait_until 5 has_lines 50 '^signal RTMIN\+5 from 1$'
}

@test "the end of an orphan is no SIGCHLD for the service" {
    local end=$BATS_TEST_TMPDIR/end
    start_tend "$STUB" times 5 orphan await "$end" -- signals
    wait_for_output 5 ready
    touch "$end"
    wait_until 5 has_processes 1
    send USR1
    wait_for_output 5 '^signal USR1'
    has_lines 1 '^signal'
}

@test "a signal for a service that does not run is no harm" {
    local marks=$BATS_TEST_TMPDIR/marks
    start_tend --restart=always --restart-sec=100ms --start-limit-burst=0 "$STUB" \
        first 1 "$marks" exit 1 -- signals
    wait_for_log 5 'restart in 100ms'
    send USR1
    send HUP
    wait_for_output 5 ready
    send USR2
    wait_for_output 5 '^signal USR2 from 1$'
}
