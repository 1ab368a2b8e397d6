#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153,SC2154 # inner shells expand it; PORT and the like are the helpers'
# `tend probe`: what is alive, what is not, and that it is known in time whatever the peer does.

load ../helpers/namespace
load ../helpers/server

teardown() {
    show_failure
    stop_servers
    kill_started
    no_sanitizer_report
}

late='Operation timed out'
ok='HTTP/1.1 200 OK\r\n'

# ---- tcp and unix --------------------------------------------------------------------------------

@test "a listener is alive, and where nobody listens nobody is" {
    serve hold
    alive "tcp://127.0.0.1:$PORT"
    stop_servers
    dead "tcp://127.0.0.1:$PORT" 'cannot connect: Connection refused'
}

@test "the kernel accepts for a process that is stopped, but only one that lives ends a connection in order" {
    serve send 'some words'
    alive "tcp://127.0.0.1:$PORT"
    alive "tcp://127.0.0.1:$PORT?eof"
    kill -STOP "$SERVER"
    alive "tcp://127.0.0.1:$PORT"
    dead "tcp://127.0.0.1:$PORT#eof&timeout=300ms" "no end: $late"
    between "$took" 300 2000
    kill -CONT "$SERVER"
    alive "tcp://127.0.0.1:$PORT#eof"
}

@test "a reset is no end in order, and a peer that never stops talking comes to none" {
    serve reset
    probe "tcp://127.0.0.1:$PORT#eof"
    # It may have come before the connection was seen to stand.
    like "$status $why" '^1 .*: (no end|cannot connect): Connection reset by peer\.$'
    serve flood x
    dead "tcp://127.0.0.1:$PORT#eof" 'no end'
    between "$took" 0 3000
    serve drip xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    dead "tcp://127.0.0.1:$PORT#eof&timeout=500ms" "no end: $late"
    between "$took" 500 2500
}

@test "a peer that nobody accepts for is waited for no longer than it may take" {
    local i
    serve --backlog=0 --deaf
    for ((i = 0; i < 3; i++)); do
        probe "tcp://127.0.0.1:$PORT#timeout=200ms"
    done
    equal "$why" "tcp://127.0.0.1:$PORT#timeout=200ms: cannot connect: $late."
    between "$took" 200 2000
}

@test "a path is a socket's, and what is no socket is not alive" {
    local path=$BATS_TEST_TMPDIR/socket
    serve --unix="$path" hold
    alive "unix://$path"
    dead "unix://$path#eof&timeout=100ms" "no end: $late"
    stop_servers
    dead "unix://$path" 'cannot connect: Connection refused'
    touch "$path.file"
    dead "unix://$path.file" 'cannot connect: Connection refused'
    dead "unix://$path.missing" 'cannot connect: No such file or directory'
    serve --unix="$path.end"
    alive "unix://$path.end#eof"
}

