# A second Docker engine of the test's own: dockerd and containerd with directories, sockets and
# containers that are nobody else's. In a .bats file: load second-engine     shellcheck shell=bash
#
#   start_engine [OPTION]...   starts both (again), with these options of dockerd; `docker` then
#                              speaks to it
#   cut_power                  kills all that belongs to it at once, as a power cut would
#   stop_engine                ends both in order and removes what they have left

ENGINE=${BATS_FILE_TMPDIR:+$BATS_FILE_TMPDIR/engine}

# What a start of the machine leaves: ENGINE/lib. What it makes anew: ENGINE/run.
prepare_engine() {
    mkdir -p "$ENGINE"/{lib,run}
    echo '{}' >"$ENGINE/dockerd.json"
    cat >"$ENGINE/containerd.toml" <<END
version = 2
root = "$ENGINE/lib/containerd"
state = "$ENGINE/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "$ENGINE/run/containerd.sock"
[ttrpc]
address = "$ENGINE/run/containerd.sock.ttrpc"
END
}

# launch NAME COMMAND...: in the background, its pid in ENGINE/NAME.pid; bats must not wait for it.
launch() {
    local name=$1
    shift
    setsid "$@" >>"$ENGINE/$name.log" 2>&1 </dev/null 3>&- 4>&- &
    echo $! >"$ENGINE/$name.pid"
    disown
}

# A network of its own: a dockerd that is told --bridge none removes docker0, which is the first engine's.
start_engine() {
    prepare_engine
    launch containerd containerd --config "$ENGINE/containerd.toml"
    wait_until 60 test -S "$ENGINE/run/containerd.sock"
    # shellcheck disable=SC2016 # that shell expands it
    launch dockerd unshare --net sh -c 'ip link set lo up && exec "$@"' - \
        dockerd --data-root "$ENGINE/lib/docker" --exec-root "$ENGINE/run/docker" \
        --pidfile "$ENGINE/run/dockerd.pid" --host "unix://$ENGINE/run/docker.sock" \
        --containerd "$ENGINE/run/containerd.sock" --config-file "$ENGINE/dockerd.json" \
        --bridge none --iptables=false --ip6tables=false --ip-forward=false "$@"
    export DOCKER_HOST=unix://$ENGINE/run/docker.sock
    wait_until 60 answers_or_has_ended
    docker version >/dev/null || { tail -n 20 "$ENGINE/dockerd.log" && return 1; }
}

answers_or_has_ended() { docker version || gone "$(<"$ENGINE/dockerd.pid")"; }

# The pids of the engine's daemons, of its shims, which name its socket, and of its containers' PID 1s.
engine_processes() {
    local shims
    cat "$ENGINE"/{dockerd,containerd}.pid
    shims=$(pgrep --full -- "-address $ENGINE/run/containerd.sock") || true
    echo "$shims"
    [[ -z $shims ]] || pgrep --parent "$(tr '\n' ' ' <<<"$shims" | xargs | tr ' ' ,)" || true
}

# PID 1 takes all of its container with it. What lived in memory only is gone: mounts and /run.
cut_power() {
    local pids pid
    mapfile -t pids < <(engine_processes | grep .)
    kill -KILL "${pids[@]}" 2>/dev/null || true
    for pid in "${pids[@]}"; do
        wait_until 20 gone "$pid"
    done
    forget_what_memory_held
}

forget_what_memory_held() {
    awk -v below="${ENGINE:?}/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | sort --reverse |
        xargs --no-run-if-empty umount --lazy
    rm -rf "$ENGINE/run"
}

stop_engine() {
    local name pid
    docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null || true
    for name in dockerd containerd; do
        pid=$(cat "$ENGINE/$name.pid") || continue
        kill "$pid" 2>/dev/null || true
        wait_until 60 gone "$pid"
    done
    unset DOCKER_HOST
    cut_power
    rm -rf "${ENGINE:?}"
}
