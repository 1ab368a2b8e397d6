#!/usr/bin/env bash
# Who is started again, how often, and what is the status in the end, told by `tend simulate`: prints the table of
# init/tend.8. To renew that table:
#
#   tests/helpers/restart-table.bash build/tend
#
# In a .bats file, load ../helpers/restart-table gives how_it_ends.

POLICIES=(no on-success on-failure on-abnormal on-watchdog on-abort always on-failure:2 unless-stopped)

# Each row: what the manual calls it | the options that it needs | the event, which comes again and again.
ENDS=(
    "exit 0||exit 0 after 1s x"
    "exit 1||exit 1 after 1s x"
    "SIGTERM||killed by TERM after 1s x"
    "SIGKILL||killed by KILL after 1s x"
    "SIGSEGV||killed by SEGV after 1s x"
    "out of memory||out of memory after 1s x"
    "watchdog|--type=notify --watchdog-sec=1s|ready after 0"
    "unhealthy||unhealthy after 1s x"
    "start timeout|--type=notify --timeout-start-sec=1s|ready after infinity"
)

# how_it_ends TEND POLICY OPTIONS EVENT, in README's words: "1" is not restarted, the final status is 1; "2×, 1" is
# restarted twice, with StartLimitBurst=3; "∞" is restarted until somebody stops it.
how_it_ends() {
    local log restarts
    # shellcheck disable=SC2086 # OPTIONS are to be parted
    log=$("$1" simulate --restart="$2" --start-limit-burst=3 $3 "$4")
    restarts=$(($(grep --count 'Starting ' <<<"$log") - 1))
    case ${log##*$'\n'} in
    *'] It goes on like this.') echo ∞ ;;
    *'] Nothing more happens: active (running).') echo 'runs on' ;;
    *) sed --quiet "\$ s/.*\] tend ends with status \([0-9]*\):.*/$restarts×, \1/p" <<<"$log" | sed 's/^0×, //' ;;
    esac
}

# part_of_table TEND POLICY...: no more columns than a terminal of 80 shows.
part_of_table() {
    local tend=$1 policy end name options event cells widths=()
    shift
    for policy in "$@"; do
        widths+=("$policy")
        ((${#policy} >= 7)) || widths[-1]="2x, 143"
    done
    printf -v cells ' "%s"' "${widths[@]}"
    echo ".Bl -column \"out of memory\"$cells"
    printf -v cells ' Ta %s' "$@"
    echo ".It Em ends by$cells"
    for end in "${ENDS[@]}"; do
        IFS='|' read -r name options event <<<"$end"
        cells=
        for policy in "$@"; do
            cells+=" Ta $(how_it_ends "$tend" "$policy" "$options" "$event")"
        done
        echo ".It $name$cells"
    done
    echo .El
}

restart_table() {
    {
        part_of_table "$1" "${POLICIES[@]::5}"
        part_of_table "$1" "${POLICIES[@]:5}"
    } | sed 's/×/\\(mu/g; s/∞/for ever/g'
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -euo pipefail
    restart_table "$1"
fi
