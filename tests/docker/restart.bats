#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2046,SC2086 # backquotes are Markdown's; words are to be parted
# Who starts a service again, how often, and what is the status in the end: first by tend's Restart=,
# then, where tend has ended, by Docker's --restart. What happened is written to
# build/restart-table.md, and README.md must show it as it is there.

load docker

TABLE=$ROOT/build/restart-table.md

@test "each end is restarted by tend as its Restart= says, a real lack of memory as well" {
    local expected
    # STARTS/STATUS; three starts are the limit that is set, and "more" has been ended by a stop.
    expected=$(cat <<'END'
end no on-success on-failure on-abnormal on-watchdog on-abort always on-failure:2 unless-stopped
exit-0 1/0 3/1 1/0 1/0 1/0 1/0 3/1 1/0 more/143
exit-1 1/1 1/1 3/1 1/1 1/1 1/1 3/1 3/1 more/143
exit-3 1/3 1/3 3/3 1/3 1/3 1/3 3/3 3/3 more/143
exit-64 1/64 1/64 3/64 1/64 1/64 1/64 3/64 3/64 more/143
exit-78 1/78 1/78 3/78 1/78 1/78 1/78 3/78 3/78 more/143
exit-127 1/127 1/127 3/127 1/127 1/127 1/127 3/127 3/127 more/143
exit-134 1/134 1/134 3/134 1/134 1/134 1/134 3/134 3/134 more/143
exit-143 1/143 1/143 3/143 1/143 1/143 1/143 3/143 3/143 more/143
die-TERM 1/143 3/143 1/143 1/143 1/143 1/143 3/143 1/143 more/143
die-KILL 1/137 1/137 3/137 3/137 1/137 3/137 3/137 3/137 more/143
die-SEGV 1/139 1/139 3/139 3/139 1/139 3/139 3/139 3/139 more/143
eat-memory 1/137 1/137 3/137 3/137 1/137 1/137 3/137 3/137 more/143
END
    )
    # SYS_ADMIN and no profile: for a PID namespace for each run.
    docker_run --interactive --rm --cap-add SYS_ADMIN --security-opt apparmor=unconfined \
        --memory 48m --memory-swap 48m --entrypoint bash "$DEBIAN" -s $(first_words <<<"$expected") \
        <"$BATS_TEST_DIRNAME/restart-matrix.bash" >"$BATS_FILE_TMPDIR/tend" 2>"$BATS_FILE_TMPDIR/log"
    equal "$(<"$BATS_FILE_TMPDIR/tend")" "$expected"
}

# Of all lines but the first.
first_words() { sed '1d; s/ .*//'; }

ENDS=(exit-0 exit-1 exit-3 exit-64 exit-78 exit-127 exit-134 exit-143 die-KILL die-SEGV gave-up docker-stop)
POLICIES=(no on-failure:3 always unless-stopped)
# More than on-failure:3 would do.
FOR_EVER=4
COUNT='{{.RestartCount}}' LABELS="{{.Config.Labels.end}} {{.Config.Labels.policy}}"
GIVING_UP="--restart=on-failure --restart-sec=0 --start-limit-interval-sec=1h --start-limit-burst=3"

# A service that notes each start and then ends so.
command_for() {
    case $1 in
    gave-up) echo "$GIVING_UP /stub say run -- exit 3" ;;
    docker-stop) echo "/stub say run -- pause" ;;
    *) echo "/stub say run -- ${1/-/ }" ;;
    esac
}

# start_all POLICY: their ids are printed.
start_all() {
    local end
    for end in "${ENDS[@]}"; do
        docker_run --detach --label "end=$end" --label "policy=$1" --restart "$1" "$IMAGE" \
            $(command_for "$end")
    done
}

# What only a stop ends: by then it has been started, and restarted more often than any number allows.
wants_a_stop() {
    local id=$1 restarts=$2 end=$3
    ((restarts >= FOR_EVER)) || { [[ $end == docker-stop ]] && docker logs "$id" | grep --quiet run; }
}

