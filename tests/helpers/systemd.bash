# What real systemd needs to boot in a container: options of docker run.      shellcheck shell=bash
#
# The cgroup mount is the v2 half of a hybrid machine; where all is v2, all of it.

systemd_cgroup=/sys/fs/cgroup/unified
[[ -d $systemd_cgroup ]] || systemd_cgroup=/sys/fs/cgroup

# shellcheck disable=SC2034 # for whoever sources this
SYSTEMD_OPTIONS=(--network none --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE
    --security-opt seccomp=unconfined --cgroupns=host --volume "$systemd_cgroup:/sys/fs/cgroup:rw"
    --tmpfs /run --tmpfs '/tmp:exec,mode=1777')
