#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# Elasticsearch that goes into the background, as its packages once started it: `elasticsearch -d -p FILE`, in the
# unit that Elastic ships, of which only the command is another.

load elasticsearch

UNIT=$BATS_TEST_DIRNAME/../units/elasticsearch.service
PID_FILE=/run/elasticsearch/elasticsearch.pid

# The drop-in: what an archive has elsewhere than a package, and the command.
drop_in() {
    cat <<END
[Service]
Type=forking
PIDFile=$PID_FILE
Environment=ES_PATH_CONF=/usr/share/elasticsearch/config
Environment="${LIGHT[1]}" "${LIGHT[3]}"
ExecStart=
ExecStart=/usr/share/elasticsearch/bin/elasticsearch -d -p \${PID_DIR}/elasticsearch.pid
Restart=on-failure
RestartSec=1s
END
}

@test "elasticsearch -d -p FILE under Type=forking: PID 1 finds the server by its file, starts it again, and stops it as Elastic's unit says" {
    drop_in >"$BATS_TEST_TMPDIR/forking.conf"
    each forks "$OLDEST" 8.19.7 "$NEWEST"
}

forks() {
    local asked
    create "$1" --user 0:0 --entrypoint /usr/local/bin/tend --volume "$UNIT:/etc/systemd/system/elastic.service:ro" \
        --volume "$BATS_TEST_TMPDIR/forking.conf:/etc/systemd/system/elastic.service.d/forking.conf:ro" \
        -- --unit=elastic
    start
    wait_until_up
    is_the_main_process "$(server)"
    client fill 100
    kill -KILL "$(server)"
    soon says 'was killed by SIGKILL; restart 1 of 4 in 1s\.'
    soon server
    wait_until_up
    is_the_main_process "$(server)"
    equal "$(client count "$PATIENCE")" 100
    asked=$(now)
    stop
    equal "$status" 0
    like "$(log "$asked")" 'Stopping elastic with pid[^,]*, SIGTERM\.\.\..*Stopped elastic in '
    # In the background it says nothing to the console any more.
    like "$(docker cp "$CONTAINER:/usr/share/elasticsearch/logs/docker-cluster.log" - | tr -d '\0')" 'o\.e\.n\.Node .* closed'
    equal "$(docker cp "$CONTAINER:${PID_FILE%/*}" - 2>/dev/null | wc -c)" 0
}

# What its file says and what tend says is this process, PID 1's own child: whoever has started it has ended. It is
# what Elastic's unit makes it.
is_the_main_process() {
    local inner
    inner=$(status_of "$1" NSpid | cut -d ' ' -f 2)
    soon says "Started elastic with pid\\($inner\\)"
    equal "$(processes)" "$1"
    equal "$(main_process)" "$1"
    equal "$(status_of "$1" Uid) $(status_of "$1" Gid)" "1000 1000 1000 1000 1000 1000 1000 1000"
    like "$(tr -s ' ' <"/proc/$1/limits")" 'Max processes 4096 4096 '
    equal "$(docker exec "$CONTAINER" cat "$PID_FILE")" "$inner"
    equal "$(docker exec "$CONTAINER" tend show | sed -n 's/^MainPID=//p')" "$inner"
}
