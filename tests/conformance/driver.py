#!/usr/bin/env python3
"""driver.py systemd|tend JOBS OUTPUT [PATTERN]...: plays scenarios in a container, and writes what the services saw.

Under systemd it is started by `docker exec`; under tend it is PID 1 of its container, and each scenario has a
tend that is PID 1 of a PID namespace of its own. The services' processes (tests/stubs/actor.c) report over a
socket; that a connection ends is how the driver sees a process end. OUTPUT gets a JSON object: for each
scenario its events, [seconds, label, text], in the order in which they happened.

What can be done to a unit, one to a line:

    start | stop | restart | reload       as systemctl does; not waited for. "stop" ends tend, too
    park                                  a stop that tend outlives, so that "start" may follow; waited for
    await LABEL [WORD [N]]                until WORD ("start") of LABEL is heard the Nth time, or the unit rests
    up                                    until the unit has started, or rests
    done                                  until the reload is over
    kill LABEL SIGNAL                     by somebody outside
    rests                                 until nothing more will happen to the unit by itself (implied at the end)
    sleep SECONDS                         that nothing happens can't be waited for
    look PATH | read PATH                 what it is, mode and owner; its lines
    remove PATH | make PATH | write PATH TEXT | own USER PATH | mode MODE PATH
    note LABEL [WORD]                     so that an actor's "await" may go on
"""

import asyncio
import json
import os
import pathlib
import re
import resource
import signal
import socket
import stat
import struct
import sys
import time

import scenarios

SOCKET = "/probe/socket"
PIDS = "MAINPID", "SYSTEMD_EXEC_PID", "WATCHDOG_PID", "LISTEN_PID"   # variables
DEADLINE = 30   # seconds for one scenario's every step


class Play:
    """A scenario that is being played: its events, who takes part, who waits for what."""

    def __init__(self, scenario, side):
        self.scenario, self.side = scenario, side
        self.began = time.monotonic()
        self.events = []
        self.pids = {}        # label: pid as the driver sees it
        self.labels = {}      # pid as the service sees it: label
        self.runs = {}        # label: how often it was started
        self.heard = {}       # (label, words): how often
        self.waiting = []     # (condition, future)
        self.over = False     # the unit rests...
        self.rested = 0       # ...since then
        self.watcher = None   # the task that tells when
        self.living = []      # its actors
        self.jobs = 0         # commands that have not ended
        self.parked = False   # stopped, and tend has outlived it
        self.reloads = 0      # that there had been when the last one was asked for

    def note(self, label, text, when=None):
        """An event has happened."""
        self.events.append([round((when or time.monotonic()) - self.began, 3), label, text])
        words = text.split()
        for end in range(1, len(words) + 1):
            key = label, " ".join(words[:end])
            self.heard[key] = self.heard.get(key, 0) + 1
        self.look_around()

    def look_around(self):
        """Something has changed: who waited for it?"""
        for condition, future in list(self.waiting):
            if condition() and not future.done():
                future.set_result(None)

    async def wait(self, condition):
        if condition():
            return
        entry = condition, asyncio.get_running_loop().create_future()
        self.waiting.append(entry)
        try:
            await entry[1]
        finally:
            self.waiting.remove(entry)

    async def wait_for(self, label, word="start", count=1):
        """Until that was heard, or the unit rests."""
        word = word.replace("_", " ")
        await self.wait(lambda: self.over or self.heard.get((label, word), 0) >= int(count))

    async def watch(self):
        """Tells when the unit rests."""
        await self.side.rests(self)
        self.over, self.rested = True, time.monotonic()
        self.look_around()

    def begin_to_watch(self):
        """After a start: what was at rest is so no more."""
        if self.watcher:
            self.watcher.cancel()
        self.over, self.watcher = False, asyncio.create_task(self.watch())

    def label_of(self, pid):
        return "PID 1" if pid == "1" else self.labels.get(pid, "nobody known")


