#!/usr/bin/env bats
# shellcheck disable=SC2154 # status, output and errors are the helpers'
# Containers that may next to nothing: tend works there, and the service gets no more than it needs.

load docker

NONE=0000000000000000
# What Docker gives without being asked: chown dac_override fowner fsetid kill setgid setuid setpcap
# net_bind_service net_raw sys_chroot mknod audit_write setfcap.
DOCKERS=00000000a80425fb
# kill setgid setuid setpcap: all that starting as root needs.
NEEDED=00000000000001e0
FEW=(--cap-drop ALL --cap-add SETUID --cap-add SETGID --cap-add SETPCAP --cap-add KILL)

# sets INHERITABLE PERMITTED EFFECTIVE BOUNDING AMBIENT: the service's capabilities, a 0 for none.
sets() {
    local name set
    for name in inheritable permitted effective bounding ambient; do
        set=$1
        [[ $set != 0 ]] || set=$NONE
        equal "$name $(reported capabilities $name)" "$name $set"
        shift
    done
}

# pid_1_keeps SET: in its permitted and effective set; nothing to be inherited, nothing ambient.
pid_1_keeps() {
    local pid
    pid=$(pid_1)
    equal "$(status_of "$pid" CapPrm) $(status_of "$pid" CapEff)" "$1 $1"
    equal "$(status_of "$pid" CapInh) $(status_of "$pid" CapAmb)" "$NONE $NONE"
}

# No options but these: what is said then is about them.
quiet() { equal "$errors" ""; }

@test "on a read-only root without any writable directory everything works" {
    run_container --read-only "$IMAGE" /stub report directory -- exit 3
    equal "$status $(reported directory)" "3 /"
    quiet
    unit Type=notify 'ExecStart=/stub notify READY=1 -- sleep 0.1 -- exit 4' User=1000
    run_container --read-only "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status" 4
    like "$errors" 'Started demo with pid'
}

@test "a directory that can't be made on a read-only root is a failure that is said, on a tmpfs it is made" {
    unit 'ExecStart=/stub report environment' RuntimeDirectory=demo User=1000
    run_container --read-only "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status" 125
    like "$errors" 'Cannot start /stub.* \(RUNTIME_DIRECTORY\): Read-only file system'
    run_container --read-only --tmpfs /run "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status" 0
    like "$output" 'RUNTIME_DIRECTORY=/run/demo'
}

@test "without any capability a service of the container's own user runs and is stopped" {
    run_container --cap-drop ALL "$IMAGE" /stub report
    ids 0 0 0
    sets 0 0 0 0 0
    quiet
    start_container --cap-drop ALL --security-opt no-new-privileges --user 12345 "$IMAGE" \
        /stub signals TERM -- exit 6
    wait_for_output "$SOON" ready
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 6
    equal "$(log)" ""
}

@test "without SETUID and SETGID root refuses to start what is to be another user, and says so" {
    run_container --cap-drop ALL "$IMAGE" --user=1000 /stub exit 0
    equal "$status" 125
    like "$errors" 'Cannot start /stub \(GROUP\): Operation not permitted'
}

@test "SETUID, SETGID, SETPCAP and KILL are all that starting as root takes, and the service has none of them" {
    unit 'ExecStart=/stub report -- signals TERM' User=1000 Group=0 SupplementaryGroups=5 \
        CapabilityBoundingSet= NoNewPrivileges=yes
    start_container --read-only "${FEW[@]}" "${UNIT[@]}" "$IMAGE" --unit=demo --log-level=warn
    wait_for_output "$SOON" ready
    output=$(output)
    ids 1000 0 5
    sets 0 0 0 0 0
    equal "$(reported no-new-privileges)" 1
    pid_1_keeps $NEEDED
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status $(log)" "0 "
}

@test "with what Docker gives, a service that is not root has no capability, and PID 1 keeps what it needs" {
    start_container "$IMAGE" --user=1000 --group=0 /stub report -- signals TERM
    wait_for_output "$SOON" ready
    output=$(output)
    ids 1000 0 0
    sets 0 0 0 $DOCKERS 0
    equal "$(reported no-new-privileges)" 0
    pid_1_keeps $NEEDED
    equal "$(status_of "$(pid_1)" CapBnd)" $DOCKERS
}

@test "for directories PID 1 keeps what makes and owns them, for a root service what that service has" {
    start_container "$IMAGE" --user=1000 --state-directory=demo /stub say ready -- pause
    wait_for_output "$SOON" ready
    pid_1_keeps 00000000000001fb
    start_container "$IMAGE" /stub report -- say ready -- pause
    wait_for_output "$SOON" ready
    pid_1_keeps $DOCKERS
    output=$(output)
    ids 0 0 0
    sets 0 $DOCKERS $DOCKERS $DOCKERS 0
}

