#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# From tend's first instruction to the service's: what may go wrong, and what is said then. What the
# service finds when it begins is in spawn.bats.

load ../helpers/namespace

@test "tend ends with the service's status, whatever it is" {
    local code name
    for code in 0 1 2 3 64 78 124 125 126 127 128 130 134 137 143 200 203 255; do
        run_tend "$STUB" exit "$code"
        equal "$status" "$code"
    done
    for name in HUP:1 INT:2 QUIT:3 ILL:4 ABRT:6 FPE:8 KILL:9 USR1:10 SEGV:11 PIPE:13 TERM:15 SYS:31 32:32 RTMIN+0:34 \
        RTMIN+30:64; do
        run_tend "$STUB" die "${name%:*}"
        equal "$name $status" "$name $((128 + ${name#*:}))"
    done
    equal "$(log)" ""
}

@test "the command gets its arguments as they are" {
    run_tend -- "$STUB" exec printf '[%s]' "" " two words" --restart=always -x '$HOME' $'new\nline' %n ''
    equal "$(output)" $'[][ two words][--restart=always][-x][$HOME][new\nline][%n][]'
    cd "$BATS_TEST_TMPDIR"
    cp "$STUB" ./-odd
    run_tend -- ./-odd exit 3
    equal "$status" 3
}

@test "as PID 1 a word that names a client command is a command to run like any other" {
    local verb
    for verb in status start stop restart reload kill health show verify simulate; do
        printf '#!/bin/sh\necho "%s $*"\n' "$verb" >"$BATS_TEST_TMPDIR/$verb"
        chmod +x "$BATS_TEST_TMPDIR/$verb"
        BEFORE=(env "PATH=$BATS_TEST_TMPDIR:$PATH")
        run_tend "$verb" TERM
        equal "$status $(output)" "0 $verb TERM"
    done
}

@test "what can't be executed is said in one line that names it and why" {
    local file=$BATS_TEST_TMPDIR/file
    echo text >"$file"
    run_tend nowhere/to/be/found
    equal "$status" 127
    like "$(log)" '^\[[^]]+\] \[ERROR\] Cannot execute nowhere/to/be/found: No such file or directory\.$'
    run_tend not-in-path
    equal "$status" 127
    like "$(log)" '^\[[^]]+\] \[ERROR\] Cannot execute not-in-path: No such file or directory\.$'
    run_tend "$file"
    equal "$status" 126
    like "$(log)" "^\[[^]]+\] \[ERROR\] Cannot execute $file: Permission denied\.\$"
    chmod +x "$file"
    run_tend "$file"
    equal "$status" 126
    like "$(log)" "^\[[^]]+\] \[ERROR\] Cannot execute $file: Exec format error\.\$"
    printf '#!/nowhere/sh\n' >"$file"
    run_tend "$file"
    equal "$status" 127
    run_tend /tmp
    equal "$status" 126
    like "$(log)" 'Cannot execute /tmp: Permission denied\.$'
}

# ---- no process to be had ------------------------------------------------------------------------

# tend is the only process of its user, which may have no more.
only_one_process() {
    as_pid_1_of_user 54321
    BEFORE=(prlimit --nproc=1:1000)
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
}

# may_have PROCESSES: as that user, for root itself may lack CAP_SYS_RESOURCE.
may_have() {
    setpriv --reuid 54321 --regid 54321 --clear-groups prlimit --pid "$TEND_PID" --nproc="$1:1000"
}

@test "a fork that fails is a failure of the service, with status 1" {
    only_one_process
    run_tend "$STUB" exit 0
    equal "$status" 1
    like "$(log)" '^\[[^]]+\] \[ERROR\] Cannot fork for stub: Resource temporarily unavailable\.$'
}

@test "a fork that fails is retried by the policy, until there is room" {
    only_one_process
    start_tend --restart=on-failure --restart-sec=20ms --start-limit-burst=0 "$STUB" signals TERM -- exit 6
    wait_for_log 5 'could not be started; restart in 20ms'
    wait_until 5 log_lines 3 'Cannot fork for stub'
    may_have 1000
    wait_for_output 5 ready
    send TERM
    wait_for_end 5
    equal "$status" 6
}

log_lines() { (($(grep -c -e "$2" "$LOG") >= $1)); }

@test "a fork that fails at a restart is retried as well, and the limit ends it" {
    only_one_process
    BEFORE[1]=--nproc=2:1000
    start_tend --restart=on-failure --restart-sec=20ms --start-limit-burst=3 "$STUB" say ready -- await "$BATS_TEST_TMPDIR/go" -- exit 6
    wait_for_output 5 ready
    may_have 1
    touch "$BATS_TEST_TMPDIR/go"
    wait_for_end 5
    equal "$status" 1
    like "$(log)" 'exited with status 6; restart 1 of 2'
    like "$(log)" 'could not be started; not restarted: started 3 times'
}

@test "a stop is heard while no process can be had" {
    only_one_process
    start_tend --restart=always --restart-sec=10ms --start-limit-burst=0 "$STUB" pause
    wait_until 5 log_lines 2 'Cannot fork for stub'
    send TERM
    wait_for_end 5
    equal "$status" 143
}

