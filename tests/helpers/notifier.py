#!/usr/bin/env python3
"""A service that notifies: notifier.py STEP..., each step one argument.

  send TEXT       a datagram to $NOTIFY_SOCKET; \\n in it is a line's end
  with N TEXT     the same, with N descriptors
  main FILE       MAINPID= with the last word of FILE, which is awaited
  fork FILE       MAINPID= of a child of ours, which awaits FILE and exits with 3
  reap            until it has, and say "reaped"
  barrier         BARRIER=1, then wait until its descriptor is closed, and say "barrier passed"
  say TEXT        a line to standard output
  await FILE      until FILE exists
  catch SIGNAL    until it comes; it is blocked from the beginning
  reloads FILE    at SIGHUP: RELOADING=1, FILE awaited, READY=1; for ever
  sleep SECONDS
  exit STATUS
  pause           until a signal ends it
"""
import array
import os
import select
import signal
import socket
import sys
import time

SECONDS = 10

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))


def send(text, descriptors=()):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    notify.sendmsg([text.replace("\\n", "\n").encode()], rights)


def send_with(words):
    count, text = words.split(" ", 1)
    null = os.open("/dev/null", os.O_RDONLY)
    send(text, [null] * int(count))
    os.close(null)


def barrier(_):
    ours, theirs = os.pipe()
    send("BARRIER=1", [theirs])
    os.close(theirs)
    poll = select.poll()
    poll.register(ours, 0)
    print("barrier passed" if poll.poll(SECONDS * 1000) else "barrier kept", flush=True)
    os.close(ours)


def await_file(path):
    while not os.path.exists(path):
        time.sleep(0.002)


def main_process(path):
    await_file(path)
    while not (words := open(path).read().split()):
        time.sleep(0.002)
    send(f"MAINPID={words[-1]}")


def fork(path):
    child = os.fork()
    if child == 0:
        await_file(path)
        os._exit(3)
    send(f"MAINPID={child}")


def reap(_):
    os.wait()
    print("reaped", flush=True)


def catch(name):
    signal.sigwait([signal.Signals["SIG" + name]])


def reloads(path):
    while True:
        catch("HUP")
        send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        await_file(path)
        send("READY=1")


STEPS = {
    "send": send,
    "with": send_with,
    "main": main_process,
    "fork": fork,
    "reap": reap,
    "barrier": barrier,
    "say": lambda text: print(text, flush=True),
    "await": await_file,
    "catch": catch,
    "reloads": reloads,
    "sleep": lambda seconds: time.sleep(float(seconds)),
    "exit": lambda status: os._exit(int(status)),
    "pause": lambda _: signal.pause(),
}

caught = [step.split()[1] for step in sys.argv[1:] if step.startswith("catch ")] + ["HUP"]
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.Signals["SIG" + name] for name in caught])
for step in sys.argv[1:]:
    action, _, rest = step.partition(" ")
    STEPS[action](rest)
