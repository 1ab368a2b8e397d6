#!/usr/bin/env bats
# tini's test/run_inner_tests.py, step by step.

load suite

# The reaping tests sleep for seconds, most of the time: they run at once, and each test shows its own.
setup_file() {
    suite_setup_file
    local name number=0
    while IFS= read -r name; do
        number=$((number + 1))
        printf '%s\n' "$name" >"$BATS_FILE_TMPDIR/$number.name"
        {
            status=0
            own_test inner "$name" >"$BATS_FILE_TMPDIR/$number.log" 2>&1 || status=$?
            echo "$status" >"$BATS_FILE_TMPDIR/$number.status"
        } &
    done < <(python3 "$suite_dir/suite.py" names | sed -n 's/^inner\t\(.*reaping .*\)/\1/p')
    wait
}

# Shows how the reaping test whose name is this bats test's name ended.
reaping() {
    local name
    name=$(grep -lxF -- "${BATS_TEST_DESCRIPTION#*: }" "$BATS_FILE_TMPDIR"/*.name)
    cat "${name%.name}.log"
    return "$(cat "${name%.name}.status")"
}

@test 'inner: exit code test for tini' {
    own
}

@test 'inner: reaping test (subreaper-proxy.py tini with env {})' {
    reaping
}

@test 'inner: reaping display test (subreaper-proxy.py tini with env {})' {
    reaping
}

@test 'inner: signal test for: 15 (subreaper-proxy.py tini with env {})' {
    own
}

@test 'inner: signal test for: 10 (subreaper-proxy.py tini with env {})' {
    own
}

@test 'inner: signal test for: 12 (subreaper-proxy.py tini with env {})' {
    own
}

@test 'inner: reaping test (tini -s with env {})' {
    reaping
}

@test 'inner: reaping display test (tini -s with env {})' {
    reaping
}

@test 'inner: signal test for: 15 (tini -s with env {})' {
    own
}

@test 'inner: signal test for: 10 (tini -s with env {})' {
    own
}

@test 'inner: signal test for: 12 (tini -s with env {})' {
    own
}

@test "inner: reaping test (tini with env {'TINI_SUBREAPER': ''})" {
    reaping
}

@test "inner: reaping display test (tini with env {'TINI_SUBREAPER': ''})" {
    reaping
}

@test "inner: signal test for: 15 (tini with env {'TINI_SUBREAPER': ''})" {
    own
}

@test "inner: signal test for: 10 (tini with env {'TINI_SUBREAPER': ''})" {
    own
}

@test "inner: signal test for: 12 (tini with env {'TINI_SUBREAPER': ''})" {
    own
}

@test 'inner: process group test (arguments)' {
    own
}

@test 'inner: process group test (environment variable)' {
    own
}

@test 'inner: zombie reaping failure test (Tini should warn)' {
    reaping
}

@test 'inner: signal configuration test' {
    own
}

@test 'inner: parent death signal test' {
    own
}
