#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# What the repository offers to start Elasticsearch with: the compose file, and the last step of make run.

load elasticsearch

setup_file() {
    PROJECT=tend-test-$RUN DEMO=tend-test-$RUN-demo
    export PROJECT DEMO
    have_compose
    # Both name their image tend-elasticsearch, whatever IMAGE is.
    PORT=$(free_port) compose up --detach --no-build
}

teardown_file() {
    compose down --volumes
    docker rm --force --volumes "$DEMO" >/dev/null 2>&1 || true
    docker volume rm --force "$DEMO-$NEWEST" >/dev/null
}

# Docker's own plugin, or the program that was before it.
have_compose() {
    docker compose version >/dev/null 2>&1 && return
    # shellcheck source=/dev/null
    (source "$ROOT/docker/common.bash" && need docker-compose docker-compose)
}

compose() { compose_of compose.yaml "$@"; }

# compose_of FILE ARGUMENT...: of docker/.
compose_of() {
    local command=(docker compose)
    "${command[@]}" version >/dev/null 2>&1 || command=(docker-compose)
    env --unset=ES_VERSION "${command[@]}" --project-name "$PROJECT" --file "$ROOT/docker/$1" "${@:2}" 2>&1
}

@test "make run's last step: Elasticsearch answers on the port, the second time at once, and what to try next is said" {
    local port begun
    port=$(free_port)
    NAME=$DEMO PORT=$port "$ROOT/docker/run-demo" >"$BATS_TEST_TMPDIR/first" 2>&1 || { cat "$BATS_TEST_TMPDIR/first" && false; }
    like "$(<"$BATS_TEST_TMPDIR/first")" "Elasticsearch $NEWEST answers on port $port.*docker stop $DEMO"
    like "$(curl --silent "localhost:$port/_cluster/health")" '"status":"green"'
    CONTAINER=$DEMO
    equal "$(readlink "/proc/$(pid_1)/exe")" /usr/local/bin/tend
    begun=$SECONDS
    NAME=$DEMO PORT=$port "$ROOT/docker/run-demo" >"$BATS_TEST_TMPDIR/second"
    unlike "$(<"$BATS_TEST_TMPDIR/second")" 'Creating|Starting Elasticsearch'
    between $((SECONDS - begun)) 0 10
    # What it says to try.
    eval "$(sed -n 's/^ *\(docker exec .* bash -c .*\)/\1/p' "$BATS_TEST_TMPDIR/second")"
    soon comes_back
    stop
    equal "$status" 0
}

comes_back() { log | grep 'was killed by SIGKILL; restart 1 of 4 in 1s'; }

@test "compose.yaml: up, healthy, and down in order with 0" {
    local asked
    CONTAINER=$(compose ps --quiet elasticsearch)
    soon is_healthy
    client up "$SOON"
    asked=$(now)
    compose stop
    equal "$(inspect '{{.State.Status}} {{.State.ExitCode}}')" "exited 0"
    like "$(output "$asked")" 'o\.e\.n\.Node .* closed'
    equal "$(inspect '{{.HostConfig.RestartPolicy.Name}}')" unless-stopped
}

is_healthy() { [[ $(inspect '{{.State.Health.Status}}') == healthy ]]; }

# No swarm is made for it: what its engine understands is what this understands.
@test "swarm.yaml is a compose file of the version that a swarm takes, with the image that compose.yaml has" {
    local swarm
    swarm=$(compose_of swarm.yaml config)
    like "$swarm" 'image: tend-elasticsearch:9\.2\.4'
    like "$swarm" 'stop_grace_period: (150s|2m30s)'
}
