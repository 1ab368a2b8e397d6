#!/usr/bin/env bats
# What tini's README and usage promise of its options and variables, as far as tini's own suite leaves
# it open. TEND=/usr/bin/tini shows that tini does it.

load suite

bats_require_minimum_version 1.5.0

setup_file() {
    suite_setup_file
    ln -s "$TEND" "$BUILD_DIR/docker-init"
    ln -s "$TEND" "$BUILD_DIR/tini-static"
}

# tini STATUS [VARIABLE=VALUE]... [OPTION]...: what it prints is then in $output and $stderr.
tini() {
    local variables=() expected=$1
    shift
    while [[ $1 == [A-Z]*=* ]]; do
        variables+=("$1")
        shift
    done
    run --separate-stderr "-$expected" timeout --kill-after=5 20 env "${variables[@]}" \
        "$BUILD_DIR/tini" "$@" 3>&-
}

# What docker info and docker version read (moby, daemon/info_unix.go, parseInitVersion).
version_of_an_init='^tini version [0-9]+\.[0-9]+\.[0-9]+( - git\.[0-9a-f]+)?$'

@test "--version prints the line that docker info reads, by any of its names" {
    local name
    tini 0 --version
    like "$output" "$version_of_an_init"
    equal "$stderr" ""
    for name in docker-init tini-static; do
        run -0 "$BUILD_DIR/$name" --version
        like "$output" "$version_of_an_init"
    done
}

@test "--version is an option only where it is alone" {
    tini 1 --version true
    unlike "$output" "tini version"
}

@test "docker-init runs what comes after --" {
    run -3 "$BUILD_DIR/docker-init" -- sh -c 'exit 3'
}

@test "-h prints the usage to standard output and names every option and variable" {
    local word
    tini 0 -h
    equal "$stderr" ""
    for word in --version -h -s -p -v -w -g -e -l \
        TINI_SUBREAPER TINI_VERBOSITY TINI_KILL_PROCESS_GROUP; do
        like "$output" "$word"
    done
}

@test "-l prints the licence and ends with 0" {
    tini 0 -l
    like "$output" "MIT"
    equal "$stderr" ""
}

@test "without a program the usage goes to standard error" {
    local options
    for options in "" -- -s -g; do
        # shellcheck disable=SC2086 # none or one
        tini 1 $options
        equal "$output" ""
        like "$stderr" "Usage: tini"
    done
}

@test "an unknown option is named, with the usage, and ends with 1" {
    tini 1 -z true
    equal "$output" ""
    like "$stderr" "invalid option -- 'z'"
    like "$stderr" "Usage: tini"
}

@test "an option without its argument ends with 1" {
    tini 1 -e
    like "$stderr" "option requires an argument -- 'e'"
    tini 1 -p
    like "$stderr" "option requires an argument -- 'p'"
}

@test "options can be joined, with the argument of the last" {
    tini 0 -svge3 -- sh -c 'echo first; exit 3'
    like "$output" first
    tini 0 -we 3 -pSIGTERM -- sh -c 'echo second; exit 3'
    like "$output" second
}

@test "what follows the program is the program's" {
    tini 0 -- echo -h -- -e
    equal "$output" "-h -- -e"
}

@test "-e takes a number from 0 to 255 and nothing else" {
    local code
    for code in 256 -1 1x x 99999999999; do
        tini 1 -e "$code" -- true
        like "$stderr" "-e.*$code"
    done
}

@test "-e maps the status of a program that a signal ended" {
    # shellcheck disable=SC2016 # sh expands it
    tini 0 -e 143 -- sh -c 'echo ran; kill -s TERM $$'
    like "$output" ran
}

@test "-p takes a signal's full name and nothing else" {
    local name
    for name in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT \
        STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH SYS; do
        tini 0 -p "SIG$name" -- true
    done
    for name in TERM 15 sigterm SIGNONE; do
        tini 1 -p "$name" -- true
        like "$stderr" "-p.*$name"
    done
}

@test "a program's own streams are its own: nothing is added to them" {
    tini 7 TINI_SUBREAPER= -- sh -c 'echo out; echo err >&2; exit 7'
    equal "$output" out
    equal "$stderr" err
}

@test "TINI_VERBOSITY decides, whatever -v says, and 0 leaves failures only" {
    tini 0 TINI_VERBOSITY=0 -vvv -- true
    equal "$output$stderr" ""
    tini 127 TINI_VERBOSITY=0 -- /nonexistent/program
    like "$stderr" "/nonexistent/program"
}

@test "each -v says more: the program's pid, then each SIGCHLD" {
    local pid
    # shellcheck disable=SC2016 # sh expands it
    tini 0 -s -v -- sh -c 'echo $$ >"$0"' "$BATS_TEST_TMPDIR/pid"
    pid=$(<"$BATS_TEST_TMPDIR/pid")
    like "$output$stderr" "[^0-9]${pid}[^0-9]"
    unlike "$output$stderr" "Received SIGCHLD"
    tini 0 -s -vv -- true
    like "$output$stderr" "Received SIGCHLD"
}

@test "TINI_SUBREAPER and TINI_KILL_PROCESS_GROUP count even if empty" {
    tini 0 TINI_SUBREAPER= -- true
    equal "$stderr" ""
    # The shell ignores the signal, its child doesn't: it dies of it only if the group gets it.
    # shellcheck disable=SC2016 # sh expands it
    tini 138 TINI_KILL_PROCESS_GROUP= -- sh -c 'trap "" USR1
        env --default-signal=USR1 sh -c "kill -s USR1 $PPID; sleep 5"
        exit $?'
}

@test "tini's variables are passed on to the program" {
    tini 0 TINI_VERBOSITY=0 TINI_SUBREAPER= TINI_KILL_PROCESS_GROUP=1 -- \
        sh -c 'env | grep -c ^TINI_'
    equal "$output" 3
}

@test "the end of the program is the end, whatever it leaves behind" {
    tini 3 -s -- sh -c 'sleep 15 >/dev/null 2>&1 & exit 3'
}
