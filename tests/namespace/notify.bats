#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# What a service says to tend by sd_notify(3), whom tend hears, and what it passes on to the manager outside.

load ../helpers/namespace
load ../helpers/control

go=
setup() {
    go=$BATS_TEST_TMPDIR/go
    # Else the path of the socket would be the machine's.
    with 'mount -t tmpfs none /run'
}

teardown() {
    show_failure
    stop_outer
    kill_started
    no_sanitizer_report
}

# start_notifier LINES STEP...: a unit with these lines, whose service is notifier.py.
start_notifier() {
    local lines=$1 step command="python3 $ROOT/tests/helpers/notifier.py"
    shift
    for step; do
        command+=" '${step//\\/\\\\}'"
    done
    unit "$lines
ExecStart=$command"
    start_tend --unit="$UNIT"
}

# ---- what may be said --------------------------------------------------------------------------

@test "READY=1 makes a service of Type=notify started, and nothing before it does" {
    start_notifier Type=notify 'send STATUS=warming up' "await $go" 'send READY=1\nSTATUS=at work' 'pause'
    wait_until 10 is_status "warming up"
    equal "$(property SubState)" start
    unlike "$(log)" Started
    touch "$go"
    wait_until 5 is_in_state running
    wait_for_log 5 'Started web with pid\([0-9]+\) in '
    equal "$(property StatusText)" "at work"
}

is_status() { equal "$(property StatusText)" "$1"; }

@test "a service that ends without READY=1 has not started" {
    start_notifier Type=notify 'send STATUS=no' 'exit 0'
    wait_for_end 10
    equal "$status" 1
    like "$(log)" 'web with pid\([0-9]+\) never said that it was ready\.'
    start_notifier Type=notify 'send READY=0' 'exit 7'
    wait_for_end 10
    equal "$status" 7
}

@test "RELOADING=1 lasts until READY=1" {
    start_notifier Type=notify 'send READY=1' "await $go" 'send RELOADING=1' "await $go.2" 'send READY=1' 'pause'
    wait_until 10 is_in_state running
    touch "$go"
    wait_until 5 is_in_state reload-notify
    equal "$(property ActiveState)" reloading
    touch "$go.2"
    wait_until 5 is_in_state running
    wait_for_log 5 'Reloaded web\.'
}

@test "STOPPING=1 is a stop by itself: not restarted if it ends well, killed if it takes too long" {
    start_notifier $'Type=notify\nRestart=on-failure' 'send READY=1' 'send STOPPING=1' "await $go" 'exit 0'
    wait_until 10 is_in_state stop-sigterm
    touch "$go"
    wait_for_end 5
    equal "$status" 0
    start_notifier $'Type=notify\nTimeoutStopSec=100ms' 'send READY=1' 'send STOPPING=1' 'pause'
    wait_for_end 10
    equal "$status" 124
    like "$(log)" 'web with pid\([0-9]+\) has not stopped in time; sending SIGKILL\.'
}

@test "STATUS= is the last one said, an empty one takes it back, and the next start begins without" {
    start_notifier $'Type=notify\nRestart=always\nRestartSec=0' 'send STATUS=one\nREADY=1' 'catch USR1' 'send STATUS=two' \
        'catch USR2' 'send STATUS=' 'catch WINCH' 'send STATUS=three' 'catch IO'
    wait_until 10 is_in_state running
    equal "$(property StatusText)" one
    ask kill USR1
    wait_until 5 is_status two
    ask kill USR2
    wait_until 5 is_status ""
    ask kill WINCH
    wait_until 5 is_status three
    ask kill IO
    wait_until 5 is_status one
}

# A main process that names two that are none of the service's, and starts a daemon that names itself.
write_daemon() {
    local notifier="python3 $ROOT/tests/helpers/notifier.py"
    cat >"$BATS_TEST_TMPDIR/daemon" <<END
#!/bin/sh
(sh -c 'exec $notifier "await $go.2" "send MAINPID=\$\$\nREADY=1" "say ready" "catch USR1" "exit 6"' &)
exec $notifier "send MAINPID=1" "send MAINPID=999999" barrier "say named" "await $go"
END
    chmod +x "$BATS_TEST_TMPDIR/daemon"
}

