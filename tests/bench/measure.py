#!/usr/bin/env python3
"""measure.py BIN RESULTS [quick|full]: measures all inits in turn, A B C A B C, and writes what it
has seen, sample by sample, to the file RESULTS as JSON.

BIN is a directory: tend, floor, launch, service, and debian/ and musl/ as tests/bench/peers makes them.
Every init is PID 1 of a fresh PID namespace. What is asked of the init as a whole (memory, wake-ups,
processor time) is summed over its own processes: s6 and runit have two.

What takes less than a time slice (starts, signals, restarts, stops) is measured in the real-time class, harness, init
and service alike: whatever else the machine is doing then waits.
"""
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone

QUICK = dict(starts=40, stops=15, rest=10, bulks=2, orphans=50_000, burst=10_000, bursts=3, signals=150,
             signal_rounds=3, restarts=4, crowds=1, crowd=10_000, checks=50, singles=100, slow_seconds=6)
FULL = dict(starts=250, stops=80, rest=60, bulks=10, orphans=100_000, burst=10_000, bursts=10, signals=200,
            signal_rounds=20, restarts=20, crowds=7, crowd=10_000, checks=200, singles=200, slow_seconds=12)

DEADLINE = 120


class Init:
    """One of the inits, and what can be asked of it."""

    def __init__(self, name, programs, command=None, scans=False, environment=None, forwards=True,
                 restarts=False, stop=signal.SIGTERM, slow=False):
        self.name = name
        self.programs = programs  # its own files; the first is PID 1
        self.command = command or [programs[0]]
        self.scans = scans  # the service is a directory
        self.environment = environment or {}
        self.forwards = forwards
        self.restarts = restarts
        self.stop = stop
        self.slow = slow  # sleeps for seconds between two looks: it is looked at less often


def inits(bin_directory):
    debian = os.path.join(bin_directory, "debian")
    libraries = {"LD_LIBRARY_PATH": ":".join(
        sorted({root for root, _, files in os.walk(debian) if any(".so" in file for file in files)}))}

    def packaged(name):
        for directory in ("usr/bin", "bin", "sbin", "usr/sbin"):
            path = os.path.join(debian, directory, name)
            if os.path.exists(path) and not os.path.islink(path):
                return path
        raise SystemExit(f"There is no {name} in {debian}.")

    def rebuilt(name):
        return os.path.join(bin_directory, "musl", name)

    return [
        Init("floor", [os.path.join(bin_directory, "floor")]),
        Init("tend", [os.path.join(bin_directory, "tend")], [os.path.join(bin_directory, "tend"), "--"], restarts=True),
        *[Init(name, [packaged(name)], [packaged(name), "--"]) for name in ("tini", "dumb-init", "catatonit")],
        *[Init(name + ", musl", [rebuilt(name)], [rebuilt(name), "--"]) for name in ("tini", "dumb-init", "catatonit")],
        Init("s6", [packaged("s6-svscan"), packaged("s6-supervise")], scans=True,
             environment={"OVER_USR_BIN": os.path.dirname(packaged("s6-supervise")), **libraries},
             forwards=False, restarts=True),
        # runsvdir stops what it runs only when it gets SIGHUP.
        Init("runit", [packaged("runsvdir"), packaged("runsv")], [packaged("runsvdir"), "-P"], scans=True,
             forwards=False, restarts=True, stop=signal.SIGHUP, slow=True),
    ]


# ---- a run of one of them --------------------------------------------------------------------------------------


def wait_for(what, condition, pause=0.001, deadline=DEADLINE):
    end = time.monotonic() + deadline
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise SystemExit(f"Waited in vain for {what}.")
        time.sleep(pause)


