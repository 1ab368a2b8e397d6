#!/usr/bin/env bats
# What the files before this one have measured, in build/elasticsearch-table.md.

load elasticsearch

TABLE=$ROOT/build/elasticsearch-table.md

# The columns: what it is called there, and in the results (see `record`).
COLUMNS=("up" "up" "docker stop" "stop" "with status" "status" "stop as it starts, at most" "early stop"
    "back after kill -9 of the JVM" "back" "of the launcher" "back without launcher"
    "after a power cut" "back after a power cut" "PID 1's own memory" "memory")

result() { cat "$RESULTS/$1 $2" 2>/dev/null || echo "-"; }

times() {
    local i version line="| Elasticsearch |" rule="|---|"
    for ((i = 0; i < ${#COLUMNS[@]}; i += 2)); do
        line+=" ${COLUMNS[i]} |" rule+="---|"
    done
    printf '%s\n' "$line" "$rule"
    for version in "${VERSIONS[@]}"; do
        line="| $version |"
        for ((i = 1; i < ${#COLUMNS[@]}; i += 2)); do
            line+=" $(result "$version" "${COLUMNS[i]}") |"
        done
        echo "$line"
    done
}

# shellcheck disable=SC2016 # these are no commands
endings() {
    printf '%s\n' '| Elasticsearch | `Restart=` | `--restart` | what happened, last status | started again by |' '|---|---|---|---|---|'
    cat "$RESULTS/ending "*
}

# What differs from one run to the next.
without_numbers() { sed -E 's/[0-9.]+ (s|KiB) /N \1 /g'; }

# between_marks FILE: what README.md holds of it.
between_marks() { sed -n '/^<!-- elasticsearch table -->$/,/^<!-- end -->$/p' "$1" | sed '1d;$d'; }

@test "every version was measured in every way that applies to it" {
    local version
    { times; echo; endings; } >"$TABLE"
    for version in "${VERSIONS[@]}"; do
        equal "$version $(result "$version" status)" "$version 0"
        unlike "$(result "$version" up) $(result "$version" stop) $(result "$version" back) $(result "$version" 'early stop')" '-'
    done
    equal "$(endings | tail -n +3 | wc -l)" 16
}

@test "README.md shows the table, with times of its own" {
    equal "$(between_marks "$ROOT/README.md" | without_numbers)" "$(without_numbers <"$TABLE")"
}
