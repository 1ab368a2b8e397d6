# Servers for probes to ask: see server.py for what they do.             shellcheck shell=bash
#
#   serve read send 'HTTP/1.1 200 OK\r\n\r\n'
#   probe "http://127.0.0.1:$PORT/"
#
# A file that loads this calls stop_servers in its teardown.

# shellcheck disable=SC2034 # what is set here is for the tests

servers=()

# serve OPTION... ACTION...: starts a server and waits until it listens: at $PORT, or a path; as $SERVER.
serve() {
    local file
    file=$(mktemp -p "$BATS_TEST_TMPDIR" port.XXXXXX)
    python3 "$ROOT/tests/helpers/server.py" "$@" >"$file" 3>&- &
    SERVER=$!
    servers+=("$SERVER")
    wait_until 10 test -s "$file"
    PORT=$(<"$file")
}

stop_servers() {
    local pid
    for pid in "${servers[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    servers=()
}

# probe URL: what it ends with in $status, what it says in $why, how many milliseconds it took in $took.
probe() {
    local begun
    begun=$(microseconds)
    status=0
    why=$("${RUN[@]}" "$TEND" probe "$1" 2>&1 3>&-) || status=$?
    # The sanitizers' own complaint, where there is no /proc.
    why=$(grep --invert-match '^==[0-9]*==WARNING: reading executable name' <<<"$why") || true
    took=$((($(microseconds) - begun) / 1000))
}

# Words that stand before tend: another namespace, another user.
RUN=()

# alive URL, dead URL WHY: what a probe of it comes to; WHY is all that is said behind the URL.
alive() {
    probe "$1"
    equal "$1: $status $why" "$1: 0 "
}

dead() {
    probe "$1"
    equal "$status $why" "1 $1: $2."
}
