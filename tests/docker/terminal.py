#!/usr/bin/env python3
"""Runs COMMAND on a terminal and holds the dialogue with it that standard input tells.

    terminal.py COLUMNSxROWS COMMAND [ARG]... <DIALOGUE

A line of the dialogue is one of

    expect REGEX   wait until the terminal shows that, after what was expected before
    type KEYS      with Python's escapes: \\n is Return, \\x03 is Ctrl-C
    resize CxR     give the terminal another size
    ends STATUS    wait until the command has ended, with that status

Ends with 0 if all went so, and says what did not.
"""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

SECONDS = 20


class Terminal:
    def __init__(self, size, command):
        self.master, theirs = os.openpty()
        self.screen = b""
        self.resize(size)
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def read(self, deadline):
        """Adds what the terminal shows next; False once the last program has left it."""
        while not select.select([self.master], [], [], 0.2)[0]:
            if time.monotonic() > deadline:
                self.fail(f"nothing new for {SECONDS} s")
            # Docker's client looks at the size when it begins and hears of changes only a bit later.
            self.process.send_signal(signal.SIGWINCH)
        try:
            new = os.read(self.master, 4096)
        except OSError:  # EIO: nobody has it open any more
            new = b""
        sys.stdout.buffer.write(new)
        self.screen += new
        return bool(new)

    def fail(self, why):
        self.process.kill()
        sys.stdout.flush()
        sys.exit(f"\nterminal.py: {why}")

    def expect(self, regex):
        deadline = time.monotonic() + SECONDS
        while not (match := re.search(regex.encode(), self.screen)):
            if not self.read(deadline):
                self.fail(f"it ended and never showed {regex}")
        self.screen = self.screen[match.end():]

    def type(self, keys):
        os.write(self.master, keys.encode().decode("unicode_escape").encode())

    def resize(self, size):
        columns, rows = map(int, size.split("x"))
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def ends(self, status):
        deadline = time.monotonic() + SECONDS
        while self.read(deadline):
            pass
        ended = self.process.wait(SECONDS)
        if ended != int(status):
            self.fail(f"it ended with {ended}, not with {status}")


def main(size, *command):
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    terminal = Terminal(size, command)
    for line in sys.stdin:
        act, _, argument = line.rstrip("\n").partition(" ")
        {"expect": terminal.expect, "type": terminal.type, "resize": terminal.resize,
         "ends": terminal.ends}[act](argument)


if __name__ == "__main__":
    main(*sys.argv[1:])
