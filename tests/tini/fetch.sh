#!/usr/bin/env bash
# Puts tini's own test suite and the Python that it needs into the cache, once, and prints where.
# Below that directory: source/ (tini's source, from Debian's source package) and venv/.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=0.19.0
tarball=tini_$version.orig.tar.gz
tarball_sha256=0fd35a7030052acd9f58948d1d900fe1e432ee37103c5561554408bdac6bbf0d
cache=${TEND_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tend}/tini-$version

say() {
    printf '%s\n' "$*" >&2
}

# A machine's own list mostly names binary packages only. The same archives,
# asked for sources, go into a list of our own: the machine's is left as it is.
source_archives() {
    local option="" keyring
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        if [[ -e $keyring ]]; then
            option="[signed-by=$keyring] "
            break
        fi
    done
    apt-get indextargets --no-release-info --format "deb-src $option\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Component: main' |
        grep -E '/debian/? ' | sort -u
}

fetch_tarball() {
    local apt=$1/apt
    local options=(
        -q
        -o "Dir::Etc::SourceList=$apt/sources.list"
        -o "Dir::Etc::SourceParts=/dev/null"
        -o "Dir::State::Lists=$apt/lists"
        -o "Dir::Cache=$apt/cache"
        -o "APT::Sandbox::User=root"
    )
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    source_archives >"$apt/sources.list"
    apt-get "${options[@]}" update
    (cd "$1" && apt-get "${options[@]}" source --download-only --only-source tini)
    printf '%s  %s\n' "$tarball_sha256" "$1/$tarball" | sha256sum --check --strict
}

# Everything is made beside its place and moved there whole, so that an interrupted run leaves
# nothing half done behind.
make_source() {
    local work
    [[ -d $cache/source ]] && return
    say "Fetching tini's test suite from Debian's source package tini..."
    work=$(mktemp -d "$cache/work.XXXXXX")
    fetch_tarball "$work" >"$cache/fetch.log" 2>&1 || {
        cat "$cache/fetch.log" >&2
        rm -rf "$work"
        say "Can't fetch the source package tini of version $version."
        return 1
    }
    tar -xzf "$work/$tarball" -C "$work"
    mv "$work/tini-$version" "$cache/source"
    rm -rf "$work"
}

venv_works() {
    cmp -s "$here/requirements.txt" "$cache/venv/requirements.txt" &&
        "$cache/venv/bin/python3" -c 'import bitmap, psutil' 2>/dev/null
}

# A virtual environment can't be moved: what marks it as complete is the copy of the requirements.
make_venv() {
    venv_works && return
    say "Installing the Python packages that tini's tests import..."
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv" || {
        say "Can't make a virtual environment: python3 and its venv module are needed."
        return 1
    }
    "$cache/venv/bin/python3" -m pip install --quiet --disable-pip-version-check \
        --only-binary :all: --require-hashes -r "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$cache/venv/requirements.txt"
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
make_source
make_venv
printf '%s\n' "$cache"
