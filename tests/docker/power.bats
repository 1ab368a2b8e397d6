#!/usr/bin/env bats
# A power cut: everything of an engine and of its containers is gone at once, and what memory held as
# well. When the machine is back, so is the service, and what it has left behind does not mislead it.

load docker
load second-engine

setup() {
    start_engine
    build_there
}

teardown() {
    show_failure
    stop_engine
}

build_there() {
    printf '%s\n' 'FROM scratch' 'COPY tend stub /' 'ENTRYPOINT ["/tend"]' |
        docker build --quiet --file - --tag tend-and-stub "$PROGRAMS" >/dev/null 2>&1
}

# has_printed COUNT REGEX: standard output has at least so many lines that match.
has_printed() { (($(output | grep --count --extended-regexp -e "$2") >= $1)); }

@test "after a power cut the service is back, with all it had acknowledged, without its stale pid file and runtime directory" {
    local data=$BATS_TEST_TMPDIR/data acknowledged
    mkdir "$data"
    # Each that is there already keeps its line from being said, and is there after the cut.
    unit PIDFile=/run/demo.pid RuntimeDirectory=demo StateDirectory=demo \
        'ExecStartPre=/stub first 1 /run/demo.pid say no pid file' \
        'ExecStartPre=/stub first 1 /run/demo/lock say no lock' \
        'ExecStart=/stub times 1000000 append /var/lib/demo/data + and say acknowledged and sleep 0.02'
    start_container --restart unless-stopped "${UNIT[@]}" --volume "$data:/var/lib/demo" \
        tend-and-stub --unit=demo
    wait_until "$SOON" has_printed 20 acknowledged
    cut_power
    acknowledged=$(wc -l <"$data/data")
    start_engine
    wait_until "$SOON" has_printed $((acknowledged + 20)) acknowledged
    docker stop --time 60 "$CONTAINER" >/dev/null
    equal "$(output | grep --invert-match acknowledged)" $'no pid file\nno lock\nno pid file\nno lock'
    (($(wc -l <"$data/data") >= $(output | grep --count acknowledged)))
    equal "$(log | grep --count 'Started demo with pid')" 2
    unlike "$(log)" 'WARN|ERROR'
}
