#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# What is set by TEND_... alone, as docker run --init makes it necessary. What else a service finds in its
# environment is in spawn.bats.

load ../helpers/namespace

# with_environment NAME=VALUE...: all that tend is given.
with_environment() { BEFORE=(env -i "$@"); }

@test "every option is a variable: the name in capitals, without X-, after TEND_" {
    with_environment TEND_RESTART=on-failure TEND_RESTART_SEC=1ms TEND_START_LIMIT_BURST=3 TEND_LOG_LEVEL=info \
        TEND_UMASK=0027 TEND_LIMIT_NOFILE=100:200 TEND_FORWARD_TO=group TEND_USER=1234 TEND_NO_NEW_PRIVILEGES=yes
    run_tend "$STUB" report umask limit uid no-new-privileges -- exit 3
    equal "$status" 3
    equal "$(reported umask | xargs)" "0027 0027 0027"
    equal "$(reported limit nofile | sort --unique)" "100 200"
    equal "$(reported uid | sort --unique)" "1234 1234 1234"
    equal "$(reported no-new-privileges | xargs)" "1 1 1"
    like "$(log)" 'restart 2 of 2 in 1ms'
}

@test "a flag wins over the variable" {
    with_environment TEND_UMASK=0027 TEND_LOG_LEVEL=debug
    run_tend --umask=0077 --log-level=error "$STUB" report umask
    equal "$(reported umask)" 0077
    equal "$(log)" ""
}

@test "what tend has understood the service does not see, and what it has not stays" {
    with_environment TEND_RESTART=no TEND_PORT=tcp://10.0.0.1:80 TEND_PORT_80_TCP_ADDR=10.0.0.1 TENDER=1 TEND=2 A=b TEND_LOG_LEVEL=warn
    run_tend "$STUB" report environment
    equal "$status" 0
    equal "$(reported environment)" $'TEND_PORT=tcp://10.0.0.1:80\nTEND_PORT_80_TCP_ADDR=10.0.0.1\nTENDER=1\nTEND=2\nA=b'
}

@test "an unknown variable is named once, without its value, and is no error" {
    with_environment TEND_PORT=secret TEND_RESTRT=always
    run_tend "$STUB" exit 3
    equal "$status" 3
    equal "$(timeless_log)" $'[WARN] TEND_PORT: no such option, ignored.\n[WARN] TEND_RESTRT: no such option, ignored.'
}

@test "a list in a variable is appended to by flags, reset by an empty one, and one to a line" {
    with_environment $'TEND_ENVIRONMENT=A=1 B=2\n"C=3 4"'
    run_tend "$STUB" report environment
    equal "$(reported environment | sort | xargs)" "A=1 B=2 C=3 4"
    run_tend --environment=D=4 "$STUB" report environment
    equal "$(reported environment | sort | xargs)" "A=1 B=2 C=3 4 D=4"
    run_tend --environment= --environment=D=4 "$STUB" report environment
    equal "$(reported environment)" "D=4"
}

@test "an empty variable resets the option to its default" {
    with_environment TEND_UMASK= TEND_RESTART=
    run_tend "$STUB" report umask -- exit 3
    equal "$status $(reported umask | wc -l)" "3 1"
}

@test "environment files: quotes, comments, continuation; the later wins, a flag's after a variable's" {
    cat >"$BATS_TEST_TMPDIR/one" <<'END'
# a comment
; another
A=1
B="two words"
C='single $quotes'
D=continued \
  here
  E = spaces around

not an assignment
END
    printf 'A=2\nF=no newline' >"$BATS_TEST_TMPDIR/two"
    with_environment "TEND_ENVIRONMENT_FILE=$BATS_TEST_TMPDIR/one" A=0
    run_tend --environment-file="$BATS_TEST_TMPDIR/two" --environment-file=-/nowhere --environment=A=flag "$STUB" report environment
    equal "$(reported environment | sort)" "A=2
B=two words
C=single \$quotes
D=continued   here
E=spaces around
F=no newline"
}

@test "a bare command keeps the container's environment, and X-InheritEnvironment=no leaves what is named" {
    with_environment A=1 PATH=/bin HOME=/root B=2
    run_tend "$STUB" report environment
    equal "$(reported environment)" $'A=1\nPATH=/bin\nHOME=/root\nB=2'
    run_tend --unset-environment="A HOME" "$STUB" report environment
    equal "$(reported environment)" $'PATH=/bin\nB=2'
    run_tend --inherit-environment=no --pass-environment=B --environment=C=3 "$STUB" report environment
    equal "$(reported environment | sort)" $'B=2\nC=3'
}

@test "each start of a bare command changes the container's environment anew" {
    with_environment A=1 PATH=/bin B=2
    run_tend --restart=on-failure --restart-sec=0 --start-limit-burst=3 --environment="A=3 C=4" \
        --unset-environment=B "$STUB" report environment -- exit 1
    equal "$status" 1
    equal "$(reported environment)" "$(printf 'A=3\nPATH=/bin\nC=4\n%.0s' 1 2 3)"
}

@test "HOME, USER, LOGNAME and SHELL are the user's with User=, and the container's without" {
    with_environment HOME=/container USER=somebody
    run_tend "$STUB" report environment
    equal "$(reported environment | xargs)" "HOME=/container USER=somebody"
    run_tend --user=root "$STUB" report environment
    like "$(reported environment | sort | xargs)" '^HOME=/root LOGNAME=root SHELL=/bin/(ba)?sh USER=root$'
    run_tend --user=4321 "$STUB" report environment
    like "$(reported environment | sort | xargs)" '^HOME=/ '
}
