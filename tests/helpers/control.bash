# The client's commands, as `docker exec` would run them.                 shellcheck shell=bash
#
#   start_tend "$STUB" signals
#   ask status --json
#   equal "$status" 0
#
# A file that loads this has loaded namespace before.
#
# shellcheck disable=SC2034 # what is set here is for the tests

# Words that stand before the client: another user.
ASK=()

# inside_tend COMMAND...: in tend's namespaces, as a process that it has not started.
inside_tend() { timeout --foreground 20 nsenter --target "$TEND_PID" --pid --mount --net -- "$@" 3>&-; }

# ask VERB...: what it ends with in $status, what it prints in $said, what to standard error in $complaint.
ask() {
    status=0
    said=$(inside_tend "${ASK[@]}" "$TEND" "$@" 2>"$BATS_TEST_TMPDIR/complaint") || status=$?
    # The sanitizers' own complaint, where there is no /proc.
    complaint=$(grep --invert-match '^==[0-9]*==WARNING: reading executable name' "$BATS_TEST_TMPDIR/complaint") || true
}

# json EXPRESSION: of the object `o` that `tend status --json` prints, or of any text on standard input.
json() { python3 -c 'import json, sys; o = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# ask_meanwhile VERB...: the same in the background; answered SECONDS waits until it has ended.
ask_meanwhile() {
    inside_tend "${ASK[@]}" "$TEND" "$@" >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/complaint" </dev/null &
    ASKER=$!
}

answered() {
    wait_until "$1" gone "$ASKER"
    status=0
    wait "$ASKER" || status=$?
    said=$(<"$BATS_TEST_TMPDIR/said")
    complaint=$(<"$BATS_TEST_TMPDIR/complaint")
}

# asks: the client that ask_meanwhile has started waits for its answer.
asks() { inside_tend true && ! gone "$ASKER"; }

# The client's pid: timeout and nsenter are before it.
asker() { descendant_of "$ASKER" 3; }

# has_asked: it has sent what it asks, and sleeps until it is answered.
has_asked() { [[ $(status_of "$(asker)" Name) == tend && $(status_of "$(asker)" State) == S* ]]; }

# property NAME: of `tend show`.
property() { inside_tend "$TEND" show | sed --quiet "s/^$1=//p"; }

# is_in_state STATE: SubState=, for wait_until.
is_in_state() { equal "$(property SubState)" "$1"; }

# control_name PID: of the socket of the tend with that pid, with "@" for the NUL at its beginning.
control_name() {
    echo "@tend/control/$(readlink "/proc/$1/ns/pid" | tr -dc 0-9).$(readlink "/proc/$1/ns/mnt" | tr -dc 0-9)"
}

# ticks: processor time of tend's, in hundredths of a second: fields 14 and 15 of its stat.
ticks() {
    local stat
    read -ra stat <"/proc/$TEND_PID/stat"
    echo $((stat[13] + stat[14]))
}

# memory KEY: KiB of PID 1's, of one kind in its smaps_rollup.
memory() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$TEND_PID/smaps_rollup"; }

# unit LINES: writes a unit web.service with these lines in [Service]; $UNIT is its path.
unit() {
    UNIT=$BATS_TEST_TMPDIR/web.service
    printf '[Service]\n%s\n' "$1" >"$UNIT"
}
