#!/usr/bin/env bats
#
# shellcheck disable=SC2030,SC2031,SC2034 # NAMESPACE, BEFORE and GENERATIONS are for the helpers
#
# What a service is given before its first instruction: a unit's as systemd gives it, a bare command's
# as tini does.

load ../helpers/namespace

DEFAULT_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
ENGINE=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap
NONE=0000000000000000

# For a BEFORE: closes the descriptors that bats and what is around it keep open.
# shellcheck disable=SC2016 # the inner shell expands it
CLEAN=(bash -c 'for f in /proc/$$/fd/*; do f=${f##*/}; ((f <= 2)) || eval "exec $f>&-"; done; exec "$@"' -)

setup() {
    UNIT=$BATS_TEST_TMPDIR/demo.service
    NAMESPACE=(unshare --mount --pid --fork --mount-proc --kill-child)
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
}

# run_unit LINE...: a unit with these lines whose service reports on itself.
run_unit() {
    printf '%s\n' '[Service]' "ExecStart=$STUB report" "$@" >"$UNIT"
    run_tend --unit="$UNIT"
}

# run_bare OPTION...: a command that reports on itself.
run_bare() { run_tend "$@" "$STUB" report; }

# with_capabilities LIST: tend is root and has these alone, as an engine would have it.
with_capabilities() {
    # shellcheck disable=SC2054 # the commas are setpriv's
    BEFORE=(setpriv --inh-caps=-all --bounding-set="-all${1:+,+${1//,/,+}}")
}

as_user() { BEFORE=(setpriv --reuid "$1" --regid "$2" --clear-groups); }

# in_its_own_mounts SCRIPT: runs before tend, where mounts are tend's alone.
in_its_own_mounts() { NAMESPACE+=(sh -euc "$1; exec \"\$@\"" -); }

capabilities() { reported capabilities "$1"; }

# cannot_start STEP: tend could not do what the unit says, and named the step as systemd does.
cannot_start() {
    equal "$status" 125
    like "$(log)" "\($1\)"
    equal "$(output)" ""
}

no_capabilities() {
    local set
    for set in inheritable permitted effective ambient; do
        equal "$set $(capabilities "$set")" "$set $NONE"
    done
}

# ---- the two columns of the table ---------------------------------------------------------------

@test "a bare command inherits directory, umask, environment, limits and ids, and has nothing of tend's" {
    cd "$BATS_TEST_TMPDIR"
    BEFORE=("${CLEAN[@]}" bash -c 'umask 0027; ulimit -n 1234; exec env -i A=1 a.b=2 "$@"' -)
    run_bare
    equal "$status" 0
    equal "$(reported directory)" "$BATS_TEST_TMPDIR"
    equal "$(reported umask)" 0027
    equal "$(reported environment)" $'A=1\na.b=2'
    equal "$(reported limit nofile)" "1234 1234"
    equal "$(reported descriptor | cut -d ' ' -f 1 | xargs)" "0 1 2"
    ids 0 0
    equal "$(reported no-new-privileges)" 0
    equal "$(cat "$LOG")" ""
}

@test "a bare command starts again in the directory where it first did, which is no longer tend's" {
    local tends=$BATS_TEST_TMPDIR/tends
    cd "$BATS_TEST_TMPDIR"
    # shellcheck disable=SC2016 # the service's shell expands it
    run_tend --restart=on-failure --restart-sec=1ms --start-limit-burst=3 \
        sh -c 'pwd; readlink /proc/1/cwd >"$0"; exit 1' "$tends"
    equal "$(output)" "$BATS_TEST_TMPDIR"$'\n'"$BATS_TEST_TMPDIR"$'\n'"$BATS_TEST_TMPDIR"
    equal "$(cat "$tends")" /
}

@test "a bare command leads a process group in the session that there is" {
    local pid parent group session
    run_bare
    read -r pid parent group session <<<"$(reported process)"
    equal "$group" "$pid"
    [[ $session != "$pid" && $parent == 1 ]]
}

@test "a bare command gets the mask and the dispositions that tend was given, those that musl hides too" {
    BEFORE=("$STUB" ignore HUP CHLD 33 RTMIN+5 -- block TERM 32 34 RTMIN+30 -- exec)
    run_bare
    equal "$(reported ignored)" "HUP CHLD 33 RTMIN+5"
    equal "$(reported blocked)" "TERM 32 RTMIN+0 RTMIN+30"
}

