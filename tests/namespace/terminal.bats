#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2153 # inner shells expand it; OUTPUT and the like are the helpers'
# tend on a terminal, as under docker run -it: the terminal is the service's.

load ../helpers/namespace

# on_terminal: a Python program on standard input that has Terminal, tend, stub and directory.
on_terminal() {
    {
        echo 'import os, signal, sys, termios'
        echo "sys.path.insert(0, '$ROOT/tests/helpers')"
        echo 'from terminal import Terminal'
        echo 'tend, stub, directory = sys.argv[1:]'
        cat
    } >"$BATS_TEST_TMPDIR/program.py"
    python3 -B "$BATS_TEST_TMPDIR/program.py" "$TEND" "$STUB" "$BATS_TEST_TMPDIR" 3>&-
}

@test "the service's group is in the foreground, in tend's session, and sees the window's size" {
    on_terminal <<'END'
with Terminal([tend, stub, "report", "process", "terminal"], 100, 30) as terminal:
    pid, parent, group, session = terminal.shows(r"process (\d+) (\d+) (\d+) (\d+)").groups()
    assert (parent, group, session) == ("1", pid, "1")
    terminal.shows(rf"terminal 100x30 session 1 foreground {pid}\b")
    assert terminal.ends() == 0
END
}

@test "so it is after each restart" {
    on_terminal <<'END'
options = ["--restart=on-failure", "--restart-sec=1ms"]
with Terminal([tend, *options, stub, "report", "process", "terminal", "--",
               "first", "2", directory + "/runs", "exit", "1"]) as terminal:
    for run in range(3):
        pid = terminal.shows(r"process (\d+) ")[1]
        terminal.shows(rf"foreground {pid}\b")
    assert terminal.ends() == 0
END
}

@test "Ctrl-C and Ctrl-\\ reach the service, from the kernel, and tend does not stop it" {
    on_terminal <<'END'
with Terminal([tend, "--log-level=info", stub, "signals", "QUIT", "--", "exit", "9"]) as terminal:
    terminal.shows("ready")
    terminal.type("\x03")
    terminal.shows("signal INT from 0")
    terminal.type("\x1c")
    terminal.shows("signal QUIT from 0")
    terminal.shows(r"exited with status 9")
    assert terminal.ends() == 9
    assert "Stopping" not in terminal.screen
with Terminal([tend, stub, "say", "ready", "--", "pause"]) as terminal:
    terminal.shows("ready")
    terminal.type("\x03")
    assert terminal.ends() == 130
END
}

@test "a change of the window's size reaches the service" {
    on_terminal <<'END'
with Terminal([tend, stub, "signals", "WINCH", "--", "report", "terminal"]) as terminal:
    terminal.shows("ready")
    terminal.size(132, 50)
    terminal.shows("signal WINCH from 0")
    terminal.shows("terminal 132x50")
    assert terminal.ends() == 0
END
}

@test "a shell has job control: Ctrl-Z, fg, bg, Ctrl-C, Ctrl-D" {
    on_terminal <<'END'
with Terminal([tend, "bash", "--norc", "-i"]) as terminal:
    terminal.type("PS1='#'; set +o emacs; unset HISTFILE\n")
    terminal.shows("HISTFILE\r\n")
    terminal.type("sleep 1000\n")
    terminal.until(terminal.is_foreground, "sleep")
    terminal.type("\x1a")
    terminal.shows("Stopped")
    terminal.type("fg\n")
    terminal.until(terminal.is_foreground, "sleep")
    terminal.type("\x03")
    terminal.type("echo status $?\n")
    terminal.shows("status 130")
    terminal.type("(exit 7)\n")
    terminal.type("\x04")
    assert terminal.ends() == 7
END
}

@test "what is typed is the service's to read" {
    on_terminal <<'END'
with Terminal([tend, "cat"]) as terminal:
    terminal.type("hello\n")
    terminal.shows("hello\r\nhello")
    terminal.type("\x04")
    assert terminal.ends() == 0
END
}

@test "when the terminal hangs up the service hears it, and the container ends" {
    on_terminal <<'END'
mark = directory + "/mark"
with Terminal([tend, stub, "signals", "HUP", "--", "append", mark, "hung", "up", "--", "exit", "4"]) as terminal:
    terminal.shows("ready")
    terminal.hang_up()
    assert terminal.ends() == 4
    assert open(mark).read() == "hung up\n"
with Terminal([tend, stub, "say", "ready", "--", "pause"]) as terminal:
    terminal.shows("ready")
    terminal.hang_up()
    assert terminal.ends() == 129
END
}

@test "tend's lines come through though it is in the background, where tostop would stop it" {
    on_terminal <<'END'
def tostop(terminal):
    mode = termios.tcgetattr(terminal)
    mode[3] |= termios.TOSTOP
    termios.tcsetattr(terminal, termios.TCSANOW, mode)

with Terminal([tend, "--log-level=info", stub, "signals"], set_up=tostop) as terminal:
    terminal.shows("Started stub")
    terminal.shows("ready")
    os.kill(terminal.pid_1(), signal.SIGTERM)
    terminal.shows(r"Stopping stub.*\r\n")
    terminal.shows("signal TERM from 1")
END
}

@test "a terminal that was stopped with Ctrl-S stops no stop" {
    on_terminal <<'END'
with Terminal([tend, "--log-level=info", "--timeout-stop-sec=200ms", stub, "ignore", "TERM", "--", "say", "ready",
               "--", "pause"]) as terminal:
    terminal.shows("ready")
    terminal.type("\x13")
    terminal.until(terminal.is_stopped)
    os.kill(terminal.pid_1(), signal.SIGTERM)
    assert terminal.ends() == 124
END
}
