# Real systemd, and Elasticsearch in reach of the unit that our image holds.        shellcheck shell=bash
#
#   start_systemd     boots it in the container $SYSTEMD and tells it to start Elasticsearch, which takes
#                     a while

UNIT_FILE=$ROOT/rootfs/usr/lib/systemd/system/elasticsearch.service

# shellcheck source=tests/helpers/systemd.bash
source "$ROOT/tests/helpers/systemd.bash"

boot_systemd() {
    docker run --detach --name "$SYSTEMD" --label tend.made-by=tests/units --hostname localhost "${SYSTEMD_OPTIONS[@]}" \
        --volume "$UNIT_FILE:/usr/lib/systemd/system/${UNIT_FILE##*/}:ro" \
        tend-test-systemd /lib/systemd/systemd
}

# The archive out of Elastic's image, with the JDK in it, wherever that is in the image.
copy_elasticsearch() {
    docker run --rm --network none --entrypoint tar "$1" --create --dereference --directory /usr/share \
        --exclude elasticsearch/jdk/docs elasticsearch \
        | docker exec --interactive "$SYSTEMD" tar --extract --no-same-owner --directory /usr/share
}

# What an operator has to do on a host of his own: a user, and settings for a small node.
configure_elasticsearch() {
    docker exec --interactive "$SYSTEMD" sh -e <<'SCRIPT'
useradd --home-dir /usr/share/elasticsearch elasticsearch
cd /usr/share/elasticsearch
printf '%s\n' 'discovery.type: single-node' 'xpack.security.enabled: false' >config/elasticsearch.yml
mkdir -p config/jvm.options.d data logs
printf '%s\n' -Xms256m -Xmx256m >config/jvm.options.d/heap.options
chown -R elasticsearch: config data logs
SCRIPT
}

start_systemd() {
    "$ROOT/tests/conformance/image" && "$ROOT/docker/images" elasticsearch 9.2.4 \
        && boot_systemd && copy_elasticsearch elasticsearch:9.2.4 && configure_elasticsearch \
        && docker exec "$SYSTEMD" systemctl start --no-block elasticsearch
}
