#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# What can't be understood or can't be had is refused before anything starts, in one line that names the
# option as it was written and says what was expected.

load ../helpers/namespace

# refused REGEX: one line of that text, status 125, and no service.
refused() {
    equal "$status" 125
    equal "$(output)" ""
    equal "$(wc -l <"$LOG")" 1
    like "$(log)" "^\[[^]]+\] \[ERROR\] $1\$"
}

# --restart-sec -> TEND_RESTART_SEC
variable_of() {
    local name=${1#--}
    name=TEND_${name^^}
    echo "${name//-/_}"
}

wrong_values() {
    cat <<'END'
--restart never no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|unless-stopped|on-failure:N
--restart on-failure:x no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|unless-stopped|on-failure:N
--restart Always no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|unless-stopped|on-failure:N
--restart-sec abc a time span such as 5s or 1min 30s
--restart-sec -1 a time span such as 5s or 1min 30s
--timeout-stop-sec 5parsecs a time span such as 5s or 1min 30s
--start-limit-burst -1 a whole number from 0 to 2147483647
--success-exit-status 256 exit statuses and signals such as 75 TEMPFAIL SIGKILL
--restart-prevent-exit-status NOPE exit statuses and signals such as 75 TEMPFAIL SIGKILL
--kill-mode all control-group|mixed|process|none
--kill-signal FOO a signal such as SIGTERM
--kill-signal 65 a signal such as SIGTERM
--stop-on KILL signals, but not KILL, STOP or CHLD
--stop-schedule TERM/x a time span such as 5s or 1min 30s
--forward-to all main|group
--user no-such-user no such user in /etc/passwd
--group no-such-group no such group in /etc/group
--supplementary-groups no-such-group no such group in /etc/group
--working-directory relative an absolute path
--umask 0888 octal digits such as 0755
--environment 1=2 NAME=VALUE
--environment-file relative an absolute path
--state-directory /absolute a relative path
--state-directory ../up a relative path
--state-directory-mode 9 octal digits such as 0755
--capability-bounding-set CAP_FOO capabilities such as CAP_CHOWN
--ambient-capabilities x capabilities such as CAP_CHOWN
--secure-bits x noroot|no-setuid-fixup|keep-caps
--no-new-privileges maybe yes or no
--limit-nofile x a limit such as 1024, 1024:4096 or infinity
--limit-nofile 10:5 a limit such as 1024, 1024:4096 or infinity
--limit-memlock -1 a limit such as 1024, 1024:4096 or infinity
--nice 20 a whole number from -20 to 19
--oom-score-adjust 1001 a whole number from -1000 to 1000
--cpu-affinity x CPUs such as 0-3 8
--cpu-scheduling-policy x other|fifo|rr|batch|idle
--io-scheduling-class x none|realtime|best-effort|idle
--standard-output nowhere a stream such as null, inherit or file:/path
--log-format xml text|json
--log-level loud error|warn|info|debug
END
}

# Not in a namespace each: nothing has been done yet when they are refused.
@test "a wrong value is refused with what was expected, as a flag and as a variable" {
    local flag value expected
    while read -r flag value expected; do
        [[ $expected == "no such"* ]] || expected="expected $expected"
        "$TEND" "$flag=$value" "$STUB" say started 2>&1 3>&- || echo "$?"
        env "$(variable_of "$flag")=$value" "$TEND" "$STUB" say started 2>&1 3>&- || echo "$?"
        printf '[ERROR] %s: %s\n125\n' "$flag=$value" "$expected" "$(variable_of "$flag")=$value" "$expected" >&4
    done < <(wrong_values) >"$BATS_TEST_TMPDIR/said" 4>"$BATS_TEST_TMPDIR/expected"
    sed -E 's/^\[[0-9]{4}-[^]]+\] //' "$BATS_TEST_TMPDIR/said" | diff "$BATS_TEST_TMPDIR/expected" -
}

@test "an option that there is not is refused, a short one and systemd's spelling among them" {
    local flag
    for flag in --restrt=no --Restart=no --RestartSec=1 -x; do
        run_tend "$flag" "$STUB" say started
        refused "$flag: no such option; \`tend --help\` lists them"
    done
}

@test "a value may stand by itself; one that is missing is asked for, as is a command" {
    run_tend --timeout-stop-sec 5parsecs "$STUB" say started
    refused '--timeout-stop-sec=5parsecs: expected a time span such as 5s or 1min 30s'
    run_tend --timeout-stop-sec
    refused '--timeout-stop-sec: expected a value'
    run_tend
    refused 'expected a command to run; `tend --help` lists the options'
    run_tend --restart=always --
    refused 'expected a command to run; `tend --help` lists the options'
}

@test "a unit has to be named, and one that starts nothing is named" {
    local content flag unit=$BATS_TEST_TMPDIR/web.service
    for content in '' '[Service]' '[service]\nExecStart=/bin/true'; do
        printf '%b\n' "$content" >"$unit"
        run_tend --unit="$unit"
        refused "$unit: ExecStart= is missing"
        BEFORE=(env TEND_RESTART=always)
        run_tend --unit="$unit"
        refused "$unit: ExecStart= is missing"
        BEFORE=()
    done
    for flag in --unit --unit=; do
        run_tend "$flag"
        refused '--unit: expected the path or name of a unit'
    done
    # A variable that is set to nothing is not set.
    BEFORE=(env TEND_UNIT=)
    run_tend "$STUB" exit 3
    equal "$status" 3
}

@test "what systemd only warns of in a unit is left out, and named with its line; verify calls it wrong" {
    local unit=$BATS_TEST_TMPDIR/web.service left_out
    cat >"$unit" <<END
nothing
[Unit]
ConditionPathExists=no/such
[Service]
Environment=A=1 B C=3
ExecStartPre=-$STUB 'no closing quote
ExecStart=/bin/sh -c 'echo \$A,\$B,\$C'
END
    left_out="$unit:1: nothing: ignored, expected a [Section] before it
$unit:3: ConditionPathExists=no/such: ignored, expected an absolute path
$unit:5: Environment=B: ignored, expected NAME=VALUE
$unit:6: ExecStartPre=-$STUB 'no closing quote: ignored, expected a closing quote"
    run_tend --unit="$unit"
    equal "$status $(output)" "0 1,,3"
    equal "$(timeless_log | sed -n 's/^\[WARN\] //p')" "$left_out"
    run "$TEND" verify "$unit"
    equal "$status" 1
    equal "$(grep ignored <<<"$output")" "$left_out"
    # What can't be left out is said as well, and no more is done.
    echo Nice=99 >>"$unit"
    run "$TEND" verify "$unit"
    equal "$status $(grep -v Restart= <<<"$output")" "1 $left_out
$unit:8: Nice=99: expected a whole number from -20 to 19"
    run_tend --unit="$unit"
    refused "$unit:8: Nice=99: expected a whole number from -20 to 19"
}

@test "verify names a user or a group that this root does not know, which is no error" {
    local unit=$BATS_TEST_TMPDIR/web.service name
    for name in User=nobody-here Group=nogroup-here SupplementaryGroups=nogroup-here; do
        printf '%s\n' '[Service]' ExecStart=/bin/true Restart=always "$name" >"$unit"
        run "$TEND" verify "$unit"
        equal "$status" 0
        like "$output" "^$unit:4: $name: no such (user|group) in /etc/(passwd|group)\$"
    done
    printf '%s\n' '[Service]' ExecStart=/bin/true Restart=always User=root Group=daemon DynamicUser=yes >"$unit"
    run "$TEND" verify "$unit"
    equal "$status $output" "0 "
}

@test "a unit that can't be read is named as it was given" {
    local path
    for path in /tmp /etc/passwd/x.service "$BATS_TEST_TMPDIR"; do
        run_tend --unit="$path"
        refused "$path: (Is a directory|no such unit)"
    done
}

@test "a directory or a file that is not there is said when the service starts, which is its failure" {
    run_tend --working-directory=/nowhere "$STUB" say started
    refused "Cannot start $STUB \(CHDIR\): No such file or directory\."
    run_tend --environment-file=/nowhere "$STUB" say started
    equal "$status $(output)" "1 "
    like "$(log)" "Cannot start $STUB \(EnvironmentFile=\): No such file or directory\.$"
    run_tend --restart=on-failure --restart-sec=0 --start-limit-burst=3 --working-directory=/nowhere "$STUB"
    equal "$status $(log | grep --count 'CHDIR')" "125 3"
}

@test "a long value is refused or taken whole, never cut" {
    local long
    long=$(printf 'x%.0s' {1..3000})
    run_tend --environment="A=$long" "$STUB" report environment
    equal "$(reported environment | grep ^A=)" "A=$long"
    run_tend --restart="$long" "$STUB" say started
    equal "$status $(output) $(wc -l <"$LOG")" "125  1"
    run_tend "--$long" "$STUB" say started
    equal "$status $(output) $(wc -l <"$LOG")" "125  1"
}

# numbered FROM TO: three digits each, as names that have an order.
numbered() { seq --format %03g "$1" "$2"; }

@test "a unit has up to 64 drop-ins, and a service up to 64 groups, and one more is refused, not left out" {
    local unit=$BATS_TEST_TMPDIR/web.service number
    printf '[Service]\nExecStart=%s report environment groups\n' "$STUB" >"$unit"
    mkdir "$unit.d"
    for number in $(numbered 1 64); do
        printf '[Service]\nEnvironment=A%s=1\nSupplementaryGroups=%s\n' "$number" "$((10#$number + 5000))" >"$unit.d/$number.conf"
    done
    run_tend --unit="$unit" --user=0
    equal "$status $(reported environment | grep --count '^A')" "0 64"
    equal "$(reported groups)" "$(seq 5001 5064 | xargs)"
    run_tend --unit="$unit" --supplementary-groups=5065
    refused '--supplementary-groups=5065: more than 64 groups'
    printf '[Service]\n' >"$unit.d/065.conf"
    run_tend --unit="$unit"
    refused 'web.service: has too many drop-ins'
}
