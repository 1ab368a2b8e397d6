"""A terminal for tests: what is typed, what is shown, how large it is, and its end.

    sys.path.insert(0, HELPERS)
    from terminal import Terminal
    with Terminal([TEND, "sh"]) as terminal:
        terminal.type("echo hello\n")
        terminal.shows("hello")
        assert terminal.ends() == 0

COMMAND is PID 1 of a namespace, leads a session and has the terminal, as `docker run -it` does it.
"""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time

SECONDS = 30
# Whoever runs the tests by nohup or in the background has some ignored, and what is ignored is inherited.
for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    signal.signal(ignored, signal.SIG_DFL)

NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]


class Terminal:
    def __init__(self, command, columns=80, rows=24, set_up=None):
        self.ours, self.theirs = os.openpty()
        self.size(columns, rows)
        if set_up:
            set_up(self.theirs)
        self.screen = ""
        self.process = subprocess.Popen(
            NAMESPACE + ["setsid", "--ctty"] + command,
            stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.wait()

    def size(self, columns, rows):
        """The kernel tells it the foreground by SIGWINCH, if it is another one than before."""
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.ours, keys.encode())

    def shows(self, pattern):
        """Waits until the screen has it behind what was waited for before, and returns the match."""
        deadline = time.monotonic() + SECONDS
        while not (match := re.search(pattern, self.screen)):
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self.ours], [], [], left)[0], (pattern, self.screen)
            self.screen += os.read(self.ours, 4096).decode(errors="replace")
        self.screen = self.screen[match.end():]
        return match

    def until(self, holds, *arguments):
        deadline = time.monotonic() + SECONDS
        while not holds(*arguments):
            assert time.monotonic() < deadline, holds
            time.sleep(0.005)

    def is_foreground(self, name):
        """Whether the leader of the group in the foreground runs that program."""
        try:
            with open(f"/proc/{os.tcgetpgrp(self.ours)}/comm") as comm:
                return comm.read() == name + "\n"
        except FileNotFoundError:
            return False

    def is_stopped(self):
        """Whether nothing can be written to it: Ctrl-S."""
        return not select.select([], [self.theirs], [], 0)[1]

    def pid_1(self):
        with open("/proc/{0}/task/{0}/children".format(self.process.pid)) as children:
            return int(children.read().split()[0])

    def hang_up(self):
        os.close(self.theirs)
        os.close(self.ours)

    def ends(self):
        return self.process.wait(SECONDS)
