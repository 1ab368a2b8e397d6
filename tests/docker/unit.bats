#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154 # tend expands it; status, output and errors are the helpers'
# A unit file as the description of what a container runs.

load docker

# file PATH LINE...: a file in the container; "${FILES[@]}" are the options that put all of them there.
FILES=()
file() {
    local here=$BATS_TEST_TMPDIR/${1//\//_}
    printf '%s\n' "${@:2}" >"$here"
    FILES+=(--volume "$here:$1:ro")
}

@test "a unit is found by name in systemd's directories, the strongest first, and by its path" {
    file /usr/lib/systemd/system/demo.service '[Service]' 'ExecStart=/stub say usr'
    run_container "${FILES[@]}" "$IMAGE" --unit=demo
    equal "$status $output" "0 usr"
    file /etc/systemd/system/demo.service '[Service]' 'ExecStart=/stub say etc'
    run_container "${FILES[@]}" "$IMAGE" --unit=demo.service
    equal "$status $output" "0 etc"
    run_container "${FILES[@]}" "$IMAGE" --unit=/usr/lib/systemd/system/demo.service
    equal "$status $output" "0 usr"
    run_container "${FILES[@]}" "$IMAGE" --unit=missing
    equal "$status" 125
    like "$errors" 'missing: no such unit'
}

@test "a link to a unit's file is a unit of the link's name, with the drop-ins of that name alone" {
    local units=$BATS_TEST_TMPDIR/units
    mkdir -p "$units"/{real,link}.service.d
    printf '%s\n' '[Service]' 'ExecStart=/stub say "%N %y" ${A} ${B}' Environment='A=- B=-' >"$units/real.service"
    ln -s real.service "$units/link.service"
    printf '%s\n' '[Service]' Environment=A=real >"$units/real.service.d/a.conf"
    printf '%s\n' '[Service]' Environment=B=link >"$units/link.service.d/b.conf"
    run_container --volume "$units:/etc/systemd/system:ro" "$IMAGE" --unit=link
    equal "$output" 'link /etc/systemd/system/link.service - link'
}

@test "TEND_UNIT makes an image's ENTRYPOINT all that has to be there" {
    file /etc/systemd/system/demo.service '[Service]' 'ExecStart=/stub say works -- report environment'
    run_container "${FILES[@]}" --env TEND_UNIT=demo --env TEND_INHERIT_ENVIRONMENT=yes --env A=kept \
        "$IMAGE"
    like "$output" A=kept
    equal "$status $(head -n 1 <<<"$output")" "0 works"
    unlike "$output" TEND_
}

@test "drop-ins change a unit, variables win over them, and flags over all" {
    file /usr/lib/systemd/system/demo.service '[Service]' 'ExecStart=/stub exit 3' Restart=no \
        RestartSec=7h
    file /usr/lib/systemd/system/demo.service.d/20.conf '[Service]' Restart=on-failure
    file /etc/systemd/system/demo.service.d/10.conf '[Service]' Restart=always RestartSec=6h
    run_and_see_delay 'in 6h'
    file /etc/systemd/system/demo.service.d/20.conf '[Service]' RestartSec=5h ExecStart= \
        'ExecStart=/stub exit 4'
    run_and_see_delay 'in 5h'
    like "$(log)" 'exited with status 4'
    run_and_see_delay 'in 4h' --env TEND_RESTART_SEC=4h
    run_and_see_delay 'in 3h' --env TEND_RESTART_SEC=4h -- --restart-sec=3h
}

# run_and_see_delay REGEX [DOCKER OPTION]... [-- OPTION]...
run_and_see_delay() {
    local regex=$1 options=()
    shift
    while (($#)) && [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    start_container "${FILES[@]}" "${options[@]}" "$IMAGE" --unit=demo "${@:2}"
    wait_for_log "$SOON" "demo with pid\([0-9]+\) exited with status .*; restart $regex"
}

@test "a unit's service finds systemd's variables, the container's only if it asks for them" {
    unit 'ExecStart=/stub report environment' Environment=UNIT=yes
    run_container --env CONTAINER=yes "${UNIT[@]}" "$IMAGE" --unit=demo
    like "$output" 'environment UNIT=yes'
    unlike "$output" CONTAINER
    run_container --env CONTAINER=yes "${UNIT[@]}" "$IMAGE" --unit=demo --inherit-environment=yes
    like "$output" 'environment CONTAINER=yes'
    run_container --env CONTAINER=yes "${UNIT[@]}" "$IMAGE" --unit=demo --pass-environment=CONTAINER
    like "$output" 'environment CONTAINER=yes'
}

@test "a command behind the unit takes the place of its ExecStart=" {
    unit 'ExecStart=/stub say unit' 'ExecStartPre=/stub say before' Environment=A=unit
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo -- \
        /stub say command -- report environment -- exit 5
    equal "$status $(head -n 2 <<<"$output" | xargs)" "5 before command"
    like "$output" A=unit
}

@test "an instance of a template is one of many containers' services" {
    file /etc/systemd/system/demo@.service '[Service]' 'ExecStart=/stub say %p %i %n'
    run_container "${FILES[@]}" "$IMAGE" --unit=demo@one
    equal "$status $output" "0 demo one demo@one.service"
}

@test "docker stop runs a unit's commands in systemd's order and ends with 0 where the unit says so" {
    unit Type=notify NotifyAccess=all SuccessExitStatus=143 \
        'ExecStartPre=/stub say before' \
        'ExecStart=/stub say main -- notify READY=1 -- signals TERM -- exit 143' \
        'ExecStartPost=/stub say after' \
        'ExecStop=/stub say stop' \
        'ExecStopPost=/stub say post -- report environment'
    start_container "${UNIT[@]}" "$IMAGE" --unit=demo
    wait_for_log "$SOON" 'Started demo with pid'
    wait_for_output "$SOON" ready
    docker stop --time 60 "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 0
    equal "$(output | grep --invert-match -e environment -e ready -e signal | xargs)" \
        "before main after stop post"
    like "$(output)" 'environment SERVICE_RESULT=success'
    like "$(output)" 'environment EXIT_STATUS=143'
    unlike "$(log)" 'WARN|ERROR'
}

@test "an unmet condition ends with 0, an unmet assertion with 1, and both are said" {
    unit 'ExecStart=/stub say runs' '[Unit]' ConditionPathExists=/missing
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status $output" "0 "
    like "$errors" 'ConditionPathExists=/missing is not met'
    unit 'ExecStart=/stub say runs' '[Unit]' AssertPathExists=/missing
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status $output" "1 "
    like "$errors" 'AssertPathExists=/missing is not met'
}

@test "ConditionVirtualization= knows a container of Docker's by what it leaves there" {
    run_container "$IMAGE" --condition-virtualization=docker /stub exit 3
    equal "$status" 3
    run_container "$IMAGE" --condition-virtualization=podman /stub exit 3
    equal "$status" 0
}

@test "what means nothing in a container is said once and hinders nothing" {
    unit 'ExecStart=/stub exit 3' PrivateTmp=yes ProtectSystem=strict NewerThanTend=yes \
        '[Install]' WantedBy=multi-user.target
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status" 3
    like "$errors" 'PrivateTmp'
    like "$errors" 'ProtectSystem'
}

@test "a wrong letter or a value that can't be read is refused with file, line and what was meant" {
    unit 'ExecStart=/stub say runs' RestarSec=5
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status $output" "125 "
    like "$errors" '/etc/systemd/system/demo.service:3: RestarSec=: unknown, expected RestartSec'
    unit 'ExecStart=/stub say runs' RestartSec=soon
    run_container "${UNIT[@]}" "$IMAGE" --unit=demo
    equal "$status $output" "125 "
    like "$errors" '/etc/systemd/system/demo.service:3: RestartSec=soon'
}
