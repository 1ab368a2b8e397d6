#!/usr/bin/env bats
# The smoke tests of tini's ci/run_build.sh, step by step.

load suite

setup_file() {
    suite_setup_file
}

@test 'smoke: Smoke test for tini' {
    own
}

@test 'smoke: tini --version' {
    own
}

@test 'smoke: tini without arguments exits with 1' {
    own
}

@test 'smoke: tini shows help message' {
    own
}

@test 'smoke: minimal: tini with: true' {
    own
}

@test 'smoke: minimal: tini with: false' {
    own
}

@test "smoke: minimal: tini does not reference options that don't exist" {
    not_applicable
}

@test 'smoke: minimal: tini can run binary: bin' {
    not_applicable
}

@test 'smoke: minimal: tini can run binary --version if args are given' {
    not_applicable
}

@test 'smoke: tini -h' {
    own
}

@test 'smoke: tini for license' {
    not_applicable
}

@test 'smoke: tini with: true' {
    own
}

@test 'smoke: tini with: false' {
    own
}

@test 'smoke: tini references options that exist' {
    own
}

@test 'smoke: tini with: -- true (should succeed)' {
    own
}

@test 'smoke: tini with: -- -- true (should fail)' {
    own
}

@test 'smoke: tini supports TINI_VERBOSITY' {
    own
}

@test 'smoke: tini exits with 127 if the command does not exist' {
    own
}

@test 'smoke: tini exits with 126 if the command is not executable' {
    own
}

@test 'smoke: tini does not break pipes' {
    own
}

@test 'smoke: Checking hardening on tini' {
    not_applicable
}
