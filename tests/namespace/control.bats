#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# tend can be asked and told: what its client prints and ends with, what it waits for, and whom PID 1 hears.

load ../helpers/namespace
load ../helpers/control

go=
setup() { go=$BATS_TEST_TMPDIR/go; }

# values NAME...: of `tend show`, in that order, with blanks between.
values() {
    local name all
    all=$(inside_tend "$TEND" show)
    for name; do
        sed --quiet "s/^$name=//p" <<<"$all"
    done | paste --serial --delimiters ' '
}

# ---- status ------------------------------------------------------------------------------------

@test "status tells what runs, and ends with 0 while it is up and with 3 while it is not" {
    start_tend --log-level=info "$STUB" signals TERM
    wait_for_output 5 ready
    ask status
    equal "$status $complaint" "0 "
    like "$said" $'^● stub\n     Active: active \(running\); [0-9.]+m?s ago\n   Main PID: 2\n'
    like "$said" $'\n\n\[[^]]+\] \[INFO\] Starting stub\.\.\.\n\[[^]]+\] \[INFO\] Started stub with pid\(2\) in [^\n]+$'
    unlike "$said" $'\033'
    ask stop
    ask status
    equal "$status $complaint" "3 "
    like "$said" $'^○ stub\n     Active: inactive \(dead\); [0-9.]+m?s ago\n       Exit: exited, status 0\n'
}

@test "on a terminal the state has its colour, in a pipe it has none" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    python3 - "$TEND_PID" "$TEND" <<'END'
import os, pty, sys
pid, tend = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp("nsenter", ["nsenter", "--target", pid, "--pid", "--mount", "--", tend, "status"])
shown = b""
try:
    while data := os.read(terminal, 4096):
        shown += data
except OSError:  # EIO: nobody has it open any more
    pass
assert os.waitpid(child, 0)[1] == 0
assert shown.startswith("\033[32m●\033[0m stub\r\n     Active: \033[32mactive (running)\033[0m; ".encode()), shown
END
}

@test "--json is one object with the manual's keys, the same as show prints" {
    local keys
    keys=$(sed --quiet 's/^\.It Li \([a-z_]*\) , [A-Z].*/\1/p' "$ROOT/init/tend.8" | sort)
    start_tend --restart=always --restart-sec=1min "$STUB" exit 3
    wait_until 5 is_in_state auto-restart
    ask status --json
    equal "$status" 3
    equal "$(json '[o["id"], o["active_state"], o["result"], o["exec_main_code"], o["exec_main_status"]]' <<<"$said")" \
        "['stub', 'activating', 'exit-code', 'exited', 3]"
    # A cgroup's figures are left out where there is none, and the reason where no check has failed.
    equal "$(json '"\n".join(sorted(set(o) | {"memory_current", "cpu_usage_usec", "health_failure"}))' <<<"$said")" "$keys"
    ask show --json
    equal "$status" 0
    equal "$(json 'o["sub_state"]' <<<"$said")" auto-restart
    ask show
    equal "$status" 0
    like "$said" $'^Id=stub\nActiveState=activating\nSubState=auto-restart\nResult=exit-code\n'
}