@test "a connection to oneself is none" {
    # The kernel has but one port to give.
    RUN=(unshare --net sh -ec 'ip link set lo up
        echo "40000 40000" >/proc/sys/net/ipv4/ip_local_port_range
        exec "$@"' -)
    dead tcp://127.0.0.1:40000 'cannot connect: Connection refused'
    dead 'tcp://[::1]:40000' 'cannot connect: Connection refused'
}

# ---- names ---------------------------------------------------------------------------------------

# with_hosts TEXT: what /etc/hosts is to the next probes.
with_hosts() {
    printf '%b' "$1" >"$BATS_TEST_TMPDIR/hosts"
    RUN=(unshare --mount sh -ec 'mount --bind "$0" /etc/hosts && exec "$@"' "$BATS_TEST_TMPDIR/hosts")
}

@test "a name is one of /etc/hosts, whose addresses are tried in turn" {
    serve hold
    with_hosts '# a comment\n::1 es web\n127.0.0.2 other\n127.0.0.1\tdb Es.example es # end'
    alive "tcp://db:$PORT"
    alive "tcp://eS.eXample:$PORT"
    # Not at ::1, but at the second of its addresses.
    alive "tcp://es:$PORT"
    dead "tcp://web:$PORT" 'cannot connect: Connection refused'
    dead "tcp://other:$PORT" 'cannot connect: Connection refused'
    dead "tcp://end:$PORT" 'no such host in /etc/hosts'
    with_hosts ''
    dead "tcp://db:$PORT" 'no such host in /etc/hosts'
}

@test "localhost is 127.0.0.1 and then ::1, whatever /etc/hosts says" {
    with_hosts '192.0.2.1 localhost\n'
    serve hold
    alive "tcp://localhost:$PORT"
    alive "tcp://LocalHost:$PORT"
    serve --host=::1 hold
    alive "tcp://localhost:$PORT"
    alive "tcp://[::1]:$PORT"
    dead "tcp://127.0.0.1:$PORT" 'cannot connect: Connection refused'
    stop_servers
    dead "tcp://localhost:$PORT" 'cannot connect: Connection refused'
}

# ---- tls -----------------------------------------------------------------------------------------

certificate() {
    CERTIFICATE=$BATS_FILE_TMPDIR/certificate.pem
    [[ -s $CERTIFICATE ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=localhost -keyout - -out - 2>/dev/null >"$CERTIFICATE"
}

@test "whatever speaks TLS is alive: any version, one that wants a certificate, one that refuses" {
    local version
    certificate
    for version in TLSv1_2 TLSv1_3; do
        serve --tls="$CERTIFICATE" --version="$version" hold
        alive "tls://localhost:$PORT"
        alive "tls://127.0.0.1:$PORT"
        serve --tls="$CERTIFICATE" --version="$version" --want-client hold
        alive "tls://localhost:$PORT"
    done
    # An alert: handshake_failure.
    serve take send '\x15\x03\x03\x00\x02\x02\x28'
    alive "tls://localhost:$PORT"
}

@test "a host's name is told to the server, a number is not" {
    certificate
    serve --tls="$CERTIFICATE" --record="$BATS_TEST_TMPDIR/record" hold
    alive "tls://localhost:$PORT"
    alive "tls://127.0.0.1:$PORT"
    equal "$(<"$BATS_TEST_TMPDIR/record")" $'SNI localhost\nSNI None'
}

@test "what does not speak TLS, or not any more, is not alive" {
    certificate
    serve --tls="$CERTIFICATE" hold
    kill -STOP "$SERVER"
    dead "tls://localhost:$PORT#timeout=300ms" "no whole answer: $late"
    between "$took" 300 2000
    kill -CONT "$SERVER"
    alive "tls://localhost:$PORT"
    serve take send "HTTP/1.1 400 Bad Request\r\n\r\n"
    dead "tls://localhost:$PORT" 'the answer is not TLS'
    serve send "220 mail.example ESMTP\r\n" hold
    dead "tls://localhost:$PORT" 'the answer is not TLS'
    serve take send '\x16\x03'
    dead "tls://localhost:$PORT" 'no whole answer'
    serve drip '\x16\x03\x03\x00\x7a' hold
    alive "tls://localhost:$PORT"
}

# ---- http ----------------------------------------------------------------------------------------

@test "a request is small, plain and whole" {
    serve --record="$BATS_TEST_TMPDIR/record" read send "$ok\r\n"
    alive "http://localhost:$PORT/_cluster/health?local=true&wait=1#status=200&timeout=3s"
    equal "$(<"$BATS_TEST_TMPDIR/record")" "GET /_cluster/health?local=true&wait=1 HTTP/1.1"$'\r'"
Host: localhost:$PORT"$'\r'"
User-Agent: tend"$'\r'"
Accept: */*"$'\r'"
Connection: close"$'\r'"
"$'\r'
    : >"$BATS_TEST_TMPDIR/record"
    alive "http://127.0.0.1:$PORT"
    like "$(<"$BATS_TEST_TMPDIR/record")" "^GET / HTTP/1\.1"$'\r\n'"Host: 127\.0\.0\.1:$PORT"$'\r'
}

@test "a real server is asked and its answer understood" {
    mkdir "$BATS_TEST_TMPDIR/www"
    echo '{"status":"green"}' >"$BATS_TEST_TMPDIR/www/health"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$BATS_TEST_TMPDIR/www" 0 \
        >"$BATS_TEST_TMPDIR/www.log" 2>&1 3>&- &
    servers+=($!)
    wait_until 10 grep -q 'port [0-9]' "$BATS_TEST_TMPDIR/www.log"
    PORT=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/www.log")
    alive "http://localhost:$PORT/health#body=\"status\":\"green\""
    dead "http://localhost:$PORT/health#body=yellow" 'the body lacks what is wanted'
    dead "http://localhost:$PORT/nothing" 'status 404'
    alive "http://localhost:$PORT/nothing#status=200-299,404"
}

@test "200 to 399 are good, or what the URL says" {
    local code
    for code in 200 204 301 399; do
        serve read send "HTTP/1.1 $code x\r\n\r\n"
        alive "http://localhost:$PORT/"
    done
    for code in 400 401 404 500 503; do
        serve read send "HTTP/1.1 $code x\r\n\r\n"
        dead "http://localhost:$PORT/" "status $code"
    done
    alive "http://localhost:$PORT/#status=503"
    alive "http://localhost:$PORT/#status=200-299,500-599"
    dead "http://localhost:$PORT/#status=200-299" 'status 503'
}

@test "a redirect is an answer and is not followed" {
    serve --record="$BATS_TEST_TMPDIR/elsewhere" read send "$ok\r\nwanted"
    serve --record="$BATS_TEST_TMPDIR/record" read \
        send "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:$PORT/\r\nContent-Length: 0\r\n\r\n"
    alive "http://localhost:$PORT/"
    dead "http://localhost:$PORT/#body=wanted" 'the body lacks what is wanted'
    dead "http://localhost:$PORT/#status=200" 'status 302'
    [[ ! -e $BATS_TEST_TMPDIR/elsewhere ]]
}

@test "what only announces an answer is passed over" {
    serve read send "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n$ok\r\ngreen"
    alive "http://localhost:$PORT/#body=green"
    serve read send 'HTTP/1.1 100 Continue\r\n\r\n'
    dead "http://localhost:$PORT/#status=100-599" 'no whole answer'
}

@test "a body is searched as it comes, over the bounds of what is read at a time" {
    serve read send "$ok\r\n" drip '{"status":"green"}' hold
    alive "http://localhost:$PORT/#body=%22status%22:%22green%22&timeout=5s"
    # It is not waited for its end.
    between "$took" 0 4000
    serve read drip "$ok" drip 'X: y\r\n\r\ngr' send een
    alive "http://localhost:$PORT/#body=green"
    serve read send "$ok"'Transfer-Encoding: chunked\r\n\r\n5\r\ngreen\r\n4\r\nyell\r\n2\r\now\r\n0\r\n\r\n'
    alive "http://localhost:$PORT/#body=green"
    dead "http://localhost:$PORT/#body=yellow" 'the body lacks what is wanted'
    # In the head, it is not in the body.
    serve read send "${ok}X: green\r\n\r\nred"
    dead "http://localhost:$PORT/#body=green" 'the body lacks what is wanted'
    serve read send "$ok\r\n\0\0green"
    alive "http://localhost:$PORT/#body=green"
}

@test "no more than 64 KiB are read, and no more than it takes" {
    local filler
    filler=$(printf 'x%.0s' {1..1000})
    serve read send "$ok\r\n" flood "$filler"
    alive "http://localhost:$PORT/"
    dead "http://localhost:$PORT/#body=green" 'the body lacks what is wanted'
    between "$took" 0 3000
    serve read send "$ok" flood "X: $filler\r\n"
    dead "http://localhost:$PORT/" 'no whole answer'
    between "$took" 0 3000
    # 19 bytes of head, and the last byte that is read is the last of the word.
    serve read send "$ok\r\n$(printf 'x%.0s' {1..65512})green"
    alive "http://localhost:$PORT/#body=green"
    serve read send "$ok\r\n$(printf 'x%.0s' {1..65513})green"
    dead "http://localhost:$PORT/#body=green" 'the body lacks what is wanted'
}

@test "what is not HTTP is not alive" {
    local answer
    for answer in 'SSH-2.0-OpenSSH_9.2\r\n' 'HTTP/1.1 OK\r\n\r\n' 'HTTP/1.1 2000 OK\r\n\r\n' 'HTTP/2 200\r\n\r\n' \
        "$ok"'no colon\r\n\r\n' "$ok"'X: \x01\r\n\r\n' "$ok"'X: \0\r\n\r\n' '\x15\x03\x03\0\x02\x02\x28' \
        'HTTP/1.1 200 OK\r\n : x\r\n\r\n' '\r\n'; do
        serve read send "$answer" hold
        dead "http://localhost:$PORT/#status=100-599" 'the answer is not HTTP'
    done
}

@test "an answer that breaks off, or does not come, is none" {
    serve read
    dead "http://localhost:$PORT/" 'no whole answer'
    serve read send "${ok}Content-Le"
    dead "http://localhost:$PORT/" 'no whole answer'
    serve read send "$ok" reset
    dead "http://localhost:$PORT/" 'no whole answer: Connection reset by peer'
    serve hold
    dead "http://localhost:$PORT/#timeout=300ms" "no whole answer: $late"
    between "$took" 300 2000
    kill -STOP "$SERVER"
    dead "http://localhost:$PORT/#timeout=300ms" "no whole answer: $late"
    serve read send "$ok\r\nred" hold
    dead "http://localhost:$PORT/#timeout=300ms&body=green" "the body lacks what is wanted: $late"
}

@test "a peer that drips must be done in the whole time, not in each part of it" {
    serve read drip "$ok$(printf 'X: y\\r\\n%.0s' {1..30})"
    dead "http://localhost:$PORT/#timeout=700ms" "no whole answer: $late"
    between "$took" 700 2500
}

# ---- the command ---------------------------------------------------------------------------------

@test "without a timeout of its own a probe takes five seconds at most" {
    serve hold
    dead "tcp://127.0.0.1:$PORT#eof" "no end: $late"
    between "$took" 5000 7000
}

@test "what can't be read ends with 2, and what was expected" {
    probe http://
    equal "$status $why" '2 http://: expected HOST:PORT behind ://.'
    probe https://localhost
    equal "$status $why" '2 https://localhost: expected tcp:// tls:// http:// or unix://.'
    probe 'tcp://localhost:1/eof'
    equal "$status $why" '2 tcp://localhost:1/eof: expected #options, if anything, behind the port.'
    probe "tcp://$(printf 'x%.0s' {1..9000}):1"
    equal "$status" 2
    run "$TEND" probe
    equal "$status $output" '2 usage: tend probe URL'
    run "$TEND" probe tcp://localhost:1 tcp://localhost:2
    equal "$status $output" '2 usage: tend probe URL'
}

@test "a probe that somebody is tired of can be interrupted" {
    local signal
    serve hold
    for signal in INT TERM; do
        RUN=(env --default-signal timeout --preserve-status --signal="$signal" 0.5)
        probe "tcp://127.0.0.1:$PORT#eof&timeout=30s"
        between "$took" 500 5000
        equal "$why" ''
    done
}

@test "signals that are handled elsewhere and stops do not disturb it" {
    serve read drip "$ok" send '\r\n'
    RUN=(env --default-signal)
    "${RUN[@]}" "$TEND" probe "http://127.0.0.1:$PORT/" 3>&- &
    local pid=$! i
    for ((i = 0; i < 5; i++)); do
        kill -STOP "$pid"
        kill -CONT "$pid"
        kill -WINCH "$pid"
        sleep 0.02
    done
    wait "$pid"
}

@test "it needs no file, no /proc, no privilege, and no shell" {
    local root=$BATS_TEST_TMPDIR/root library
    mkdir "$root"
    cp "$TEND" "$root/tend"
    for library in $(ldd "$TEND" 2>/dev/null | grep -o '/[^ ]*'); do
        install -D "$library" "$root$library"
    done
    serve read send "$ok\r\n"
    TEND=/tend RUN=(env -i "$(type -P chroot)" --userspec=54321:54321 "$root")
    alive "http://localhost:$PORT/"
    alive "tcp://127.0.0.1:$PORT"
    dead "tcp://es:$PORT" 'no such host in /etc/hosts'
}

@test "PID 1 runs a command of that name" {
    run_tend probe tcp://localhost:1
    equal "$status" 127
    like "$(log)" 'Cannot execute probe: '
}
