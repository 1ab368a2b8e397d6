#!/usr/bin/env bats
# shellcheck disable=SC2016 # shells in containers expand it
# tend as a container's ENTRYPOINT: what runs, what is said where, and how it ends.

load docker

@test "an image that holds tend and one program needs nothing else" {
    run_container "$IMAGE" /stub say works -- exit 0
    equal "$status $output $errors" "0 works "
    CONTAINER=$(docker create --label "$(label)" "$IMAGE")
    equal "$(programs_in_it)" "stub tend"
}

@test "the image that is there for COPY --from holds tend and nothing else" {
    CONTAINER=$(docker create --label "$(label)" "${TEND_IMAGE:-tend:latest}")
    equal "$(programs_in_it)" tend
}

# The engine adds a few empty files.
programs_in_it() {
    docker export "$CONTAINER" | tar --list --verbose | awk '/^-/ && $3 { print $6 }' | sort | xargs
}

@test "the container's status is the service's, 128 and the signal's number, 127 or 126" {
    local code name
    for code in 0 1 3 125 143 255; do
        run_container "$IMAGE" /stub exit "$code"
        equal "$status" "$code"
    done
    for name in TERM KILL SEGV RTMIN+30; do
        run_container "$IMAGE" /stub die "$name"
        equal "$name $status" "$name $((128 + $(kill -l "$name")))"
    done
    run_container "$IMAGE" /nowhere
    equal "$status" 127
    like "$errors" 'Cannot execute /nowhere: No such file or directory\.'
    run_container --volume "$ROOT/Makefile:/text:ro" "$IMAGE" /text
    equal "$status" 126
    like "$errors" 'Cannot execute /text: Permission denied\.'
}

@test "without a command, or with a wrong option, it ends with 125 and says why" {
    run_container "$IMAGE"
    equal "$status" 125
    like "$errors" 'expected a command'
    run_container "$IMAGE" --restrt=always /stub exit 0
    equal "$status" 125
    like "$errors" '--restrt=always: no such option'
}

@test "docker logs has the service's own output on stdout, and on stderr tend's lines beside the service's" {
    start_container "$IMAGE" --log-level=info /stub lines 1000 -- complain mine -- exit 3
    wait_for_end "$SOON"
    equal "$(output | sha256sum)" "$(printf '%079d\n' {1..1000} | sha256sum)"
    like "$(log)" '^\[[-0-9]+ [:0-9]+\+00:00\] \[INFO\] Starting stub\.\.\.'
    equal "$(log | grep --invert-match '^\[.*\] \[INFO\] ')" mine
}

# ---- docker stop ---------------------------------------------------------------------------------

# stop [OPTION]...: docker stop; the milliseconds that it took are in $took.
stop() {
    local begun
    begun=$(microseconds)
    docker stop "$@" "$CONTAINER" >/dev/null
    took=$((($(microseconds) - begun) / 1000))
    wait_for_end "$SOON"
}

@test "docker stop reaches the service and ends with its status, long before the engine's patience does" {
    start_container "$IMAGE" /stub signals TERM -- exit 7
    wait_for_output "$SOON" ready
    stop --time 60
    equal "$status" 7
    between "$took" 0 30000
    equal "$(output | tail -n +2)" "signal TERM from 1"
    start_container "$IMAGE" /stub say ready -- pause
    wait_for_output "$SOON" ready
    stop --time 60
    equal "$status" 143
    between "$took" 0 30000
}

@test "a status that the service counts as a success is 0 after docker stop" {
    start_container "$IMAGE" --success-exit-status=143 /stub signals TERM -- exit 143
    wait_for_output "$SOON" ready
    stop
    equal "$status" 0
}

@test "a service that ignores the stop is killed at TimeoutStopSec=, before the engine kills" {
    start_container "$IMAGE" --timeout-stop-sec=1s /stub ignore TERM -- say ready -- pause
    wait_for_output "$SOON" ready
    stop --time 60
    equal "$status" 124
    between "$took" 1000 30000
    like "$(log)" 'has not stopped in time; sending SIGKILL'
}

@test "a service that is stopped itself is ended by docker stop" {
    start_container "$IMAGE" /stub say ready -- stop -- pause
    wait_until "$SOON" service_is_stopped
    stop --time 60
    equal "$status" 143
    between "$took" 0 30000
}

# docker run --detach may return while runc, a Go program, has not yet become tend: a stop then is runc's, which
# ends with 2. /stub may or may not be there by the time that tend is.
is_tend() { [[ $(<"/proc/$(inspect '{{.State.Pid}}')/comm") == tend ]]; }

@test "docker stop right after docker start ends the container at once, with the signal's status" {
    local i
    for i in 1 2 3; do
        start_container "$IMAGE" /stub pause
        wait_until "$SOON" is_tend
        stop --time 60
        equal "$status" 143
        between "$took" 0 30000
    done
}

@test "docker stop while tend waits for a restart ends at once" {
    start_container "$IMAGE" --restart=always --restart-sec=1h /stub exit 3
    wait_for_log "$SOON" 'exited with status 3; restart in 1h'
    stop --time 60
    equal "$status" 143
    between "$took" 0 30000
}

@test "what the service leaves behind ends with the container" {
    local left
    start_container "$IMAGE" --timeout-stop-sec=1min /stub \
        orphan setsid ignore TERM and pause -- child ignore TERM and pause -- signals TERM
    wait_for_output "$SOON" ready
    left=$(docker top "$CONTAINER" -o pid | tail -n +2)
    equal "$(wc -w <<<"$left")" 4
    stop --time 60
    equal "$status" 0
    between "$took" 0 30000
    equal "$(for pid in $left; do gone "$pid" || echo "$pid"; done)" ""
}

