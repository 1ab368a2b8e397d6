#!/usr/bin/env bats
# shellcheck disable=SC2154 # status, output and errors are the helpers'
# The kernel's out-of-memory killer, in containers with too little: whom it killed is told apart.

load docker

# The least with which the engine starts a container for certain, and more than tend and a stub take.
LITTLE=(--memory 32m --memory-swap 32m)

@test "a service that the kernel kills for want of memory ends with 137, and tend says why" {
    run_container "${LITTLE[@]}" "$IMAGE" --log-level=info /stub eat-memory
    equal "$status" 137
    like "$errors" '\[INFO\] stub with pid\([0-9]+\) was killed by SIGKILL \(out of memory\)\.'
}

@test "a service that somebody kills has not run out of memory" {
    start_container "${LITTLE[@]}" "$IMAGE" --restart=on-failure --restart-sec=0 \
        /stub say ready -- pause
    wait_for_output "$SOON" ready
    kill -KILL "$(service)"
    wait_for_log "$SOON" 'was killed by SIGKILL; restart 1 of 4 at once\.'
}

@test "out of memory is a failure that is restarted, until the limit is reached" {
    run_container "${LITTLE[@]}" "$IMAGE" --restart=on-failure --restart-sec=10ms \
        --start-limit-burst=3 --start-limit-interval-sec=1h /stub say run -- eat-memory
    equal "$status" 137
    equal "$output" $'run\nrun\nrun'
    like "$errors" 'was killed by SIGKILL \(out of memory\); restart 1 of 2 in 10ms\.'
    like "$errors" '\(out of memory\); not restarted: started 3 times within 1h, the limit\.'
}

@test "a part of the service that the kernel kills does not make the service's later death one for want of memory" {
    start_container "${LITTLE[@]}" "$IMAGE" --restart=on-failure --restart-sec=0 \
        /stub first 1 /runs orphan setsid eat-memory -- say ready -- pause
    wait_for_output "$SOON" ready
    wait_until "$SOON" only_one_child
    kill -KILL "$(service)"
    wait_for_log "$SOON" 'restart 1 of 4'
    unlike "$(log)" 'out of memory'
}

@test "OOMPolicy= says what becomes of a unit's service when the kernel kills a part of it" {
    unit Restart=on-failure RestartSec=0 \
        'ExecStart=/stub first 1 /runs orphan setsid eat-memory -- say ready -- pause'
    start_container "${LITTLE[@]}" "${UNIT[@]}" "$IMAGE" --unit=demo
    wait_for_log "$SOON" 'demo with pid\([0-9]+\) ran out of memory and was killed by SIGTERM; restart 1 of 4'
    wait_until "$SOON" has_lines 2 ready
    start_container "${LITTLE[@]}" "${UNIT[@]}" "$IMAGE" --unit=demo --oom-policy=continue
    wait_until "$SOON" only_one_child
    has_lines 1 ready
    unlike "$(log)" 'out of memory'
}

@test "tend itself survives all that its service's processes do to the memory" {
    start_container "${LITTLE[@]}" "$IMAGE" --restart=always --restart-sec=0 --start-limit-burst=0 \
        /stub times 4 child eat-memory -- times 4 orphan setsid eat-memory \
        -- first 10 /runs eat-memory -- signals TERM -- exit 6
    wait_for_output 60 ready
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 6
    equal "$(inspect '{{.RestartCount}}')" 0
}
