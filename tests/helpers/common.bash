# What all suites share. In a .bats file: load ../helpers/common     shellcheck shell=bash
#
#   TEND    the program under test, an absolute path; TEND=build/sanitize/tend bats FILE picks another
#   STUB    the service that does as it is told: see tests/stubs/stub.c

# The files below tests/*/ that load this are where bats says; the root is two steps up from here.
ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
TEND=$(realpath -m "${TEND:-$ROOT/build/tend}")
STUB=${STUB:-$ROOT/build/stubs/stub}
export ROOT TEND STUB

# What tend itself reads is what a test gives to it, and nothing that whoever runs the tests happens to have. (These two
# are for the tests.)
for variable in "${!TEND_@}"; do
    [[ $variable == TEND_IMAGE || $variable == TEND_CACHE ]] || unset "$variable"
done
unset variable "${!TINI_@}" "${!LISTEN_@}" NOTIFY_SOCKET TZ

# What fails is tried once more: what fails twice is no hiccup of a busy machine. RETRIES=0 to see the first.
# shellcheck disable=SC2034 # bats reads it
BATS_TEST_RETRIES=${RETRIES:-1}

# Microseconds by a clock that nobody sets.
microseconds() {
    local uptime
    read -r uptime _ </proc/uptime
    echo $((${uptime/./} * 10000))
}

# wait_until SECONDS COMMAND...: runs COMMAND (in a subshell) until it succeeds. Returns 1, and shows
# what the last try printed, where that does not happen in time.
wait_until() {
    local deadline=$(($(microseconds) + $1 * 1000000)) last
    shift
    until last=$("$@" 2>&1); do
        if (($(microseconds) >= deadline)); then
            printf 'Waited in vain for: %s\n' "$*"
            printf '%s\n' "${last:-(it prints nothing)}"
            return 1
        fi
        sleep 0.01
    done
}

# equal ACTUAL EXPECTED, like ACTUAL REGEX, unlike ACTUAL REGEX: show what they compare if it isn't so.
equal() {
    [[ $1 == "$2" ]] && return
    printf 'Expected: %s\nHave:     %s\n' "$2" "$1"
    return 1
}

like() {
    [[ $1 =~ $2 ]] && return
    printf 'Expected what matches: %s\nHave: %s\n' "$2" "$1"
    return 1
}

unlike() {
    [[ ! $1 =~ $2 ]] && return
    printf 'Expected nothing that matches: %s\nHave: %s\n' "$2" "$1"
    return 1
}

# between VALUE LEAST MOST: whole numbers; for times, which are never exact.
between() {
    (($2 <= $1 && $1 <= $3)) && return
    printf 'Expected: %s to %s\nHave:     %s\n' "$2" "$3" "$1"
    return 1
}

# gone PID: the process has ended, whether its parent has reaped it or not.
gone() {
    local state
    state=$(status_of "$1" State 2>/dev/null) || return 0
    [[ $state == [ZX]* ]]
}

# By SIGSTOP. `service`, like `reported` below, is that of the tier.
service_is_stopped() { [[ $(status_of "$(service)" State) == T* ]]; }

# status_of PID FIELD: a field of /proc/PID/status, its values parted by spaces; 1 if there is none.
# Not read by bash: it would read line by line, between which the kernel writes it anew, and bats traces
# each turn of a loop.
status_of() { sed --quiet "s/^$2:\t//; t found; b; :found; s/\t/ /g; p; q" "/proc/$1/status" | grep .; }

# children_of PID: the pids of its children, in the order of their birth.
children_of() {
    local children
    read -ra children <"/proc/$1/task/$1/children" || true
    ((${#children[@]} == 0)) || printf '%s\n' "${children[@]}"
}

# ids UID GID [GROUP...]: as whom `stub report` ran, in every way.
ids() {
    equal "$(reported uid)" "$1 $1 $1"
    equal "$(reported gid)" "$2 $2 $2"
    equal "$(reported groups)" "${*:3}"
}

# gaps FILE: the milliseconds from each line of `stub stamp` to the next.
gaps() { awk 'NR > 1 { print $1 - last } { last = $1 }' "$1"; }

# A port where nobody listens.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
