#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# tend's own lines: what they look like, where they go, and that they stop nobody.

load ../helpers/namespace
load ../helpers/control

@test "a line's time is what date prints, in the time zone of TZ" {
    local zone before after
    for zone in UTC Asia/Tokyo :Europe/Berlin America/St_Johns Asia/Kathmandu JST-9 'EST5EDT,M3.2.0,M11.1.0' '' Nowhere/City \
        /usr/share/zoneinfo/Africa/Lagos; do
        BEFORE=(env "TZ=$zone")
        before=$(TZ=$zone date --rfc-3339=seconds)
        run_tend /nowhere
        after=$(TZ=$zone date --rfc-3339=seconds)
        has_time "$before" "$after"
    done
    BEFORE=(env --unset=TZ)
    with 'mount --bind /usr/share/zoneinfo/Asia/Kolkata /etc/localtime'
    NAMESPACE=(unshare --mount "${NAMESPACE[@]}")
    before=$(TZ=Asia/Kolkata date --rfc-3339=seconds)
    run_tend /nowhere
    has_time "$before" "$(TZ=Asia/Kolkata date --rfc-3339=seconds)"
}

# The clock may tick in between.
has_time() {
    like "$(log)" '^\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}\] \[ERROR\] Cannot'
    [[ "$(log)" == "[$1] "* || "$(log)" == "[$2] "* ]] || equal "$(log)" "[$1] or [$2]"
}

@test "a whole life is told at info, what went wrong at warn and error, signals at debug" {
    start_tend --log-level=info --restart=on-failure --restart-sec=1ms "$STUB" first 1 "$BATS_TEST_TMPDIR/runs" exit 3 \
        -- signals TERM
    wait_for_output 5 ready
    send TERM
    wait_for_end 5
    equal "$(timeless_log | sed -E 's/[0-9.]+m?s/T/; s/pid\([0-9]+\)/pid(N)/')" "[INFO] Starting stub...
[INFO] Started stub with pid(N) in T.
[WARN] stub with pid(N) exited with status 3; restart 1 of 4 in T.
[INFO] Starting stub...
[INFO] Started stub with pid(N) in T.
[INFO] Stopping stub with pid(N), SIGTERM...
[INFO] Stopped stub in T."
    run_tend --log-level=warn --restart=always --restart-sec=0 --start-limit-burst=2 "$STUB" exit 3
    equal "$(timeless_log | sed -E 's/^\[([A-Z]*)\].*/\1/' | xargs)" "WARN ERROR"
    run_tend --log-level=error --restart=always --restart-sec=0 --start-limit-burst=2 "$STUB" exit 3
    equal "$(timeless_log | sed -E 's/^\[([A-Z]*)\].*/\1/' | xargs)" "ERROR"
    run_tend --log-level=debug "$STUB" exit 3
    like "$(log)" '\[DEBUG\] Received SIGCHLD\.'
    equal "$(output)" ""
}

@test "the keys of a unit that have no effect are one line, each of them once" {
    unit "PrivateTmp=yes
ExecStart=$STUB exit 0
TasksMax=5
[Unit]
After=network.target
[Service]
PrivateTmp=no
[Unit]
After=time-sync.target"
    run_tend --unit="$UNIT" --log-level=info
    equal "$status" 0
    equal "$(log | grep --only-matching 'No effect.*')" "No effect in a container: PrivateTmp= TasksMax= After="
}

@test "what a command whose failure is allowed ended with is told at info, before the next one" {
    unit "Type=oneshot
ExecStartPre=-$STUB exit 1
ExecStart=-$STUB exit 3
ExecStart=-$STUB die KILL
ExecStart=$STUB exit 0"
    run_tend --unit="$UNIT" --log-level=info
    equal "$(timeless_log | sed -E 's/[0-9.]+m?s/T/; s/pid\([0-9]+\)/pid(N)/')" "[INFO] Starting web...
[INFO] ExecStartPre= of web exited with status 1.
[INFO] web with pid(N) exited with status 3.
[INFO] web with pid(N) was killed by SIGKILL.
[INFO] Started web with pid(N) in T.
[INFO] web with pid(N) exited with status 0."
}

@test "a service that its ExecCondition= does not want is said to be so, once and by name" {
    unit "ExecCondition=$STUB exit 1
ExecStart=$STUB pause"
    run_tend --unit="$UNIT" --log-level=info
    equal "$status $(timeless_log)" "0 [INFO] Starting web...
[INFO] web is not wanted by its ExecCondition=."
}

@test "what took too long tells what killed it, whether ExecStop= or it itself would not end" {
    local stop
    for stop in '' "ExecStop=$STUB pause"; do
        unit "ExecStart=$STUB signals
TimeoutStopSec=100ms
$stop"
        start_tend --unit="$UNIT" --log-level=info
        wait_for_output 5 ready
        send TERM
        wait_for_end 5
        equal "$status" 124
        like "$(log | tail -n 1)" '\[WARN\] Stopped web in [0-9.]+m?s: it took too long and was killed by SIGKILL\.$'
    done
}

@test "a bare command that ends by itself has no line of tend's beside its own" {
    run_tend "$STUB" say out -- complain err -- exit 3
    equal "$(output) $(log) $status" "out err 3"
}

