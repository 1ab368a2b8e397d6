#!/usr/bin/env bats
# shellcheck disable=SC2154 # status, output and errors are the helpers'
# The settings of Elastic's own unit, elasticsearch.service beside this file, to the letter. In
# Elasticsearch's place is a stub.

load ../docker/docker

FIXTURE=$BATS_TEST_DIRNAME/elasticsearch.service

# entrypoint STEP...: what the unit's command does, whatever its arguments.
# "${FILES[@]}" are then the options for the container.
entrypoint() {
    local script=$BATS_TEST_TMPDIR/systemd-entrypoint
    printf '#!/bin/sh\necho "arguments $*"\nexec stub %s\n' "$*" >"$script"
    chmod 755 "$script"
    FILES=(--volume "$PROGRAMS/tend:/usr/local/bin/tend:ro" --volume "$PROGRAMS/stub:/usr/local/bin/stub:ro"
        --volume "$script:/usr/share/elasticsearch/bin/systemd-entrypoint:ro"
        --volume "$FIXTURE:/usr/lib/systemd/system/elasticsearch.service:ro")
}

readonly RUN_IT=("$UNITS" tend --unit=elasticsearch)

@test "verify says what an operator should know about Elastic's unit, by line" {
    run "$PROGRAMS/tend" verify "$FIXTURE"
    equal "$status" 0
    says_of() { like "$output" "elasticsearch.service:$(grep --line-number "^$1" "$FIXTURE" | cut -d : -f 1): $1$2"; }
    says_of Type=notify '.*READY=1'
    says_of TimeoutStopSec=0 '.*waits for ever'
    says_of SendSIGKILL=no '.*never killed'
    says_of KillMode=process '.*only the main process'
    says_of LimitNPROC=4096 '.*whole host'
    says_of PrivateTmp= ' has no effect'
    like "$output" 'elasticsearch: Restart=.*does not restart'
}

@test "Elastic's unit finds its directory, its variables and its user" {
    entrypoint notify READY=1 -- report -- signals TERM -- exit 143
    start_container "${FILES[@]}" "${RUN_IT[@]}"
    wait_for_log "$SOON" 'Started elasticsearch with pid'
    wait_for_output "$SOON" ready
    output=$(output)
    like "$output" 'arguments -p /var/run/elasticsearch/elasticsearch.pid --quiet'
    like "$output" 'environment ES_SD_NOTIFY=true'
    like "$output" 'environment RUNTIME_DIRECTORY=/run/elasticsearch'
    equal "$(reported directory)" /usr/share/elasticsearch
    equal "$(reported limit nproc)" '4096 4096'
    equal "$(docker exec "$CONTAINER" stat --format %U /var/run/elasticsearch)" elasticsearch
}

@test "a start that never notifies is stopped after TimeoutStartSec=, which is a failure" {
    entrypoint signals TERM -- exit 143
    run_container "${FILES[@]}" --env TEND_TIMEOUT_START_SEC=1s "${RUN_IT[@]}"
    equal "$status" 124
    like "$output" 'signal TERM'
    like "$errors" 'has not started in time; sending SIGTERM'
}

@test "a stop is for the main process alone, and its 143 is a good end" {
    entrypoint child signals -- notify READY=1 -- signals TERM -- exit 143
    start_container "${FILES[@]}" "${RUN_IT[@]}"
    wait_for_log "$SOON" 'Started elasticsearch with pid'
    wait_until "$SOON" has_lines 2 ready
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 0
    has_lines 1 'signal TERM'
}

# simulate EVENT...: what becomes of a stop, on a clock that need not be waited for. As PID 1, tend would
# take the word for a command; in $output.
simulate() {
    run_container "${FILES[@]}" "$UNITS" sh -c 'tend simulate "$@"; exit' - --unit=elasticsearch \
        'ready after 20s' 'stop at 1min' "$@"
}

@test "what does not heed the stop is waited for without end and never killed" {
    entrypoint ignore TERM -- notify READY=1 -- pause
    simulate 'stops with 143 after 30d'
    like "$output" 'Stopped elasticsearch'
    unlike "$output" SIGKILL
    simulate 'ignores TERM'
    like "$output" 'Stopping elasticsearch'
    unlike "$output" 'SIGKILL|Stopped'
    like "$output" 'Nothing more happens: deactivating'
    # The engine has the last word.
    start_container "${FILES[@]}" "${RUN_IT[@]}"
    wait_for_log "$SOON" 'Started elasticsearch with pid'
    docker stop --time 2 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 137
    like "$(log | tail -n 1)" 'Stopping elasticsearch with pid.*SIGTERM\.\.\.'
}
