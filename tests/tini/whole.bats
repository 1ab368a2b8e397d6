#!/usr/bin/env bats
# That nothing of tini's suite has been left out by mistake.

load suite

setup_file() {
    suite_setup_file
}

# The names of the bats tests in the given files.
test_names() {
    sed -nE "s/^@test ['\"](.*)['\"] \{\$/\1/p" "$@"
}

@test "each test of tini's inner and smoke tests is run or named with its reason" {
    diff <(python3 "$suite_dir/suite.py" names | sed 's/\t/: /' | sort) \
        <(cd "$suite_dir" && test_names inner.bats smoke.bats | sort)
}

@test "each reason in the table is that of a test which is skipped" {
    diff <(grep -v '^#' "$suite_dir/not-applicable.tsv" | cut -f 1,2 | sed 's/\t/: /' | sort) \
        <(cd "$suite_dir" && grep -h -B 1 '^    not_applicable$' ./*.bats | test_names | sort)
}