@test "with --user 12345 the service is that user, and PID 1 can't be looked into by it" {
    local pid
    start_container --user 12345 "$IMAGE" /stub report -- signals
    wait_for_output "$SOON" ready
    output=$(output)
    ids 12345 0 0
    sets 0 0 0 $DOCKERS 0
    pid_1_keeps $NONE
    pid=$(pid_1)
    equal "$(status_of "$pid" Uid)" "12345 12345 12345 12345"
    # What is not dumpable belongs to root in /proc: proc(5).
    equal "$(stat --format %u "/proc/$pid/environ")" 0
    equal "$(stat --format %u "/proc/$(service)/environ")" 12345
    equal "$(log)" ""
}

@test "with --user 1000:0 what is asked for in the same words is had without a privilege" {
    unit 'ExecStart=/stub report' User=1000 Group=0 NoNewPrivileges=yes CapabilityBoundingSet=
    run_container --user 1000:0 --cap-drop ALL "${UNIT[@]}" "$IMAGE" --unit=demo --log-level=warn
    equal "$status" 0
    ids 1000 0 0
    sets 0 0 0 0 0
    quiet
    run_container --user 1000:0 "$IMAGE" --user=2000 --group=2000 /stub report
    ids 1000 0 0
    like "$errors" 'WARN.*not root: the service runs as uid 1000'
}

@test "no-new-privileges keeps tend from nothing that it does as root" {
    run_container --security-opt no-new-privileges "$IMAGE" --user=1000 --group=0 \
        --capability-bounding-set= /stub report
    equal "$status" 0
    ids 1000 0 0
    sets 0 0 0 0 0
    equal "$(reported no-new-privileges)" 1
    quiet
}

@test "without passwd and group numbers are users and groups, and unknown names are refused" {
    run_container "$IMAGE" --user=1234 --group=5 --supplementary-groups="7 8" /stub report
    ids 1234 5 5 7 8
    run_container "$IMAGE" --user=elastic /stub exit 0
    equal "$status" 125
    like "$errors" '--user=elastic: no such user in /etc/passwd'
}

@test "a unit's service has descriptors 0 to 2 alone, no signal blocked, SIGPIPE ignored alone" {
    unit 'ExecStart=/stub report descriptor blocked ignored'
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$(reported descriptor | cut -d ' ' -f 1 | xargs)" "0 1 2"
    equal "$(reported descriptor 0)" /dev/null
    equal "$(reported blocked)/$(reported ignored)" "/PIPE"
}

@test "limits that the engine gives can be lowered, one out of reach is lowered to the most and said" {
    run_container --ulimit nofile=1000:2000 "$IMAGE" --limit-nofile=500:65536 --limit-core=0 \
        /stub report limit
    equal "$status" 0
    equal "$(reported limit nofile)" "500 2000"
    equal "$(reported limit core)" "0 0"
    like "$errors" 'LimitNOFILE=65536 is out of reach, 2000 is used'
}

@test "on the host's network two containers do not get into each other's way" {
    local first i
    unit Type=notify NotifyAccess=all 'ExecStart=/stub notify READY=1 -- signals TERM'
    for i in 1 2; do
        NETWORK=host start_container --read-only "${UNIT[@]}" "$IMAGE" --unit=demo
        first=${first:-$CONTAINER}
    done
    for CONTAINER in "$CONTAINER" "$first"; do
        wait_for_log "$SOON" 'Started demo with pid'
        docker stop --time 60 "$CONTAINER" >/dev/null
        wait_for_end "$SOON"
        equal "$status" 0
    done
    unlike "$(log)" 'WARN|ERROR'
}

# A service that ends at USR1, in a container where by then no process can be had any more: the engine
# itself needs some to start it.
nothing_starts() {
    start_container --pids-limit 100 "$IMAGE" --restart=always --restart-sec=100ms \
        --start-limit-burst=0 /stub signals USR1 -- exit 3
    wait_for_output "$SOON" ready
    docker update --pids-limit 1 "$CONTAINER" >/dev/null
    docker kill --signal USR1 "$CONTAINER" >/dev/null
    wait_until "$SOON" failed_to_fork 2
}

failed_to_fork() {
    local count
    count=$(log | grep --count 'Cannot fork for stub: Resource temporarily unavailable')
    ((count >= $1))
}

@test "where the pids limit lets nothing start, tend tries again by the policy, until it works" {
    nothing_starts
    docker update --pids-limit 100 "$CONTAINER" >/dev/null
    wait_until "$SOON" has_lines 2 ready
}

@test "where the pids limit lets nothing start, a stop is heard" {
    nothing_starts
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 143
}
