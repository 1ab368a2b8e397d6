#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# Whether a SIGKILL was the out-of-memory killer's: what either version of control groups counts is made up here, as no
# machine has both. A real lack of memory is in tests/docker/memory.bats.

load ../helpers/namespace

setup() { NAMESPACE=(unshare --mount "${NAMESPACE[@]}"); }

# counted_by FILE LINE: tend is in the control group that the line of /proc/self/cgroup names, whose kills FILE counts.
counted_by() {
    local file=$1 line=$2
    with "mount -t tmpfs none /sys/fs/cgroup
        mkdir -p '${file%/*}'
        printf '%s\n' 'oom_kill_disable 0' 'low 0' 'oom 0' 'oom_kill 3' >'$file'
        echo '$line' >/sys/fs/cgroup/line
        mount --bind /sys/fs/cgroup/line /proc/\$\$/cgroup"
}

# The kernel's count goes up, then the service dies as if for that, or it is killed by somebody.
is_told_apart() {
    local file=$1
    counted_by "$@"
    # Who can be asked has looked how many there were before.
    run_tend --restart=always --restart-sec=0 --start-limit-burst=2 sh -c \
        'until "$1" status >/dev/null 2>&1; do :; done; echo oom_kill 4 >"$0"; kill -KILL $$' "$file" "$TEND"
    equal "$status" 137
    # The count is one higher only once.
    like "$(log)" 'was killed by SIGKILL \(out of memory\); restart 1 of 1 at once\..*was killed by SIGKILL; not restarted'
}

@test "of control groups of version 2 memory.events tells" {
    is_told_apart /sys/fs/cgroup/some/group/memory.events 0::/some/group
}

@test "of those of version 1 memory.oom_control does" {
    is_told_apart /sys/fs/cgroup/memory/some/group/memory.oom_control 7:memory:/some/group
}

@test "where neither can be read, a SIGKILL is a SIGKILL" {
    counted_by /sys/fs/cgroup/elsewhere/memory.events 0::/some/group
    run_tend --restart=always --restart-sec=0 --start-limit-burst=2 sh -c 'kill -KILL $$'
    equal "$status" 137
    like "$(log)" 'was killed by SIGKILL; restart 1 of 1'
}