@test "MAINPID= is believed of a descendant, whose end is the service's from then on, and of nobody else" {
    write_daemon
    unit "Type=notify
NotifyAccess=all
ExecStart=$BATS_TEST_TMPDIR/daemon"
    start_tend --unit="$UNIT"
    wait_for_output 5 named
    touch "$go.2"
    wait_for_output 5 ready
    wait_until 5 is_in_state running
    like "$(log)" 'MAINPID=1 is not one of the service'
    like "$(log)" 'MAINPID=999999 is not one of the service'
    has_processes 2
    touch "$go"
    wait_until 5 is_alone
    equal "$(property SubState)" running
    equal "$(property MainPID)" "$(status_of "$(service)" NSpid | cut --delimiter ' ' --fields 2)"
    ask kill USR1
    wait_for_end 5
    equal "$status" 6
}

@test "MAINPID= is not believed of a process that has another part in the service, whose end would be heard of once only" {
    local main
    start_notifier "Type=notify
TimeoutStartSec=infinity
TimeoutStopSec=infinity
ExecStartPost=$STUB stamp $BATS_TEST_TMPDIR/post -- await $go" \
        'send READY=1' "main $BATS_TEST_TMPDIR/post" 'barrier' 'pause'
    wait_for_output 10 'barrier passed'
    main=$(property MainPID)
    wait_for_log 5 "MAINPID=$(cut --delimiter ' ' --fields 2 "$BATS_TEST_TMPDIR/post") is not one of the service's, ignored"
    touch "$go"
    wait_until 5 is_in_state running
    equal "$(property MainPID)" "$main"
    send TERM
    wait_for_end 5
    equal "$status" 143
}

@test "a main process that its own parent reaps has ended when nobody is left, or at the next death or signal" {
    local rest pid
    # After it the parent ends by itself, or at the stop.
    for rest in pause 'exit 0'; do
        rm -f "$go"
        start_notifier $'Type=notify\nNotifyAccess=all\nTimeoutStopSec=infinity' "fork $go" 'send READY=1' 'reap' "$rest"
        wait_for_log 5 'Started web with pid'
        # The only child of tend's is its parent.
        pid=$(status_of "$(service)" NSpid)
        unlike "$(property MainPID)" "^${pid##* }\$"
        touch "$go"
        wait_for_output 5 reaped
        [[ $rest == exit* ]] || send TERM
        wait_for_end 5
        equal "$rest: $status" "$rest: 0"
    done
}

@test "a service that forgets WATCHDOG=1 is aborted and, by its policy, started again" {
    start_notifier $'Type=notify\nWatchdogSec=400ms\nRestart=on-watchdog\nRestartSec=1h' 'send READY=1' \
        'sleep 0.2' 'send WATCHDOG=1' 'sleep 0.2' 'send WATCHDOG=1' 'sleep 0.2' 'send WATCHDOG=1' 'sleep 0.2' \
        'send WATCHDOG=1' 'say fed' 'pause'
    wait_for_output 10 fed
    unlike "$(log)" 'sign of life'
    wait_for_log 5 'web with pid\([0-9]+\) gave no sign of life for 400ms\.'
    wait_until 5 is_in_state auto-restart
    equal "$(inside_tend "$TEND" show | grep -E '^(Result|ExecMainStatus)' | xargs)" "Result=watchdog ExecMainStatus=6"
}

@test "WATCHDOG=trigger pulls it at once, and WATCHDOG_USEC= sets another time" {
    start_notifier $'Type=notify\nWatchdogSec=1h' 'send READY=1' 'send WATCHDOG=trigger' 'pause'
    wait_for_log 10 'gave no sign of life'
    wait_for_end 5
    equal "$status" 134
    start_notifier $'Type=notify\nWatchdogSec=1h' 'send READY=1' 'send WATCHDOG_USEC=50000' 'pause'
    wait_for_log 10 'gave no sign of life for 50ms\.'
    wait_for_end 5
    equal "$status" 134
}

