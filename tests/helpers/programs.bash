# What the containers of a suite are to run, for its setup_suite.             shellcheck shell=bash
#
# TEND_IMAGE=NAME takes tend from another image than tend:latest.

# Into $PROGRAMS: tend and stub. The program is the one in the image, byte for byte.
get_programs() {
    local container
    mkdir "$PROGRAMS"
    container=$(docker create "${TEND_IMAGE:-tend:latest}")
    docker cp "$container:/tend" "$PROGRAMS/tend"
    docker rm "$container" >/dev/null
    cp "${STUB:-$ROOT/build/stubs/stub}" "$PROGRAMS/stub"
}
