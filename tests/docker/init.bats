#!/usr/bin/env bats
# shellcheck disable=SC2154 # status, output and errors are the helpers'
# docker run --init with tend in the place of Docker's own init: an engine whose --init-path names it.

load docker
load second-engine

setup_file() {
    load docker
    load second-engine
    ln "$PROGRAMS/tend" "$PROGRAMS/docker-init"
    start_engine --init-path "$PROGRAMS/docker-init"
    printf '%s\n' 'FROM scratch' 'COPY stub /' |
        docker build --quiet --file - --tag stub "$PROGRAMS" >/dev/null 2>&1
}

teardown_file() {
    load docker
    load second-engine
    stop_engine
}

# The engine asks the program for its version, by the name that init-path gives to it.
@test "docker info names the init, docker version its version, and the engine has nothing to complain of" {
    equal "$(docker info --format '{{.InitBinary}}')" "$PROGRAMS/docker-init"
    like "$(docker version --format '{{range .Server.Components}}{{.Name}} {{.Version}};{{end}}')" \
        ';docker-init 0\.19\.0;'
    unlike "$(docker info)" 'init version: N/A'
    unlike "$(<"$ENGINE/dockerd.log")" 'failed to (parse|retrieve).*docker-init'
}

@test "docker run --init runs any image under tend, with its status" {
    run_container --init stub /stub report process -- exit 3
    equal "$status $errors" "3 "
    like "$output" '^process [0-9]+ 1 [0-9]+ 1$'
    start_container --init stub /stub signals
    wait_for_output "$SOON" ready
    equal "$(sha256sum <"/proc/$(pid_1)/exe")" "$(sha256sum <"$PROGRAMS/tend")"
}

@test "everything is configured by -e TEND_..., of which the service sees nothing" {
    printf '%s\n' RESTART=on-failure RESTART_SEC=50ms START_LIMIT_BURST=3 START_LIMIT_INTERVAL_SEC=1h \
        USER=1000 GROUP=5 NO_NEW_PRIVILEGES=yes CAPABILITY_BOUNDING_SET= LIMIT_CORE=0 LOG_LEVEL=info |
        sed 's/^/TEND_/' >"$BATS_TEST_TMPDIR/settings"
    run_container --init --env-file "$BATS_TEST_TMPDIR/settings" --env OTHER=kept stub \
        /stub report -- exit 4
    equal "$status" 4
    like "$errors" 'restart 1 of 2 in 50ms'
    like "$errors" 'not restarted: started 3 times within 1h'
    equal "$(reported uid | uniq) $(reported gid | uniq)" "1000 1000 1000 5 5 5"
    equal "$(reported capabilities bounding | uniq)" 0000000000000000
    equal "$(reported no-new-privileges | uniq)" 1
    equal "$(reported limit core | uniq)" "0 0"
    like "$(reported environment)" OTHER=kept
    unlike "$(reported environment)" TEND_
}

@test "a variable that tend does not know is named and left alone" {
    run_container --init --env TEND_PORT=tcp://10.0.0.1:80 stub /stub report environment
    equal "$status" 0
    like "$errors" '\[WARN\] TEND_PORT: no such option, ignored\.'
    like "$output" TEND_PORT=tcp://10.0.0.1:80
}

@test "docker stop and docker run --init: the service hears it, and orphans are reaped" {
    start_container --init stub /stub times 50 orphan exit 0 -- signals TERM -- exit 5
    wait_for_output "$SOON" ready
    wait_until "$SOON" only_one_child
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 5
}

@test "docker run --init as another user, read-only and without a capability" {
    run_container --init --read-only --cap-drop ALL --user 12345:6 --security-opt no-new-privileges \
        stub /stub report
    equal "$status $errors" "0 "
    equal "$(reported uid) $(reported gid)" "12345 12345 12345 6 6 6"
}

# Docker wants to read "tini version N" or nothing.
@test "by the name tend it is as good an init, but docker info shows no version of it, and the engine logs a warning" {
    cut_power
    start_engine --init-path "$PROGRAMS/tend"
    run_container --init -e TEND_RESTART=on-failure:2 stub /stub say run -- exit 3
    equal "$status $output" $'3 run\nrun\nrun'
    like "$(docker info 2>/dev/null)" 'init version: N/A'
    like "$(<"$ENGINE/dockerd.log")" 'level=warning msg="failed to (parse|retrieve)[^"]*tend'
}
