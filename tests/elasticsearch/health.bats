#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# What tend knows of Elasticsearch's health and does about it, what it is told to do, and what the engine sees of both:
# its HEALTHCHECK asks tend. The containers live through this file; each test takes them as it finds them.

load elasticsearch

VERSIONS=("$OLDEST" "$NEWEST")

label() { echo "tend.test=$RUN-health"; }
teardown() { :; }

setup_file() {
    IMAGE_WITH_CHECK=tend-test-health-$RUN
    export IMAGE_WITH_CHECK
    each make_image "${VERSIONS[@]}"
}

teardown_file() {
    remove_containers
    docker rmi --force "${VERSIONS[@]/#/$IMAGE_WITH_CHECK:}" >/dev/null
}

make_image() {
    printf '%s\n' "FROM $IMAGE:$1" 'HEALTHCHECK --interval=1s --timeout=20s --retries=1 --start-period=10m CMD ["tend", "health"]' |
        docker build --quiet --tag "$IMAGE_WITH_CHECK:$1" --label tend.made-by=tests/elasticsearch -
}

# For a stop, a thread dump comes first.
HEALTH='http://localhost:9200/_cluster/health?local=true'
SETTINGS=(--env "TEND_HEALTH_CHECK=$HEALTH" --env TEND_HEALTH_INTERVAL=1s --env TEND_HEALTH_TIMEOUT=2s
    --env TEND_HEALTH_RETRIES=3 --env TEND_HEALTH_START_PERIOD=10min
    --env TEND_TIMEOUT_START_SEC=10min --env "TEND_STOP_SCHEDULE=QUIT/3s TERM/15s KILL")

# Since 8.2 there is a port for it.
ready_check() {
    if has_launcher "$1"; then
        echo --env readiness.port=9399 --env TEND_READY_CHECK=tcp://localhost:9399?eof
    else
        echo --env "TEND_READY_CHECK=$HEALTH"
    fi
}

node() { CONTAINER=tend-test-health-$RUN-$1; }
tend() { docker exec "$CONTAINER" tend "$@"; }

# in_step STATUS: the engine's word, and what tend health ends with.
in_step() {
    local ended=0
    tend health >/dev/null || ended=$?
    equal "$ended $(inspect '{{.State.Health.Status}}')" "$([[ $1 == healthy ]] && echo 0 || echo 1) $1"
}

@test "X-ReadyCheck=: Elasticsearch counts as started when it answers; until then tend health fails and docker inspect says starting" {
    each becomes_ready "${VERSIONS[@]}"
}

becomes_ready() {
    local since
    since=$(now)
    # shellcheck disable=SC2046 # words
    IMAGE=$IMAGE_WITH_CHECK create "$1" --name "tend-test-health-$RUN-$1" "${LIGHT[@]}" "${SETTINGS[@]}" $(ready_check "$1")
    start
    soon server
    in_step starting
    soon says 'Started elasticsearch with pid'
    client up 1
    soon in_step healthy
}

@test "a server that is stopped, its port open, is unhealthy to tend and to the engine, gives a thread dump if it can, and is back without the engine" {
    each is_found_out "${VERSIONS[@]}"
}

is_found_out() {
    local since pid before
    node "$1"
    client fill 100
    since=$(now) pid=$(server) before=$(seen_by_the_engine)
    kill -STOP "$pid"
    # Whoever only connects believes that it lives.
    tend probe tcp://localhost:9200
    equal "$(tend probe "$HEALTH#timeout=500ms" >/dev/null 2>&1 || echo "$?")" 1
    soon says 'ERROR.*elasticsearch with pid\([0-9]+\) is unhealthy'
    soon in_step unhealthy
    soon in_step healthy
    equal "$(seen_by_the_engine)" "$before"
    gone "$pid"
    equal "$(client count "$PATIENCE")" 100
    gives_a_dump "$1"
}

seen_by_the_engine() { inspect '{{.State.StartedAt}} {{.RestartCount}} {{.State.Pid}}'; }

# The main process is woken up with each signal of the schedule: where that is the server, it dumps its threads, closes and
# exits. A launcher dumps its own, asks in vain a server that is stopped, and waits for it until both are killed.
gives_a_dump() {
    like "$(output "$since")" 'Full thread dump OpenJDK'
    if has_launcher "$1"; then
        says 'has not stopped in time; sending SIGKILL'
        says 'was unhealthy and was killed by SIGKILL; restart 1 of 4 in 1s\.'
        unlike "$(output "$since")" 'o\.e\.n\.Node .* closed'
    else
        says 'was unhealthy; restart 1 of 4 in 1s\.'
        unlike "$(log "$since")" SIGKILL
        like "$(output "$since")" 'Full thread dump OpenJDK.*o\.e\.n\.Node .* closed'
    fi
}

@test "tend restart while documents are written: in order, over when it answers again, and none is lost that was acknowledged" {
    each is_restarted "${VERSIONS[@]}"
}

is_restarted() {
    local acknowledged=$BATS_TEST_TMPDIR/acknowledged.$1 since before pid
    node "$1"
    since=$(now) before=$(seen_by_the_engine) pid=$(server)
    touch "$acknowledged"
    start_client write "$acknowledged"
    soon goes_on "$acknowledged" 0
    equal "$(tend start 2>&1)" "[WARN] Already running with pid($(status_of "$(main_process)" NSpid | sed 's/.* //'))."
    tend restart
    client up 1
    gone "$pid"
    soon grep '^back' "$acknowledged"
    soon in_step healthy
    end_helpers
    equal "$(client missing "$acknowledged" "$PATIENCE")" ""
    equal "$(seen_by_the_engine)" "$before"
    like "$(output "$since")" 'o\.e\.n\.Node .* closed'
    like "$(log "$since")" 'Stopping elasticsearch.*Stopped elasticsearch in.*Starting elasticsearch.*Started elasticsearch'
    unlike "$(log "$since")" SIGKILL
}

@test "tend stop ends Elasticsearch in order and leaves the container up, unhealthy, until docker stop" {
    each is_stopped "${VERSIONS[@]}"
}

is_stopped() {
    local since
    node "$1"
    since=$(now)
    tend stop
    like "$(output "$since")" 'o\.e\.n\.Node .* closed'
    equal "$(processes)" ""
    soon in_step unhealthy
    equal "$(tend stop 2>&1)" '[WARN] Not running.'
    equal "$(inspect '{{.State.Running}}')" true
    stop
    equal "$status" 0
}
