#!/usr/bin/env bats
# The unit that our image holds, for real systemd. setup_suite has told that to start it.

load ../docker/docker

on_systemd() { docker exec "$SYSTEMD" "$@"; }

teardown() {
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || on_systemd journalctl --no-pager --lines 20 --unit elasticsearch
}

@test "systemd-analyze verify has nothing to say of our unit" {
    run on_systemd systemd-analyze verify elasticsearch.service
    equal "$status $output" '0 '
}

# Python for want of curl.
health() {
    on_systemd python3 -c 'if True:
        from urllib.request import urlopen
        print(urlopen("http://127.0.0.1:9200/_cluster/health").read().decode())'
}

property() { on_systemd systemctl show --value --property "$1" elasticsearch; }

@test "systemd runs Elasticsearch from our unit, and stops it in order" {
    wait_until 240 health
    like "$(health)" '"status":"green"'
    equal "$(property User)" elasticsearch
    on_systemd systemctl stop elasticsearch
    equal "$(property ActiveState) $(property Result) $(property NRestarts)" 'inactive success 0'
}
