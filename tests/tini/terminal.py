#!/usr/bin/env python3
"""Runs COMMAND on a terminal, types KEYS once it shows a #, and ends with its exit status.

    terminal.py KEYS COMMAND [ARG]...

KEYS is taken with Python's escapes: \\n is Return, \\x03 is Ctrl-C. COMMAND must take the terminal
as its own (setsid --ctty): it starts as the terminal's user, not yet as its session.
"""

import os
import select
import subprocess
import sys
import time

SECONDS = 10


def read(terminal, deadline):
    """What the terminal shows next; nothing once the last program has left it."""
    if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        sys.exit(f"the terminal showed nothing new for {SECONDS} s")
    try:
        return os.read(terminal, 4096)
    except OSError:  # EIO: nobody has it open any more
        return b""


def main(keys, *command):
    terminal, theirs = os.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    deadline, typed, screen = time.monotonic() + SECONDS, False, b""
    while new := read(terminal, deadline):
        sys.stdout.buffer.write(new)
        screen += new
        if not typed and b"#" in screen:
            os.write(terminal, keys.encode().decode("unicode_escape").encode())
            typed = True
    status = process.wait(SECONDS)
    if not typed:
        sys.exit(f"the command ended with {status} and never showed a #")
    sys.exit(status)


if __name__ == "__main__":
    main(*sys.argv[1:])