@test "a pids limit of the cgroup is a failure that passes, too" {
    local group=/sys/fs/cgroup/pids
    [[ -d $group ]] || group=/sys/fs/cgroup
    group=$group/tend.$$.$RANDOM
    mkdir "$group" && echo 1 >"$group/pids.max" || skip "no pids cgroup can be made here"
    limited_group=$group
    start_tend_in_group
    wait_for_log 5 'Cannot fork for stub: Resource temporarily unavailable'
    echo max >"$group/pids.max"
    wait_for_output 5 ready
    send TERM
    wait_for_end 5
    equal "$status" 143
    wait_until 5 rmdir "$group"
}

start_tend_in_group() {
    with 'echo $$ >'"$limited_group/cgroup.procs"
    start_tend --restart=on-failure --restart-sec=20ms --start-limit-burst=0 "$STUB" say ready -- pause
}

@test "without a descriptor for its pipe a start fails and is retried" {
    BEFORE=(prlimit --nofile=5:100)
    start_tend --restart=on-failure --restart-sec=20ms --start-limit-burst=0 "$STUB" say ready -- pause
    wait_for_log 5 'Cannot fork for stub: (Too many open files|No file descriptors available)'
    prlimit --pid "$TEND_PID" --nofile=100:100
    wait_for_output 5 ready
    send TERM
    wait_for_end 5
    equal "$status" 143
}

# ---- what tend keeps for itself ------------------------------------------------------------------

@test "a descriptor of tend's reaches no service, and its own number does not grow with restarts" {
    start_tend --restart=always --restart-sec=0 --start-limit-burst=0 "$STUB" first 20 "$BATS_TEST_TMPDIR/runs" exit 1 \
        -- report descriptor -- say ready -- pause
    wait_for_output 5 ready
    equal "$(reported descriptor | cut -d ' ' -f 1 | xargs)" "0 1 2"
    between "$(find "/proc/$TEND_PID/fd" -mindepth 1 | wc -l)" 4 8
}

@test "descriptors that the engine passes reach a bare command, which is named as their receiver" {
    local pid
    BEFORE=(bash -c 'exec env LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=a "$@" 3</etc/passwd' -)
    run_tend "$STUB" report process descriptor environment
    read -r pid _ <<<"$(reported process)"
    equal "$(reported descriptor 3)" /etc/passwd
    equal "$(reported environment | grep ^LISTEN_ | sort | xargs)" "LISTEN_FDNAMES=a LISTEN_FDS=1 LISTEN_PID=$pid"
    BEFORE=(env LISTEN_FDS=1 LISTEN_PID=99)
    run_tend "$STUB" report environment
    equal "$(reported environment | grep ^LISTEN_ | sort | xargs)" "LISTEN_FDS=1 LISTEN_PID=99"
}

@test "what the service notifies goes upward; one that tend does not listen to speaks there itself" {
    python3 - "$TEND" "$STUB" <<'END'
import os, signal, socket, subprocess, sys
tend, stub = sys.argv[1:]
outer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = f"\0tend-test-{os.getpid()}"
outer.bind(name)
outer.settimeout(10)

def begin(*words):
    return subprocess.Popen([tend, *words], env={"NOTIFY_SOCKET": "@" + name[1:], "PATH": os.environ["PATH"]},
                            stdout=subprocess.DEVNULL)

def hears(*expected):
    heard = set()
    while not heard.issuperset(expected):
        heard.update(outer.recv(4096).decode().splitlines())

with begin("--type=notify", stub, "block", "TERM", "--", "notify", "READY=1\\nSTATUS=at work", "--", "signals", "TERM") as child:
    hears("READY=1", "STATUS=at work")
    child.send_signal(signal.SIGTERM)
assert child.returncode == 0
with begin(stub, "notify", "READY=1", "--", "exit", "3") as child:
    hears("READY=1")
assert child.returncode == 3
END
}

@test "tend itself works in /, and the service where tend was started" {
    cd "$BATS_TEST_TMPDIR"
    start_tend --restart=always --restart-sec=0 "$STUB" first 1 runs exit 1 -- report directory -- say ready -- pause
    wait_for_output 5 ready
    equal "$(reported directory)" "$BATS_TEST_TMPDIR"
    equal "$(readlink "/proc/$TEND_PID/cwd")" /
}

@test "--help and --version print to standard output and start nothing" {
    run_tend --version
    equal "$status" 0
    like "$(output)" '^tend [0-9]+\.[0-9]+\.[0-9]+$'
    run_tend --help "$STUB" exit 3
    equal "$status" 0
    like "$(output)" '--restart=no\|'
    like "$(output)" '--log-level='
    equal "$(log)" ""
}

@test "what can't be printed is said, and ends with 1; who reads no more hears no complaint" {
    local words
    for words in --version --help 'simulate --restart=no' "verify $ROOT/rootfs/usr/lib/systemd/system/elasticsearch.service" 'status --help'; do
        # shellcheck disable=SC2086 # words
        equal "$words: $({ "$TEND" $words >/dev/full || echo "$?"; } 2>&1)" \
            "$words: Cannot write: No space left on device."$'\n1'
    done
    # A signal ends it, as it ends cat.
    python3 - "$TEND" <<'END'
import os, signal, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
ended = subprocess.run([sys.argv[1], "--help"], stdout=writer, stderr=subprocess.PIPE, restore_signals=True, check=False)
assert (ended.returncode, ended.stderr) == (-signal.SIGPIPE, b""), ended
END
}