@test "a service is told of its watchdog" {
    unit "Type=notify
WatchdogSec=1h
ExecStart=$STUB report environment process -- notify READY=1 -- pause"
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state running
    equal "$(reported environment | grep ^WATCHDOG | sort | xargs)" "WATCHDOG_PID=$(property MainPID) WATCHDOG_USEC=3600000000"
}

@test "EXTEND_TIMEOUT_USEC= gives a start and a stop more time" {
    start_notifier $'Type=notify\nTimeoutStartSec=600ms\nTimeoutStopSec=300ms' 'send EXTEND_TIMEOUT_USEC=30000000' 'sleep 1' \
        'send READY=1' 'catch TERM' 'send EXTEND_TIMEOUT_USEC=30000000' 'sleep 0.6' 'exit 0'
    wait_until 10 is_in_state running
    send TERM
    wait_for_end 5
    equal "$status" 0
    unlike "$(log)" 'in time'
}

@test "BARRIER=1 is passed when all that was said before it is heard" {
    local i steps=()
    for i in $(seq 20); do
        steps+=("send STATUS=$i" barrier)
    done
    start_notifier Type=notify 'send READY=1' "${steps[@]}" 'say over' 'pause'
    wait_for_output 10 over
    has_lines 20 '^barrier passed$'
    equal "$(property StatusText)" 20
    # Whatever else stands in it does not count.
    start_notifier Type=notify 'with 1 BARRIER=1\nREADY=1' barrier 'say over' "await $go" 'send READY=1' 'pause'
    wait_for_output 10 over
    equal "$(property SubState)" start
    touch "$go"
    wait_until 5 is_in_state running
}

# descriptors PID: how many it has open.
descriptors() {
    local open=("/proc/$1/fd/"*)
    echo ${#open[@]}
}

@test "descriptors for FDSTORE=1 are closed, which is said, and nothing else comes of it" {
    start_notifier $'Type=notify\nFileDescriptorStoreMax=100\n' 'send READY=1' 'barrier' "await $go" \
        'with 1 FDSTORE=1\nFDNAME=a' 'with 200 FDSTORE=1' 'send FDSTOREREMOVE=1\nFDNAME=a' 'with 5 STATUS=kept' 'barrier' 'pause'
    wait_for_output 10 'barrier passed'
    local before
    before=$(descriptors "$TEND_PID")
    touch "$go"
    wait_until 5 has_lines 2 'barrier passed'
    equal "$(descriptors "$TEND_PID") $(property SubState) $(property StatusText)" "$before running kept"
}

# ---- who is heard ------------------------------------------------------------------------------

# Four senders say who they are, one after the other: the main process, its child, a command beside it, and a
# stranger whom tend has not started, root as he may be. heard: whose STATUS= has been there.
start_senders() {
    unit "Type=simple
NotifyAccess=$1
Environment=NOTIFY_SOCKET=/run/tend/notify
ExecStart=$STUB notify STATUS=main -- say main -- signals USR1 -- child notify STATUS=child and say child and pause -- signals
ExecReload=$STUB notify STATUS=control"
    start_tend --unit="$UNIT"
    wait_for_output 5 main
}

heard() {
    local sender
    for sender in main control child stranger; do
        case $sender in
        control) ask reload ;;
        child) ask kill USR1 && wait_for_output 5 '^child$' ;;
        stranger) inside_tend env NOTIFY_SOCKET=/run/tend/notify "$STUB" notify STATUS=stranger ;;
        esac
        [[ $(property StatusText) != "$sender" ]] || echo "$sender"
    done | xargs
}

@test "NotifyAccess= says who is heard" {
    local access expected
    while read -r access expected; do
        start_senders "$access"
        equal "$access $(heard)" "$access $expected"
    done <<'END'
main main
exec main control
all main control child
END
}