# Stops those; fails until all have ended.
all_have_ended() {
    local id running restarts end unfinished=()
    while read -r id running restarts end; do
        [[ $running == true ]] || continue
        unfinished+=("$id")
        ! wants_a_stop "$id" "$restarts" "$end" || docker stop "$id" >/dev/null
    done < <(docker inspect --format "{{.Id}} {{.State.Running}} $COUNT {{.Config.Labels.end}}" "$@")
    ((${#unfinished[@]} == 0))
}

# A line for each end: how often tend starts it each time, then by policy RESTARTS/STATUS or "more".
what_happened() {
    local id end policy restarts code
    declare -A starts happened
    while read -r id end policy restarts code; do
        starts[$end]=$(docker logs "$id" 2>/dev/null | grep --count run)
        # Rounded up: a stop may have cut the last time short.
        starts[$end]=$(((starts[$end] + restarts) / (restarts + 1)))
        happened[$end $policy]=$restarts/$code
        ((restarts < FOR_EVER)) || happened[$end $policy]='more'
    done < <(docker inspect --format "{{.Id}} $LABELS $COUNT {{.State.ExitCode}}" "$@")
    echo "end starts ${POLICIES[*]}"
    for end in "${ENDS[@]}"; do
        echo -n "$end ${starts[$end]}"
        printf ' %s' "${happened[$end ${POLICIES[0]}]}" "${happened[$end ${POLICIES[1]}]}" \
            "${happened[$end ${POLICIES[2]}]}" "${happened[$end ${POLICIES[3]}]}"
        echo
    done
}

@test "each of tend's final statuses is restarted by Docker as its --restart says" {
    local containers expected policy starters=()
    expected=$(cat <<'END'
end starts no on-failure:3 always unless-stopped
exit-0 1 0/0 0/0 more more
exit-1 1 0/1 3/1 more more
exit-3 1 0/3 3/3 more more
exit-64 1 0/64 3/64 more more
exit-78 1 0/78 3/78 more more
exit-127 1 0/127 3/127 more more
exit-134 1 0/134 3/134 more more
exit-143 1 0/143 3/143 more more
die-KILL 1 0/137 3/137 more more
die-SEGV 1 0/139 3/139 more more
gave-up 3 0/3 3/3 more more
docker-stop 1 0/143 0/143 0/143 0/143
END
    )
    for policy in "${POLICIES[@]}"; do
        start_all "$policy" >"$BATS_TEST_TMPDIR/$policy" &
        starters+=($!)
    done
    wait "${starters[@]}" # a bare wait is for bats's own countdown of the test's time as well
    mapfile -t containers < <(cat "${POLICIES[@]/#/$BATS_TEST_TMPDIR/}")
    equal "${#containers[@]}" $((${#ENDS[@]} * ${#POLICIES[@]}))
    wait_until 120 all_have_ended "${containers[@]}"
    what_happened "${containers[@]}" >"$BATS_FILE_TMPDIR/docker"
    equal "$(<"$BATS_FILE_TMPDIR/docker")" "$expected"
}

# ---- the table -----------------------------------------------------------------------------------

# A line of a Markdown table, of words whose underscores are spaces.
row() {
    local words=("${@//_/ }")
    printf '|%s\n' "$(printf ' %s |' "${words[@]}")"
}

ruler() { printf '|%s\n' "$(printf ' --- |%.0s' "$@")"; }

in_words() {
    case $1 in
    exit-*) echo "exit_${1#exit-}" ;;
    die-*) echo "SIG${1#die-}" ;;
    eat-memory) echo out_of_memory ;;
    gave-up) echo exit_3,_after_two_restarts_by_tend ;;
    docker-stop) echo '`docker_stop`' ;;
    esac
}

# STARTS/STATUS of tend as a table's cell.
cell_of_tend() {
    case $1 in
    1/*) echo "${1#*/}" ;;
    more/*) echo ∞ ;;
    *) echo "$((${1%/*} - 1))×,_${1#*/}" ;;
    esac
}

# RESTARTS/STATUS of Docker as a table's cell.
cell_of_docker() {
    case $1 in
    0/*) echo "${1#*/}" ;;
    more) echo ∞ ;;
    *) echo "${1%/*}×,_${1#*/}" ;;
    esac
}

# make_table CELL-OF: what came by each column's value, from standard input.
make_table() {
    local end values value cells
    read -r end values
    row It_ends_by $(printf '`%s`\n' $values)
    ruler "$end" $values
    while read -r end values; do
        cells=()
        for value in $values; do
            cells+=("$("$1" "$value")")
        done
        row "$(in_words "$end")" "${cells[@]}"
    done
}

the_table() {
    echo 'What tend does when its service ends, by `Restart=` (with `StartLimitBurst=3`):'
    echo
    make_table cell_of_tend <"$BATS_FILE_TMPDIR/tend"
    echo
    echo 'What Docker does when tend has ended, by `--restart`:'
    echo
    cut --delimiter ' ' --fields 2 --complement "$BATS_FILE_TMPDIR/docker" | make_table cell_of_docker
    echo
    echo '0: no restart, the final status is 0. 2×, 1: two restarts, the final status is 1.'
    echo '∞: restarted until somebody stops it.'
}

@test "README's table of restarts is what happened here: it is build/restart-table.md" {
    the_table >"$TABLE"
    equal "$(readme_section 'restart table')" "$(<"$TABLE")"
}

# What README.md has between <!-- NAME --> and <!-- end -->, without the empty lines around it.
readme_section() {
    sed "1,/^<!-- $1 -->\$/d; /^<!-- end -->\$/,\$d" "$ROOT/README.md" | sed '/./,$!d'
}