@test "X-LogFormat=json writes the same as objects of the Elastic Common Schema" {
    run_tend --log-format=json --log-level=debug -- "$STUB" exit 3
    equal "$status" 3
    python3 - "$LOG" <<'END'
import datetime, json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [line["log.level"] for line in lines][:2] == ["INFO", "INFO"], lines
assert lines[0]["message"] == "Starting stub...", lines
for line in lines:
    when = datetime.datetime.fromisoformat(line["@timestamp"].replace("Z", "+00:00"))
    assert abs((datetime.datetime.now(datetime.timezone.utc) - when).total_seconds()) < 60, line
    assert line["process.pid"] == 1 and line["service.name"] == "stub", line
END
}

@test "odd names of a command make no second line and no broken object" {
    local odd=$'odd\n\e[31m"name"\\ \xff é'
    cp "$STUB" "$BATS_TEST_TMPDIR/$odd"
    run_tend --log-level=info "$BATS_TEST_TMPDIR/$odd" exit 3
    equal "$(wc -l <"$LOG")" 3
    unlike "$(log)" $'\e'
    run_tend --log-format=json --log-level=info "$BATS_TEST_TMPDIR/$odd" exit 3
    python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1], "rb")]' "$LOG"
}

@test "a message that is too long for a line keeps its reason" {
    printf '[Service]\nExecStart=/nowhere %s\n' "$(printf 'x%.0s' {1..900})" >"$BATS_TEST_TMPDIR/web.service"
    run_tend --unit="$BATS_TEST_TMPDIR/web.service"
    equal "$status" 127
    like "$(log)" 'Cannot execute /nowhere x+: No such file or directory\.'
}

# A socket keeps them apart.
@test "each line is one write" {
    python3 - "$TEND" "$STUB" <<'END'
import re, socket, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
tend, stub = sys.argv[1:]
subprocess.run([tend, "--log-level=debug", stub, "exit", "0"], stderr=theirs, timeout=10)
theirs.close()
ours.setblocking(False)
lines = []
try:
    while True:
        lines.append(ours.recv(65536))
except BlockingIOError:
    pass
assert len(lines) >= 4, lines
assert all(re.fullmatch(rb"\[[^\n]*\] \[[A-Z]+\] [^\n]*\n", line) for line in lines), lines
END
}

@test "a full pipe drops lines, blocks nothing, and the next line says how many" {
    python3 - "$TEND" "$STUB" <<'END'
import os, re, signal, subprocess, sys, time
tend, stub = sys.argv[1:]
reading, writing = os.pipe()
os.set_blocking(writing, False)
try:
    while True:
        os.write(writing, b"x" * 4096)
except BlockingIOError:
    pass
os.set_blocking(writing, True)
ran, waits = os.pipe(), os.pipe()
child = subprocess.Popen(
    [tend, "--log-level=info", "--restart=always", "--restart-sec=1ms", "--start-limit-burst=0",
     "sh", "-c", "echo; read -r line && exit 3"], stderr=writing, stdout=ran[1], stdin=waits[0])
# Two runs end without anybody reading what tend says of them.
for run in range(2):
    assert os.read(ran[0], 1) == b"\n"
    os.write(waits[1], b"\n")
assert os.read(ran[0], 1) == b"\n"
assert os.get_blocking(writing), "tend has left O_NONBLOCK on descriptor 2"
text = b""
while len(text) < 65536:
    text += os.read(reading, 65536 - len(text))
child.send_signal(signal.SIGTERM)
assert child.wait(timeout=5) == 143
os.close(writing)
with os.fdopen(reading) as rest:
    lines = rest.read().splitlines()
dropped = re.search(r"\[WARN\] ([0-9]+) log lines could not be written\.$", lines[0])
assert dropped and int(dropped[1]) >= 6, lines
assert any("Stopping sh with pid" in line for line in lines[1:]), lines
END
}

@test "a closed standard error, a full disk or a reader that has gone costs the lines and nothing else" {
    local runs=$BATS_TEST_TMPDIR/runs target
    for target in '&-' /dev/full ' >(:)'; do
        NAMESPACE=(bash -c '"$@" 2>'"$target" - unshare --pid --fork --mount-proc --kill-child)
        run_tend --log-level=debug --restart=on-failure --restart-sec=1ms --start-limit-burst=3 \
            "$STUB" append "$runs" x -- exit 3
        equal "$target $status" "$target 3"
    done
    equal "$(wc -l <"$runs")" 9
}

@test "the SIGPIPE of a line that nobody reads is not the service's" {
    python3 - "$TEND" "$STUB" <<'END'
import os, signal, subprocess, sys
tend, stub = sys.argv[1:]
reading, writing = os.pipe()
os.close(reading)
child = subprocess.Popen([tend, "--log-level=debug", stub, "signals", "TERM"], stderr=writing, stdout=subprocess.PIPE)
assert child.stdout.readline() == b"ready\n"
for i in range(5):
    child.send_signal(signal.SIGUSR1)
    assert child.stdout.readline().startswith(b"signal USR1")
child.send_signal(signal.SIGPIPE)
assert child.stdout.readline().startswith(b"signal PIPE")
child.send_signal(signal.SIGTERM)
assert child.wait(timeout=10) == 0
END
}