@test "a bare command inherits descriptors above 2" {
    BEFORE=("${CLEAN[@]}" bash -c 'exec "$@" 3</etc/passwd 7</etc/hosts' -)
    run_bare
    equal "$(reported descriptor 3)" /etc/passwd
    equal "$(reported descriptor 7)" /etc/hosts
    equal "$(reported descriptor | wc -l)" 5
}

@test "a bare command that was given no standard descriptors has none" {
    BEFORE=("${CLEAN[@]}" bash -c 'exec "$@" 0<&- 2>&-' -)
    run_bare
    equal "$(reported descriptor | cut -d ' ' -f 1)" 1
}

@test "a unit's service has a session, a directory, a umask, an input and descriptors of its own" {
    local pid group session
    BEFORE=(bash -c 'umask 0; cd /tmp; exec "$@" 3</etc/passwd 7</etc/hosts </etc/hosts' -)
    run_unit
    equal "$status" 0
    read -r pid _ group session <<<"$(reported process)"
    equal "$group $session" "$pid $pid"
    equal "$(reported directory)" /
    equal "$(reported umask)" 0022
    equal "$(reported descriptor 0)" /dev/null
    equal "$(reported descriptor | wc -l)" 3
}

@test "a unit's service has an empty mask and default dispositions, but SIGPIPE ignored unless told otherwise" {
    BEFORE=("$STUB" ignore HUP PIPE RTMIN+5 -- block TERM 34 -- exec)
    run_unit
    equal "$(reported blocked)" ""
    equal "$(reported ignored)" PIPE
    run_unit IgnoreSIGPIPE=no
    equal "$(reported ignored)" ""
}

@test "a unit's service finds systemd's few variables, and the container's only if it asks for them" {
    BEFORE=(env -i "PATH=$PATH" FROM=engine)
    run_unit
    equal "$(reported environment | sed 's/\(INVOCATION_ID\|SYSTEMD_EXEC_PID\)=[0-9a-f]*$/\1/' | sort | xargs)" \
        "INVOCATION_ID LANG=C.UTF-8 PATH=$DEFAULT_PATH SYSTEMD_EXEC_PID USER=root"
    run_unit X-InheritEnvironment=yes
    like "$(reported environment)" "FROM=engine"
    like "$(reported environment)" "PATH=$PATH"
}

# ---- the environment ----------------------------------------------------------------------------

@test "files win over Environment=, that over PassEnvironment=, that over what tend sets, and UnsetEnvironment= over all" {
    printf 'A=file\nC="two words"\nbad-name=1\n' >"$BATS_TEST_TMPDIR/one"
    BEFORE=(env A=engine B=engine D=engine USER=engine)
    run_unit 'Environment=A=unit B=unit "E=%p %%"' 'PassEnvironment=A B D USER NONE' \
        "EnvironmentFile=$BATS_TEST_TMPDIR/one" "EnvironmentFile=-/nonexistent" \
        'UnsetEnvironment=LANG B=other SYSTEMD_EXEC_PID' 'UnsetEnvironment=INVOCATION_ID'
    equal "$(reported environment | sort)" "$(printf '%s\n' A=file B=unit 'C=two words' D=engine 'E=demo %' \
        "PATH=$DEFAULT_PATH" USER=engine)"
}

@test "a missing environment file keeps the service from starting unless a minus says it may be missing" {
    run_unit EnvironmentFile=/nonexistent
    equal "$status" 1
    like "$(log)" "No such file"
    equal "$(output)" ""
}

@test "with User= there are USER, LOGNAME, HOME and SHELL, those that say something" {
    in_its_own_mounts 'printf "web:x:700:701::/srv/web:/bin/dash\nmail:x:702:702::/:/usr/sbin/nologin\n" >/tmp/passwd.$$
        mount --bind /tmp/passwd.$$ /etc/passwd; rm /tmp/passwd.$$'
    run_unit User=web
    like "$(reported environment | sort | xargs)" "HOME=/srv/web .*LOGNAME=web .*SHELL=/bin/dash .*USER=web"
    run_unit User=mail
    like "$(reported environment | sort | xargs)" "LOGNAME=mail .*USER=mail"
    unlike "$(reported environment)" "HOME=|SHELL="
}

