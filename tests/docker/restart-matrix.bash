# For restart.bats: in a container, ends a service in each of the ways that the arguments name, under
# tend as PID 1 with each value of Restart=. Prints a line for each way: STARTS/STATUS by value.
# shellcheck shell=bash
set -uo pipefail

values=(no on-success on-failure on-abnormal on-watchdog on-abort always on-failure:2 unless-stopped)
limit=(--start-limit-interval-sec=1h --start-limit-burst=3) more=5

# one VALUE STEP...: a service that notes each start and ends. What would go on for ever stops tend.
one() {
    local value=$1 starts status options=(--log-level=error --restart="$1" --restart-sec=0)
    shift
    rm -f /starts /ends
    [[ $value == @(on-failure:*|unless-stopped) ]] || options+=("${limit[@]}")
    unshare --pid --fork --mount-proc tend "${options[@]}" stub append /starts + \
        -- first $more /ends "$@" -- exec bash -c 'kill -TERM 1; exec sleep 1000' </dev/null
    status=$?
    starts=$(wc -l </starts)
    ((starts <= more)) || starts='more'
    echo -n " $starts/$status"
}

echo "end ${values[*]}"
for end; do
    echo -n "$end"
    step=${end/#exit-/exit } step=${step/#die-/die }
    for value in "${values[@]}"; do
        # shellcheck disable=SC2086 # words
        one "$value" $step
    done
    echo
done
