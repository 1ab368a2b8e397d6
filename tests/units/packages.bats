#!/usr/bin/env bats
# shellcheck disable=SC2154 # status is the helpers'
# The units that Debian bookworm ships, as it ships them: each serves, reloads, comes back and stops.
# All of them start at once, at the beginning.

load ../docker/docker

# How long a busy machine, with ten services at a time, may take for what is a second's work.
PATIENCE=60

label() { echo "tend.test=$RUN.packages"; }
container() { echo "tend-test-$RUN-$1"; }

# launch NAME [OPTION]...: the unit NAME under tend, in a container named after it.
launch() {
    docker_run --detach --name "$(container "${1%@*}")" "${@:2}" \
        --volume "$PROGRAMS/tend:/usr/local/bin/tend:ro" "$UNITS" tend --unit="$1"
}

setup_file() {
    echo '* * * * * root echo "$$ ran" >>/run/cron.ran' >"$BATS_FILE_TMPDIR/crontab"
    launch cron --volume "$BATS_FILE_TMPDIR/crontab:/etc/cron.d/tend:ro"
    launch nginx --env TEND_RESTART=always
    launch postgresql@15-main --env TEND_RESTART=always
    launch mariadb
    launch redis-server
    launch haproxy
    launch memcached
    launch apache2
    launch rsyslog
    launch ssh
}

teardown_file() { remove_containers; }

teardown() {
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || docker logs --tail 60 "$CONTAINER" 2>&1
}

# of NAME: which of the containers the test is about. Its unit has nothing that is wrong or unknown.
of() {
    CONTAINER=$(container "${1%@*}")
    wait_for_log "$PATIENCE" "Started $1 with pid"
    inside tend verify "$1"
}

inside() { docker exec "$CONTAINER" "$@"; }
main_pid() { inside tend show | sed --quiet 's/^MainPID=\([1-9]\)/\1/p' | grep .; }
says() { equal "$("${@:2}")" "$1"; }

# append PATH LINE...: to a file in the container.
append() { printf '%s\n' "${@:2}" | docker exec --interactive "$CONTAINER" tee --append "$1" >/dev/null; }

# content PATH: of a file in the container, though that may have ended.
content() { docker cp "$CONTAINER:$1" - | tar --extract --to-stdout; }

# comes_back COMMAND...: the main process is killed, another takes its place, and COMMAND succeeds.
comes_back() {
    local main
    main=$(main_pid)
    inside bash -c "kill -KILL $main"
    wait_for_log "$PATIENCE" '; restart .*in '
    wait_until "$PATIENCE" "$@"
    unlike " $(main_pid) " " $main "
}

# stops STATUS: the container ends with that, in order: whatever tend had to use force for or could
# not end would be a warning or an error.
stops() {
    docker stop --time 120 "$CONTAINER" >/dev/null
    wait_for_end 5
    equal "$status" "$1"
    like "$(log | tail -n 1)" '\[INFO\] Stopped '
    unlike "$(log | sed '1,/\[INFO\] Stopping /d')" '\] \[(WARN|ERROR)\] '
}

http_status() { inside curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1$1"; }

@test "nginx serves, reloads, comes back and stops in order" {
    of nginx
    says 200 http_status /
    append /etc/nginx/conf.d/tend.conf 'server { listen 81; return 204; }'
    inside tend reload
    wait_until "$PATIENCE" says 204 http_status :81/
    comes_back says 204 http_status :81/
    stops 0
}

@test "redis serves, comes back with what it had saved and stops in order" {
    of redis-server
    says OK inside redis-cli set key value
    says OK inside redis-cli save
    comes_back says value inside redis-cli get key
    stops 0
    like "$(content /var/log/redis/redis-server.log | tail -n 1)" 'ready to exit, bye bye'
}

sql() { inside runuser -u postgres -- psql --tuples-only --no-align --command "$1"; }

@test "postgresql serves, reloads, recovers after kill -9 and stops in order" {
    of postgresql@15-main
    says 'SELECT 1' sql 'create table test as select 42 as answer'
    says 'ALTER SYSTEM' sql "alter system set work_mem = '5MB'"
    inside tend reload
    wait_until "$PATIENCE" says 5MB sql 'show work_mem'
    comes_back says 42 sql 'select answer from test'
    stops 0
    like "$(content /var/log/postgresql/postgresql-15-main.log | tail -n 1)" 'database system is shut down'
}

@test "mariadb serves, recovers after kill -9 and stops in order" {
    of mariadb
    inside mariadb --execute 'create database test; create table test.test select 42 as answer'
    comes_back says 42 inside mariadb --skip-column-names --execute 'select answer from test.test'
    stops 0
    like "$(log)" 'mariadbd: Shutdown complete'
}

@test "haproxy serves after a reload, comes back and stops in order" {
    of haproxy
    append /etc/haproxy/haproxy.cfg '' 'frontend test' 'bind :80' 'http-request return status 404'
    inside tend reload
    wait_until "$PATIENCE" says 404 http_status /
    comes_back says 404 http_status /
    stops 0
    like "$(log)" 'All workers exited. Exiting... \(0\)'
}

# ask_memcached COMMAND...: what it answers, without the carriage returns, in one line.
ask_memcached() {
    printf '%s\r\n' "$@" quit | docker exec --interactive "$CONTAINER" nc -N 127.0.0.1 11211 \
        | tr --delete '\r' | xargs
}

@test "memcached serves, comes back empty and stops in order" {
    of memcached
    says 'STORED VALUE key 0 5 value END' ask_memcached 'set key 0 0 5' value 'get key'
    comes_back says END ask_memcached 'get key'
    stops 0
}

@test "apache2 serves, reloads, comes back and stops in order" {
    of apache2
    says 200 http_status /
    append /etc/apache2/conf-enabled/tend.conf 'Redirect gone /old'
    inside tend reload
    wait_until "$PATIENCE" says 410 http_status /old
    comes_back says 410 http_status /old
    stops 0
    like "$(content /var/log/apache2/error.log)" 'shutting down'
}

@test "rsyslog writes what it is told, reopens its file at SIGHUP, comes back and stops in order" {
    of rsyslog
    writes() { inside logger "$1" && wait_until 1 inside grep --word-regexp "$1" /var/log/syslog; }
    wait_until "$PATIENCE" writes first
    inside mv /var/log/syslog /var/log/syslog.1
    docker kill --signal HUP "$CONTAINER" >/dev/null
    wait_until "$PATIENCE" writes second
    comes_back writes third
    stops 0
}

@test "openssh lets a key in, reloads, comes back and stops in order" {
    of ssh
    inside bash -c 'cd && mkdir -m 700 .ssh && ssh-keygen -q -N "" -t ed25519 -f .ssh/id_ed25519 &&
        cp .ssh/id_ed25519.pub .ssh/authorized_keys'
    enter() { inside ssh -n -o StrictHostKeyChecking=no -p "$1" root@127.0.0.1 echo in; }
    says in enter 22
    append /etc/ssh/sshd_config.d/tend.conf 'Port 2222'
    inside tend reload
    wait_until "$PATIENCE" says in enter 2222
    comes_back says in enter 2222
    stops 0
}

# It comes last: cron's clock has minutes only. It dies of SIGTERM, and so does the container.
@test "cron runs a job, comes back and stops in order" {
    of cron
    wait_until 75 inside grep ran /run/cron.ran
    comes_back main_pid
    stops 143
}