@test "NotifyAccess=none gives no socket" {
    start_tend "$STUB" report environment -- say ready -- pause
    wait_for_output 5 ready
    unlike "$(reported environment)" NOTIFY_SOCKET
    run inside_tend test -e /run/tend
    equal "$status" 1
}

@test "NOTIFYACCESS= changes who is heard, until the next start" {
    unit "NotifyAccess=main
Restart=always
RestartSec=0
ExecStart=$STUB first 1 $BATS_TEST_TMPDIR/runs notify NOTIFYACCESS=all -- child notify STATUS=child and say child and pause \\
-- signals USR1 -- exit 1"
    start_tend --unit="$UNIT"
    wait_for_output 5 '^child$'
    wait_until 5 is_status child
    ask kill USR1
    wait_until 5 has_lines 2 '^child$'
    ask kill CONT # heard after what came before it
    equal "$(property StatusText)" ""
}

@test "a service of another user is heard" {
    as_pid_1
    with 'mount -t tmpfs none /run'
    unit "Type=notify
User=12345
ExecStart=$STUB notify READY=1 -- say ready -- pause"
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state running
}

@test "the last word of a process that dies at once counts" {
    local i
    unit "Type=notify
NotifyAccess=all
Restart=always
RestartSec=0
StartLimitBurst=0
ExecStart=$STUB times 20 orphan exit 0 -- notify READY=1 -- append $BATS_TEST_TMPDIR/runs x"
    start_tend --unit="$UNIT"
    wait_until 30 has_run 100
    ask stop
    unlike "$(log)" 'never said'
    # Whom tend itself reaps is heard to the last, too, if everybody is.
    unit "Type=notify
NotifyAccess=all
ExecStart=$STUB times 10 orphan exit 0 -- orphan notify READY=1 -- signals TERM"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        start_tend --unit="$UNIT"
        wait_until 5 is_in_state running
        kill_started
    done
}

has_run() { (($(wc -l <"$BATS_TEST_TMPDIR/runs") >= $1)); }

@test "the last word counts behind a full queue, too" {
    local i steps=()
    for i in $(seq 200); do
        steps+=("send STATUS=$i")
    done
    NAMESPACE=(unshare --net "${NAMESPACE[@]}")
    with 'echo 512 >/proc/sys/net/unix/max_dgram_qlen'
    start_notifier Type=notify "await $go" "${steps[@]}" 'send READY=1' 'exit 0'
    wait_until 5 is_in_state start
    send STOP
    touch "$go"
    wait_until 10 gone "$(service)"
    send CONT
    wait_for_end 5
    equal "$status" 0
    like "$(log)" 'Started web'
}

# ---- the socket --------------------------------------------------------------------------------

@test "the socket is /run/tend/notify where that can be made, else abstract, and is removed at the end" {
    unit "Type=notify
ExecStart=$STUB report environment -- notify READY=1 -- signals TERM"
    with "mkdir /run/tend; python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(\"/run/tend/notify\")'"
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state running
    equal "$(reported environment | grep NOTIFY_SOCKET)" NOTIFY_SOCKET=/run/tend/notify
    equal "$(inside_tend stat --format '%a %U %F' /run/tend/notify)" "777 root socket"
    equal "$(inside_tend stat --format '%a %U' /run/tend)" "755 root"
    as_pid_1
    with 'mount -t tmpfs -o ro none /run'
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state running
    equal "$(reported environment | grep NOTIFY_SOCKET)" \
        "NOTIFY_SOCKET=@tend/notify/$(readlink "/proc/$TEND_PID/ns/pid" | tr -dc 0-9)"
    outlive_tend
    start_tend --unit="$UNIT"
    wait_until 5 is_in_state_of_child running
    like "$(reported environment | grep NOTIFY_SOCKET)" '^NOTIFY_SOCKET=/run/tend/notify\.[0-9]+$'
    send TERM
    wait_for_output 5 '^left: $'
}

