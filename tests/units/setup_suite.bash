# Before the first and after the last test of this tier: what all of them need. shellcheck shell=bash
#
#   UNITS    Debian bookworm with the packages of Dockerfile; tend is not in it
#   PROGRAMS a directory with the tend that is tried, and stub
#   SYSTEMD  a container where real systemd starts Elasticsearch while the other tests run

setup_suite() {
    ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
    RUN=$$.$RANDOM UNITS=tend-test-units PROGRAMS=$BATS_SUITE_TMPDIR/programs
    SYSTEMD=tend-test-$RUN-systemd
    export ROOT RUN UNITS PROGRAMS SYSTEMD
    "$ROOT/docker/engine" start
    # shellcheck source=tests/helpers/programs.bash
    source "$ROOT/tests/helpers/programs.bash"
    get_programs
    get_bookworm
    build "$UNITS" "$ROOT/tests/units"
    # shellcheck source=tests/units/systemd.bash
    source "$ROOT/tests/units/systemd.bash"
    # Where it fails, it is the tests in systemd.bats that have failed.
    start_systemd || true
}

teardown_suite() { docker rm --force --volumes "$SYSTEMD" >/dev/null; }

# Pulled, or made here where that can't be.
get_bookworm() {
    local image=debian:bookworm-slim
    docker image inspect "$image" >/dev/null 2>&1 || timeout 600 docker pull "$image" >/dev/null 2>&1 \
        || "$ROOT/docker/stand-in/debian" bookworm "$image" >&3
}

build() {
    docker image inspect "$1" >/dev/null 2>&1 || echo "# Making $1 (a minute or two, once)..." >&3
    docker build --force-rm --tag "$1" "$2" >"$PROGRAMS.log" 2>&1 || { tail -n 40 "$PROGRAMS.log" && return 1; }
}
