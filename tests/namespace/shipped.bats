#!/usr/bin/env bats
# What is shipped beside the program: what make install puts where, the unit of Elasticsearch, the files that start it.

load ../helpers/namespace

SERVICE=$ROOT/rootfs/usr/lib/systemd/system/elasticsearch.service

# make_here GOAL...: in a shell that knows nothing of a make above it, or of variables that were given to that.
make_here() { env --unset=MAKEFLAGS --unset=MAKELEVEL --unset=MFLAGS make --no-print-directory --directory "$ROOT" "$@"; }

@test "make install puts the program and its manual where a distribution would, and make uninstall takes them away" {
    local to=$BATS_TEST_TMPDIR/root
    make_here install DESTDIR="$to" PREFIX=/usr
    equal "$(cd "$to" && find . -type f -printf '%m %P\n' | sort)" "644 usr/share/man/man8/tend.8
755 usr/bin/tend"
    cmp "$to/usr/bin/tend" "$ROOT/build/tend"
    cmp "$to/usr/share/man/man8/tend.8" "$ROOT/init/tend.8"
    make_here uninstall DESTDIR="$to" PREFIX=/usr
    equal "$(find "$to" -type f)" ""
    make_here install DESTDIR="$to"
    equal "$(cd "$to" && find . -type f | sort)" "./usr/local/bin/tend
./usr/local/share/man/man8/tend.8"
}

# as_the_unit_says EVENT...: what `tend simulate` says comes of it, at last.
as_the_unit_says() { "$TEND" simulate --unit="$SERVICE" "$@" | tail -n 2; }

@test "Elasticsearch's unit: started again whenever it ends, but not after 64 and 78, five times within ten minutes" {
    local status
    for status in 64 78; do
        like "$(as_the_unit_says "exit $status after 1min x")" "00:01:00.000. tend ends with status $status:"
    done
    for status in 0 1 3 127 134 143; do
        like "$(as_the_unit_says "exit $status after 1min x")" 'started 5 times within 10min, the limit.*00:05:04\.000. tend ends'
    done
    like "$(as_the_unit_says 'killed by KILL after 1min x')" 'started 5 times within 10min, the limit'
}

@test "Elasticsearch's unit: it has two minutes to close, and its own 143 is a good end of a stop" {
    like "$(as_the_unit_says 'stop at 10s' 'ignores TERM')" '00:02:10.000. tend ends with status 124:'
    like "$(as_the_unit_says 'stop at 10s' 'stops with 143 after 1min 59s')" '00:02:09.000. tend ends with status 0:'
}

# The kernel counts a user's processes on the whole host.
@test "Elasticsearch's unit sets no LimitNPROC=, which would count what uid 1000 runs outside" {
    unlike "$(cat "$SERVICE" "$SERVICE.d/"*.conf)" LimitNPROC
}

@test "what docker/ has stop Elasticsearch is more patient than its unit's TimeoutStopSec=" {
    local unit file patience
    unit=$(sed --quiet 's/^TimeoutStopSec=\([0-9]\+\)min$/\1/p' "$SERVICE")
    for file in compose.yaml swarm.yaml kubernetes.yaml; do
        patience=$(sed -nE 's/^ *(stop_grace_period|terminationGracePeriodSeconds): ([0-9]+)s?$/\2/p' "$ROOT/docker/$file")
        between "$patience" $((unit * 60 + 1)) 3600
    done
}