@test "descriptors that the engine passes are handed on with a corrected LISTEN_PID, to ExecStart= alone" {
    local pid
    BEFORE=(bash -c 'exec env LISTEN_FDS=2 LISTEN_PID=$$ LISTEN_FDNAMES=a:b "$@" 3</etc/passwd 4</etc/hosts 5</etc/group' -)
    run_unit "ExecStartPre=$STUB report descriptor environment -- say main"
    equal "$(output | sed '/^main/q' | grep -c -e '^descriptor' -e LISTEN)" 3
    output | sed '1,/^main/d' >"$OUTPUT.main"
    OUTPUT=$OUTPUT.main
    read -r pid _ <<<"$(reported process)"
    equal "$(reported descriptor | tail -n +4)" $'3 /etc/passwd\n4 /etc/hosts'
    equal "$(reported environment | grep LISTEN | sort)" $'LISTEN_FDNAMES=a:b\nLISTEN_FDS=2\nLISTEN_PID='"$pid"
}

# ---- who it is ----------------------------------------------------------------------------------

@test "ids and groups are those of passwd and group, by name and by number" {
    in_its_own_mounts 'printf "web:x:700:701:::\n" >/tmp/passwd.$$; mount --bind /tmp/passwd.$$ /etc/passwd
        printf "web:x:701:\nlogs:x:710:web\nother:x:711:else\nextra:x:712:\n" >/tmp/group.$$
        mount --bind /tmp/group.$$ /etc/group; rm /tmp/passwd.$$ /tmp/group.$$'
    run_bare --user=web
    ids 700 701 701 710
    run_bare --user=700 --group=extra --supplementary-groups="other 44"
    ids 700 712 44 710 711 712
    run_bare --user=web --group=0
    ids 700 0
    run_bare --group=712
    ids 0 712
    run_bare --user=nobdy
    equal "$status" 125
    like "$(log)" "--user=nobdy: no such user in /etc/passwd"
}

@test "without passwd and group numbers do, and root and nobody are known" {
    in_its_own_mounts 'mount --bind /dev/null /etc/passwd; mount --bind /dev/null /etc/group'
    run_bare --user=1234
    ids 1234 1234 1234
    like "$(reported environment)" "HOME=/"$'\n'
    run_bare --user=1234 --group=5 --supplementary-groups=7
    ids 1234 5 5 7
    run_bare --user=root
    ids 0 0
    run_bare --user=nobody
    ids 65534 65534 65534
}

@test "a dynamic user is made of the service's name, always the same" {
    local first
    run_unit DynamicUser=yes
    first=$(reported uid)
    between "${first%% *}" 61184 65519
    equal "$(reported no-new-privileges)" 1
    like "$(reported environment)" "USER=demo"
    run_unit DynamicUser=yes
    equal "$(reported uid)" "$first"
}

# ---- what it may --------------------------------------------------------------------------------

@test "a service that is not root has no capability in any set, and a bounding set as the unit says or as it was" {
    with_capabilities "$ENGINE"
    run_unit User=1000 Group=0
    ids 1000 0
    no_capabilities
    equal "$(capabilities bounding)" 00000000a80425fb
    run_unit User=1000 CapabilityBoundingSet=CAP_KILL
    no_capabilities
    equal "$(capabilities bounding)" 0000000000000020
    run_unit User=1000 CapabilityBoundingSet= NoNewPrivileges=yes
    no_capabilities
    equal "$(capabilities bounding)" $NONE
    equal "$(reported no-new-privileges)" 1
}

@test "setuid, setgid, setpcap and kill are all that starting as root needs" {
    with_capabilities setuid,setgid,setpcap,kill
    run_unit User=1000 Group=0 CapabilityBoundingSet= NoNewPrivileges=yes
    equal "$status" 0
    ids 1000 0
    no_capabilities
    equal "$(capabilities bounding)" $NONE
    equal "$(log | grep WARN || true)" ""
}

@test "without setpcap no-new-privileges stands in for an empty bounding set, and another set is refused" {
    with_capabilities setuid,setgid,kill
    run_unit User=1000 CapabilityBoundingSet=
    equal "$status" 0
    no_capabilities
    equal "$(reported no-new-privileges)" 1
    like "$(log)" "CAP_SETPCAP is missing"
    run_unit CapabilityBoundingSet=
    ids 0 0
    no_capabilities
    run_unit User=1000 CapabilityBoundingSet=CAP_KILL
    cannot_start CAPABILITIES
}

@test "root without setuid and setgid refuses to start what is to be another user" {
    with_capabilities ""
    run_unit User=1000
    cannot_start GROUP
}

