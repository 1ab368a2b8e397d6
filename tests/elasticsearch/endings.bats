#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# The ways in which Elasticsearch ends, and who starts it again: tend by Restart=, then Docker by --restart. tests/docker
# tries all of them on a stub; here are the oldest and the newest Elasticsearch, which end in ways of their own.

load elasticsearch

# begin VERSION RESTART POLICY [OPTION...]: a container with this Restart= and this --restart.
begin() {
    local version=$1 restart=$2 policy=$3
    shift 3
    create "$version" "${LIGHT[@]}" --env "TEND_RESTART=$restart" --restart "$policy" "$@"
    start
    case_of="$version | $restart | $policy"
}

# ended HOW BY-TEND BY-DOCKER [STATUS]: what the log must say of that end, who is to have restarted the container how often
# since it was begun, and its status, if it is to be over.
ended() {
    local how=$1 by_tend=$2 by_docker=$3 final=${4:-runs}
    like "$(log)" "$how"
    equal "tend $(restarts_by_tend) Docker $(inspect '{{.RestartCount}}')" "tend $by_tend Docker $by_docker"
    equal "$(inspect '{{.State.Running}}')" "$([[ $final == runs ]] && echo true || echo false)"
    [[ $final == runs ]] || equal "$(inspect '{{.State.ExitCode}}')" "$final"
}

# tell NUMBER WHAT WHO: a row of the table.
tell() { echo "| $case_of | $2 | $3 |" >"$RESULTS/ending $1 ${case_of%% *}"; }

# The service's main process, killed by a signal that nobody has sent it on tend's behalf.
kill_main() { kill "-$1" "$(main_process)"; }

restarts_by_tend() { log | grep --count '; restart [0-9]* of ' || true; }
restarted_by_tend() { (($(restarts_by_tend) == $1)); }
restarted_by_docker() { [[ $(inspect '{{.RestartCount}} {{.State.Running}}') == "$1 true" ]]; }

@test "each way in which Elasticsearch ends is restarted by tend as Restart= says, then by Docker as --restart says" {
    at_once \
        "runs_out_of_memory $OLDEST" "runs_out_of_memory $NEWEST" \
        "has_a_wrong_setting $OLDEST" "has_a_wrong_setting $NEWEST" \
        "crashes $OLDEST" "crashes $NEWEST" \
        "fails_its_checks $OLDEST" "fails_its_checks $NEWEST" \
        "is_killed $OLDEST" "is_killed $NEWEST"
}

# Somebody else in the container takes what there is, and the kernel kills the largest. In 9.2 that is the launcher's
# child; the launcher passes it on by a status. Then it is told to stop, but not by a stop of the container.
runs_out_of_memory() {
    begin "$1" on-failure on-failure:1 --memory 1200m --memory-swap 1200m --volume "$STUB:/stub:ro"
    wait_until_up
    client fill 100
    docker exec "$CONTAINER" /stub eat-memory 1100 || true
    soon restarted_by_tend 1
    local how='was killed by SIGKILL'
    ! has_launcher "$1" || how='exited with status 137'
    ended "$how \(out of memory\); restart 1 of 4 in 1s" 1 0
    tell 1 "out of memory" "tend, once"
    wait_until_up
    equal "$(client count "$PATIENCE")" 100
    kill_main TERM
    soon restarted_by_docker 1
    ended "exited with status 143\." 1 1
    tell 2 "SIGTERM from somebody else, 143" "Docker, once"
    wait_until_up
    stop
    ended 'Stopped elasticsearch in ' 1 1 0
    tell 3 "docker stop, 0" nobody
}

has_a_wrong_setting() {
    begin "$1" always on-failure:1 --env nonsense.setting=1 --env TEND_START_LIMIT_BURST=2 --env TEND_RESTART_SEC=100ms
    soon restarted_by_docker 1
    wait_for_end
    ended 'exited with status 1; not restarted: started 2 times' 2 1 1
    like "$(output)" 'unknown setting \[nonsense\.setting\]'
    tell 4 "wrong setting, 1, after 2 starts" "Docker, once"
}

# Elasticsearch is at fault: what is killed is its server. 9.2's launcher passes that on by a status, so that it is no
# abort to tend.
crashes() {
    begin "$1" on-abort no
    soon server
    wait_until_up
    kill -SEGV "$(server)"
    if has_launcher "$1"; then
        wait_for_end
        ended 'exited with status 134\.' 0 0 134
        tell 5 "SIGSEGV in the JVM, 134" nobody
    else
        soon restarted_by_tend 1
        ended 'was killed by SIGABRT( \(core dumped\))?; restart 1 of 4' 1 0
        tell 5 "SIGSEGV in the JVM, SIGABRT" "tend, once"
        stop
    fi
}

# Several nodes without a word on how they are to find each other: from 8 on, multi-node is what zen was before.
fails_its_checks() {
    local discovery=multi-node
    [[ $1 != 7.* ]] || discovery=zen
    begin "$1" always on-failure:1 --env network.host=0.0.0.0 --env "discovery.type=$discovery"
    soon restarted_by_docker 1
    wait_for_end
    ended 'exited with status 78 \(CONFIG\)\.' 0 1 78
    tell 6 "bootstrap checks, 78" "Docker, once"
}

is_killed() {
    begin "$1" no always
    soon server
    kill_main KILL
    soon restarted_by_docker 1
    ended 'was killed by SIGKILL\.' 0 1
    tell 7 "SIGKILL" "Docker, once"
    soon server
    stop
    ended 'Stopped elasticsearch in ' 0 1 0
    tell 8 "docker stop, 0" nobody
}

# ---- what does not end -----------------------------------------------------------------------------

@test "a JVM that does not stop is killed when the time is over, before the engine does it" {
    each is_killed_in_time "$OLDEST" "$NEWEST"
}

# The stop wakes up a main process that is stopped, as systemd does. It has to be stopped again and again.
is_killed_in_time() {
    local jvm asked
    create "$1" "${LIGHT[@]}" --env TEND_TIMEOUT_STOP_SEC=5s
    start
    wait_until_up
    jvm=$(server)
    while kill -STOP "$jvm"; do sleep 0.002; done 2>/dev/null &
    helpers+=($!)
    asked=$(now)
    stop
    like "$(log)" 'Stopping elasticsearch with pid.*up to 5s'
    equal "$status" 124
    between $(($(date --date="$(inspect '{{.State.FinishedAt}}')" +%s%3N) - $(date --date="$asked" +%s%3N))) 5000 8000
    unlike "$(output "$asked")" ' closed$'
    equal "$(docker events --since "$asked" --until "$(now)" --filter "container=$CONTAINER" --filter event=kill \
        --format '{{.Actor.Attributes.signal}}')" 15
}

@test "a JVM that is stopped is woken up to stop in order" {
    each is_woken_up "$OLDEST" "$NEWEST"
}

is_woken_up() {
    local asked
    create "$1" "${LIGHT[@]}"
    start
    wait_until_up
    kill -STOP "$(main_process)"
    asked=$(now)
    stop
    equal "$status" 0
    like "$(output "$asked")" 'o\.e\.n\.Node .* closed'
}