@test "whatever a service says of itself, --json is valid and a terminal is told nothing by it" {
    unit "Type=notify
NotifyAccess=all
ExecStart=python3 $BATS_TEST_TMPDIR/say.py"
    cat >"$BATS_TEST_TMPDIR/say.py" <<'END'
import os, signal, socket
say = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
say.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
def tell(text):
    say.send(b"STATUS=" + text.replace(b"\\", b"\\\\").replace(b"\n", b"\\\n").replace(b"\r", b"\\\r"))
texts = [bytes(range(1, 64)), bytes(range(64, 128)), "ü€😀\u0085\u2028".encode(), b"x" * 2000, b"\x1b" * 511, b'"\\' * 255]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
for text in texts:
    tell(text)
    say.send(b"READY=1")
    signal.sigwait([signal.SIGUSR1])
say.send(b"STATUS=end")
signal.pause()
END
    start_tend --unit="$UNIT"
    wait_until 10 is_in_state running
    python3 - "$TEND_PID" "$TEND" <<'END'
import json, subprocess, sys, time
pid, tend = sys.argv[1:]
texts = ["".join(map(chr, range(1, 64))), "".join(map(chr, range(64, 128))), "ü€😀\u0085\u2028", "x" * 2000, "\x1b" * 511, '"\\' * 255]
def tell(*words):
    return subprocess.run(["nsenter", "--target", pid, "--pid", "--mount", "--", tend, *words],
                          stdout=subprocess.PIPE, check=False).stdout.decode()
def shown(text):
    return "".join(c if c.isprintable() or c > "\u00a0" else "".join(f"\\x{b:02x}" for b in c.encode()) for c in text)
deadline = time.monotonic() + 45
for text in texts:
    expected = shown(text)[:511] if text[0] == "x" else shown(text)
    while (status := json.loads(tell("status", "--json"))["status_text"]) != expected:
        assert time.monotonic() < deadline, (text, expected, status)
    for words in (["status"], ["show"]):
        plain = tell(*words)
        assert expected in plain, (words, plain)
        assert all(c >= " " and c != "\x7f" or c == "\n" for c in plain), (words, plain)
    tell("kill", "USR1")
END
}

@test "times since, restarts, last results and the next restart are told" {
    local now since next
    start_tend --restart=on-failure --restart-sec=30s "$STUB" first 2 "$BATS_TEST_TMPDIR/runs" die SEGV -- signals TERM
    wait_until 5 is_in_state auto-restart
    now=$(microseconds)
    equal "$(values NRestarts Result ExecMainCode ExecMainStatus MainPID)" "0 signal killed 11 0"
    since=$(property StateChangeTimestampMonotonic) next=$(property NextRestartTimestampMonotonic)
    equal $((next - since)) 30000000
    between $((now - since)) -100000 10000000
    ask status
    like "$said" $'\n     Active: activating \(auto-restart\) \(Result: signal\); [0-9.]+m?s ago\n'
    like "$said" $'\n       Exit: killed, SIGSEGV\n'
    like "$said" $'\n    Restart: in [12][0-9](\.[0-9])?s\n'
    # One that is asked for is not the policy's.
    ask restart
    wait_until 5 is_in_state auto-restart
    equal "$(property NRestarts)" 0
    ask stop
    equal "$(values NRestarts Result)" "0 success"
    kill_started
    rm "$BATS_TEST_TMPDIR/runs"
    start_tend --restart=on-failure --restart-sec=1ms "$STUB" first 2 "$BATS_TEST_TMPDIR/runs" die SEGV -- signals TERM
    wait_for_output 5 ready
    equal "$(values NRestarts Result SubState)" "2 success running"
    equal "$(property NextRestartTimestampMonotonic)" ""
    ask status
    like "$said" $'\n   Restarts: 2\n'
}

