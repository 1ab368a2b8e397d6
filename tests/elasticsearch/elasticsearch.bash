# Elasticsearch under tend on Docker. In a .bats file: load elasticsearch
# shellcheck shell=bash disable=SC2034,SC2153 # what is set here is for the tests, and setup_suite.bash sets IMAGE
#
#   @test "docker stop ends it in order" {
#       each stops_in_order 7.3.2 9.2.4
#   }
#   stops_in_order() {
#       create "$1"
#       docker start "$CONTAINER"
#       wait_until_up
#       stop
#       equal "$status" 0
#   }
#
# A test that goes through several versions does so with some of them at a time: what takes longest, a JVM's start,
# leaves one of two processors half idle. So a test is a function of the version, which `each` runs in a subshell.
#
# Whatever a test creates is removed after it, and if it failed in a container, what that has said is shown.

load ../helpers/common

VERSIONS=(7.3.2 7.12.0 7.17.28 8.19.7 9.2.4)
OLDEST=7.3.2 NEWEST=9.2.4

# Seconds. For what is a moment's work, and for what a JVM does: on a busy machine a start has taken a minute.
SOON=30 PATIENCE=300

# How many functions at a time.
AT_ONCE=3

# Without the second compiler a JVM needs half of the processor's time to start; commands.bats starts it as users do.
# (CLI_JAVA_OPTS: for the launcher.) And no version takes more memory than another.
LIGHT=(--env "ES_JAVA_OPTS=-XX:TieredStopAtLevel=1 -Xms512m -Xmx512m" --env CLI_JAVA_OPTS=-XX:TieredStopAtLevel=1)

# Since 8.3 a launcher is the main process and the server its child.
has_launcher() { [[ $1 != 7.* ]]; }

# soon COMMAND...: wait_until, but looking less often: these looks cost more.
soon() {
    local deadline=$((SECONDS + PATIENCE)) last
    until last=$("$@" 2>&1); do
        if ((SECONDS >= deadline)); then
            printf 'Waited in vain for: %s\n%s\n' "$*" "$last"
            return 1
        fi
        sleep 0.1
    done
}

# ---- several at a time -----------------------------------------------------------------------------

# each FUNCTION VERSION...: `FUNCTION VERSION` for each of them.
each() {
    local function=$1
    shift
    at_once "${@/#/$function }"
}

