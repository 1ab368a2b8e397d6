# What the suites of this directory share. shellcheck shell=bash
# Each test here is one of tini's own, run from tini's source with the program in $TEND in tini's
# place, reached by the name `tini`. TEND=/usr/bin/tini runs the suite against tini itself.

load ../helpers/common

suite_dir=$BATS_TEST_DIRNAME

# Every test has a PID namespace of its own: what a test leaves behind ends with it and no test sees
# another's processes. mount-proc: tini's tests look for their processes in /proc.
namespace=(unshare --pid --fork --mount-proc --kill-child)
if ((EUID != 0)); then
    namespace+=(--user --map-root-user)
fi

# Exports where tini's source and the program under test are, in the words of tini's own scripts.
suite_setup_file() {
    local cache
    [[ -x $TEND ]] || {
        echo "There is no program $TEND." >&2
        return 1
    }
    cache=$("$suite_dir/fetch.sh")
    export SOURCE_DIR=$cache/source BUILD_DIR=$BATS_FILE_TMPDIR FORCE_SUBREAPER=1
    export PATH=$cache/venv/bin:$PATH PYTHONPATH=$suite_dir/modules PYTHONDONTWRITEBYTECODE=1
    export PYTHONUNBUFFERED=1 PS1='# '
    unset POSIXLY_CORRECT MINIMAL "${!TINI_@}"
    ln -s "$TEND" "$BUILD_DIR/tini"
    cc -w -o "$BUILD_DIR/sigconf-test" "$SOURCE_DIR/test/sigconf/sigconf-test.c"
}

# Runs one of tini's tests by its suite and name. bash is the namespace's PID 1 and reaps, so that
# the program under test is not PID 1 unless a test makes it so.
own_test() {
    # shellcheck disable=SC2016 # bash -c expands it
    timeout --kill-after=5 60 "${namespace[@]}" bash -c '"$@"; exit $?' - \
        python3 "$suite_dir/suite.py" "$1" "$2" </dev/null 3>&-
}

# Runs the test of tini's suite whose name is this bats test's name, SUITE: NAME.
own() {
    own_test "${BATS_TEST_DESCRIPTION%%: *}" "${BATS_TEST_DESCRIPTION#*: }"
}

# Skips with the reason that the table gives to this test; one that is not there is an error.
not_applicable() {
    local suite test reason
    while IFS=$'\t' read -r suite test reason; do
        if [[ "$suite: $test" == "$BATS_TEST_DESCRIPTION" ]]; then
            skip "$reason"
        fi
    done <"$suite_dir/not-applicable.tsv"
    echo "not-applicable.tsv gives no reason for: $BATS_TEST_DESCRIPTION" >&2
    return 1
}
