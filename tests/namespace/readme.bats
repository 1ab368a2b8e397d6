#!/usr/bin/env bats
#
# README.md and the manual show commands that work.

load ../helpers/namespace

README=$ROOT/README.md MANUAL=$ROOT/init/tend.8

@test "each goal of make in the README is one, and make help has a line about it" {
    local goal count=0
    make --no-print-directory --directory "$ROOT" help >"$BATS_TEST_TMPDIR/help"
    while read -r goal; do
        grep --quiet "^$goal:" "$ROOT/Makefile" || { echo "make $goal" && false; }
        grep --quiet "^make $goal  *[[:alpha:]]" "$BATS_TEST_TMPDIR/help" || { echo "make help: $goal" && false; }
        count=$((count + 1))
    done < <(grep --only-matching --perl-regexp '\bmake \K[a-z]+(?=`|\s{2,}|$)' "$README")
    ((count >= 8))
}

@test "each file that the README links to is there" {
    local file count=0
    while read -r file; do
        [[ -e $ROOT/$file ]] || { echo "$file" && false; }
        count=$((count + 1))
    done < <(grep --only-matching --perl-regexp '\]\(\K(?!http)[^)]+' "$README")
    ((count >= 5))
}

# The commands "    tend OPTION... -- COMMAND" of a file, one a line, without the command.
examples() {
    sed --quiet --expression ':more' --expression '/^ *tend .*\\$/ { N; s/\\\n */ /; b more; }' \
        --expression 's/^ *tend \(.*\) -- .*/\1/p' "$1"
}

# What understands everything proves nothing.
refuses_others() {
    run_tend --no-such-option true
    equal "$status" 125
}

# Each runs in a namespace of its own; what it makes below /var/lib and /run goes with that. An option
# given again is read all the same; what is shown but not there, and true's restart, would end nowhere.
run_examples() {
    local example arguments count=0
    refuses_others
    with 'mount -t tmpfs none /var/lib && mount -t tmpfs none /run'
    while read -r example; do
        eval "arguments=($example)"
        run_tend "${arguments[@]}" --exec-start-pre= --exec-stop-post= --restart=no true
        equal "$status" 0 || { echo "tend $example" && false; }
        count=$((count + 1))
    done < <(examples "$1")
    ((count >= $2))
}

@test "each command line of tend in the README is understood" {
    run_examples "$README" 9
}

@test "each command line of tend in the manual is understood" {
    run_examples "$MANUAL" 1
}

# What stands between ENTRYPOINT [ and ], as words.
entrypoints() {
    sed --quiet --expression ':more' --expression '/^ENTRYPOINT.*\\e\?$/ { N; s/\\e\?\n */ /; b more; }' \
        --expression 's/^ENTRYPOINT \[\(.*\)\]$/\1/p' "$1" | tr -d ','
}

@test "each ENTRYPOINT in the README and in the manual is understood" {
    local line words count=0
    refuses_others
    while read -r line; do
        eval "words=($line)"
        equal "${words[0]}" /usr/local/bin/tend
        [[ $line != *--unit=* ]] || continue
        run_tend "${words[@]:1}" true
        equal "$status" 0 || { echo "$line" && false; }
        count=$((count + 1))
    done < <(entrypoints "$README" && entrypoints "$MANUAL")
    ((count >= 4))
}

@test "the manual's exit statuses are tend's" {
    run_tend true
    equal "$status" 0
    run_tend sh -c 'exit 3'
    equal "$status" 3
    run_tend sh -c 'kill -TERM $$'
    equal "$status" 143
    run_tend --runtime-max-sec=0.1 sleep 100
    equal "$status" 124
    run_tend --user=nobody-of-that-name true
    equal "$status" 125
    run_tend --working-directory=/nowhere true
    equal "$status" 125
    run_tend /etc/passwd
    equal "$status" 126
    run_tend /nowhere
    equal "$status" 127
    run_tend --assert-path-exists=/nowhere true
    equal "$status" 1
    run_tend --condition-path-exists=/nowhere true
    equal "$status" 0
    run_tend --restart=always --restart-sec=0 --start-limit-burst=2 true
    equal "$status" 1
}

@test "what the README shows of tend simulate is what it prints" {
    local command shown
    command=$(sed --quiet 's/^    \$ tend simulate \(.*\)/\1/p' "$README")
    eval "arguments=($command)"
    shown=$(sed --quiet '/^    \$ tend simulate /,/^$/ s/^    \(\[.*\)/\1/p' "$README")
    [[ -n $shown ]]
    equal "$("$TEND" simulate "${arguments[@]}")" "$shown"
}
