#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# A node of each version under tend: who runs, how it stops, how it comes back. The containers live through this
# file, for a JVM's start is what takes time; each test takes them as it finds them.

load elasticsearch

label() { echo "tend.test=$RUN-nodes"; }
teardown() { :; }
teardown_file() { remove_containers; }

DELAY=2

# node VERSION: its container, and Elasticsearch answers.
node() {
    CONTAINER=tend-test-$RUN-$1
    [[ $(inspect '{{.State.Running}}' 2>/dev/null) == true ]] || begin "$1"
    wait_until_up
}

begin() {
    docker inspect "$CONTAINER" >/dev/null 2>&1 ||
        create "$1" --name "$CONTAINER" --env "TEND_RESTART_SEC=${DELAY}s"
    docker start "tend-test-$RUN-$1" >/dev/null
}

@test "each version starts and answers" {
    AT_ONCE=2 # which is the number of processors; of this, the table tells
    each starts "${VERSIONS[@]}"
}

starts() {
    local begun
    begun=$(microseconds)
    node "$1"
    record "$1" up "$(seconds $(($(microseconds) - begun)))"
}

# ---- who runs --------------------------------------------------------------------------------------

@test "PID 1 is tend; all below it is uid 1000 in group 0, can do no more, has nothing of tend's, and LimitNOFILE= as far as it goes" {
    each is_unprivileged "${VERSIONS[@]}"
}

is_unprivileged() {
    node "$1"
    equal "$(readlink "/proc/$(pid_1)/exe")" /usr/local/bin/tend
    like "$(status_of "$(pid_1)" NSpid)" ' 1$'
    is_server "$(server)"
    # shellcheck disable=SC2046 # words
    unprivileged "$(bounding_set)" $(processes)
    # shellcheck disable=SC2046 # words
    is_undisturbed $(processes)
    has_descriptors "$(main_process)"
}

# An image that starts as another user than root keeps the engine's bounding set: only root can take from it.
bounding_set() {
    if [[ $(status_of "$(pid_1)" Uid) == "0 "* ]]; then
        echo "$NOTHING"
    else
        status_of "$(pid_1)" CapBnd
    fi
}