# tend is not PID 1, and what it leaves in /run/tend is told.
outlive_tend() {
    as_pid_1
    GENERATIONS=2
    with 'mount -t tmpfs none /run; "$@"; echo "left: $(ls /run/tend)"; exec sleep 100'
}

is_in_state_of_child() { wait_for_output 1 '^environment NOTIFY_SOCKET' && has_line 'Started web' "$LOG"; }

# ---- the manager outside -----------------------------------------------------------------------

# An outer manager's socket at $OUTER_SOCKET. Each datagram that it reads is a line of $HEARD, its fields parted by
# blanks. outer_reads starts with it; one that does not read can be full.
OUTER_PID=
outer_binds() {
    OUTER_SOCKET=$BATS_TEST_TMPDIR/outer HEARD=$BATS_TEST_TMPDIR/heard
    python3 - "$OUTER_SOCKET" "$BATS_TEST_TMPDIR/read" "$1" >"$HEARD" 3>&- <<'END' &
import os, socket, sys, time
path, go, filler = sys.argv[1:]
outer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if os.path.exists(path):
    os.unlink(path)
outer.bind(path)
if filler:
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        while True:
            sender.sendto(filler.encode(), path)
    except BlockingIOError:
        pass
print("bound", flush=True)
while not os.path.exists(go):
    time.sleep(0.005)
while True:
    print(" ".join(outer.recv(4096).decode().split("\n")).strip(), flush=True)
END
    OUTER_PID=$!
    wait_until 20 has_line bound "$HEARD"
}

outer_reads() { touch "$BATS_TEST_TMPDIR/read"; }

stop_outer() {
    [[ -n $OUTER_PID ]] || return 0
    kill "$OUTER_PID"
    wait "$OUTER_PID" || true
    OUTER_PID=
}

has_heard() { has_line "$1" "$HEARD"; }

@test "what a service says of itself is passed on, with its own pids and descriptors left out" {
    outer_binds ""
    outer_reads
    BEFORE=(env "NOTIFY_SOCKET=$OUTER_SOCKET")
    start_notifier Type=notify 'send READY=1\nSTATUS=at work\nMAINPID=2' 'with 1 FDSTORE=1\nERRNO=5' 'send WATCHDOG=1' \
        'send EXTEND_TIMEOUT_USEC=5000000' 'catch TERM' 'send STATUS=bye' 'exit 0'
    wait_until 10 has_heard '^READY=1 STATUS=at work$'
    wait_until 5 has_heard '^ERRNO=5$'
    wait_until 5 has_heard '^EXTEND_TIMEOUT_USEC=5000000$'
    send TERM
    wait_for_end 5
    wait_until 5 has_heard '^STATUS=bye$'
    equal "$(paste --serial --delimiters '|' "$HEARD")" \
        'bound|READY=1 STATUS=at work|ERRNO=5|EXTEND_TIMEOUT_USEC=5000000|STOPPING=1|STATUS=bye'
}

@test "tend says READY=1 and STOPPING=1 for a service that does not notify" {
    outer_binds ""
    outer_reads
    BEFORE=(env "NOTIFY_SOCKET=$OUTER_SOCKET")
    unit "ExecStartPre=$STUB await $go
ExecStart=$STUB report environment -- signals TERM"
    start_tend --unit="$UNIT"
    wait_for_log 5 Starting
    equal "$(<"$HEARD")" bound
    touch "$go"
    wait_until 5 has_heard READY=1
    unlike "$(reported environment)" NOTIFY_SOCKET
    send TERM
    wait_for_end 5
    wait_until 5 has_heard STOPPING=1
    equal "$(xargs <"$HEARD")" "bound READY=1 STOPPING=1"
}

@test "a stop after which tend stays is none for the manager outside, who would kill it for being late" {
    outer_binds ""
    outer_reads
    BEFORE=(env "NOTIFY_SOCKET=$OUTER_SOCKET")
    start_notifier $'Type=notify\nRestart=always\nRestartSec=0' 'send READY=1' 'catch TERM' 'send STOPPING=1' 'exit 0'
    wait_until 10 has_heard READY=1
    ask restart
    equal "$status" 0
    ask stop
    ask start
    ask kill TERM
    wait_until 10 has_heard_times 4 READY=1
    unlike "$(<"$HEARD")" STOPPING
    send TERM
    wait_for_end 5
    wait_until 5 has_heard STOPPING=1
}

