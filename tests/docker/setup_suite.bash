# Before the first and after the last test of this tier: the images. shellcheck shell=bash
#
#   IMAGE    /tend and /stub, nothing else; ENTRYPOINT is tend
#   DEBIAN   Debian with tend and stub in the PATH; ENTRYPOINT is tend
#   PROGRAMS a directory with tend and stub, the files that are in both

setup_suite() {
    ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
    RUN=$$.$RANDOM
    IMAGE=tend-test-scratch:$RUN DEBIAN=tend-test-debian:$RUN PROGRAMS=$BATS_SUITE_TMPDIR/programs
    export RUN IMAGE DEBIAN PROGRAMS
    "$ROOT/docker/engine" start
    # shellcheck source=tests/helpers/programs.bash
    source "$ROOT/tests/helpers/programs.bash"
    get_programs
    build "$IMAGE" <<'DOCKERFILE'
FROM scratch
COPY tend stub /
ENTRYPOINT ["/tend"]
DOCKERFILE
    build "$DEBIAN" <<'DOCKERFILE'
FROM debian:trixie-slim
COPY tend stub /usr/local/bin/
ENTRYPOINT ["tend"]
DOCKERFILE
}

build() {
    docker build --force-rm --file - --tag "$1" --label tend.made-by=tests/docker "$PROGRAMS" \
        >"$PROGRAMS.log" 2>&1 || { cat "$PROGRAMS.log" && return 1; }
}

teardown_suite() {
    docker rmi --force "$IMAGE" "$DEBIAN" >/dev/null
}
