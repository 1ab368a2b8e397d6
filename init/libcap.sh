#!/usr/bin/env bash
#
# libcap.sh CACHE LINK: makes LINK point to a libcap that is built for size.
#
# Debian's own libcap.a is for glibc and -O2: it would be a third of the whole of tend. So its
# source package, in the version that this release has, is compiled again with $CC and $CFLAGS. The
# directory holds libcap.a with the three files of libcap that are about processes (none of those
# about names, files and threads), and include/ with libcap's and the kernel's headers, which musl
# does not bring.
#
# Where $CC is a cross compiler, $BUILD_CC is one for this machine, for a generator of headers.
#
# libcap keeps its sets on the heap. Its calls of calloc and free become calls of pool_take and
# pool_give (pool.c), which saves the 8 KiB that a general allocator costs.
set -euo pipefail

cache=$1 link=$2
unset MAKEFLAGS MFLAGS # what was said to tend's make is not for libcap's

# The source version of the release's libcap-dev, such as 1:2.66-4+deb12u3. A binary-only rebuild
# has a version of its own, then "Source:" holds the source's in parentheses.
release_version() {
    apt-cache show --no-all-versions libcap-dev 2>/dev/null | awk '
        $1 == "Version:" { version = $2 }
        $1 == "Source:" && NF == 3 { source = substr($3, 2, length($3) - 2) }
        END { print source ? source : version }'
}

# The flags and this script are part of the name: with others, it is another library.
directory_of() {
    local flags
    read -r flags _ < <(cksum - "$0" <<<"$CFLAGS" | cksum)
    echo "$cache/libcap-${1#*:}-$($CC -dumpmachine)-$($CC -dumpfullversion)-$flags"
}

# Most machines' entries name no sources (deb-src): a copy of them that names nothing else is put in
# the directory $1, and apt is made to use that one, with lists of its own.
use_source_entries() {
    mkdir -p "$1/entries" "$1/lists/partial"
    local entry
    for entry in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
        [[ -e $entry ]] || continue
        sed -E 's/^Types:.*/Types: deb-src/; s/^deb([[:space:]])/deb-src\1/' "$entry" \
            >"$1/entries/${entry##*/}"
    done
    export APT_CONFIG=$1/apt.conf
    cat >"$APT_CONFIG" <<-EOF
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$1/entries";
		Dir::State::Lists "$1/lists";
		Dir::Cache "$1";
		APT::Sandbox::User "";
	EOF
}

# Leaves the unpacked and patched source of version $2 in $1/source. The two archives are all that
# it takes: apt checks them by its signed index. Another archive's failed update need not be ours.
fetch_source() {
    echo "libcap: fetching Debian's source package, version $2"
    use_source_entries "$1"
    {
        cd "$1"
        apt-get --quiet update || true
        apt-get --quiet --download-only --only-source --tar-only source "libcap2=$2" &&
            apt-get --quiet --download-only --only-source --diff-only source "libcap2=$2"
    } >"$1/apt.log" 2>&1 || { cat "$1/apt.log" >&2 && exit 1; }
    mkdir "$1/source"
    tar --extract --strip-components=1 --directory="$1/source" --file="$(echo "$1"/*.orig.tar.*)"
    tar --extract --directory="$1/source" --file="$(echo "$1"/*.debian.tar.*)"
    grep --invert-match '^#' "$1/source/debian/patches/series" |
        while read -r patch _; do
            patch --silent --strip=1 --directory="$1/source" <"$1/source/debian/patches/$patch"
        done
}

# Compiles $1/source into $1/result.
compile() {
    echo "libcap: compiling with $CC $CFLAGS"
    local library=$1/source/libcap include=$1/result/include files="cap_alloc cap_proc cap_flag"
    # Before main() it would ask the kernel for the number of capabilities, by halves, in six calls;
    # only its functions for "IAB" sets want to know.
    sed --in-place 's/__attribute__((constructor (300)))//' "$library/cap_alloc.c"
    mkdir -p "$include/sys"
    ln -s /usr/include/{linux,asm-generic} "/usr/include/$($CC -print-multiarch)/asm" "$include/"
    # Since 2.71 what chooses the system calls is a file of its own.
    [[ ! -e $library/cap_syscalls.c ]] || files+=" cap_syscalls"
    make --silent -C "$library" libcap.a USE_GPERF=no CAPFILES="$files" \
        CC="$CC -isystem $include" BUILD_CC="${BUILD_CC:-$CC -static} -isystem $include" \
        CFLAGS="$CFLAGS -Dcalloc=pool_take -Dfree=pool_give" >"$1/make.log" 2>&1 ||
        { cat "$1/make.log" >&2; exit 1; }
    cp "$library/libcap.a" "$1/result/"
    cp "$library/include/sys/"*.h "$include/sys/"
}

# Two makes may do this at the same time: each works in a directory of its own, the first to be done
# gives the result its name.
build() {
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/libcap.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (fetch_source "$work" "$1")
    compile "$work"
    mv -T "$work/result" "$2" 2>/dev/null || [[ -e $2/libcap.a ]]
}

version=$(release_version)
if [[ -z $version || ! -e $(directory_of "$version")/libcap.a ]] && ((EUID == 0)); then
    apt-get -qq update
    version=$(release_version)
fi
[[ -n $version ]] || { echo "libcap: apt knows no libcap-dev: run apt-get update" >&2; exit 1; }

directory=$(directory_of "$version")
[[ -e $directory/libcap.a ]] || build "$version" "$directory"
touch "$directory"
ln -sfn "$directory" "$link"
