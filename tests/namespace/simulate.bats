#!/usr/bin/env bats
#
# tend simulate tells what tend would do, and starts nothing.

load ../helpers/common

# simulated ARGUMENT...: what `tend simulate` prints, without the times.
simulated() { "$TEND" simulate "$@" | sed 's/^\[[0-9:.]*\] //'; }

@test "a failing service is restarted up to the limit, and ends with its own status" {
    output=$(simulated --restart=on-failure "exit 3 after 1s x")
    equal "$(grep --count 'Starting ' <<<"$output")" 5
    like "$output" 'restart 4 of 4 in 100ms\.'
    like "$output" 'not restarted: started 5 times within 10s, the limit\.'
    like "$output" 'tend ends with status 3:'
}

@test "no restart is counted beyond the limit" {
    output=$(simulated --restart=on-failure "exit 1 after 2s x20")
    equal "$(grep --count 'Starting ' <<<"$output")" 21
    unlike "$output" 'restart [5-9] of '
    like "$output" 'exited with status 1; restart in 100ms\.'
}

@test "Docker's delays double up to a minute" {
    output=$(simulated --restart=unless-stopped "exit 1 after 1s x12")
    equal "$(sed --quiet 's/.*restart in \(.*\)\./\1/p' <<<"$output" | paste --serial --delimiters ' ')" \
        "100ms 200ms 400ms 800ms 1.6s 3.2s 6.4s 12.8s 25.6s 51.2s 1min 1min"
}

@test "what ignores the stop is killed at its end, and that is a timeout" {
    output=$(simulated --timeout-stop-sec=30s "ignores TERM" "stop at 10s")
    like "$output" 'has not stopped in time; sending SIGKILL\.'
    like "$output" 'tend ends with status 124:'
    like "$("$TEND" simulate --timeout-stop-sec=30s "ignores TERM" "stop at 10s" | tail -n 1)" '^\[00:00:40\.000\] '
}

@test "a status that prevents a restart ends it, and one that is named is a good end of a stop" {
    like "$(simulated --restart=always --restart-prevent-exit-status=78 "exit 78 after 1s")" 'tend ends with status 78:'
    like "$(simulated --success-exit-status=143 "stops with 143 after 3s" "stop at 5s")" 'tend ends with status 0:'
}

@test "what is no event is refused with 2" {
    status=0
    output=$("$TEND" simulate "explode after 1s") || status=$?
    equal "$status" 2
    like "$output" '^explode after 1s: expected an event'
}
