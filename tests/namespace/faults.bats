#!/usr/bin/env bats
# bats file_tags=long
# Every system call that PID 1 makes fails once, with every error that it may give, and nothing is lost: see
# tests/helpers/faults.py for what is held to, and for what is accepted and why. A test is one life, of a few hundred
# faults each; with the sanitizers, of a few dozen.

load ../helpers/namespace

# A machine under load takes several times the few seconds of each.
setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
    [[ $(uname -m) == x86_64 ]] || skip "tests/stubs/fault.c is written for x86-64 only"
}

# survives LIFE: one of LIVES in faults.py.
survives() { python3 "$ROOT/tests/helpers/faults.py" "$1" 3>&-; }

@test "no failing call costs a bare command its status" { survives bare; }

@test "no failing call keeps a stop from a bare command" { survives bare-stop; }

@test "what fails between fork and exec of a bare command is its failure, and is said" { survives bare-child; }

@test "no failing call gives a service less than its unit says, or more" { survives unit; }

@test "what fails between fork and exec of a service keeps it from running as it should not" { survives child; }

@test "no failing call in the child that removes directories keeps a service from its start" { survives cleaner; }

@test "no failing call keeps a service from its restart, or starts it twice" { survives restart; }

@test "no failing call lets an orphan or a zombie outlive the service" { survives orphans; }

@test "no failing call keeps SIGKILL from a service that does not stop" { survives kill; }

@test "no failing call costs a forking service its start or its main process" { survives forking; }

@test "no failing call makes one of a forking service's processes its main process" { survives guess; }

@test "no failing call loses a notification, from the service or to the manager outside" { survives notify; }

@test "no failing call skips a hook without a word" { survives hooks; }

@test "no failing call makes a service unready or unhealthy" { survives checks; }

@test "no failing call keeps an unhealthy service from its restart" { survives unhealthy; }

@test "no failing call loses a client's request without telling the client" { survives control; }