# ---- other signals -------------------------------------------------------------------------------

@test "docker kill sends any signal on to the service" {
    local sent heard
    start_container "$IMAGE" /stub signals
    wait_for_output "$SOON" ready
    while read -r sent heard; do
        docker kill --signal "$sent" "$CONTAINER" >/dev/null
        wait_for_output "$SOON" "^signal ${heard:-$sent} from 1$"
    done <<'END'
HUP
USR1
WINCH
QUIT
ABRT
TSTP
34 RTMIN\+0
64 RTMIN\+30
END
}

@test "docker kill without a signal is the end of all" {
    start_container "$IMAGE" /stub signals
    wait_for_output "$SOON" ready
    docker kill "$CONTAINER" >/dev/null
    wait_for_end "$SOON"
    equal "$status" 137
}

# image_with LINE...: of $IMAGE, its name in $made.
image_with() {
    made=tend-test-made:$RUN.$BATS_TEST_NUMBER.$#
    printf '%s\n' "FROM $IMAGE" "LABEL tend.made-by=tests/docker" "$@" |
        docker build --quiet --tag "$made" - >/dev/null 2>&1
}

@test "images with STOPSIGNAL QUIT or WINCH are stopped by it where KillSignal= is the same" {
    local name
    for name in QUIT WINCH; do
        image_with "STOPSIGNAL SIG$name" "ENV TEND_KILL_SIGNAL=SIG$name" \
            "ENV TEND_TIMEOUT_STOP_SEC=1min TEND_LOG_LEVEL=info"
        start_container "$made" /stub signals "$name" -- exit 4
        wait_for_output "$SOON" ready
        stop --time 60
        docker rmi --force "$made" >/dev/null
        equal "$name $status" "$name 4"
        between "$took" 0 30000
        like "$(output)" "signal $name from 1"
        like "$(log)" "Stopping stub .*SIG$name, up to 1min"
        like "$(log)" "Stopped stub in "
    done
}

@test "an image with STOPSIGNAL QUIT and nothing else set is stopped by what QUIT does to the service" {
    start_container --stop-signal QUIT --ulimit core=0 "$IMAGE" /stub say ready -- pause
    wait_for_output "$SOON" ready
    stop --time 60
    equal "$status" 131
    between "$took" 0 30000
}

# ---- docker exec ---------------------------------------------------------------------------------

@test "what docker exec runs is left alone by a restart and a stop, and ends with the container" {
    local stranger=$BATS_TEST_TMPDIR/stranger
    start_container "$IMAGE" --restart=on-failure --restart-sec=0 --kill-mode=control-group \
        --timeout-stop-sec=1min /stub first 1 /runs signals USR1 and exit 1 -- signals TERM -- exit 5
    wait_for_output "$SOON" ready
    docker exec "$CONTAINER" /stub signals >"$stranger" 3>&- &
    wait_until "$SOON" grep ready "$stranger"
    docker kill --signal USR1 "$CONTAINER" >/dev/null
    wait_until "$SOON" has_lines 2 ready
    stop --time 60
    equal "$status" 5
    wait $! || true
    equal "$(<"$stranger")" ready
    unlike "$(log)" SIGKILL
}

@test "docker exec's orphan is reaped" {
    start_container "$IMAGE" /stub signals
    wait_for_output "$SOON" ready
    docker exec "$CONTAINER" /stub times 20 orphan exit 0
    wait_until "$SOON" only_tend_and_service
}

only_tend_and_service() { equal "$(docker top "$CONTAINER" -eo pid,stat | tail -n +2 | wc -l)" 2; }

# ---- a terminal ----------------------------------------------------------------------------------

# on_terminal OPTION... IMAGE ARG...: `docker run -it`; standard input tells the dialogue: terminal.py.
on_terminal() {
    python3 "$BATS_TEST_DIRNAME/terminal.py" 80x24 docker run --interactive --tty --rm \
        --label "$(label)" --network none "$@"
}

# TERM=dumb: bash adds nothing of its own to the screen.
@test "docker run -it gives a shell job control, Ctrl-C and Ctrl-Z, and ends with its status" {
    on_terminal --env TERM=dumb --env 'PS1=<$?> ' "$DEBIAN" bash --norc -i <<'DIALOGUE'
expect <0>
type stub say first -- pause\n
expect \nfirst
type \x03
expect <130>
type stub say second -- pause\n
expect \nsecond
type \x1a
expect Stopped
expect <148>
type stub say third; fg\n
expect \nthird(.|\n)*pause
type \x03
expect <130>
type jobs; tty; exit 7\n
expect \n/dev/pts/0
ends 7
DIALOGUE
}

# The client sets the size when the container runs already: bash waits for it.
@test "the terminal's size is the service's, and a change of it is heard" {
    on_terminal "$DEBIAN" bash --norc -c 'until [[ $(stty size) == "24 80" ]]; do sleep 0.01; done
        exec stub signals INT -- report terminal -- exit 5' <<'DIALOGUE'
expect ready
resize 101x33
expect signal WINCH from 0
type \x03
expect signal INT from 0\r\nterminal 101x33 session 1
ends 5
DIALOGUE
}

@test "the service has the terminal: its process group is in the foreground of PID 1's session" {
    on_terminal "$IMAGE" /stub report process terminal <<'DIALOGUE'
expect process (\d+) 1 \1 1\r\nterminal .* session 1 foreground \1\r\n
ends 0
DIALOGUE
}

@test "a unit's service on docker run -it is in a session of its own, as under systemd" {
    unit 'ExecStart=/stub report process terminal'
    on_terminal "${UNIT[@]}" "$IMAGE" --unit=demo <<'DIALOGUE'
expect process (\d+) 1 \1 \1\r\nterminal none
ends 0
DIALOGUE
}
