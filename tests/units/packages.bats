#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2317 # status is the helpers'; some functions are called by wait_until
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
    launch mosquitto
    launch nscd
    launch tor@default
    launch postfix@-
    printf '%s\n' '[uwsgi]' master=1 socket=127.0.0.1:3031 >"$BATS_FILE_TMPDIR/uwsgi.ini"
    launch uwsgi-app@demo --volume "$BATS_FILE_TMPDIR/uwsgi.ini:/etc/uwsgi/apps-available/demo.ini:ro"
    printf '[Service]\n%s\n' Type=simple >"$BATS_FILE_TMPDIR/no-bus.conf"
    printf '[server]\n%s\n' enable-dbus=no >"$BATS_FILE_TMPDIR/avahi.conf"
    launch avahi-daemon --volume "$BATS_FILE_TMPDIR/avahi.conf:/etc/avahi/avahi-daemon.conf:ro" \
        --volume "$BATS_FILE_TMPDIR/no-bus.conf:/etc/systemd/system/avahi-daemon.service.d/tend.conf:ro"
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

ask_mosquitto() { inside timeout 2 mosquitto_sub -t "$1" -C 1; }

# Its directories are made by four ExecStartPre=.
@test "mosquitto, which notifies, serves, reloads, comes back with what it had saved and stops in order" {
    of mosquitto
    inside mosquitto_pub --retain -t first -m value
    says value ask_mosquitto first
    append /etc/mosquitto/conf.d/tend.conf 'autosave_on_changes true' 'autosave_interval 1'
    inside tend reload
    inside mosquitto_pub --retain -t second -m other
    wait_until "$PATIENCE" inside grep --quiet second /var/lib/mosquitto/mosquitto.db
    comes_back says other ask_mosquitto second
    stops 0
}

@test "nscd, which forks and leaves a PID file, answers, reloads, comes back and stops in order" {
    of nscd
    equal "$(main_pid)" "$(inside cat /run/nscd/nscd.pid)"
    answers() { inside nscd --statistics | grep 'server debug level'; }
    wait_until "$PATIENCE" answers
    inside tend reload
    comes_back answers
    equal "$(main_pid)" "$(inside cat /run/nscd/nscd.pid)"
    stops 0
}

@test "tor@default, an instance with a file of its own, answers, reloads, comes back and stops in order" {
    of tor@default
    answers() { inside sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | nc -N 127.0.0.1 $1" | grep 'Tor is not an HTTP Proxy'; }
    answers 9050
    append /etc/tor/torrc 'SocksPort 9051'
    inside tend reload
    wait_until "$PATIENCE" answers 9051
    comes_back answers 9051
    stops 0
}

@test "postfix@-, which has no main process, serves, reloads and stops in order" {
    CONTAINER=$(container postfix)
    wait_for_log "$PATIENCE" 'Started postfix@-'
    inside tend verify postfix@-
    answers() { inside sh -c "printf 'QUIT\r\n' | nc -N 127.0.0.1 $1" | grep ^221; }
    wait_until "$PATIENCE" answers 25
    append /etc/postfix/master.cf '2525 inet n - y - - smtpd'
    inside tend reload
    wait_until "$PATIENCE" answers 2525
    equal "$(inside tend show | grep ^MainPID=)" MainPID=0
    stops 0
}

@test "uwsgi-app@demo, of a template with a dynamic user, listens and stops by its own signal" {
    of uwsgi-app@demo
    wait_until "$PATIENCE" inside nc -z 127.0.0.1 3031
    like "$(inside stat --format '%u' /proc/"$(main_pid)")" '^6[0-9]{4}$'
    equal "$(inside stat --format '%u' /var/lib/uwsgi/demo)" "$(inside stat --format '%u' /proc/"$(main_pid)")"
    stops 0
}

@test "avahi-daemon, of Type=dbus, is refused with the remedy, and runs with it" {
    of avahi-daemon
    like "$(inside sh -c 'cd /etc/systemd/system && cp /lib/systemd/system/avahi-daemon.service other.service &&
        tend verify other' || true)" 'Type=dbus: no bus here: name another Type= in a drop-in'
    wait_until "$PATIENCE" inside avahi-daemon --check
    stops 0
}

# As atftpd's, acpid's and proftpd@'s.
@test "verify says of a unit that waits for a socket that tend opens none" {
    CONTAINER=$(container avahi-daemon)
    printf '%s\n' '[Service]' ExecStart=/usr/sbin/in.tftpd StandardInput=socket >"$BATS_TEST_TMPDIR/tftp.service"
    run "$PROGRAMS/tend" verify "$BATS_TEST_TMPDIR/tftp.service"
    equal "$status" 0
    like "$output" 'tftp.service:3: StandardInput=socket: tend opens no socket'
}

@test "postgresql, a oneshot that remains, is active without a process, reloads and stops" {
    start_container --name "$(container oneshot)" --volume "$PROGRAMS/tend:/usr/local/bin/tend:ro" "$UNITS" \
        tend --unit=postgresql
    wait_until "$PATIENCE" says SubState=exited active_state
    inside tend reload
    stops 0
}
active_state() { inside tend show | grep ^SubState=; }

# It comes last: cron's clock has minutes only. It dies of SIGTERM, and so does the container.
@test "cron runs a job, comes back and stops in order" {
    of cron
    wait_until 75 inside grep ran /run/cron.ran
    comes_back main_pid
    stops 143
}