# A group of our own in each hierarchy that counts memory or time; false where none can be made.
own_groups() {
    local group
    groups=()
    for group in /sys/fs/cgroup/memory /sys/fs/cgroup/cpuacct; do
        [[ ! -d $group ]] || groups+=("$group/tend.$$.$RANDOM")
    done
    ((${#groups[@]})) || groups=("/sys/fs/cgroup/tend.$$.$RANDOM")
    for group in "${groups[@]}"; do
        mkdir "$group" 2>/dev/null && with "echo \$\$ >$group/cgroup.procs" || return
    done
    compgen -G "${groups[0]}/memory.*" >/dev/null
}

@test "memory and processor time are those of the container" {
    local before
    own_groups || skip "no cgroup that counts memory can be made here"
    start_tend "$STUB" eat-memory 64 -- say eaten -- await "$go" -- exec sh -c 'while :; do :; done'
    wait_for_output 10 eaten
    between "$(property MemoryCurrent)" $((64 << 20)) $((80 << 20))
    ask status
    like "$said" $'\n     Memory: [67][0-9]\.[0-9]M\n'
    before=$(property CPUUsageUSec)
    between "$before" 1 5000000
    touch "$go"
    wait_until 20 cpu_has_grown "$before"
    kill_started
    for group in "${groups[@]}"; do
        wait_until 5 rmdir "$group"
    done
}

cpu_has_grown() { (($(property CPUUsageUSec) > $1 + 100000)); }

@test "the last eight lines of the log are told, whatever the log's format, cut to what a screen is wide" {
    local i
    start_tend --log-level=info --log-format=json "$STUB" signals TERM
    wait_for_output 5 ready
    for i in 1 2 3 4; do
        ask restart
    done
    equal "$(property Log | wc -l)" 8
    like "$(property Log | tail -n 1)" '^\[[^]]+\] \[INFO\] Started stub with pid\([0-9]+\) in '
    unlike "$(property Log)" '@timestamp'
}

# ---- start and stop ----------------------------------------------------------------------------

@test "start of what runs answers as operators know it" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask start
    equal "$status $said $complaint" "0 [WARN] Already running with pid(2). "
    unit "Type=oneshot
RemainAfterExit=yes
ExecStart=$STUB exit 0"
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state exited
    ask start
    equal "$status $said $complaint" "0 [WARN] Already running. "
}

@test "stop of what does not run answers as operators know it" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask stop
    equal "$status $said $complaint" "0  "
    ask stop
    equal "$status $said $complaint" "0 [WARN] Not running. "
}

@test "stop lets PID 1 stay until start, and a later SIGTERM ends it with 0" {
    unit "ExecStart=$STUB signals TERM"
    start_tend --unit="$UNIT"
    wait_for_output 5 ready
    ask stop
    equal "$status $(values ActiveState SubState Result MainPID)" "0 inactive dead success 0"
    equal "$(inside)" ""
    ask start
    equal "$status $(values ActiveState SubState)" "0 active running"
    wait_until 5 has_lines 2 ready
    ask stop
    send TERM
    wait_for_end 5
    equal "$status" 0
    # Of a bare command the engine is told what it has sent, as if the command had died by it.
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask stop
    send TERM
    wait_for_end 5
    equal "$status" 143
}

# is_past MICROSECONDS: of the monotonic clock, by half a second.
is_past() { python3 -c 'import sys, time; sys.exit(time.monotonic_ns() / 1000 < int(sys.argv[1]) + 500000)' "$1"; }

@test "stop ends a service that waits for its restart, and none follows" {
    local when
    start_tend --restart=always --restart-sec=2s "$STUB" append "$BATS_TEST_TMPDIR/runs" x -- exit 1
    wait_until 5 is_in_state auto-restart
    when=$(property NextRestartTimestampMonotonic)
    ask stop
    equal "$status $(values ActiveState SubState)" "0 inactive dead"
    wait_until 5 is_past "$when"
    equal "$(wc -l <"$BATS_TEST_TMPDIR/runs") $(property SubState)" "1 dead"
}

@test "stop waits until all of the service is gone, but not with --no-block" {
    start_tend --kill-mode=control-group "$STUB" child signals TERM and await "$go" -- signals TERM
    wait_until 5 has_lines 2 ready
    ask_meanwhile stop
    wait_until 5 has_lines 2 '^signal TERM'
    wait_until 5 is_in_state final-sigterm
    asks
    touch "$go"
    answered 5
    equal "$status $said $complaint $(inside)" "0   "
    rm "$go"
    ask start
    wait_until 5 has_lines 4 ready
    ask stop --no-block
    equal "$status $said $complaint" "0  "
    wait_until 5 is_in_state final-sigterm
    ask stop --no-block
    equal "$status" 0
    touch "$go"
    wait_until 5 is_in_state dead
}

@test "a stop that leaves something alive fails and says so" {
    start_tend --timeout-stop-sec=50ms --send-sigkill=no "$STUB" ignore TERM -- say ready -- pause
    wait_for_output 5 ready
    ask stop
    equal "$status $said" "1 "
    like "$complaint" '^\[ERROR\] Cannot stop stub: what is left of it does not end\.$'
    # Nothing may start beside it.
    ask start
    equal "$status $said" "1 "
    like "$complaint" '^\[ERROR\] Cannot start stub: what is left of it does not end\.$'
    has_processes 1
}

@test "start waits until the service is ready" {
    unit "Type=notify
ExecStart=$STUB await $go -- notify READY=1 -- signals TERM"
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state start
    ask_meanwhile start
    ask status
    equal "$status" 3
    asks
    touch "$go"
    answered 5
    equal "$status $said $complaint $(property SubState)" "0   running"
    ask stop
    rm "$go"
    ask start --no-block
    equal "$status $(property SubState)" "0 start"
}

@test "a start that fails says why, and ends with 1" {
    local lines why
    while IFS='|' read -r lines why; do
        unit "$(printf '%b' "FailureAction=none\n$lines")"
        start_tend --unit="$UNIT"
        wait_until 5 is_in_state failed
        ask start
        equal "$status $said $(sed -E 's/pid\([0-9]+\)/pid(N)/' <<<"$complaint")" "1  [ERROR] Cannot start web: $why."
    done <<END
ExecStart=$STUB pause\nExecStartPre=$STUB exit 3|ExecStartPre= of web exited with status 3
Type=exec\nExecStart=/etc/passwd|web with pid(N) exited with status 203 (EXEC)
Type=notify\nExecStart=$STUB exit 4|web with pid(N) exited with status 4
Type=notify\nExecStart=$STUB exit 0|web with pid(N) never said that it was ready
Type=notify\nTimeoutStartSec=50ms\nExecStart=$STUB pause|web with pid(N) took too long and was killed by SIGTERM
Type=oneshot\nExecStart=$STUB die KILL|web with pid(N) was killed by SIGKILL
ExecStart=$STUB pause\n[Unit]\nAssertPathExists=/nowhere|web has an assertion that is not met
END
}

@test "a start that a condition keeps back is no failure, and neither is a oneshot that has done its work" {
    local lines
    while read -r lines; do
        unit "$(printf '%b' "$lines")"
        start_tend --unit="$UNIT" --success-action=none
        wait_until 5 is_in_state dead
        ask start
        equal "$lines: $status $said $complaint" "$lines: 0  "
        unlike "$(log)" '\[(WARN|ERROR)\]'
    done <<END
ExecStart=$STUB pause\n[Unit]\nConditionPathExists=/nowhere
ExecStart=$STUB pause\nExecCondition=$STUB exit 1
Type=oneshot\nExecStart=$STUB exit 0
END
}

# ---- restart -----------------------------------------------------------------------------------

@test "restart stops by RestartKillSignal=, waits, and starts another" {
    local before
    start_tend --restart-kill-signal=USR1 "$STUB" signals USR1 -- say bye
    wait_for_output 5 ready
    before=$(property MainPID)
    ask restart
    equal "$status $said $complaint $(property SubState)" "0   running"
    has_lines 1 '^bye$'
    has_lines 1 '^signal USR1 from 1$'
    has_lines 0 '^signal TERM'
    (($(property MainPID) > before))
    # Any other stop has the other signal.
    wait_until 5 has_lines 2 ready
    ask_meanwhile stop
    wait_until 5 has_lines 1 '^signal TERM from 1$'
    ask kill USR1
    answered 5
    equal "$status" 0
}

@test "restart starts what does not run" {
    start_tend --failure-action=none "$STUB" first 1 "$BATS_TEST_TMPDIR/runs" exit 3 -- signals TERM
    wait_until 5 is_in_state failed
    ask restart
    equal "$status $(property SubState)" "0 running"
}

@test "a stop overtakes a restart, whose client is told" {
    start_tend "$STUB" signals USR1
    wait_for_output 5 ready
    ask_meanwhile restart
    wait_until 5 has_lines 1 '^signal TERM'
    ask stop --no-block
    wait_until 5 has_lines 2 '^signal TERM'
    asks
    ask kill USR1
    answered 5
    equal "$status $said $complaint" "1  [ERROR] Cannot restart stub: a stop was asked for."
    equal "$(property SubState)" dead
}

@test "a stop signal overtakes a restart, and tend ends" {
    start_tend "$STUB" signals USR1 -- exit 7
    wait_for_output 5 ready
    ask_meanwhile restart
    wait_until 5 has_lines 1 '^signal TERM'
    send TERM
    wait_until 5 has_lines 2 '^signal TERM'
    ask kill USR1
    wait_for_end 5
    equal "$status" 7
    has_lines 1 ready
}

@test "a start calls a stop off, whose client does not wait for ever" {
    start_tend "$STUB" signals USR1
    wait_for_output 5 ready
    ask_meanwhile stop
    wait_until 5 has_lines 1 '^signal TERM'
    ask start --no-block
    answered 5
    equal "$status $said $complaint" "1  [ERROR] Cannot stop stub: a start was asked for."
    ask kill USR1
    wait_until 5 has_lines 2 ready
    equal "$(property SubState)" running
}

@test "Ctrl-C ends a client that waits, and leaves alone what it has asked for" {
    start_tend "$STUB" signals USR1
    wait_for_output 5 ready
    python3 - "$TEND_PID" "$TEND" <<'END'
import os, pty, signal, sys, time
pid, tend = sys.argv[1:]
# In the background of a shell, SIGINT is ignored, and what is ignored is inherited.
signal.signal(signal.SIGINT, signal.SIG_DFL)
child, terminal = pty.fork()
if child == 0:
    os.execvp("nsenter", ["nsenter", "--target", pid, "--pid", "--mount", "--", tend, "stop"])
def state():
    return os.popen(f"nsenter --target {pid} --pid --mount -- {tend} show").read()
deadline = time.monotonic() + 10
while "SubState=stop-sigterm" not in state():
    assert time.monotonic() < deadline
os.write(terminal, b"\3")
while not (ended := os.waitpid(child, os.WNOHANG))[0]:
    assert time.monotonic() < deadline
    time.sleep(0.01)
END
    # nsenter has died of it, and so has its child, the client.
    wait_until 5 is_alone
    equal "$(property SubState)" stop-sigterm
    ask kill USR1
    wait_until 5 is_in_state dead
}

# ---- reload ------------------------------------------------------------------------------------

@test "reload runs ExecReload= and waits for it" {
    unit "ExecStart=$STUB signals TERM
ExecReload=$STUB say reloading -- await $go -- first 1 $BATS_TEST_TMPDIR/runs exit 0 -- exit 5"
    start_tend --unit="$UNIT"
    wait_for_output 5 ready
    ask_meanwhile reload
    wait_for_output 5 reloading
    equal "$(values ActiveState SubState)" "reloading reload"
    asks
    touch "$go"
    answered 5
    equal "$status $said $complaint $(property SubState)" "0   running"
    ask reload
    equal "$status $said $complaint $(property SubState)" "1  [ERROR] Cannot reload web: exit-code. running"
}

@test "reload of Type=notify-reload waits for the service's word" {
    unit "Type=notify-reload
ExecStart=python3 $BATS_TEST_TMPDIR/reloads.py $go"
    cat >"$BATS_TEST_TMPDIR/reloads.py" <<'END'
import os, signal, socket, sys, time
say = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
say.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
say.send(b"READY=1")
while True:
    signal.sigwait([signal.SIGHUP])
    say.send(b"RELOADING=1\nMONOTONIC_USEC=%d" % (time.monotonic_ns() // 1000))
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.005)
    say.send(b"READY=1")
END
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state running
    ask_meanwhile reload
    wait_until 5 is_in_state reload-notify
    asks
    touch "$go"
    answered 5
    equal "$status $said $complaint $(property SubState)" "0   running"
}

@test "reload is refused where there is none, and while the service is down" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask reload
    equal "$status $said $complaint" "1  [ERROR] Cannot reload: it has no ExecReload=."
    ask stop
    ask reload
    equal "$status $said $complaint" "1  [ERROR] Cannot reload: it is not running."
}

# ---- kill and health ---------------------------------------------------------------------------

@test "kill sends a signal to every process of the service" {
    start_tend "$STUB" child signals -- orphan setsid signals -- signals
    wait_until 5 has_lines 3 ready
    ask kill
    equal "$status $said $complaint" "0  "
    wait_until 5 has_lines 3 '^signal TERM from 1$'
    ask kill RTMIN+5
    wait_until 5 has_lines 3 '^signal RTMIN\+5 from 1$'
    equal "$(property SubState)" running
    ask kill SIGKILL
    wait_for_end 5
    equal "$status" 137
}

@test "kill says so where nothing runs" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask stop
    ask kill
    equal "$status $said $complaint" "0 [WARN] Not running. "
}