class Actor:
    """A process of a service, at the other end of a connection."""

    def __init__(self, connection, plays):
        self.connection, self.plays = connection, plays
        self.play = self.label = None
        self.bytes = b""
        self.pid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        connection.setblocking(False)
        asyncio.get_running_loop().add_reader(connection, self.hear)

    def hear(self):
        """Whatever there is to read; its end is the process'."""
        try:
            more = self.connection.recv(65536)
        except BlockingIOError:
            return
        except ConnectionError:   # it had not read all that it was told
            more = b""
        *lines, self.bytes = (self.bytes + more).split(b"\n")
        for line in filter(None, lines):
            self.heed(line.decode(errors="backslashreplace").split(" "))
        if not more:
            asyncio.get_running_loop().remove_reader(self.connection)
            self.connection.close()
            if self.label:
                self.play.living.remove(self)
                self.play.note(self.label, "end")

    def answer(self, number):
        try:
            self.connection.send(b"%d\n" % number)
        except OSError:   # it has ended meanwhile
            pass

    def heed(self, words):
        if words[0] == "hello":
            self.begin(*words[1:])
        elif words[0] == "await":
            asyncio.create_task(self.tell(words[1:]))
        else:
            if words[0] == "signal" and len(words) == 4:
                words[3] = self.play.label_of(words[3])
            if words[0] == "environment":
                words[1] = self.named(words[1])
            self.play.note(self.label, " ".join(words))

    def begin(self, name, label, pid, *variables):
        """Where it is chance which of two begins first, the scenario says LABEL@OTHER:WORD."""
        self.play = self.plays[name]
        label, at, after = label.partition("@")
        if at:
            asyncio.create_task(self.begin_after(after.split(":"), label, pid, variables))
        else:
            self.enter(label, pid, variables)

    async def begin_after(self, after, label, pid, variables):
        await self.play.wait_for(*after, self.play.runs.get(label, 0) + 1)
        if self.connection.fileno() >= 0:
            self.enter(label, pid, variables)

    def enter(self, label, pid, variables):
        self.label = label
        self.play.pids[label], self.play.labels[pid] = self.pid, label
        self.play.runs[label] = self.play.runs.get(label, 0) + 1
        self.play.living.append(self)
        self.play.note(label, " ".join(["start"] + [self.named(word) for word in variables]))
        self.answer(self.play.runs[label])

    def leave_behind(self):
        """The unit rests, and this process lives: that it does, not when it ends, is what counts."""
        self.play.note(self.label, "left behind", self.play.rested)
        self.play.living.remove(self)
        self.label = None

    def named(self, variable):
        name, _, value = variable.partition("=")
        return f"{name}={self.play.label_of(value)}" if name in PIDS else variable

    async def tell(self, words):
        await self.play.wait_for(*words)
        self.answer(0)


def listen(plays):
    """
    A new connection is read in a later turn of the loop than those that had something to say when it came:
    what came before is heard before.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.setblocking(False)
    pathlib.Path(SOCKET).unlink(missing_ok=True)
    listener.bind(SOCKET)
    os.chmod(SOCKET, 0o666)
    listener.listen(1024)
    asyncio.get_running_loop().add_reader(listener, lambda: Actor(listener.accept()[0], plays))


async def command(*words, **options):
    """A command's output, once it has ended."""
    process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.DEVNULL,
                                                   stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.STDOUT, **options)
    output, _ = await process.communicate()
    return output.decode(errors="replace")