has_heard_times() { equal "$(grep --count "$2" "$HEARD")" "$1"; }

# start_behind_full_queue STEP...: of notifier.py, with a "barrier", which all that is said before has passed when this
# returns. The manager outside reads nothing until outer_reads.
start_behind_full_queue() {
    outer_binds filler
    BEFORE=(env "NOTIFY_SOCKET=$OUTER_SOCKET")
    start_notifier Type=notify "$@"
    wait_for_output 10 'barrier passed'
}

@test "a full queue outside loses no READY=1, and keeps nobody busy" {
    local before
    start_behind_full_queue 'send STATUS=one\nEXTEND_TIMEOUT_USEC=1' 'send READY=1' 'send STATUS=two' 'barrier' 'catch TERM'
    before=$(ticks)
    sleep 0.5
    equal "$(ticks)" "$before"
    equal "$(property SubState)" running
    outer_reads
    # The newest of each, at once, and without anything having to happen.
    wait_until 5 has_heard '^READY=1 STATUS=two EXTEND_TIMEOUT_USEC=1$'
    send TERM
    wait_for_end 5
    wait_until 5 has_heard '^STOPPING=1$'
}

@test "a full queue outside loses no STOPPING=1 of a stop that takes time" {
    start_behind_full_queue 'send READY=1' 'barrier' 'catch TERM' 'send STATUS=saving' 'barrier' "await $go" 'exit 0'
    send TERM
    wait_until 5 says_it_saves
    equal "$(property SubState)" stop-sigterm
    outer_reads
    wait_until 5 has_heard '^READY=1 STOPPING=1 STATUS=saving$'
    touch "$go"
    wait_for_end 5
    equal "$status" 0
}

says_it_saves() { equal "$(property StatusText)" saving; }

@test "a full queue outside loses no STOPPING=1 of a stop that takes no time, if there is room within a second" {
    local pid
    start_behind_full_queue 'send READY=1' 'barrier' 'catch TERM' 'exit 0'
    pid=$(service)
    send TERM
    wait_until 5 gone "$pid"
    outer_reads
    wait_until 5 has_heard '^READY=1 STOPPING=1$'
    wait_for_end 5
    equal "$status" 0
}

@test "a manager outside that never reads keeps nobody from ending for longer" {
    local begun
    start_behind_full_queue 'send READY=1' 'barrier' 'catch TERM' 'exit 0'
    begun=$(microseconds)
    send TERM
    wait_for_end 5
    equal "$status" 0
    between $((($(microseconds) - begun) / 1000)) 0 3000
}

@test "a manager outside that is gone stops nothing, and hears all when it is back" {
    outer_binds ""
    BEFORE=(env "NOTIFY_SOCKET=$OUTER_SOCKET")
    start_notifier Type=notify "await $go" 'send READY=1' 'send STATUS=one' 'barrier' 'catch USR1' 'send STATUS=two' 'catch TERM'
    stop_outer
    touch "$go"
    wait_for_output 10 'barrier passed'
    equal "$(property SubState)" running
    outer_binds ""
    outer_reads
    ask kill USR1
    wait_until 5 has_heard '^READY=1 STATUS=two$'
    stop_outer
    send TERM
    wait_for_end 5
    equal "$status" 0
}

@test "a manager outside that was never there is no matter" {
    BEFORE=(env "NOTIFY_SOCKET=$BATS_TEST_TMPDIR/nowhere")
    start_notifier Type=notify 'send READY=1' 'catch TERM' 'exit 0'
    wait_until 10 is_in_state running
    send TERM
    wait_for_end 5
    equal "$status" 0
    unlike "$(log)" '\[(WARN|ERROR)\]'
}