@test "health is Docker's word for it, or the state of what is not up, and 0 for what is healthy or has no check" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask health
    equal "$status $said $complaint" "0 none "
    ask stop
    ask health
    equal "$status $said $complaint" "1 inactive "
    equal "$(property Health)" inactive
    # Where the state stands above, it is not said twice.
    ask status
    unlike "$said" Health
    start_tend --restart=always --restart-sec=1min "$STUB" exit 3
    wait_until 5 is_health "1 activating"
    start_tend --health-check="/usr/bin/test -e $go" --health-interval=50ms --health-retries=2 --health-start-period=1min \
        "$STUB" signals TERM
    wait_for_output 5 ready
    ask health
    equal "$status $said $complaint" "1 starting "
    touch "$go"
    wait_until 5 is_health "0 healthy"
    rm "$go"
    wait_until 5 is_health "1 unhealthy"
    (($(property HealthFailingStreak) >= 2))
    # Without a policy it is only said.
    equal "$(property SubState)" running
    ask status
    like "$said" $'\n     Health: unhealthy\n Last check: exited with status 1\n'
}

is_health() {
    ask health
    equal "$status $said" "$1"
}

# ---- where it works ----------------------------------------------------------------------------

all_of_it() {
    "$@"
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask start
    equal "$* $status $said $complaint" "$* 0 [WARN] Already running with pid($(property MainPID)). "
    ask stop
    equal "$status $complaint" "0 "
    ask start
    ask kill KILL
    wait_for_end 5
    equal "$status" 137
}