class Systemd:
    """The real one, PID 1 here."""

    def __init__(self):
        self.states, self.polled, self.poller = {}, 0, None

    async def prepare(self):
        await command("systemctl", "daemon-reload")
        self.poller = asyncio.create_task(self.poll())

    async def poll(self):
        """All units' states, by one command for all that wait."""
        while True:
            began = time.monotonic()
            output = await command("systemctl", "list-units", "--all", "--plain", "--no-legend", "--full",
                                   "--type=service")
            self.states = {line.split()[0]: line.split()[2:4] for line in output.splitlines() if line.strip()}
            self.polled = began
            await asyncio.sleep(0.2)

    @staticmethod
    async def ask(play, verb):
        play.jobs += 1
        output = await command("systemctl", verb, play.scenario.unit_name)
        play.jobs -= 1
        play.answered = time.monotonic()
        play.log = getattr(play, "log", "") + output

    async def do(self, play, verb):
        asyncio.create_task(self.ask(play, verb))
        await asyncio.sleep(0)

    async def park(self, play):
        await self.ask(play, "stop")

    async def rests(self, play):
        while True:
            if not play.jobs and self.polled > play.answered:
                active, _ = self.states.get(play.scenario.unit_name, ("inactive", "dead"))
                if active in ("inactive", "failed"):
                    return
            await asyncio.sleep(0.05)

    async def up(self, play):
        asked = time.monotonic()
        while not play.over:
            if self.polled > asked and self.states.get(play.scenario.unit_name, [""])[0] == "active":
                return
            await asyncio.sleep(0.05)

    @staticmethod
    async def done(play):
        while play.jobs:
            await asyncio.sleep(0.02)

    async def clean(self, play):
        """As after a container's end: nothing of it is left."""
        if not play.over:
            await command("systemctl", "kill", "--signal=KILL", play.scenario.unit_name)
            await command("systemctl", "stop", play.scenario.unit_name)
        for pid in list(play.pids.values()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    @staticmethod
    def log(play):
        return getattr(play, "log", "")


class Tend:
    """The one under test: a container's PID 1 for each scenario."""
    IN_NAMESPACE = "mkdir -p /run/tend && mount -t tmpfs tmpfs /run/tend && exec /usr/bin/tend --unit=\"$1\""

    async def prepare(self):
        pathlib.Path("/probe/log").mkdir(exist_ok=True)
        # What systemd starts services with, as an engine might have been told to.
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 20000))

    async def start(self, play):
        with open(f"/probe/log/{play.scenario.name}", "ab") as log:
            play.process = await asyncio.create_subprocess_exec(
                "unshare", "--fork", "--pid", "--mount", "--mount-proc", "--kill-child", "sh", "-c",
                self.IN_NAMESPACE, "sh", play.scenario.unit_name,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)

    @staticmethod
    def pid_1(play):
        """unshare's only child, once it is tend."""
        pid = play.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0])

    async def client(self, play, verb):
        """`tend VERB` where its PID 1 is tend, waited for; tend listens only after it has begun with the start."""
        deadline, output = time.monotonic() + 5, "no tend"
        while "no tend" in output and time.monotonic() < deadline:
            output = await command("nsenter", "--target", str(self.pid_1(play)), "--pid", "--mount", "tend", verb)
        play.log = getattr(play, "log", "") + output

    async def do(self, play, verb):
        signals = {"stop": signal.SIGTERM, "reload": signal.SIGHUP}
        try:
            if verb == "start" and not play.parked:
                await self.start(play)
            elif verb in signals:
                play.reloads = self.reloads(play)
                os.kill(self.pid_1(play), signals[verb])
            else:
                asyncio.create_task(self.client(play, verb))
        except (IndexError, ProcessLookupError, FileNotFoundError):
            pass

    async def park(self, play):
        play.parked = True
        await self.client(play, "stop")

    async def rests(self, play):
        await play.process.wait()

    async def up(self, play):
        """Its log says so."""
        while not play.over and re.findall("Start(?:ing|ed)", self.log(play))[-1:] != ["Started"]:
            await asyncio.sleep(0.02)

    def reloads(self, play):
        return len(re.findall("Reloaded|Cannot reload", self.log(play)))

    async def done(self, play):
        while not play.over and self.reloads(play) == play.reloads:
            await asyncio.sleep(0.02)

    async def clean(self, play):
        if play.process.returncode is None:
            play.process.kill()
            await play.process.wait()

    @staticmethod
    def log(play):
        path = pathlib.Path(f"/probe/log/{play.scenario.name}")
        return path.read_text(errors="replace") + getattr(play, "log", "") if path.exists() else ""


