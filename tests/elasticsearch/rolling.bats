#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# A cluster whose nodes are restarted by tend, one after the other.

load elasticsearch

NODES=(1 2 3)

# Elasticsearch 9.2.4 does not open its readiness.port again when it comes back into a cluster that goes on: it is
# asked for the cluster's health, which it tells when it knows a master.
#
# A node is told by its number where it listens and who the others are. They share a network namespace: on a bridge,
# Elasticsearch would insist on the limits of a host that is set up for it.
begin() {
    local shared=$NETWORK
    [[ $1 == 1 ]] || shared=container:tend-test-$RUN-rolling-1
    NETWORK=$shared create "$NEWEST" --name "tend-test-$RUN-rolling-$1" "${LIGHT[@]}" \
        --env "node.name=node-$1" --env "http.port=920$1" --env "transport.port=930$1" \
        --env discovery.type=multi-node --env discovery.seed_hosts=127.0.0.1:9301,127.0.0.1:9302,127.0.0.1:9303 \
        --env cluster.initial_master_nodes=node-1,node-2,node-3 \
        --env "TEND_READY_CHECK=http://127.0.0.1:920$1/_cluster/health" --env TEND_TIMEOUT_START_SEC=10min
    start
}

node() { CONTAINER=tend-test-$RUN-rolling-$1; }

# To whichever node answers.
export PORT=9201,9202,9203

@test "a rolling tend restart of three nodes: the cluster goes on writing, and the engine has nothing to do with it" {
    at_once rolls
}

rolls() {
    local node acknowledged=$BATS_TEST_TMPDIR/acknowledged
    for node in "${NODES[@]}"; do
        begin "$node"
    done
    node 1
    client nodes 3 "$PATIENCE"
    touch "$acknowledged"
    REPLICAS=1 start_client write "$acknowledged"
    for node in "${NODES[@]}"; do
        is_restarted "$node"
    done
    end_helpers
    equal "$(client missing "$acknowledged" "$PATIENCE")" ""
}

# The next node is restarted when this one is back in the cluster and has its copies of all documents. While it was
# away, the others wrote.
is_restarted() {
    local before since lost
    node "$1"
    since=$(now) before=$(inspect '{{.State.StartedAt}} {{.RestartCount}}')
    soon goes_on "$acknowledged" "$(wc -l <"$acknowledged")"
    lost=$(wc -l <"$acknowledged")
    docker exec "$CONTAINER" tend restart
    (($(wc -l <"$acknowledged") > lost + 100))
    node 1
    client nodes 3 "$PATIENCE"
    node "$1"
    equal "$(inspect '{{.State.StartedAt}} {{.RestartCount}}')" "$before"
    like "$(output "$since")" 'o\.e\.n\.Node .* closed'
    like "$(log "$since")" 'Stopped elasticsearch in .*Started elasticsearch with pid'
}
