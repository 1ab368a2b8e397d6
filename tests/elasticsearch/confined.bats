#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# The oldest and the newest Elasticsearch under tend in containers that may do less than usual.

load elasticsearch

# works VERSION BOUNDING OPTION...: starts, has no privilege (see unprivileged), comes back from a kill -9 with its documents,
# and stops in order.
works() {
    local version=$1 bounding=$2 main
    shift 2
    create "$version" "${LIGHT[@]}" "$@"
    start
    wait_until_up
    # shellcheck disable=SC2046 # words
    unprivileged "$bounding" $(processes)
    client fill 100
    main=$(main_process)
    kill -KILL "$main"
    soon gone "$main"
    soon server
    wait_until_up
    equal "$(client count "$PATIENCE")" 100
    like "$(log)" 'was killed by SIGKILL; restart 1 of 4 in 1s'
    stop
    equal "$status" 0
    like "$(output)" 'o\.e\.n\.Node .* closed'
}

# Where Elasticsearch itself writes. What is in the image goes into a new volume.
WRITABLE=(--tmpfs /tmp --volume /usr/share/elasticsearch/data --volume /usr/share/elasticsearch/logs
    --volume /usr/share/elasticsearch/config)

# To become another user with less, and to send signals to it.
OF_ROOT=(--cap-add SETUID --cap-add SETGID --cap-add SETPCAP --cap-add KILL)

@test "read-only, no new privileges, and no capabilities but four where it starts as root: it works as ever" {
    each works_locked_up "$OLDEST" "$NEWEST"
}

works_locked_up() {
    local capabilities=(--cap-drop ALL)
    has_launcher "$1" || capabilities+=("${OF_ROOT[@]}")
    works "$1" "$NOTHING" --read-only "${WRITABLE[@]}" "${capabilities[@]}" --security-opt no-new-privileges
}

@test "started by the engine as the other user than usual, it works as ever" {
    at_once "works_as_user $OLDEST" "works_as_root $NEWEST"
}

# Only root can take from the bounding set; the engine's remains, and helps nobody who may not gain privileges.
works_as_user() { works "$1" "$(engine_bounding_set)" --user 1000:0; }

works_as_root() { works "$1" "$NOTHING" --user 0:0; }

engine_bounding_set() {
    docker run --rm --network none --entrypoint /bin/sed "$IMAGE:$OLDEST" -n 's/^CapBnd:\t//p' /proc/self/status
}