@test "it works without /proc, with a foreign one, and where nothing can be written" {
    all_of_it as_pid_1_without_proc
    all_of_it as_pid_1_with_foreign_proc
    all_of_it without_a_writable_file_system
}

without_a_writable_file_system() {
    as_pid_1
    with 'mount --bind / /mnt && mount -o remount,bind,ro /mnt && exec chroot /mnt "$@"'
    with 'mount -t proc proc /proc; ! touch /tmp/x 2>/dev/null'
    CHROOT=1
}

@test "root and tend's own user may ask, others are refused" {
    as_pid_1_of_user 12345
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask status
    equal "$status" 0
    ASK=(setpriv --reuid 12345 --regid 12345 --clear-groups)
    ask status
    equal "$status" 0
    ASK=(setpriv --reuid 12346 --regid 12345 --clear-groups)
    refused
    kill_started
    as_pid_1
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    refused
}

# None of the verbs, and nothing comes of it.
refused() {
    local verb
    for verb in status show health start stop restart reload kill; do
        ask "$verb"
        equal "$verb $status $said" "$verb 1 "
        like "$complaint" '^\[ERROR\] Access denied: only root and tend'
    done
    unlike "$(output)" signal
    has_processes 1
}

@test "root of another container in the same network namespace is refused" {
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    equal "$(unshare --pid --fork --kill-child python3 - "$(control_name "$TEND_PID")" <<'END'
import socket, sys
client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
client.connect("\0" + sys.argv[1][1:])
try:
    client.send(b"stop")
except BrokenPipeError:  # it has been refused already
    pass
print(client.recv(1000).decode(), end="")
END
)" $'1\n[ERROR] Access denied: only root and tend\'s own user may ask, in its container.'
    unlike "$(output)" signal
}