@test "who is the user already needs no capability" {
    as_user 1000 0
    run_unit User=1000 Group=0 CapabilityBoundingSet= NoNewPrivileges=yes
    equal "$status" 0
    ids 1000 0
    no_capabilities
    equal "$(log | grep WARN || true)" ""
    run_bare --user=1000 --group=0
    ids 1000 0
    equal "$(log)" ""
}

@test "who is another user than User= says, and not root, stays it and says so" {
    as_user 12345 0
    run_bare --user=1000 --group=1000
    equal "$status" 0
    ids 12345 0
    like "$(log)" "WARN.*not root: the service runs as uid 12345"
}

@test "ambient capabilities reach a service that is not root, those that the engine did not give are named" {
    with_capabilities "$ENGINE"
    run_unit User=1000 'AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_IPC_LOCK'
    equal "$status" 0
    equal "$(capabilities effective) $(capabilities ambient)" "0000000000000400 0000000000000400"
    like "$(log)" "cap_ipc_lock can't be had"
}

@test "what the engine gave as ambient is handed on where nothing is asked for, and only there" {
    BEFORE=(setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps="-all,+net_bind_service"
        --ambient-caps="-all,+net_bind_service")
    run_bare
    equal "$(capabilities effective)" 0000000000000400
    run_bare --user=1000 --group=1000
    no_capabilities
}

@test "no-new-privileges from the engine takes nothing from a service that is root" {
    BEFORE=(setpriv --no-new-privs --inh-caps=-all --bounding-set="-all,+chown,+kill,+setpcap")
    run_bare
    equal "$(capabilities effective)" 0000000000000121
    run_unit CapabilityBoundingSet=CAP_CHOWN
    equal "$(capabilities effective)" 0000000000000001
}

@test "secure bits are set, and hold with ambient capabilities" {
    run_unit User=1000 SecureBits=noroot AmbientCapabilities=CAP_KILL
    equal "$(reported securebits)" 1
    equal "$(capabilities effective)" 0000000000000020
}

# ---- what it has of the machine -----------------------------------------------------------------

@test "limits are set for a user that may not raise them, and one out of reach is lowered and said" {
    BEFORE=(bash -c 'ulimit -n 5000; exec setpriv --inh-caps=-all --bounding-set=-sys_resource "$@"' -)
    run_unit User=1000 LimitNOFILE=4000:65536 LimitCORE=0 LimitAS=infinity
    equal "$status" 0
    equal "$(reported limit nofile)" "4000 5000"
    equal "$(reported limit core)" "0 0"
    equal "$(reported limit as)" "infinity infinity"
    like "$(log)" "LimitNOFILE=65536 is out of reach, 5000 is used"
}

@test "priorities, affinity and the OOM score are set; one that may not be set is left, as systemd leaves it" {
    run_unit User=1000 Nice=5 CPUSchedulingPolicy=batch IOSchedulingClass=idle CPUAffinity=0 OOMScoreAdjust=300
    like "$(reported scheduling)" "^3 0 nice 5 io 24580$"
    equal "$(reported affinity)" 0
    equal "$(reported oom-score)" 300
    as_user 1000 1000
    run_unit Nice=-5 OOMScoreAdjust=-300
    equal "$status" 0
    equal "$(reported oom-score)" 0
    run_unit OOMScoreAdjust=200
    equal "$(reported oom-score)" 200
}

@test "the working directory is entered as the service, and may be missing behind a minus" {
    mkdir -m 0700 "$BATS_TEST_TMPDIR/mine"
    chmod 0755 "$BATS_TEST_TMPDIR"
    run_unit User=1000 "WorkingDirectory=$BATS_TEST_TMPDIR/mine"
    cannot_start CHDIR
    run_unit User=1000 "WorkingDirectory=-$BATS_TEST_TMPDIR/mine"
    equal "$(reported directory)" /
    run_unit "WorkingDirectory=$BATS_TEST_TMPDIR/mine" UMask=0077
    equal "$(reported directory) $(reported umask)" "$BATS_TEST_TMPDIR/mine 0077"
}

# ---- its streams --------------------------------------------------------------------------------

@test "output goes to a file, kept, appended to or emptied, with the unit's umask" {
    local file=$BATS_TEST_TMPDIR/file
    printf '%s\n' '[Service]' "ExecStart=$STUB say one -- complain two" UMask=0077 \
        "StandardOutput=file:$file" "StandardError=append:$file.log" >"$UNIT"
    run_tend --unit="$UNIT"
    run_tend --unit="$UNIT"
    equal "$(cat "$file") $(cat "$file.log")" $'one two\ntwo'
    equal "$(stat -c %a "$file" "$file.log" | xargs)" "600 600"
    run_tend --unit="$UNIT" --standard-output="truncate:$file" --standard-error="truncate:$file"
    equal "$(cat "$file")" $'one\ntwo'
}

