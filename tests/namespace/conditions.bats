#!/usr/bin/env bats
#
# Condition...= and Assert...= hold where the manual says that they do.

load ../helpers/namespace

# run_unit LINE...: a unit with these lines in [Unit].
run_unit() {
    printf '%s\n' '[Unit]' "$@" '[Service]' User=nobody ExecStart=/bin/true >"$BATS_TEST_TMPDIR/unit.service"
    run_tend --unit="$BATS_TEST_TMPDIR/unit.service"
}

# holds LINE...: the service starts. fails LINE...: it does not, which is no failure.
holds() {
    run_unit "$@"
    like "$(log)" 'Started unit ' || { printf 'With: %s\n' "$@" && return 1; }
}

fails() {
    run_unit "$@"
    like "$(log)" ' is not met\.' || { printf 'With: %s\n' "$@" && return 1; }
    unlike "$(log)" 'Started unit '
    equal "$status" 0
}

@test "conditions of paths" {
    cd "$BATS_TEST_TMPDIR"
    mkdir directory full && touch full/empty && ln -s nowhere link
    echo 'echo' >script && chmod 755 script
    holds ConditionPathExists="$PWD/full/empty" ConditionPathIsDirectory="$PWD/full" \
        ConditionPathIsSymbolicLink="$PWD/link" ConditionPathIsMountPoint=/proc \
        ConditionPathIsReadWrite="$PWD" ConditionDirectoryNotEmpty="$PWD/full" \
        ConditionFileNotEmpty="$PWD/script" ConditionFileIsExecutable="$PWD/script"
    fails ConditionPathExists="$PWD/nowhere"
    fails ConditionPathIsDirectory="$PWD/script"
    fails ConditionPathIsSymbolicLink="$PWD/script"
    fails ConditionPathIsMountPoint="$PWD/full"
    fails ConditionPathIsReadWrite=/proc/self/nowhere
    fails ConditionDirectoryNotEmpty="$PWD/directory"
    fails ConditionFileNotEmpty="$PWD/full/empty"
    fails ConditionFileIsExecutable="$PWD/full/empty"
}

@test "a condition of a read-only file system" {
    with "mkdir -p '$BATS_TEST_TMPDIR/fixed' && mount -t tmpfs -o ro none '$BATS_TEST_TMPDIR/fixed'"
    fails ConditionPathIsReadWrite="$BATS_TEST_TMPDIR/fixed"
}

@test "conditions of tend's own user and group, not the service's" {
    holds ConditionUser=root ConditionUser=0 ConditionUser=@system ConditionGroup=root ConditionGroup=0
    fails ConditionUser=nobody
    fails ConditionGroup=65534
}

@test "a condition of a capability asks for the bounding set, whatever tend keeps for itself" {
    holds ConditionCapability=CAP_NET_ADMIN
    NAMESPACE+=(setpriv --bounding-set -net_admin)
    fails ConditionCapability=CAP_NET_ADMIN
}

@test "a condition of the container's environment" {
    export COLOUR=red
    holds ConditionEnvironment=COLOUR ConditionEnvironment=COLOUR=red
    fails ConditionEnvironment=COLOUR=re
    fails ConditionEnvironment=TASTE
}

@test "it always is a container" {
    holds ConditionVirtualization=yes ConditionVirtualization=container ConditionVirtualization=!vm
    fails ConditionVirtualization=no
}

@test "! turns a condition around, and of those with | one is enough" {
    holds ConditionPathExists=!/nowhere
    fails ConditionPathExists=!/proc
    holds 'ConditionPathExists=|/nowhere' 'ConditionUser=|root' ConditionPathExists=/proc
    fails 'ConditionPathExists=|/nowhere' 'ConditionUser=|nobody' ConditionPathExists=/proc
    fails 'ConditionUser=|root' ConditionPathExists=/nowhere
}

@test "a condition that tend does not have is as if it were not there, and is named" {
    holds ConditionHost=nobody AssertACPower=no 'ConditionKernelVersion=|<1'
    like "$(log)" 'No effect in a container: ConditionHost= AssertACPower= ConditionKernelVersion='
    fails 'ConditionHost=|!nobody' 'ConditionPathExists=|/nowhere'
}

@test "an empty condition takes back those before it, whatever they ask" {
    holds ConditionPathExists=/nowhere ConditionUser=
}

@test "an assertion that does not hold is a failure, with status 1" {
    run_unit AssertPathExists=/nowhere
    equal "$status" 1
    like "$(log)" 'AssertPathExists=/nowhere is not met\.'
}