# No signal is blocked or ignored (glibc has a program that starts another one ignore its own signal 32 there), and
# of the descriptors that tend has, only those of the streams are somebody else's as well.
is_undisturbed() {
    local pid ignored
    for pid; do
        equal "$(status_of "$pid" SigBlk)" "$NOTHING"
        ignored=$(status_of "$pid" SigIgn)
        equal $((16#$ignored & ~(1 << 31))) 0
        equal "$(comm -12 <(targets "$(pid_1)") <(targets "$pid"))" ""
    done
}

# has_descriptors PID: as many as the unit asks for, or all that the engine gives. (A JVM lets itself have what it may.)
has_descriptors() {
    local wanted given
    wanted=$(sed --quiet 's/^LimitNOFILE=//p' "$ROOT/rootfs/usr/lib/systemd/system/elasticsearch.service")
    given=$(most_descriptors "$(pid_1)")
    equal "$(most_descriptors "$1")" $((given < wanted ? given : wanted))
}

most_descriptors() { awk '/^Max open files/ { print $5 }' "/proc/$1/limits"; }

# What the descriptors above 2 are.
targets() { find "/proc/$1/fd" -type l -name '[3-9]' -printf '%l\n' -o -name '??*' -printf '%l\n' | sort; }

@test "what tend starts finds three descriptors, no signal blocked, none but SIGPIPE ignored" {
    each finds_order "${VERSIONS[@]}"
}

# Elastic's script executes what it does not know.
finds_order() {
    create "$1" --env TEND_RESTART=no --volume "$STUB:/stub:ro" -- \
        /stub report uid gid no-new-privileges descriptor blocked ignored
    docker start --attach "$CONTAINER" >"$BATS_TEST_TMPDIR/report.$1" 2>/dev/null
    equal "$(sed 's/pipe:.*/pipe/' "$BATS_TEST_TMPDIR/report.$1")" "uid 1000 1000 1000
gid 0 0 0
no-new-privileges 1
descriptor 0 /dev/null
descriptor 1 pipe
descriptor 2 pipe
blocked
ignored PIPE"
}

# ---- how it stops ----------------------------------------------------------------------------------

@test "docker stop: Elasticsearch closes in order and in its own time, and the status is 0" {
    each stops_in_order "${VERSIONS[@]}"
}

stops_in_order() {
    local asked ended
    node "$1"
    client fill 1000
    asked=$(now)
    stop
    ended=$(milliseconds "$(inspect '{{.State.FinishedAt}}')")
    equal "$status" 0
    like "$(log "$asked")" 'Stopping elasticsearch with pid.*SIGTERM.*Stopped elasticsearch in '
    # Of the whole, that is tend's: before Elasticsearch is told, and after it has closed (and the JVM's own end).
    between $(($(said_at "$asked" 'Stopping elasticsearch') - $(milliseconds "$asked"))) 0 2000
    between $((ended - $(said_at "$asked" 'o\.e\.n\.Node .* closed$'))) 0 2000
    record "$1" stop "$(seconds $(((ended - $(milliseconds "$asked")) * 1000)))"
    record "$1" status "$status"
}

milliseconds() { date --date="$1" +%s%3N; }

# said_at SINCE REGEX: when the container said so.
said_at() {
    milliseconds "$(docker logs --timestamps --since "$1" "$CONTAINER" 2>&1 | sed -En "/$2/s/ .*//p" | head -n 1)"
}

@test "a stop at any instant of the start ends in order, too; after all of them docker start has every document" {
    each stops_early "${VERSIONS[@]}"
}

stops_early() {
    local instant since longest=0 begun
    CONTAINER=tend-test-$RUN-$1
    [[ $(inspect '{{.State.Status}}') == exited ]] || stops_in_order "$1"
    for instant in at_once 1s 3s first_line starting; do
        since=$(now)
        start
        wait_for_"$instant" "$since"
        begun=$(microseconds)
        stop
        equal "$instant $status" "$instant 0"
        like "$(log "$since")" 'Stopped elasticsearch in '
        unlike "$(log "$since")" 'SIGKILL'
        longest=$(($(microseconds) - begun > longest ? $(microseconds) - begun : longest))
    done
    record "$1" "early stop" "$(seconds "$longest")"
    node "$1"
    equal "$(client count "$PATIENCE")" 1000
}

wait_for_at_once() { :; }
wait_for_1s() { sleep 1; } # in the first of the helper JVMs; an instant, nothing is waited for
wait_for_3s() { sleep 3; }
wait_for_first_line() { wait_for "$1" '^\[....-..-..T'; }
wait_for_starting() { wait_for "$1" 'o\.e\.n\.Node .* starting'; }

# ---- how it comes back -----------------------------------------------------------------------------

@test "kill -9 while documents are written: back after the delay that is set, with all that were acknowledged, never two at once" {
    each comes_back "${VERSIONS[@]}"
}

comes_back() {
    local acknowledged=$BATS_TEST_TMPDIR/acknowledged.$1 since kills=1
    node "$1"
    since=$(now)
    python3 "$BATS_TEST_DIRNAME/watch.py" "$(procs)" >"$BATS_TEST_TMPDIR/servers.$1" &
    helpers+=($!)
    touch "$acknowledged"
    start_client write "$acknowledged"
    kill_while_writing "$(server)" "$acknowledged" $kills
    record "$1" "back" "$(seconds "$back")"
    if has_launcher "$1"; then
        kills=2
        # What it leaves behind is killed, too.
        kill_while_writing "$(main_process)" "$acknowledged" $kills
        record "$1" "back without launcher" "$(seconds "$back")"
    fi
    end_helpers
    equal "$(client missing "$acknowledged" "$PATIENCE")" ""
    equal "$(<"$BATS_TEST_TMPDIR/servers.$1")" "most 1
seen $((kills + 1))"
    unlike "$(output "$since")" 'obtain node lock'
}

# kill_while_writing PID FILE COUNT: kills a process in the midst of the writing of FILE, for the COUNTth time. Then
# $back is how many microseconds it took until documents were written again.
kill_while_writing() {
    local killed log
    soon goes_on "$2" "$(wc -l <"$2")"
    killed=$(microseconds)
    kill -KILL "$1"
    soon is_back "$2" "$3"
    back=$(($(sed -n 's/^back //p' "$2" | tail -n 1 | tr -d .)000 - killed))
    log=$(log "$since")
    like "$log" "; restart $3 of 4 in ${DELAY}s\."
    between $(($(started_at "$(main_process)") - killed)) $((DELAY * 1000000)) $(((DELAY + 3) * 1000000))
}

is_back() { (($(grep --count '^back' "$1") == $2)); }

# ---- what it costs ---------------------------------------------------------------------------------

@test "ten thousand orphans: no zombie stays, and PID 1 has the memory and the descriptors that it had" {
    each reaps_all "$OLDEST" "$NEWEST"
}

reaps_all() {
    local before faults
    node "$1"
    docker cp "$STUB" "$CONTAINER:/stub"
    make_orphans 500 # so that PID 1 has touched whatever it touches
    before=$(footprint)
    faults=$(faults_of_the_reaped)
    make_orphans 10000
    equal "$(footprint)" "$before"
    # Every one of them has had a page fault at least, and these are counted for who has reaped it.
    between $(($(faults_of_the_reaped) - faults)) 10000 1000000000
    client up "$SOON"
    record "$1" memory "$(private_dirty) KiB"
}

make_orphans() {
    docker exec "$CONTAINER" /stub times "$1" orphan exit 0
    soon no_zombie
}

no_zombie() {
    local pid
    for pid in $(processes); do
        [[ $(status_of "$pid" State) != Z* ]] || return 1
    done
}

footprint() { echo "$(find "/proc/$(pid_1)/fd" -type l | wc -l) descriptors, $(private_dirty) KiB"; }
private_dirty() { awk '/^Private_Dirty/ { print $2 }' "/proc/$(pid_1)/smaps_rollup"; }

faults_of_the_reaped() {
    local stat fields
    stat=$(<"/proc/$(pid_1)/stat")
    read -ra fields <<<"${stat##*)}"
    echo "${fields[11 - 3]}"
}