@test "input is a file, text of the unit or a descriptor that the engine passed" {
    printf '%s\n' '[Service]' 'ExecStart=/bin/cat' StandardInput=data 'StandardInputText=a "b" \x41 %p' \
        'StandardInputText=\tc' >"$UNIT"
    run_tend --unit="$UNIT" --standard-output=journal
    equal "$(output)" $'a "b" A demo\n\tc'
    printf '%s\n' '[Service]' 'ExecStart=/bin/cat' 'StandardInputData=SGVsbG8K V29y' 'StandardInputText=ld' \
        'StandardInputData=IQ==' >"$UNIT"
    run_tend --unit="$UNIT" --standard-output=journal
    equal "$(output)" $'Hello\nWorld\n!'
    echo from a file >"$BATS_TEST_TMPDIR/in"
    run_tend --standard-input="file:$BATS_TEST_TMPDIR/in" -- cat
    equal "$(output)" "from a file"
    # shellcheck disable=SC2016 # the inner shell expands it
    BEFORE=(bash -c 'exec env LISTEN_FDS=2 LISTEN_PID=$$ LISTEN_FDNAMES=a:b "$@" 3</etc/passwd 4<"$0"'
        "$BATS_TEST_TMPDIR/in")
    run_tend --unit="$UNIT" --standard-input=fd:b --standard-output=journal
    equal "$(output)" "from a file"
}

@test "the service's user may open the pipes that tend was given" {
    NAMESPACE+=(bash -c '"$@" 2>&1 | cat' -)
    GENERATIONS=2
    run_tend --user=1000 -- sh -c 'echo works >/dev/stdout'
    equal "$(output)" works
}

# ---- its directories ----------------------------------------------------------------------------

# Where /run, /var/lib and the like are the test's own.
fresh_directories() {
    # shellcheck disable=SC2016 # the inner shell expands it
    in_its_own_mounts 'for d in /run /var/lib /var/cache /var/log; do mount -t tmpfs none "$d"; done'
}

# shows COMMAND...: what the service prints that runs this in a shell.
unit_of_shell() { printf '%s\n' '[Service]' "ExecStart=/bin/sh -c '$1'" "${@:2}" >"$UNIT"; }

@test "directories are made with their parents, modes, owner, links and variables, in the variables sorted" {
    fresh_directories
    unit_of_shell 'stat -c "%%n %%a %%u:%%g" /run/b /run/b/c /run/d /var/lib/e /var/cache/f /var/log/g; readlink /run/x/y; env' \
        User=1000 Group=5 UMask=0077 'RuntimeDirectory=d b/c:x/y' RuntimeDirectoryMode=2750 StateDirectory=e \
        CacheDirectory=f LogsDirectory=g
    run_tend --unit="$UNIT"
    equal "$(output | head -n 7)" "/run/b 755 0:0
/run/b/c 2750 1000:5
/run/d 2750 1000:5
/var/lib/e 755 1000:5
/var/cache/f 755 1000:5
/var/log/g 755 1000:5
../b/c"
    equal "$(output | grep _DIRECTORY= | sort)" "CACHE_DIRECTORY=/var/cache/f
LOGS_DIRECTORY=/var/log/g
RUNTIME_DIRECTORY=/run/b/c:/run/d
STATE_DIRECTORY=/var/lib/e"
}

@test "a child that an entrypoint has left to tend does not keep a service with directories from its start" {
    fresh_directories
    BEFORE=(sh -c 'sleep 60 & exec "$@"' -)
    unit_of_shell 'exit 3' RuntimeDirectory=d
    run_tend --unit="$UNIT"
    equal "$status" 3
}

@test "a directory of another owner changes hands with all it holds, links not followed; one of the right owner is not walked" {
    fresh_directories
    in_its_own_mounts 'mkdir -p /var/lib/e/sub /var/lib/right; touch /var/lib/e/sub/file /var/lib/right/file
        echo kept >/var/lib/outside; ln -s ../outside /var/lib/e/link; chown 1000:1000 /var/lib/right'
    unit_of_shell 'cd /var/lib; stat -c "%%n %%u" e/sub/file e/link outside right/file' User=1000 'StateDirectory=e right'
    run_tend --unit="$UNIT"
    equal "$(output)" $'e/sub/file 1000\ne/link 1000\noutside 0\nright/file 0'
}