# at_once COMMAND...: each a function and its arguments in one word. Fails if one of them fails; what that one has
# printed is then shown.
at_once() {
    local command number=0 failed=() jobs=() others
    others=$(jobs -pr | wc -l) # bats has a countdown of the test's time in the background
    for command; do
        (($(jobs -pr | wc -l) - others < AT_ONCE)) || wait -n || true
        a_job "$command" "$BATS_TEST_TMPDIR/job.$number" 3>&- </dev/null &
        jobs[number++]=$!
    done
    for number in "${!jobs[@]}"; do
        wait "${jobs[number]}" || failed+=("$number")
    done
    for number in "${failed[@]}"; do
        echo "--- failed: ${*:number+1:1}"
        cat "$BATS_TEST_TMPDIR/job.$number"
    done
    ((${#failed[@]} == 0))
}

# a_job COMMAND FILE: with its output in FILE. bats follows every command; it need not follow these. (Where a command fails,
# bash takes redirections back before it executes the trap for the end.)
a_job() {
    trap - DEBUG
    trap 'echo "${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND" >&2' ERR
    # shellcheck disable=SC2064 # FILE is known now
    trap "end_of_job \$? >>'$2' 2>&1" EXIT
    set -e
    # shellcheck disable=SC2086 # words
    $1 >"$2" 2>&1
}

# The pids of what a job has started to help it; and if it failed, what its container has said: tend all of it,
# Elasticsearch the last of it.
helpers=()
end_of_job() {
    trap - ERR
    end_helpers
    [[ $1 != 0 && -n ${CONTAINER:-} ]] || return 0
    inspect '--- {{.Name}}: {{.State.Status}} {{.State.ExitCode}}, restarted {{.RestartCount}} times'
    docker logs "$CONTAINER" 2>&1 | grep --text '^\[....-..-.. ' | grep --invert-match 'no effect here' | tail -n 40
    echo "..."
    docker logs --tail 8 "$CONTAINER" 2>&1 | cut -c 1-200
}

end_helpers() {
    ((${#helpers[@]} == 0)) && return
    kill "${helpers[@]}" 2>/dev/null || true
    wait "${helpers[@]}" || true
    helpers=()
}

# ---- containers ------------------------------------------------------------------------------------

label() { echo "tend.test=$RUN-${BATS_TEST_FILENAME##*/}-${BATS_TEST_NUMBER:-file}"; }

# create VERSION [OPTION...] [-- ARGUMENT...]: a container, its id in $CONTAINER. No port is published: the
# client goes to its loopback interface, and it matters nothing which ports of this machine are free.
create() {
    local image=$IMAGE:$1 options=()
    shift
    while (($#)) && [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    CONTAINER=$(docker create --label tend.made-by=tests/elasticsearch --label "tend.run=$RUN" --label "$(label)" \
        --network "$NETWORK" "${options[@]}" "$image" "${@:2}")
}

start() { docker start "$CONTAINER" >/dev/null; }

# inspect FORMAT: of $CONTAINER.
inspect() { docker inspect --format "$1" "$CONTAINER"; }

# client COMMAND...: see client.py. start_client leaves it running, for as long as the job does.
client() { nsenter --target "$(pid_1)" --net python3 "$BATS_TEST_DIRNAME/client.py" "$@"; }
start_client() {
    nsenter --target "$(pid_1)" --net python3 "$BATS_TEST_DIRNAME/client.py" "$@" &
    helpers+=($!)
}

wait_until_up() { client up "$PATIENCE"; }

# goes_on FILE COUNT: since there were COUNT lines in a writer's FILE, many more have been written.
goes_on() { (($(wc -l <"$1") > $2 + 500)); }

# What the container has said since a time; without it, from the beginning.
output() { docker logs ${1:+--since "$1"} "$CONTAINER" 2>/dev/null; }
# shellcheck disable=SC2069 # standard error only
log() { docker logs ${1:+--since "$1"} "$CONTAINER" 2>&1 >/dev/null; }
now() { date --utc +%FT%T.%NZ; }
# says REGEX: whether tend has, since $since if that is set.
says() { log "${since-}" | grep --extended-regexp -e "$1"; }

# wait_for SINCE REGEX: until the container says it, on either stream, after that time.
wait_for() {
    timeout "$PATIENCE" grep --extended-regexp --max-count 1 --quiet -e "$2" \
        < <(exec docker logs --follow --since "$1" "$CONTAINER" 2>&1) && return
    echo "It never said: $2"
    return 1
}

# stop: and wait until it has stopped. Its status is then in $status; the engine's own SIGKILL comes only after tend's.
stop() {
    docker stop --time 150 "$CONTAINER" >/dev/null
    status=$(inspect '{{.State.ExitCode}}')
}

# wait_for_end: its status is then in $status.
wait_for_end() {
    status=$(timeout "$PATIENCE" docker wait "$CONTAINER") && return
    echo "It has not ended in ${PATIENCE}s."
    return 1
}

# ---- processes, as seen from here ------------------------------------------------------------------

pid_1() { inspect '{{.State.Pid}}'; }

# The file that lists all of the container's processes, in whichever version of control groups.
procs() {
    local number controllers path file
    while IFS=: read -r number controllers path; do
        for file in "/sys/fs/cgroup/${controllers#name=}$path/cgroup.procs" "/sys/fs/cgroup/unified$path/cgroup.procs"; do
            [[ $path == / || ! -e $file ]] || { echo "$file" && return; }
        done
    done <"/proc/$(pid_1)/cgroup"
    return 1
}

# All processes of the container but PID 1.
processes() { grep --invert-match --line-regexp "$(pid_1)" "$(procs)" || true; }

# PID 1's first child, the service's main process.
main_process() { children_of "$(pid_1)" | head -n 1 | grep .; }

# The server's JVM: the main process or a child of it.
server() {
    local pid
    for pid in $(processes); do
        if is_server "$pid"; then
            echo "$pid"
            return
        fi
    done
    return 1
}

is_server() {
    tr '\0' '\n' <"/proc/$1/cmdline" | grep --extended-regexp --line-regexp --quiet '(.*/)?org\.elasticsearch\.bootstrap\.Elasticsearch'
}

# started_at PID: microseconds since boot. The command's name, which may hold anything, ends at the last parenthesis.
started_at() {
    local stat fields
    stat=$(<"/proc/$1/stat")
    read -ra fields <<<"${stat##*)}" # from the third field on
    echo $((fields[22 - 3] * 1000000 / $(getconf CLK_TCK)))
}

# unprivileged BOUNDING PID...: Elasticsearch's user and group, no capability in any set but BOUNDING in that of the
# bounds, and no way to more.
unprivileged() {
    local bounding=$1 pid set
    shift
    (($# > 0))
    for pid; do
        equal "$(status_of "$pid" Uid)" "1000 1000 1000 1000"
        equal "$(status_of "$pid" Gid)" "0 0 0 0"
        like "$(status_of "$pid" Groups)" '^0? ?$'
        for set in CapInh CapPrm CapEff CapAmb; do
            equal "$set $(status_of "$pid" "$set")" "$set 0000000000000000"
        done
        equal "CapBnd $(status_of "$pid" CapBnd)" "CapBnd $bounding"
        equal "$(status_of "$pid" NoNewPrivs)" 1
    done
}
NOTHING=0000000000000000

# ---- results ---------------------------------------------------------------------------------------

# record VERSION WHAT VALUE: for the table.
record() { echo "$3" >"$RESULTS/$1 $2"; }

# seconds MICROSECONDS: 1234567 is 1.2 s.
seconds() { echo "$(($1 / 1000000)).$(($1 / 100000 % 10)) s"; }

# ---- afterwards ------------------------------------------------------------------------------------

remove_containers() {
    local ids
    mapfile -t ids < <(docker ps --all --quiet --filter "label=$(label)")
    ((${#ids[@]} == 0)) || docker rm --force --volumes "${ids[@]}" >/dev/null
}

teardown() { remove_containers; }
