# Before the first and after the last test of this tier. shellcheck shell=bash
#
#   RUN        names what this run makes in Docker
#   IMAGE      tend-elasticsearch; IMAGE=NAME in the environment takes NAME:VERSION instead
#   NETWORK    a bridge of this run's own
#   RESULTS    a directory for what was measured: see `record`

setup_suite() {
    RUN=$$-$RANDOM
    ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
    IMAGE=${IMAGE:-tend-elasticsearch}
    NETWORK=tend-test-$RUN
    RESULTS=$BATS_SUITE_TMPDIR/results
    export RUN IMAGE NETWORK RESULTS
    mkdir "$RESULTS"
    "$ROOT/docker/engine" start
    docker network create --label tend.made-by=tests/elasticsearch "$NETWORK" >/dev/null
}

# Whatever a test has left behind.
teardown_suite() {
    local ids
    mapfile -t ids < <(docker ps --all --quiet --filter "label=tend.run=$RUN")
    ((${#ids[@]} == 0)) || docker rm --force --volumes "${ids[@]}" >/dev/null
    docker network rm "$NETWORK" >/dev/null
}
