"""watch.py PROCS: watches the processes whose pids the file PROCS lists (a control group's cgroup.procs),
until SIGTERM. Prints "most N", the greatest number of Elasticsearch's server JVMs that were alive at
one time, and "seen N", how many there were in all."""

import signal
import sys
import time

MAIN_CLASS = b"org.elasticsearch.bootstrap.Elasticsearch"


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def state_parent_and_start(pid):
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return (fields[0], int(fields[1]), fields[19]) if len(fields) > 19 else (b"X", 0, b"")


def is_server(pid):
    """By its main class, which follows the module's name since there are modules."""
    words = read(f"/proc/{pid}/cmdline").split(b"\0")
    return any(word.rpartition(b"/")[2] == MAIN_CLASS for word in words)


def watch(procs):
    seen, most = set(), 0
    running = [True]
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    while running:
        alive = 0
        for pid in read(procs).split():
            pid = int(pid)
            state, parent, start = state_parent_and_start(pid)
            if state in (b"Z", b"X"):
                continue
            # A process that is ending has no command line any more, but may still hold its lock. A child of
            # a server's has that server's command line until it executes another program.
            if (pid, start) in seen or (parent not in (known for known, _ in seen) and is_server(pid)):
                seen.add((pid, start))
                alive += 1
        most = max(most, alive)
        time.sleep(0.003)
    print(f"most {most}\nseen {len(seen)}")


watch(sys.argv[1])
