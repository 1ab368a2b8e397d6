#!/usr/bin/env bats
# bats file_tags=long
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Whatever is done to its sockets, tend answers, a stop is honoured in time, and nothing grows.

load ../helpers/namespace
load ../helpers/control

# The longest that a stop, and an answer, may take under attack, in milliseconds. The machine may be busy.
BOUND=3000

attackers=()

setup() { with 'mount -t tmpfs none /run'; }

teardown() {
    show_failure
    end_attacks
    kill_started
    no_sanitizer_report
}

# start_victim [COMMAND...]: a service that anybody in it may notify, and that takes its time for nothing.
start_victim() {
    (($#)) || set -- "$STUB" notify READY=1 -- say ready -- signals TERM
    unit "Type=notify
NotifyAccess=all
ExecStart=$*"
    start_tend --unit="$UNIT" --log-level=error
    wait_until 10 is_in_state running
}

# start_attacker ATTACK: a victim whose own child does it, when what PID 1 has without it is known.
start_attacker() {
    local go=$BATS_TEST_TMPDIR/go
    start_victim "$STUB" notify READY=1 -- child await "$go" and exec python3 "$ROOT/tests/helpers/abuse.py" "$1" notify -- signals TERM
    use_all_once
    touch "$go"
    wait_for_output 20 begun
}

# attack WORDS...: abuse.py in tend's namespaces, in the background; returns when it is under way.
attack() {
    local begun=$BATS_TEST_TMPDIR/begun.${#attackers[@]}
    inside_tend python3 "$ROOT/tests/helpers/abuse.py" "$@" >"$begun" </dev/null &
    attackers+=($!)
    wait_until 20 has_line begun "$begun"
}

end_attacks() {
    local attacker
    for attacker in "${attackers[@]}"; do
        # A shell, timeout, nsenter, and what that has started.
        kill -KILL "$(descendant_of "$attacker" 3)" 2>/dev/null || true
        wait "$attacker" || true
    done
    attackers=()
}

# What PID 1 has: KiB of memory of its own, and descriptors. The sanitizers' memory is not tend's, and neither is its
# file, which has dirty pages just after it was built.
possessions() {
    local open=("/proc/$TEND_PID/fd/"*) memory=0
    [[ $TEND == */sanitize/* ]] || memory=$(memory Anonymous)
    echo "$memory ${#open[@]}"
}

# What is used for the first time is no growth: one of all that is asked for below.
use_all_once() {
    ask show
    ask health
    ask kill URG
    inside_tend setpriv --reuid 12345 --clear-groups "$TEND" status 2>/dev/null || true
    inside_tend env NOTIFY_SOCKET=/run/tend/notify "$STUB" notify STATUS=stranger
    possessed=$(possessions)
}

# Less memory it may have: with the last client, what answering has taken is given back.
possesses_no_more() {
    local now
    now=$(possessions)
    echo "memory and descriptors: $now, and before $possessed"
    [[ ${now% *} -le ${possessed% *} && ${now#* } -eq ${possessed#* } ]]
}

answers_in_time() {
    local begun
    begun=$(microseconds)
    ask status
    equal "$status" 0
    between $((($(microseconds) - begun) / 1000)) 0 "$BOUND"
}

stops_in_time() {
    local begun
    begun=$(microseconds)
    send TERM
    wait_for_end 20
    equal "$status" 0
    between $((($(microseconds) - begun) / 1000)) 0 "$BOUND"
}

# withstands ATTACK ADDRESS: answers during it, has no more after it than before, and stops during another.
withstands() {
    use_all_once
    attack "$@"
    answers_in_time
    answers_in_time
    end_attacks
    wait_until 10 possesses_no_more
    attack "$@"
    stops_in_time
}

notify_socket=/run/tend/notify
control_socket() { control_name "$TEND_PID"; }

@test "a flood of datagrams from a stranger" {
    start_victim
    withstands datagrams "$notify_socket"
}

@test "a flood of datagrams from another user" {
    start_victim
    withstands datagrams "$notify_socket" 12345
}

@test "a flood of datagrams from the service itself, of which it is heard" {
    start_attacker datagrams
    like "$(property StatusText)" '^x{500}$'
    answers_in_time
    wait_until 5 possesses_no_more
    stops_in_time
}

@test "a flood of datagrams from deep down in the service, where nobody is looked for any more" {
    start_attacker deep
    equal "$(property StatusText)" ""
    answers_in_time
    stops_in_time
}

@test "malformed and oversized datagrams, with descriptors" {
    start_victim
    withstands malformed "$notify_socket"
}

@test "malformed and oversized datagrams from the service itself" {
    start_attacker malformed
    answers_in_time
    wait_until 5 possesses_no_more
    stops_in_time
}

@test "ten thousand connections, one after the other" {
    start_victim
    withstands connections "$(control_socket)"
}

@test "ten thousand connections at a time that say nothing" {
    start_victim
    withstands crowd "$(control_socket)"
}

@test "ten thousand connections of a user who may not ask" {
    start_victim
    withstands crowd "$(control_socket)" 12345
}

@test "callers that never say anything keep nobody out" {
    start_victim
    withstands callers "$(control_socket)"
}

@test "requests that are none" {
    start_victim
    withstands nonsense "$(control_socket)"
}

@test "clients that never read" {
    start_victim
    withstands deaf "$(control_socket)"
}

@test "a hundred clients that wait for a stop keep nobody out, and a signal still ends it" {
    start_victim "$STUB" notify READY=1 -- say ready -- signals USR1
    use_all_once
    attack waiting "$(control_socket)"
    wait_for_output 5 '^signal TERM'
    ask status
    equal "$status" 3
    like "$said" 'deactivating \(stop-sigterm\)'
    ask stop
    equal "$status $said $complaint" "1  [ERROR] Too many clients wait already, try --no-block."
    ask stop --no-block
    equal "$status" 0
    end_attacks
    wait_until 5 possesses_no_more
    attack waiting "$(control_socket)"
    ask kill USR1
    wait_until 5 is_in_state dead
    wait_until 5 possesses_no_more
    stops_in_time
}

@test "descriptors whose close would wait for a minute" {
    local attacker
    for attacker in 0 12345; do
        start_victim
        use_all_once
        attack lingering-notices "$notify_socket" "$attacker"
        answers_in_time
        attack lingering-requests "$(control_socket)" "$attacker"
        answers_in_time
        attack lingering-nothing "$(control_socket)" "$attacker"
        answers_in_time
        wait_until 5 possesses_no_more
        stops_in_time
        end_attacks
    done
}

@test "descriptors whose close waits for the kernel, some always on their way" {
    start_victim
    withstands slow-notices "$notify_socket" 12345
    end_attacks
    start_victim
    withstands slow-requests "$(control_socket)" 12345
}

@test "all of it at once" {
    start_victim
    use_all_once
    attack datagrams "$notify_socket"
    attack malformed "$notify_socket"
    attack nonsense "$(control_socket)"
    attack callers "$(control_socket)"
    attack connections "$(control_socket)" 12345
    answers_in_time
    end_attacks
    wait_until 10 possesses_no_more
    attack datagrams "$notify_socket"
    attack nonsense "$(control_socket)"
    stops_in_time
}

# sleeps SECONDS: for so long tend uses no processor.
sleeps() {
    local before
    before=$(ticks)
    sleep "$1"
    equal "$(ticks)" "$before"
}

@test "few descriptors, and none for a client, keep nobody busy" {
    BEFORE=(prlimit --nofile=12:100)
    start_tend "$STUB" say ready -- signals TERM
    wait_for_output 5 ready
    sleeps 0.5
    ask status
    equal "$status" 0
    prlimit --pid "$TEND_PID" --nofile=3:100
    ask_meanwhile status
    wait_until 5 has_asked
    sleeps 0.5
    asks
    prlimit --pid "$TEND_PID" --nofile=12:100
    answered 5
    equal "$status" 0
    prlimit --pid "$TEND_PID" --nofile=3:100
    ask_meanwhile status
    stops_in_time
}