class Run:
    """An init with the service, from launch to end: with Run(...) as run. Work is done in a directory of its own."""

    def __init__(self, bench, init, service, options=(), before=()):
        self.init = init
        self.directory = tempfile.mkdtemp(dir=bench.work)
        self.stamps_file = os.path.join(self.directory, "stamps")
        self.ended = None
        with open(self.stamps_file, "wb"):
            pass
        words = [self.stamps_file, *service]
        for name in ("in", "out"):
            os.mkfifo(f"{self.stamps_file}.{name}")
        self.to = os.open(self.stamps_file + ".in", os.O_RDWR)
        self.answers = os.fdopen(os.open(self.stamps_file + ".out", os.O_RDWR), "r")
        self.launch = subprocess.Popen(
            [*before, bench.launch, self.stamps_file, *init.command[:1], *options, *init.command[1:],
             *self.service_words(bench, words)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(os.path.join(self.directory, "log"), "wb"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **self.path_of(init)}, text=True)
        self.pid = int(self.launch.stdout.readline())
        self.handle = os.pidfd_open(self.pid)  # a million orphans use up all numbers that there are
        wait_for(f"{init.name} to start its service: {self.log()}", lambda: len(self.stamps()) >= 3 or self.log())

    @staticmethod
    def path_of(init):
        """s6-svscan looks for s6-supervise, runsvdir for runsv."""
        if not init.scans:
            return {}
        directory = os.path.dirname(init.programs[0])
        return {"PATH": f"{directory}:/usr/sbin:/usr/bin:/sbin:/bin", **init.environment}

    def service_words(self, bench, words):
        if not self.init.scans:
            return [bench.service, *words]
        service = os.path.join(self.directory, "scan", "service")
        os.makedirs(service)
        shutil.copy2(bench.service, os.path.join(service, "run"))
        with open(os.path.join(service, "arguments"), "w", encoding="ascii") as file:
            file.write("\n".join(words))
        return [os.path.dirname(service)]

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.ended is None:
            with contextlib.suppress(ProcessLookupError):
                self.kill(signal.SIGKILL)
            self.wait()
        os.close(self.handle)
        os.close(self.to)
        self.answers.close()
        shutil.rmtree(self.directory)

    def stamps(self):
        with open(self.stamps_file, "rb") as file:
            data = file.read()
        return [int.from_bytes(data[i:i + 8], sys.byteorder) for i in range(0, len(data) - 7, 8)]

    def kill(self, number):
        signal.pidfd_send_signal(self.handle, number)

    def wait(self):
        """Until PID 1 has ended: when, its status, the microseconds of processor time of all."""
        if self.ended is None:
            self.ended = [int(word) for word in self.launch.stdout.readline().split()]
            self.launch.wait()
            self.launch.stdout.close()
        return self.ended

    def tell(self, line):
        os.write(self.to, line.encode() + b"\n")

    def answer(self):
        return [int(word) for word in self.answers.readline().split()]

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def serve(self):
        assert self.answers.readline() == "serving\n"
        return self

    def own(self):
        """The pids of the init's own processes: those whose program is called as one of its files is."""
        names = {os.path.basename(program) for program in self.init.programs}
        found, queue = [], [self.pid]
        while queue:
            pid = queue.pop()
            try:
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")) in names:
                    found.append(pid)
                    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                        queue += [int(child) for child in file.read().split()]
            except OSError:
                pass  # it has ended
        return found

    def settle(self):
        """Until the init sleeps: its processes are those that it has, and none has run since."""
        def sleeping():
            before = [(pid, processor_time(pid)) for pid in self.own()]
            time.sleep(0.01)
            return before == [(pid, processor_time(pid)) for pid in self.own()]
        wait_for(f"{self.init.name} to come to rest", sleeping)


def processor_time(pid):
    """Nanoseconds."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0])
    except OSError:
        return 0


def field(path, name):
    with open(path, encoding="ascii", errors="replace") as file:
        return int(re.search(rf"^{name}:\s*(\d+)", file.read(), re.MULTILINE).group(1))


def wakeups(pids):
    return sum(field(f"/proc/{pid}/status", "voluntary_ctxt_switches") for pid in pids)


def real_time(wanted):
    """From here on, for this process and what it starts. False where the kernel does not let it."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR if wanted else os.SCHED_OTHER, os.sched_param(1 if wanted else 0))
    except PermissionError:
        return False
    return True


# ---- the figures -----------------------------------------------------------------------------------------------


class Bench:
    def __init__(self, directory, how):
        self.how = how
        self.launch = os.path.join(directory, "launch")
        self.service = os.path.join(directory, "service")
        self.inits = inits(directory)
        self.work = tempfile.mkdtemp(prefix="bench.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.samples = {}

    def note(self, figure, init, value):
        self.samples.setdefault(figure, {}).setdefault(init.name, []).append(value)

    def rounds(self, what, count, measure, inits=None):
        """One sample of each init after the other, count times."""
        print(f"{what}...", file=sys.stderr, flush=True)
        for number in range(count):
            for init in inits or self.inits:
                if not init.slow or number % 10 == 0:
                    measure(init)

    # -- the program, and its start --

    def size(self, init):
        """With the shared libraries that it needs: a static program brings its own."""
        files = set()
        for program in init.programs:
            files.add(os.path.realpath(program))
            listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False,
                                    env={**os.environ, **init.environment}).stdout
            files |= {os.path.realpath(path) for path in re.findall(r"(/\S+) \(0x", listed)}
        self.note("size", init, sum(os.stat(path).st_size for path in files))

    def start(self, init):
        with Run(self, init, ["rest"]) as run:
            begun, cpu, first = run.stamps()[:3]
            self.note("start", init, (first - begun) / 1000)
            run.settle()
            total = sum(processor_time(pid) for pid in run.own())
            self.note("start_cpu", init, (total - cpu) / 1000)
            # At each start: the kernel puts the stack elsewhere each time, across two pages or three.
            self.memory("rest", run)

    def start_calls(self, init):
        """The calls on the way from the init's exec to the service's: of each process, from its birth to that of the
        next one on the way."""
        trace = os.path.join(self.work, "trace")
        calls = None
        while calls is None:
            with Run(self, init, ["rest"], before=["strace", "-f", "--pidns-translation", "-o", trace]) as run:
                run.settle()
            with open(trace, encoding="utf-8", errors="replace") as file:
                calls = calls_on_the_way([line.split(None, 1) for line in file], init.command[0])
            os.unlink(trace)
        self.note("start_calls", init, calls)

    # -- at rest --

    def rest(self):
        print("At rest...", file=sys.stderr, flush=True)
        runs = [Run(self, init, ["rest"]) for init in self.inits]
        try:
            time.sleep(1)
            own = [run.own() for run in runs]
            before = [wakeups(pids) for pids in own]
            time.sleep(self.how["rest"])
            for run, pids, count in zip(runs, own, before):
                self.note("wakeups", run.init, (wakeups(pids) - count) * 60 / self.how["rest"])
        finally:
            for run in runs:
                run.__exit__()

    def memory(self, when, run):
        for figure, name in (("dirty", "Private_Dirty"), ("proportional", "Pss"), ("resident", "Rss")):
            self.note(f"{figure}_{when}", run.init,
                      sum(field(f"/proc/{pid}/smaps_rollup", name) for pid in run.own()))

    # -- orphans --

    def orphans(self):
        """All live at the same time, so that each has reaped its million at the end; one works at a time."""
        print("Orphans...", file=sys.stderr, flush=True)
        runs = [Run(self, init, ["serve"]).serve() for init in self.inits]
        try:
            for _ in range(self.how["bulks"]):
                for run in runs:
                    self.bulk(run)
            for run in runs:
                run.settle()
                self.memory("orphans", run)
        finally:
            for run in runs:
                run.__exit__()

    def bulk(self, run):
        seconds = self.how["slow_seconds"] if run.init.slow else DEADLINE // 2
        before = processor_time(run.pid)
        made, _, zombies = run.ask(f"orphans {self.how['orphans']} {seconds}")
        self.note("orphan_cpu", run.init, (processor_time(run.pid) - before) / made / 1000)
        self.note("zombies", run.init, zombies)

    def burst(self, init):
        with Run(self, init, ["serve"]) as run:
            took, = run.serve().ask(f"burst {self.how['burst']}")
            self.note("burst_rate", init, self.how["burst"] / (took / 1e9))

    def orphan_calls(self, init):
        count = 1 if init.slow else self.how["singles"]
        trace = os.path.join(self.work, "trace")
        with Run(self, init, ["serve"]) as run:
            run.serve()
            strace = subprocess.Popen(["strace", "-o", trace, "-p", str(run.pid)], stderr=subprocess.PIPE, text=True)
            strace.stderr.readline()  # it has attached
            run.ask(f"single {count}")
            strace.terminate()
            strace.communicate()
        with open(trace, encoding="utf-8", errors="replace") as file:
            calls = sum(1 for line in file if re.match(r"\w+\(", line))
        os.unlink(trace)
        self.note("orphan_calls", init, round(calls / count, 1))

    # -- signals, restarts, stops --

    def forward(self, init):
        count = self.how["signals"]
        with Run(self, init, ["serve"]) as run:
            run.serve().tell(f"signals {count}")
            assert run.answers.readline() == "ready\n"
            sent = []
            for number in range(count):
                time.sleep(0.001)
                sent.append(time.monotonic_ns())
                run.kill(signal.SIGUSR1)
                size = (3 + number + 1) * 8
                wait_for("a signal", lambda: os.stat(run.stamps_file).st_size >= size, 0.0005, 10)
            heard = run.stamps()[3:]
        latencies = sorted((there - here) / 1000 for here, there in zip(sent, heard))
        self.note("signal_p50", init, latencies[len(latencies) // 2])
        self.note("signal_p99", init, latencies[len(latencies) * 99 // 100])

    def restart(self):
        """The service lives a little longer than the second within which s6 and runit hold it back."""
        print("Restarts...", file=sys.stderr, flush=True)
        options = {"tend": ["--restart=always", "--restart-sec=0", "--start-limit-interval-sec=0"]}
        runs = []
        for init in self.inits:
            if init.restarts:
                runs.append(Run(self, init, ["live", "1100"], options.get(init.name, [])))
                time.sleep(0.35)
        wanted = 2 + 2 * self.how["restarts"] + 1
        try:
            for run in runs:
                wait_for("restarts", lambda run=run: len(run.stamps()) >= wanted, 0.1)
                lives = run.stamps()[2:]
                for death, birth in zip(lives[1::2], lives[2::2]):
                    self.note("restart", run.init, (birth - death) / 1000)
        finally:
            for run in runs:
                run.__exit__()

    def stop(self, init, crowd=0):
        with Run(self, init, ["serve"]) as run:
            run.serve()
            if crowd:
                run.ask(f"children {crowd}")
            run.settle()
            before = time.monotonic_ns()
            run.kill(init.stop)
            ended = run.wait()[0]
            self.note("stop_crowd" if crowd else "stop", init, (ended - before) / 1000)

    # -- what only tend does --

    def check(self):
        """All the processor time that a check takes, with what it executes: of a life with them less one without."""
        print("Health checks...", file=sys.stderr, flush=True)
        init = next(init for init in self.inits if init.name == "tend")
        options = [f"--health-check={self.service} /dev/null live 0", "--health-interval=20ms"]
        seconds = self.how["checks"] * 0.02
        self.note("check_cpu", init, self.life(init, options, seconds) - self.life(init, [], seconds))
        self.samples["check_cpu"]["tend"][-1] /= self.how["checks"]

    def life(self, init, options, seconds):
        with Run(self, init, ["rest"], options) as run:
            time.sleep(seconds)
            run.kill(signal.SIGTERM)
            return run.wait()[2]

    # -- all --

    def run(self):
        how, forwarders = self.how, [init for init in self.inits if init.forwards]
        self.rounds("Sizes", 1, self.size)
        self.rounds("System calls", 1, self.start_calls)
        self.rounds("System calls of reaping", 1, self.orphan_calls)
        self.rest()
        real_time(True)
        self.rounds("Starts", how["starts"], self.start)
        self.rounds("Signals", how["signal_rounds"], self.forward, forwarders)
        self.restart()
        self.rounds("Stops", how["stops"], self.stop)
        self.rounds("Bursts of orphans", how["bursts"], self.burst)
        self.rounds("Stops of a crowd", how["crowds"], lambda init: self.stop(init, how["crowd"]))
        real_time(False)
        self.orphans()
        self.check()
        return self.samples


def calls_on_the_way(lines, program):
    """lines: pid and what strace says of it. The way is found from its end: the last process to have executed
    something is the service; of its parent, what it did until that birth counts, and so on up to the init. None where
    strace has missed a birth: it translates a pid only while that process is there."""
    parent, born, last = {}, {}, None
    for number, (pid, text) in enumerate(lines):
        born.setdefault(pid, number)
        child = re.search(r"(?:clone3?|fork)\b.* = \d+ /\* (\d+) in strace's PID NS \*/$", text.rstrip())
        if child:
            parent[child.group(1)] = (pid, number)
        if re.match(r"(?:execve\(.*|<\.\.\. execve resumed>.*)= 0$", text.rstrip()):
            last = (pid, number)
    begin = next(number for number, (_, text) in enumerate(lines) if text.startswith(f'execve("{program}"'))
    init, count = lines[begin][0], -1  # its own exec is the beginning
    while True:
        pid, end = last
        first = begin if pid == init else born[pid]
        count += sum(1 for caller, text in lines[first:end + 1] if caller == pid and re.match(r"\w+\(", text))
        if pid == init:
            return count
        if pid not in parent:
            return None
        last = parent[pid]


def facts(mode):
    return {
        "mode": mode,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "real_time": real_time(True) and real_time(False),
        "load_before": round(os.getloadavg()[0], 1),
    }


def main():
    directory, results, mode = sys.argv[1], sys.argv[2], sys.argv[3]
    told = facts(mode)
    begun = time.monotonic()
    bench = Bench(os.path.abspath(directory), QUICK if mode == "quick" else FULL)
    try:
        samples = bench.run()
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    told["load_after"] = round(os.getloadavg()[0], 1)
    told["minutes"] = round((time.monotonic() - begun) / 60, 1)
    with open(results, "w", encoding="ascii") as file:
        json.dump({"facts": told, "how": bench.how, "samples": samples}, file, indent=1)


if __name__ == "__main__":
    main()
