#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# The oldest and the newest Elasticsearch on a Docker engine of the test's own: one that loses its power, and one whose
# `docker run --init` brings tend into an image that knows nothing of it.

load elasticsearch

VERSIONS=("$OLDEST" "$NEWEST")

setup_file() {
    switch_on
    env --unset=DOCKER_HOST docker save "${VERSIONS[@]/#/$IMAGE:}" "${VERSIONS[@]/#/elasticsearch:}" | docker load >/dev/null
}

teardown_file() {
    switch_off
    rm -rf "${MACHINE:?}"
}

# ---- a machine -------------------------------------------------------------------------------------

# Of a machine it has what a power cut takes away: processes, mounts, network, /run; these are namespaces of its own, and
# die with their first process. On its disk is what is below MACHINE, but for run.
switch_on() {
    MACHINE=$BATS_FILE_TMPDIR/machine
    mkdir -p "$MACHINE"/{run,disk}
    # By this name the engine knows what kind of init it is.
    [[ -e $MACHINE/docker-init ]] || copy_tend "$MACHINE/docker-init"
    unshare --pid --mount --net --fork --mount-proc --kill-child "$BATS_TEST_DIRNAME/machine" "$MACHINE" "$RUN" \
        >>"$MACHINE/log" 2>&1 </dev/null 3>&- &
    echo $! >"$MACHINE/pid"
    export MACHINE DOCKER_HOST=unix://$MACHINE/docker.sock
    wait_until "$SOON" docker version
}

copy_tend() {
    local id
    id=$(docker create "$IMAGE:$NEWEST")
    docker cp "$id:/usr/local/bin/tend" "$1"
    docker rm "$id" >/dev/null
}

# The first process within.
inner_init() { children_of "$(<"$MACHINE/pid")" | grep .; }

# All at once, and without a word to anybody.
cut_power() {
    local pid
    pid=$(inner_init)
    kill -KILL "$pid"
    wait_until "$SOON" gone "$pid"
    wait_until "$SOON" gone "$(<"$MACHINE/pid")"
    forget_groups
}

# A machine's control groups go with it as well. Those that are left are empty.
forget_groups() { find /sys/fs/cgroup -depth -type d -path "*/tend-test-$RUN*" -exec rmdir {} + 2>/dev/null || true; }

switch_off() {
    [[ ! -e $MACHINE/pid ]] || gone "$(<"$MACHINE/pid")" || cut_power
    unset DOCKER_HOST
}

# within COMMAND...: in the machine.
within() { nsenter --target "$(inner_init)" --mount --net --pid "$@"; }

# Both versions share the machine's network, so each has its port.
port_of() { echo "92${1%%.*}0"; }

# client COMMAND...: see client.py. It is a process of the machine, and loses power with it.
client() {
    PORT=$(inspect '{{index .Config.Labels "port"}}') \
        nsenter --target "$(inner_init)" --net --pid python3 "$BATS_TEST_DIRNAME/client.py" "$@"
}

# on_machine NAME VERSION IMAGE [OPTION...] [-- ARGUMENT...]: starts a container.
on_machine() {
    local version=$2 image=$3 options=()
    CONTAINER=$1
    shift 3
    while (($#)) && [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    docker run --detach --name "$CONTAINER" --network host --label "port=$(port_of "$version")" \
        --env "http.port=$(port_of "$version")" "${LIGHT[@]}" "${options[@]}" "$image:$version" "${@:2}" >/dev/null
}

teardown() { docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null; }

# ---- what is promised ------------------------------------------------------------------------------

@test "a power cut: with --restart unless-stopped Elasticsearch is back with all documents that were acknowledged" {
    local version cut
    each is_writing "${VERSIONS[@]}"
    cut_power
    cut=$(microseconds)
    switch_on
    each is_back "${VERSIONS[@]}"
}

is_writing() {
    local acknowledged=$BATS_TEST_TMPDIR/acknowledged.$1
    on_machine "cut-$1" "$1" "$IMAGE" --restart unless-stopped
    wait_until_up
    touch "$acknowledged"
    client write "$acknowledged" &
    soon has_begun "$acknowledged"
}

has_begun() { (($(wc -l <"$1") > 500)); }

is_back() {
    CONTAINER=cut-$1
    wait_until_up
    record "$1" "back after a power cut" "$(seconds $(($(microseconds) - cut)))"
    equal "$(client missing "$BATS_TEST_TMPDIR/acknowledged.$1" "$PATIENCE")" ""
    equal "$(inspect '{{.State.Running}}')" true
    unlike "$(output)" 'obtain node lock'
    stop
    equal "$status" 0
}

@test "docker run --init with tend as the engine's init, told everything by TEND_... variables, runs Elastic's own image" {
    each runs_by_variables "${VERSIONS[@]}"
}

# What elasticsearch.service says, in variables.
SETTINGS=(TEND_USER=1000 TEND_GROUP=0 TEND_KILL_MODE=mixed TEND_TIMEOUT_STOP_SEC=2min
    "TEND_SUCCESS_EXIT_STATUS=143 SIGTERM" TEND_RESTART=always TEND_RESTART_SEC=1s
    "TEND_RESTART_PREVENT_EXIT_STATUS=64 78" TEND_START_LIMIT_BURST=5 TEND_START_LIMIT_INTERVAL_SEC=10min
    TEND_CAPABILITY_BOUNDING_SET= TEND_NO_NEW_PRIVILEGES=yes TEND_LOG_LEVEL=info)

# An image with an init of its own needs none: what that would start is started.
runs_by_variables() {
    local pid
    on_machine "init-$1" "$1" elasticsearch --init --entrypoint /usr/local/bin/docker-entrypoint.sh \
        "${SETTINGS[@]/#/--env=}" -- eswrapper
    wait_until_up
    equal "$(within sha256sum "/proc/$(inspect '{{.State.Pid}}')/exe" | cut -c 1-64)" "$(sha256sum <"$MACHINE/docker-init" | cut -c 1-64)"
    # As the container sees it: PID 1, and who is below it.
    pid=$(docker exec "$CONTAINER" sed 's/ *$//' /proc/1/task/1/children)
    docker exec "$CONTAINER" cat "/proc/$pid/status" >"$BATS_TEST_TMPDIR/status.$1"
    like "$(tr '\t' ' ' <"$BATS_TEST_TMPDIR/status.$1")" 'Uid: 1000 1000 1000 1000.*Gid: 0 0 0 0.*CapPrm: 0000000000000000.CapEff: 0000000000000000.*NoNewPrivs: 1'
    unlike "$(docker exec "$CONTAINER" cat "/proc/$pid/environ" | tr '\0' ' ')" TEND_
    docker exec "$CONTAINER" kill -KILL "$pid"
    soon said_restart
    wait_until_up
    stop
    equal "$status" 0
    like "$(output)" 'o\.e\.n\.Node .* closed'
}

said_restart() { log | grep 'was killed by SIGKILL; restart 1 of 4 in 1s'; }
