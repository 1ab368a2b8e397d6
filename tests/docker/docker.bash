# tend as PID 1 of Docker's containers. In a .bats file: load docker         shellcheck shell=bash
#
#   @test "the status of the service is the status of the container" {
#       run_container "$IMAGE" /stub exit 3
#       equal "$status" 3
#   }
#
#   @test "a stop is sent on" {
#       start_container "$IMAGE" /stub signals TERM -- exit 7
#       wait_for_output 5 ready
#       docker stop "$CONTAINER"
#       wait_for_end 5
#       equal "$status" 7
#   }
#
# IMAGE and DEBIAN are setup_suite.bash's. Whatever a test starts is removed after it, and if the test
# failed, what the container said is shown. A file with a teardown of its own calls remove_containers
# there, and show_failure first.

# shellcheck disable=SC2034 # SOON, UNIT, status and output are for the tests

load ../helpers/common

# How long a busy machine may take for what is a moment's work.
SOON=20

# Whose the containers of this test are.
label() { echo "tend.test=$RUN.$BATS_SUITE_TEST_NUMBER"; }

# docker_run OPTION... IMAGE [ARG]...: without a network, which is most of what a start costs, unless
# NETWORK names one.
docker_run() {
    docker run --label tend.made-by=tests/docker --label "$(label)" --network "${NETWORK:-none}" "$@"
}

# start_container [OPTION]... IMAGE [ARG]...: in the background, its id in $CONTAINER.
start_container() {
    CONTAINER=$(docker_run --detach "$@")
}

# run_container [OPTION]... IMAGE [ARG]...: until it ends; its standard output in $output, its standard
# error in $errors, its status in $status.
run_container() {
    status=0
    output=$(docker_run --rm "$@" 2>"$BATS_TEST_TMPDIR/errors" </dev/null) || status=$?
    errors=$(<"$BATS_TEST_TMPDIR/errors")
}

# unit LINE...: "${UNIT[@]}" are then the options with which --unit=demo finds a unit of these lines.
unit() {
    printf '%s\n' '[Service]' "$@" >"$BATS_TEST_TMPDIR/demo.service"
    UNIT=(--volume "$BATS_TEST_TMPDIR/demo.service:/etc/systemd/system/demo.service:ro")
}

# inspect FORMAT: of $CONTAINER.
inspect() { docker inspect --format "$1" "$CONTAINER"; }

# The pid of the container's PID 1, as seen from here.
pid_1() { inspect '{{.State.Pid}}'; }

# The pid, seen from here, of PID 1's first child.
service() { children_of "$(pid_1)" | head -n 1 | grep .; }

# PID 1 has reaped all that it may have but the service.
only_one_child() { equal "$(children_of "$(pid_1)" | wc -l)" 1; }

output() { docker logs "$CONTAINER" 2>/dev/null; }
# shellcheck disable=SC2069 # it is standard error that is wanted
log() { docker logs "$CONTAINER" 2>&1 >/dev/null; }

wait_for_output() { wait_until "$1" has_line output "$2"; }
wait_for_log() { wait_until "$1" has_line log "$2"; }

has_line() { "$1" | grep --text --extended-regexp -e "$2"; }

# has_lines COUNT REGEX: standard output has exactly so many lines that match.
has_lines() { equal "$(output | grep --text --extended-regexp --count -e "$2")" "$1"; }

# wait_for_end SECONDS: its status is then in $status.
wait_for_end() {
    status=$(timeout "$1" docker wait "$CONTAINER") && return
    echo "It has not ended in ${1}s."
    return 1
}

# reported WHAT...: what `stub report` printed in $output, without the words before the value.
reported() { sed --quiet "s/^$* \?//p" <<<"$output"; }

remove_containers() {
    local ids
    mapfile -t ids < <(docker ps --all --quiet --filter "label=$(label)")
    ((${#ids[@]} == 0)) || docker rm --force --volumes "${ids[@]}" >/dev/null
}

show_failure() {
    local id
    [[ -z ${BATS_TEST_COMPLETED:-} ]] || return 0
    echo "--- status ${status-}, output"
    tail -n 60 <<<"${output-}"
    echo "--- errors"
    tail -n 60 <<<"${errors-}"
    for id in $(docker ps --all --quiet --filter "label=$(label)" | head -n 5); do
        docker inspect --format '--- {{.Config.Cmd}}: {{.State.Status}} {{.State.ExitCode}}' "$id"
        docker logs --tail 50 "$id" 2>&1
    done
}

teardown() {
    show_failure
    remove_containers
}
