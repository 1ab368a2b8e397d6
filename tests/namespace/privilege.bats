#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# What tend keeps for itself, and with how little it still works. What the service gets is in spawn.bats.

load ../helpers/namespace

# capabilities NAME...: as the kernel writes them, those that this root has.
capabilities() {
    local set=0 name
    for name; do
        set=$((set | 1 << number_of[$name]))
    done
    printf '%016x\n' $((set & 16#$(status_of self CapPrm)))
}

declare -gA number_of=([chown]=0 [dac_override]=1 [fowner]=3 [fsetid]=4 [kill]=5 [setgid]=6 [setuid]=7 [setpcap]=8
    [net_bind_service]=10 [sys_nice]=23 [sys_resource]=24)

# own_set OPTION...: tend's permitted set, which is the effective one, with nothing to inherit.
own_set() {
    start_tend "$@" "$STUB" say ready -- pause
    wait_for_output 5 ready
    equal "$(status_of "$TEND_PID" CapEff)" "$(status_of "$TEND_PID" CapPrm)"
    equal "$(status_of "$TEND_PID" CapInh) $(status_of "$TEND_PID" CapAmb)" "0000000000000000 0000000000000000"
    own=$(status_of "$TEND_PID" CapPrm)
    kill_started
}

@test "as root tend keeps what applying the options takes, and no more" {
    local always=(kill setuid setgid setpcap) own options more
    while IFS=: read -r options more; do
        # shellcheck disable=SC2086
        own_set --user=1000 $options
        # shellcheck disable=SC2086
        equal "$options $own" "$options $(capabilities "${always[@]}" $more)"
    done <<'END'
:
--ambient-capabilities=CAP_NET_BIND_SERVICE:net_bind_service
--limit-nofile=1000:sys_resource
--oom-score-adjust=100:sys_resource
--nice=1:sys_nice
--cpu-affinity=0:sys_nice
END
}

@test "tend makes and hands over directories as root, for a service that is not" {
    NAMESPACE=(unshare --mount "${NAMESPACE[@]}")
    with 'mount -t tmpfs none /var/lib; mount -t tmpfs none /run'
    run_tend --user=1000 --group=5 --state-directory=one --runtime-directory=two --state-directory-mode=0700 \
        sh -c 'stat -c "%n %a %u:%g" "$STATE_DIRECTORY" "$RUNTIME_DIRECTORY" && touch /var/lib/one/a /run/two/b'
    equal "$status" 0
    equal "$(output)" $'/var/lib/one 700 1000:5\n/run/two 755 1000:5'
}

@test "as another user tend can't be looked into or traced by the service, which has its uid" {
    as_pid_1_of_user 12345
    start_tend "$STUB" say ready -- pause
    wait_for_output 5 ready
    equal "$(stat -c %u "/proc/$TEND_PID/status")" 0
    equal "$(stat -c %u "/proc/$(service)/status")" 12345
    BEFORE=(env SECRET=1)
    run_tend sh -c 'cat /proc/1/environ'
    equal "$status $(output)" "1 "
    run_tend sh -c 'tr "\0" "\n" </proc/$$/environ'
    like "$(output)" SECRET=1
}

# docker run --read-only --user 12345 --cap-drop ALL --security-opt no-new-privileges, of an image from scratch.
@test "with no capability, no passwd, nothing to write to and a uid that nobody knows, all that needs none of it works" {
    NAMESPACE=(unshare --mount "${NAMESPACE[@]}")
    with 'mount --bind /dev/null /etc/passwd; mount --bind /dev/null /etc/group
        for d in /run /var /dev/shm; do mount -t tmpfs -o ro none $d; done; mount -o remount,bind,ro /'
    NAMESPACE+=(setpriv --reuid 12345 --regid 0 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs)
    start_tend --restart=always --restart-sec=200ms --timeout-stop-sec=300ms --no-new-privileges --umask=0077 \
        --limit-nofile=100 --kill-mode=control-group "$STUB" report uid umask limit descriptor -- say ready \
        -- child setsid ignore TERM and pause -- signals USR1 TERM -- exit 7
    wait_for_output 5 ready
    equal "$(reported uid) $(reported umask) $(reported limit nofile)" "12345 12345 12345 0077 100 100"
    send USR1
    wait_for_log 5 'exited with status 7; restart 1 of 4 in 200ms'
    wait_until 5 has_lines 4 ready
    send TERM
    wait_for_end 5
    equal "$status" 7
    # Its child ignored the stop, and was told so; nothing else is.
    equal "$(log | grep --invert-match --count -e 'restart 1 of 4' -e 'has not stopped in time')" 0
}

@test "as root without any capability a bare command runs, and what is missing for more is said" {
    BEFORE=(setpriv --inh-caps=-all --bounding-set=-all)
    run_tend "$STUB" report capabilities -- exit 3
    equal "$status" 3
    equal "$(reported capabilities permitted)" 0000000000000000
    equal "$(log)" ""
    BEFORE=(setpriv --inh-caps=-all "--bounding-set=-all,+setuid,+setgid")
    run_tend --user=1000 "$STUB" report uid -- exit 3
    equal "$status $(reported uid)" "3 1000 1000 1000"
    like "$(log)" 'WARN\] CAP_KILL is missing: the service can.t be sent signals'
}