@test "PID 1 takes a verb for a command to run" {
    local verb
    mkdir "$BATS_TEST_TMPDIR/bin"
    for verb in status start stop restart reload kill health show verify probe simulate; do
        printf '#!/bin/sh\necho "$0 $*"\nexit 5\n' >"$BATS_TEST_TMPDIR/bin/$verb"
        chmod +x "$BATS_TEST_TMPDIR/bin/$verb"
        BEFORE=(env "PATH=$BATS_TEST_TMPDIR/bin:$PATH")
        run_tend "$verb" now
        equal "$status $(output)" "5 $BATS_TEST_TMPDIR/bin/$verb now"
    done
}

@test "a name that a stranger has taken is said and survived, and no client speaks to the stranger" {
    local names=$BATS_TEST_TMPDIR/names stranger
    with "readlink /proc/self/ns/pid /proc/self/ns/mnt >$names; while [ ! -e $go ]; do sleep 0.01; done"
    become "${NAMESPACE[@]}" "$TEND" "$STUB" signals TERM -- exit 4 </dev/null >"$BATS_TEST_TMPDIR/output.0" 2>"$BATS_TEST_TMPDIR/log.0" &
    OUTER=$! OUTPUT=$BATS_TEST_TMPDIR/output.0 LOG=$BATS_TEST_TMPDIR/log.0
    started+=("$OUTER")
    wait_until 5 has_line mnt "$names"
    # It would say yes to all.
    python3 - "$(tr -dc '0-9\n' <"$names" | paste --serial --delimiters .)" "$go" >"$BATS_TEST_TMPDIR/heard" 3>&- <<'END' &
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind("\0tend/control/" + sys.argv[1])
server.listen()
open(sys.argv[2], "w").close()
while True:
    client = server.accept()[0]
    request = client.recv(100)
    print("heard", request, flush=True)
    if request:
        client.send(b"0\nActiveState=active\n")
END
    stranger=$!
    wait_for_output 5 ready
    TEND_PID=$(descendant_of "$OUTER" 1)
    wait_for_log 5 '\[WARN\] Cannot be asked by `tend status` and the like: Address (already )?in use\.$'
    ask status
    equal "$status $said $complaint" "4  PID 1 is no tend, or does not listen."
    ask health
    equal "$status $said $complaint" "1  PID 1 is no tend, or does not listen."
    wait_until 5 has_line "heard b''" "$BATS_TEST_TMPDIR/heard"
    unlike "$(<"$BATS_TEST_TMPDIR/heard")" "heard b'[a-z]"
    send TERM
    wait_for_end 5
    equal "$status" 4
    kill "$stranger"
    wait "$stranger" || true
}

