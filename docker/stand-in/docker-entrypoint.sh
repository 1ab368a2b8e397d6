#!/bin/bash
#
# What Elastic's image does before Elasticsearch starts, so that its documented ways of configuring
# work in this stand-in, too:
#
#   ELASTIC_PASSWORD          first password of the user elastic (where this build has security)
#   KEYSTORE_PASSWORD         opens an encrypted keystore
#   ..._FILE                  either of them from a file of mode 400 or 600
#   cluster.name=x            a setting, as -Ecluster.name=x
#   ES_SETTING_CLUSTER_NAME   the same; a double underscore is an underscore
#   TAKE_FILE_OWNERSHIP       as root: give data and logs to Elasticsearch's user
#
# A command other than eswrapper is executed as it is.
set -e

cd /usr/share/elasticsearch

# What Elasticsearch writes, its group (root's) may write: an arbitrary uid in that group can follow.
umask 0002

if [[ $1 != eswrapper && ${1##*/} != elasticsearch ]]; then
    exec "$@"
fi
shift

# Images that start as root drop it. Before 7.10 the user's primary group was its own.
as_user=()
if ((EUID == 0)); then
    compgen -G 'lib/elasticsearch-7.[0-9].*.jar' >/dev/null && ids=1000 || ids=1000:0
    as_user=(chroot --userspec="$ids" /)
    [[ -z $TAKE_FILE_OWNERSHIP ]] || chown -R 1000:0 data logs
fi

# Elastic's own, since 7.6.
if [[ -f bin/elasticsearch-env-from-file ]]; then
    # shellcheck source=/dev/null
    source bin/elasticsearch-env-from-file
fi

keystore() { "${as_user[@]}" "$PWD/bin/elasticsearch-keystore" "$@"; }

# A bootstrap password that is there already stays.
set_bootstrap_password() {
    local unlock=()
    [[ -f config/elasticsearch.keystore ]] || keystore create
    if keystore has-passwd --silent; then
        unlock=("$KEYSTORE_PASSWORD")
    fi
    if ! printf '%s\n' "${unlock[@]}" | keystore list | grep -qx bootstrap.password; then
        printf '%s\n' "${unlock[@]}" "$ELASTIC_PASSWORD" | keystore add --stdin bootstrap.password
    fi
}

if [[ -n $ELASTIC_PASSWORD && -f bin/elasticsearch-users ]]; then
    set_bootstrap_password
fi

# CLUSTER__NAME_X, without ES_SETTING_, is cluster_name.x.
setting_name() {
    local name=${1//__/$'\n'}
    name=${name//_/.}
    name=${name//$'\n'/_}
    echo "${name,,}"
}

settings=()
mapfile -d '' -t environment </proc/self/environ
for variable in "${environment[@]}"; do
    name=${variable%%=*} value=${variable#*=}
    if [[ $name =~ ^ES_SETTING_[A-Z0-9_]+$ ]]; then
        name=$(setting_name "${name#ES_SETTING_}")
    fi
    if [[ -n $value && $name =~ ^[-a-z0-9_]+(\.[-a-z0-9_]+)+$ ]]; then
        settings+=("-E$name=$value")
    fi
done

exec "${as_user[@]}" "$PWD/bin/elasticsearch" "$@" "${settings[@]}" <<<"$KEYSTORE_PASSWORD"