def look(path):
    try:
        status = os.lstat(path)
    except OSError as error:
        return os.strerror(error.errno)
    kind = {stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFREG: "file"}
    return f"{kind.get(stat.S_IFMT(status.st_mode), 'something else')} {status.st_mode & 0o7777:04o} " \
           f"{status.st_uid} {status.st_gid}"


def make_file(path, text):
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_text(text)


async def do_step(play, line):
    verb, *words = line.split()
    if verb in ("start", "stop", "restart", "reload"):
        play.note(">", verb)
        await play.side.do(play, verb)
        if verb == "start" or verb == "restart" and play.over:
            play.begin_to_watch()
    elif verb == "await":
        await play.wait_for(*words)
    elif verb == "park":
        play.note(">", "stop")
        await play.side.park(play)
    elif verb in ("up", "done"):
        await (play.side.up if verb == "up" else play.side.done)(play)
        await asyncio.sleep(0.03)   # what has led to that is in the sockets by now: to be read first
    elif verb == "kill":
        play.note(">", line)
        if words[0] in play.pids:
            os.kill(play.pids[words[0]], getattr(signal, "SIG" + words[1]))
    elif verb == "rests":
        await play.wait(lambda: play.over)
    elif verb == "sleep":
        await asyncio.sleep(float(words[0]))
    elif verb == "look":
        play.note(">", f"{line}: {look(words[0])}")
    elif verb == "read":
        text = pathlib.Path(words[0]).read_text(errors="replace") if os.path.exists(words[0]) else "(it is not there)"
        for text_line in text.splitlines() or ["(it is empty)"]:
            play.note(">", f"{line}: {text_line}")
    elif verb == "note":
        play.note(*(words + ["start"])[:2])
    elif verb == "remove":
        pathlib.Path(words[0]).unlink(missing_ok=True)
    elif verb == "make":
        pathlib.Path(words[0]).mkdir(parents=True, exist_ok=True)
    elif verb == "mode":
        os.chmod(words[1], int(words[0], 8))
    elif verb == "own":
        await command("chown", "--recursive", *words)
    elif verb == "write":
        make_file(words[0], " ".join(words[1:]) + "\n")
    else:
        raise ValueError(f"{play.scenario.name}: {line}: unknown")


async def perform(play):
    """Everything that is to be done; then the unit is to come to rest."""
    steps = play.scenario.do + ["rests"] * (play.scenario.do[-1] not in ("rests", "park"))
    for line in steps:
        try:
            await asyncio.wait_for(do_step(play, line), DEADLINE)
        except asyncio.TimeoutError:
            play.note("!", f"{line}: not within {DEADLINE} s")
        except ProcessLookupError:
            pass
    deadline = time.monotonic() + 0.3
    while play.living and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    for actor in list(play.living):
        actor.leave_behind()
    await play.side.clean(play)


async def main():
    name, jobs, output, *patterns = sys.argv[1:]
    side = {"systemd": Systemd, "tend": Tend}[name]()
    chosen = list(scenarios.read_all(patterns or ["*"]))
    for scenario in chosen:
        for path, text in scenario.files.items():
            make_file(path, text)
        for path, target in scenario.links.items():
            pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target, path)
    plays = {}
    listen(plays)
    await side.prepare()
    turns = asyncio.Semaphore(int(jobs))
    results = {}

    async def take_turn(scenario):
        async with turns:
            play = plays[scenario.name] = Play(scenario, side)
            await perform(play)
            results[scenario.name] = {"events": play.events, "log": side.log(play)}

    await asyncio.gather(*(take_turn(scenario) for scenario in chosen))
    make_file(output, json.dumps(results))


asyncio.run(main())
