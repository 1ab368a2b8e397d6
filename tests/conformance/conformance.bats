#!/usr/bin/env bats
#
# What a unit's service sees under tend is what it sees under real systemd 257, or is in the manual's
# table of differences. Each file of scenarios/ is a test; README.md tells how they are played, recorded and
# compared.

load ../helpers/common

# All scenarios are played at once; on a busy machine pauses come about that nobody has made, so those that
# differ are played again, fewer at a time.
setup_file() {
    cd "$BATS_TEST_DIRNAME" || return
    played=$BATS_FILE_TMPDIR
    export played
    ./image
    ./play tend "$played/1.json"
    local try names
    for try in 2 3; do
        mapfile -t names < <(./compare.py different "$played"/*.json)
        ((${#names[@]})) || break
        CONFORMANCE_JOBS=4 ./play tend "$played/$try.json" "${names[@]}"
    done
}

setup() { cd "$BATS_TEST_DIRNAME" || return; }

as_recorded() { ./compare.py check "$played"/*.json -- "$1"; }

@test "every cell of the table of Restart= is systemd's" { as_recorded restart; }
@test "the lists of commands run, fail and are cut short as systemd's do" { as_recorded lists; }
@test "each type of service starts and ends as systemd's does" { as_recorded types; }
@test "KillMode= and its like choose who gets which signal, and when" { as_recorded kill; }
@test "a command line comes to be the arguments that systemd makes of it" { as_recorded commands; }
@test "the environment is the one that systemd makes" { as_recorded environment; }
@test "users and groups are those that systemd gives" { as_recorded identity; }
@test "capabilities and their like are those that systemd gives" { as_recorded privilege; }
@test "limits and priorities are those that systemd gives" { as_recorded resources; }
@test "directories are made, owned and removed as by systemd" { as_recorded directories; }
@test "standard input, output and error are connected as by systemd" { as_recorded streams; }
@test "what a service says of itself is heeded as by systemd" { as_recorded notify; }
@test "conditions and assertions hold a start up where systemd's do" { as_recorded conditions; }
@test "starting, stopping and restarting by hand is as with systemctl" { as_recorded manage; }
@test "what chance has written is read and refused as by systemd" { as_recorded random; }
@test "values are read as systemd reads them" { as_recorded values; }
@test "what systemd only warns of is left out, and nothing else" { as_recorded ignored; }

# As PID 1 it would want to boot.
keys_of_systemd() {
    docker run --rm --network none --label tend.made-by=tests/conformance tend-test-systemd \
        sh -c '/lib/systemd/systemd --dump-configuration-items; exit'
}

@test "every key that systemd has for a service is one of tend's or known to have no effect" {
    local unit=$BATS_TEST_TMPDIR/every.service
    keys_of_systemd | awk -F= '
        /^\[/ { section = $0; ours = /^\[(Unit|Service|Install)\]$/ }
        ours && !seen[section, $1]++ { print $1 (NF > 1 ? "=" : "") }
        END { print "[Service]\nExecStart=/bin/true" }' >"$unit"
    (($(grep -c = "$unit") > 390))
    run "$TEND" verify "$unit"
    equal "$status $(grep -vE ':[0-9]+: [A-Za-z0-9]+= has no effect here$|: Restart=: ' <<<"$output")" "0 "
}

@test "each group of scenarios has its test above" {
    local group
    for group in $(./compare.py groups); do
        grep -q "as_recorded $group;" conformance.bats || { echo "$group has none"; return 1; }
    done
}

@test "no difference is listed that there is not" { ./compare.py unused "$played"/*.json; }

@test "systemd itself still does what is recorded of it: a sample" {
    local sample=(restart-always-exit-0 restart-on-failure-core-dump all-simple all-forking fails-simple-pre-1
        fails-oneshot-start-1 kill-signal-SIGINT child-killed forking-pid-file quoting variables
        identity-all-commands working-directory-home bounding-one ambient-sailor-one limit-form-both
        umask-0027 directory-preserve-restart streams-output-append notify-main-pid extend-start
        Condition-exists-no drop-ins-masked)
    CONFORMANCE_JOBS=8 ./play systemd "$played/systemd" "${sample[@]}" || {
        (($? == 4)) && skip "systemd does not boot in a container here"
        false
    }
    ./compare.py same "$played/systemd" -- "${sample[@]}"
}
