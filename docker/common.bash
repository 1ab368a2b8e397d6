# Common to the scripts of docker/: how they speak, where they keep things, what they install.
# To be sourced.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

# What goes away with the clone, and what a second clone on this machine finds again.
build=$root/build
cache=${TEND_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tend}

# All that these scripts make in Docker bears this label, with the maker's name as its value:
# `docker/images clean` goes by it.
label=tend.made-by

say() { echo "[$(date --rfc-3339=seconds)] [INFO] $*"; }
warn() { echo "[$(date --rfc-3339=seconds)] [WARN] $*" >&2; }
die() {
    echo "[$(date --rfc-3339=seconds)] [ERROR] $*" >&2
    exit 1
}

# run_quietly WHAT COMMAND...: keeps what a talkative command prints in build/WHAT.log, and shows its
# end only if the command fails.
run_quietly() {
    local log=$build/$1.log
    shift
    mkdir -p "$build"
    "$@" >"$log" 2>&1 </dev/null && return
    tail -n 30 "$log" >&2
    die "That failed. All that it said is in $log."
}

# A second try, because another apt that ends at the same time may empty the package cache under us
# (Debian's container images set it up so).
apt_install_packages() {
    local options=(-o DPkg::Lock::Timeout=600 --assume-yes --no-install-recommends)
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install "${options[@]}" "$@" || apt-get install "${options[@]}" "$@"
}

# apt_install PACKAGE...: installs Debian packages on this machine, and says so.
apt_install() {
    command -v apt-get >/dev/null || die "Please install here what Debian calls: $*"
    ((EUID == 0)) || die "Please install with your package manager, or run me as root: $*"
    say "Installing $* with apt (fetches packages, up to a minute)..."
    run_quietly apt apt_install_packages "$@"
}

# need COMMAND PACKAGE: a command that the machine must have, and the package that holds it.
need() {
    command -v "$1" >/dev/null || apt_install "$2"
}

# take_turns NAME: of several processes on this machine only one goes on; the lock ends with it.
take_turns() {
    mkdir -p "$cache"
    exec {lock}>"$cache/$1.lock"
    flock --nonblock "$lock" || {
        say "Waiting for another process that works on the same ($1)..."
        flock "$lock"
    }
}

image_exists() { docker image inspect "$1" >/dev/null 2>&1; }

# The label NAME of an image, or nothing.
image_label() {
    docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null || true
}
