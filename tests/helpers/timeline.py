#!/usr/bin/env python3
"""Holds what `tend simulate` imagines to what tend does: timeline.py TEND UNIT EVENT...

The unit's service must live as the events say; "stop at", "restart at" and "reload at" are carried out here. Says where
the two differ, in words, times (which the real one may exceed by LATE) or status. Pids are compared by who is who, and
how long a start or a stop has taken only by the times of its lines.
"""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

EARLY, LATE = 0.02, 1.5  # seconds; the machine may be busy
NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
UNITS = {"ms": 0.001, "s": 1, "min": 60}

tend, unit, *events = sys.argv[1:]


def normal(line, pids):
    """The first process that is named is 1, the next one 2."""
    line = re.sub(r"pid\((\d+)\)", lambda match: f"pid({pids.setdefault(match[1], len(pids) + 1)})", line)
    line = re.sub(r"( is unhealthy): .*", r"\1.", line)  # why it is, only the real one knows
    return re.sub(r"^((?:\[\w+\] )?(?:Started|Stopped) .*? in )[\d.]+m?s", r"\1T", line)


def imagine():
    """Lines as (seconds, "[LEVEL] message"), and the status, None where it goes on."""
    printed = subprocess.run([tend, "simulate", "--unit=" + unit, *events], stdout=subprocess.PIPE, check=True).stdout.decode()
    lines, pids = [], {}
    for line in printed.splitlines():
        hours, minutes, seconds, words = re.fullmatch(r"\[(\d\d):(\d\d):([\d.]+)\] (.*)", line).groups()
        lines.append((int(hours) * 3600 + int(minutes) * 60 + float(seconds), normal(words, pids)))
    end = re.match(r"tend ends with status (\d+):", lines[-1][1])
    return lines[:-1], int(end[1]) if end else None


def pid_of(outer):
    with open(f"/proc/{outer}/task/{outer}/children", encoding="ascii") as children:
        return int(children.read())


def ask(outer, verb):
    pid = pid_of(outer)
    if verb == "stop":
        os.kill(pid, signal.SIGTERM)
    else:
        subprocess.run(["nsenter", "--target", str(pid), "--pid", "--mount", tend, verb, "--no-block"], check=True)


def seconds_of(span):
    return sum(float(number) * UNITS[name] for number, name in re.findall(r"([\d.]+)(ms|s|min)", span))


def live(until):
    """The same of a real run, which is looked at until that time."""
    process = subprocess.Popen([*NAMESPACE, tend, "--unit=" + unit, "--log-format=json", "--log-level=info"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    lines, pids, begun = [], {}, None
    for record in process.stderr:
        record = json.loads(record)
        if record["message"].startswith("No effect"):
            continue
        at = datetime.fromisoformat(record["@timestamp"].replace("Z", "+00:00")).timestamp()
        if begun is None:
            begun = at
            for event in events:
                request = re.fullmatch(r"(stop|restart|reload) at (.*)", event)
                if request:
                    wait = begun + seconds_of(request[2]) - time.time()
                    threading.Timer(max(wait, 0), ask, (process.pid, request[1])).start()
            if until is not None:
                threading.Timer(until, process.kill).start()
        lines.append((at - begun, normal(f"[{record['log.level']}] {record['message']}", pids)))
    return lines, process.wait() if until is None else None


imagined, expected_status = imagine()
real, status = live(None if expected_status is not None else imagined[-1][0] + LATE)
for (there, expected), (at, line) in zip(imagined, real):
    print(f"{there:7.3f} {at:7.3f} {line}")
    assert line == expected, f"imagined: {expected}"
    assert there - EARLY <= at <= there + LATE, f"imagined at {there}, came at {at}"
assert len(imagined) == len(real), (imagined[len(real):], real[len(imagined):])
assert status == expected_status, f"imagined: status {expected_status}, real: {status}"
assert len(imagined) >= 2
