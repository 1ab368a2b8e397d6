#!/usr/bin/env bats
# The image's own ways of configuring, those of Elastic's script, go on working. (Settings by environment are what all
# other tests here use.)

load elasticsearch

VERSIONS=(7.17.28 "$NEWEST")

@test "a password that a file of Elasticsearch's user holds is what Elasticsearch gets in its environment" {
    each gets_a_password "${VERSIONS[@]}"
}

gets_a_password() {
    local secret=$BATS_TEST_TMPDIR/secret.$1
    install --mode 400 --owner 1000 /dev/stdin "$secret" <<<"of $1"
    create "$1" "${LIGHT[@]}" --volume "$secret:/run/secrets/password:ro" \
        --env ELASTIC_PASSWORD_FILE=/run/secrets/password
    start
    soon is_given "ELASTIC_PASSWORD=of $1"
}

# A process shows what it was executed with: the script that reads the file is over then.
is_given() { tr '\0' '\n' <"/proc/$(main_process)/environ" | grep --line-regexp --fixed-strings -e "$1"; }