@test "where tend is not PID 1, its client says so" {
    not_as_pid_1
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    ask status
    equal "$status $said $complaint" "4  PID 1 is no tend, or does not listen."
    ask health
    equal "$status $said $complaint" "1  PID 1 is no tend, or does not listen."
    equal "$(log)" ""
}

@test "an answer that can't be written is said, and is none" {
    local words
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    for words in status 'status --json' show health start; do
        status=0
        # shellcheck disable=SC2086 # words
        inside_tend "$TEND" $words >/dev/full 2>"$BATS_TEST_TMPDIR/complaint" || status=$?
        equal "$words: $status $(<"$BATS_TEST_TMPDIR/complaint")" "$words: 1 Cannot write: No space left on device."
    done
}

@test "what the client does not understand it names, and refuses with 2" {
    local words strange
    start_tend "$STUB" signals TERM
    wait_for_output 5 ready
    while IFS='|' read -r strange words; do
        # shellcheck disable=SC2086 # they are several
        ask $words
        equal "$words: $status $said" "$words: 2 "
        like "$complaint" "^$strange: not understood"$'\n''usage: tend status.*$'
    done <<'END'
now|status now
--jso|status --jso
--no-block|status --no-block
json|show json
--json|health --json
--json|stop --json
1|stop 1
FOO|kill FOO
0|kill 0
-9|kill -9
KILL|kill TERM KILL
--no-block|kill --no-block
now|restart --no-block now
END
    unlike "$(output)" signal
    ask kill --help
    equal "$status $complaint" "0 "
    like "$said" '^usage: tend status'
}