@test "a link that the service's user has put in the place of a directory is not followed, one of root's is" {
    fresh_directories
    in_its_own_mounts 'mkdir /var/lib/e /var/lib/far; chown 1000:1000 /var/lib/e
        ln -s ../far /var/lib/e/evil; chown -h 1000:1000 /var/lib/e/evil; ln -s far /var/lib/good'
    run_unit User=1000 StateDirectory=e/evil/deeper
    cannot_start STATE_DIRECTORY
    run_unit User=1000 StateDirectory=e/evil
    cannot_start STATE_DIRECTORY
    unit_of_shell 'stat -c %%u /var/lib/far' User=1000 StateDirectory=good
    run_tend --unit="$UNIT"
    equal "$(output)" 1000
}

@test "a configuration directory that is there is left as it is" {
    in_its_own_mounts 'mount -t tmpfs none /etc; mkdir -m 0711 /etc/old'
    unit_of_shell 'stat -c "%%n %%a %%u" /etc/old /etc/new' User=1000 'ConfigurationDirectory=old new' \
        ConfigurationDirectoryMode=0750
    run_tend --unit="$UNIT"
    equal "$(output)" $'/etc/old 711 0\n/etc/new 750 1000'
}

@test "on a read-only file system a directory that is as it should be does" {
    fresh_directories
    in_its_own_mounts 'mkdir -m 0700 /var/lib/e; chown 1000:1000 /var/lib/e; mount -o remount,ro /var/lib'
    run_unit User=1000 StateDirectory=e StateDirectoryMode=0700
    equal "$status" 0
    run_unit User=1000 StateDirectory=missing
    cannot_start STATE_DIRECTORY
}

# ---- what can't be started ----------------------------------------------------------------------

@test "a bare command that is not found ends with 127, one that can't be executed with 126" {
    mkdir -p "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
    echo nothing >"$BATS_TEST_TMPDIR/one/command"
    ln -s /bin/true "$BATS_TEST_TMPDIR/two/command"
    run_tend -- /nonexistent
    equal "$status" 127
    run_tend -- nonexistent
    equal "$status" 127
    # An empty word too, as in a shell, and is no directory of PATH.
    run_tend -- ''
    equal "$status" 127
    run_tend -- /etc/passwd/x
    equal "$status" 126
    run_tend -- "$BATS_TEST_TMPDIR/one/command"
    equal "$status" 126
    run_tend -- /etc
    equal "$status" 126
    BEFORE=(env "PATH=$BATS_TEST_TMPDIR/one")
    run_tend -- command
    equal "$status" 126
    BEFORE=(env "PATH=/nonexistent:$BATS_TEST_TMPDIR/one:$BATS_TEST_TMPDIR/two")
    run_tend -- command
    equal "$status" 0
}

@test "a bare command's PATH may hold the current directory, and one of a unit is looked up in systemd's path" {
    cp "$STUB" "$BATS_TEST_TMPDIR/here"
    cd "$BATS_TEST_TMPDIR"
    BEFORE=(env PATH=:/nonexistent)
    run_tend -- here exit 7
    equal "$status" 7
    printf '%s\n' '[Service]' 'ExecStart=sh -c "exit 8"' >"$UNIT"
    run_tend --unit="$UNIT"
    equal "$status" 8
    printf '%s\n' '[Service]' 'ExecStart=here' >"$UNIT"
    run_tend --unit="$UNIT"
    equal "$status" 127
}

@test "ExecSearchPath= is where commands are looked up instead, and is their PATH" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    cp "$STUB" "$BATS_TEST_TMPDIR/bin/here"
    printf '%s\n' '[Service]' ExecSearchPath=/nonexistent "ExecSearchPath=$BATS_TEST_TMPDIR/bin" \
        'ExecStart=here report environment' >"$UNIT"
    run_tend --unit="$UNIT"
    equal "$status" 0
    like "$(reported environment)" "PATH=/nonexistent:$BATS_TEST_TMPDIR/bin"
    BEFORE=(env PATH=/usr/bin)
    run_tend --exec-search-path="$BATS_TEST_TMPDIR/bin" -- here exit 7
    equal "$status" 7
    printf '%s\n' '[Service]' "ExecSearchPath=$BATS_TEST_TMPDIR/bin" 'ExecStart=sh -c "exit 8"' >"$UNIT"
    run_tend --unit="$UNIT"
    equal "$status" 127
}
