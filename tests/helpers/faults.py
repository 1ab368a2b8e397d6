#!/usr/bin/env python3
"""Has each system call of tend's fail once, in each way that its manual page has: faults.py LIFE

A life is a service and what happens to it, from tend's start to its end. It is lived once without a fault, then once
for each call and each error of that call's row in ERRORS. Whatever fails, all of this must hold:

- tend ends by itself, within its time and without another thousand system calls;
- with no child left behind, living or dead, unless the life says that there are some;
- the service never ran twice at once, nor as the same invocation, and a stop that was asked for was heard;
- what came of it is what comes of it without the fault; or the service was not started at all, with status 125 and
  an error in the log that says what failed; or it is in ACCEPTED, with the reason why that is as it should be.

Of calls that look alike, such as those of the files of /proc, the first MOST fail, and the last; but each fork, for
each is another command's. What comes out wrong is lived once more, SLOWER times slower: on a loaded machine what takes no time may take some.
"""
import errno
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

TEND = os.environ["TEND"]
STUB = os.environ["STUB"]
FAULT = os.path.join(os.path.dirname(STUB), "fault")
AT_ONCE = 4
MOST = 2
PATIENCE = "60000"  # ms
SLOWER = 10
MORE_CALLS = 1000
STEADY = 3
FORKS = {"clone", "pipe2"}

# Of tend with the sanitizers, one fault of each kind: what is looked for is what they find. Their runtime's calls are
# let be: those before tend's own first one, which blocks the signals, and those for memory.
SANITIZED = "/sanitize/" in TEND
THE_RUNTIMES = {"mmap", "munmap", "mprotect", "mremap", "madvise", "unknown"}
FOUND = re.compile("Sanitizer|runtime error:")

# What each may give, from section 2 of the manual; not what only a mistake of tend's own could bring about (EBADF,
# EFAULT, EINVAL of a constant), nor what is an answer and no fault: EAGAIN where nothing is there, ECHILD, and ENOENT
# where tend asks whether something is there. A row without any stands for a call that cannot fail.
ERRORS = {
    "accept4": "EINTR ECONNABORTED EMFILE ENFILE ENOMEM EPERM",
    "access": "EACCES EIO ENOMEM",
    "arch_prctl": "",
    "bind": "EACCES EADDRINUSE ENOMEM",
    "capget": "",
    "capset": "EPERM",
    "chdir": "EACCES EIO ENOMEM",
    "chmod": "EPERM EROFS EIO",
    "clock_gettime": "",
    "clone": "EAGAIN ENOMEM",
    "close": "EINTR EIO",
    "close_range": "ENOMEM ENOSYS",
    "connect": "EACCES ECONNREFUSED EAGAIN",
    "dup2": "EMFILE",
    "execve": "EACCES EAGAIN EIO EMFILE ENFILE ENOENT ENOMEM ETXTBSY",
    "exit_group": "",
    "fchdir": "EACCES EIO",
    "fchmod": "EPERM EROFS EIO",
    "fchown": "EPERM EROFS EIO",
    "fchownat": "EPERM EROFS EIO",
    "getdents64": "EIO",
    "getegid": "",
    "geteuid": "",
    "getgid": "",
    "getgroups": "",
    "getpid": "",
    "getpriority": "EPERM",
    "getrandom": "EAGAIN ENOSYS",
    "getresgid": "",
    "getresuid": "",
    "getsockname": "ENOBUFS",
    "getsockopt": "",
    "getuid": "",
    "inotify_add_watch": "EACCES ENOMEM ENOSPC",
    "inotify_init1": "EMFILE ENFILE ENOMEM",
    "ioctl": "ENOTTY EIO EPERM",
    "ioprio_set": "EPERM",
    "kill": "EPERM",
    "listen": "EADDRINUSE",
    "lseek": "",
    "madvise": "EAGAIN ENOMEM",
    "memfd_create": "EMFILE ENFILE ENOMEM",
    "mkdir": "EACCES EDQUOT ENOSPC EROFS",
    "mkdirat": "EACCES EDQUOT ENOSPC EROFS",
    "mmap": "EAGAIN ENOMEM",
    "mprotect": "ENOMEM",
    "mremap": "ENOMEM",
    "munmap": "ENOMEM",
    "newfstatat": "EACCES ENOMEM EIO",
    "openat": "EACCES EMFILE ENFILE ENOMEM EIO",
    "pipe2": "EMFILE ENFILE",
    "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM",
    "prctl": "EPERM",
    "prctl 23": "",  # PR_CAPBSET_READ, whose EINVAL says that the kernel knows no such capability
    "prctl 47": "EPERM EINVAL",  # PR_CAP_AMBIENT: of Linux 4.3
    "pread64": "EINTR EIO",
    "prlimit64": "EPERM",
    "pwritev2": "EAGAIN EINTR EIO ENOSPC EPIPE EOPNOTSUPP",
    "read": "EINTR EIO",
    "readlinkat": "EACCES EIO ENOMEM",
    "recvfrom": "EINTR ENOMEM",
    "recvmsg": "EINTR ENOMEM",
    "rt_sigaction": "",
    "rt_sigprocmask": "",
    "rt_sigtimedwait": "",
    "sched_setaffinity": "EPERM",
    "sched_setattr": "EPERM EBUSY",
    "sched_yield": "",
    "sendto": "EAGAIN EINTR ENOBUFS ENOMEM EPIPE",
    "setgroups": "EPERM ENOMEM",
    "setpgid": "EPERM EACCES",
    "setpriority": "EPERM EACCES",
    "setresgid": "EPERM",
    "setresuid": "EPERM EAGAIN",
    "setsid": "EPERM",
    "setsockopt": "",
    "shutdown": "ENOTCONN",
    "signalfd4": "EMFILE ENFILE ENODEV ENOMEM",
    "socket": "EACCES EMFILE ENFILE ENOBUFS ENOMEM",
    "splice": "EAGAIN ENOMEM",
    "statfs": "EACCES EINTR EIO ENOMEM",
    "symlinkat": "EACCES EDQUOT ENOSPC EROFS",
    "umask": "",
    "uname": "",
    "unlink": "EACCES EBUSY EIO EROFS",
    "unlinkat": "EACCES EBUSY EIO EROFS",
    "wait4": "",  # EINTR is for those who wait: each is with WNOHANG
    "waitid": "",
    "write": "EAGAIN EINTR EIO ENOSPC EPIPE",
}


@dataclass
class Life:
    service: str = ""          # of a unit: what stands below [Service]
    command: str = ""          # without a unit
    files: dict = field(default_factory=dict)
    stops: bool = False        # SIGTERM comes when the service has said "ready",
    first: str = ""            # and this is in the log so often, or else after so many seconds
    often: int = 1
    soon: float = 0.3
    insists: bool = False      # it comes again and again
    grace: int = 20            # ms, "{grace}" in service: what a stop may take
    log: str = "pipe"          # what standard error is: pipe, file, socket
    outer: bool = False        # there is a manager outside, to be notified
    child: int = 0             # of which child the calls are to fail


LOCKED = "{stub} lock {dir}/lock -- append {dir}/trace"
STARTED = "] Started "

# What there is to be lost on the way to a service. Its user, by number, is one whom only passwd gives his group.
USER = next(user for user in pwd.getpwall() if user.pw_uid and user.pw_gid not in (0, user.pw_uid))
UNIT = f"""User={USER.pw_uid}
CapabilityBoundingSet=CAP_CHOWN CAP_KILL
NoNewPrivileges=yes
EnvironmentFile={{dir}}/environment
RuntimeDirectory=web
LimitNOFILE=64
OOMScoreAdjust=100
UMask=0077
ExecStart={LOCKED} start -- report uid gid groups capabilities no-new-privileges blocked ignored limit umask \\
  oom-score directory environment -- exit 3"""
UNIT_FILES = {"environment": "FROM_FILE=yes\n", "web.service.d/more.conf": "[Service]\nEnvironment=FROM_DROP_IN=yes\n"}

LIVES = {
    # It ends by itself.
    "bare": Life(command=LOCKED + " run -- exit 3"),
    "bare-stop": Life(command=LOCKED + " run -- signals TERM -- append {dir}/trace stopped -- exit 7", stops=True,
                      insists=True),
    "bare-child": Life(command=LOCKED + " run -- report umask blocked ignored directory -- exit 3", child=1),
    "unit": Life(service=UNIT, files=UNIT_FILES, log="socket"),
    "cleaner": Life(service=UNIT, files=UNIT_FILES, child=1),
    "child": Life(service=UNIT, files=UNIT_FILES, child=2),
    # It fails once.
    "restart": Life(
        service=f"""User=65534
Restart=on-failure
RestartSec=10ms
ExecStart={LOCKED} start -- report environment -- first 1 {{dir}}/count exit 1 -- signals TERM -- \
  append {{dir}}/trace stopped""",
        stops=True, first=STARTED, often=2),
    # It leaves processes behind, living and dead, in sessions of their own, and one that does not heed SIGTERM.
    "orphans": Life(
        service=f"""TimeoutStopSec={{grace}}ms
ExecStart={LOCKED} start -- times 3 orphan setsid pause -- child pause -- \\
  orphan ignore TERM and append {{dir}}/up up and pause -- await {{dir}}/up -- signals TERM""",
        stops=True, first=STARTED, log="file"),
    # Nothing but SIGKILL ends it.
    "kill": Life(
        service=f"""X-StopSchedule=TERM/{{grace}}ms KILL
ExecStart={LOCKED} start -- ignore TERM -- signals
ExecStopPost={{stub}} append {{dir}}/trace post""",
        stops=True, first=STARTED, log="file"),
    # Its PID file comes late.
    "forking": Life(
        service="""Type=forking
PIDFile=/run/web.pid
ExecStart=/bin/sh {dir}/daemon""",
        files={"daemon": f"(sleep 0.02; exec {LOCKED} start -- exec /bin/sh -c "
                         "'echo $$ >/run/web.pid; exec {stub} signals TERM') &\n"},
        stops=True, first=STARTED),
    # It has none, and two are left: neither is to be taken for the main process.
    "guess": Life(service=f"Type=forking\nExecStart={LOCKED} start -- orphan pause -- orphan signals TERM",
                  stops=True, first=STARTED),
    "notify": Life(
        service=f"""Type=notify
ExecStart={LOCKED} start -- append {{dir}}/started yes -- notify READY=1 -- signals TERM -- notify STOPPING=1
ExecStartPost={{stub}} await {{dir}}/started -- append {{dir}}/trace post""",
        stops=True, first=STARTED, outer=True),
    "hooks": Life(
        service=f"""RuntimeDirectory=web
ExecCondition={{stub}} append {{dir}}/trace condition
ExecStartPre={{stub}} append {{dir}}/trace pre
ExecStart={LOCKED} start -- append {{dir}}/started yes -- signals TERM -- append {{dir}}/trace stopped
ExecStartPost={{stub}} await {{dir}}/started -- append {{dir}}/trace post
ExecStop={{stub}} append {{dir}}/trace stop
ExecStopPost={{stub}} append {{dir}}/trace stop-post""",
        stops=True, first=STARTED),
    "checks": Life(
        service=f"""X-ReadyCheck={{stub}} await {{dir}}/started
X-HealthCheck={{stub}} exit 0
X-HealthInterval=20ms
ExecStart={LOCKED} start -- append {{dir}}/started yes -- signals TERM -- append {{dir}}/trace stopped""",
        stops=True, first="is healthy", soon=1.5),  # a check that could not be forked is made again after a second
    # Its first check fails.
    "unhealthy": Life(
        service=f"""Type=notify
Restart=on-failure
RestartSec=10ms
X-HealthCheck={{stub}} first 1 {{dir}}/count exit 1
X-HealthInterval=20ms
X-HealthRetries=1
ExecStart={LOCKED} start -- block TERM -- notify READY=1 -- signals TERM -- append {{dir}}/trace stopped""",
        stops=True, first="is healthy", soon=1.5),
    # It is asked, reloaded and restarted by the client, who cannot always be heard.
    "control": Life(
        service="""ExecReload={stub} append {dir}/trace reload
ExecStart=/bin/sh {dir}/ask""",
        files={"ask": """{stub} append {dir}/trace start
if [ ! -e {dir}/again ]; then
    : >{dir}/again
    for try in 1 2 3 4 5 6 7 8 9 10; do
        {tend} health >/dev/null 2>&1 && break
        sleep 0.01
    done
    {tend} status >/dev/null
    {tend} kill URG
    {tend} reload
    {tend} restart --no-block || {tend} restart --no-block || exec {stub} signals TERM
    exec {stub} pause
fi
exec {stub} signals TERM
"""}, stops=True, first=STARTED, often=2),
}

# Lives, calls, and what came of it, where that is other than without the fault: expressions, and why it may be.
ACCEPTED = [
    (".*", "(clone|pipe2) ", "Cannot fork for ",
     "a command that can't be forked has failed, like one that ends with 1: Restart= decides, and the log says it"),
    ("forking", r"(inotify_|openat .*pid|read )", r"^exited 1; .*\] Cannot wait for PID file ",
     "a PID file that can't be read or watched is not waited for: the start has failed, and Restart= decides"),
    ("unhealthy", "(clone|pipe2) ", "is unhealthy: (No file|Too many|Resource|Out of)",
     "a check that can't be forked has failed, and X-HealthRetries= is 1 here"),
    ("control", r"(socket|bind|listen|readlinkat) ", "Cannot be asked by",
     "the service runs without its control socket, the log says it, and the client fails"),
    ("control", "recvmsg ", "PID 1 ",
     "the client is let go, and says that it has had no answer"),
    (".*child", "execve ", r"^exited 12[67]; \[\]; .*Cannot execute ",
     "a command that can't be executed has failed: 127 where it is not there, else 126"),
    ("child", "", r"^exited 1; \[\]; .*\(EnvironmentFile=\): ",
     "an EnvironmentFile= that can't be read is what systemd calls resources, which is 1"),
    ("child", "setgroups ", "^exited 3;",
     "only a user namespace can say no to CAP_SETGID, and systemd goes on with the groups that there are, too"),
    ("child", "close_range ", "^exited 3;",
     "before Linux 5.11 each descriptor is closed by a call of its own"),
]


# Lives, calls, and what has to be in the log, whatever came of it.
SAID = [
    (".*", "signalfd4 ", "Cannot be told of signals: "),
    ("(?!checks|unhealthy).*", "clone |pipe2 ", "Cannot fork for "),  # a check that could not be forked has failed
    ("hooks", "pipe2 |clone [2-7] ", r"(Exec\w+=( of web)?|\] web) could not be started\."),
    ("hooks", "pipe2 4 |clone 5 ", "ExecStartPost= of web could not be started\\."),
    ("hooks", "pipe2 5 |clone 6 ", "ExecStop= could not be started"),
    ("hooks", "pipe2 6 |clone 7 ", "ExecStopPost= could not be started"),
    ("unit|restart", "capset ", "Cannot lower tend's own privileges: "),
    ("bare-stop", r"kill \d+ \(-?\d+, [1-9]", r"Cannot signal pid\(\d+\): "),
    ("forking", "inotify_", "Cannot wait for PID file "),
    ("notify|unhealthy", r"socket 1 ", "Cannot make a socket for notifications: "),
    ("unit", r'(openat|read|getdents64) .*(\.d|/etc/passwd|/etc/group)"', r"(\.d|/etc/passwd|/etc/group): "),
]


@dataclass
class Result:
    report: str
    log: str
    trace: str
    said: list
    broken: bool
    invocations: list

    def first(self, pattern, otherwise=None):
        found = re.search(pattern, self.report, re.M)
        return found[1] if found else otherwise

    @property
    def end(self):
        return self.first(r"^(exited \d+|killed \d+|late)$", "untold")

    @property
    def failed(self):
        return self.first(r"^failed (.*)")

    def number(self, word):
        return int(self.first(rf"^{word} (\d+)", "0"))

    @property
    def outcome(self):
        return self.end, self.trace, self.said

    def __str__(self):
        return f"{self.end}; {self.trace.split()}; {self.log}"


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


# ---- one life -------------------------------------------------------------------------------------


class Stream:
    """Where standard output or error goes, and what has come of it by now."""

    def __init__(self, kind, path=None):
        self.path, self.bytes, self.reader = path, bytearray(), None
        if kind == "file":
            self.end = os.open(path, os.O_WRONLY | os.O_CREAT)
            return
        if kind == "pipe":
            ours, self.end = os.pipe()
        else:
            ours, self.end = (end.detach() for end in socket.socketpair())
        self.reader = threading.Thread(target=self.collect, args=(ours,))
        self.reader.start()

    def collect(self, ours):
        while piece := os.read(ours, 65536):
            self.bytes += piece
        os.close(ours)

    def begun(self):
        os.close(self.end)

    def text(self):
        return self.bytes.decode(errors="replace") if self.reader else read(self.path)

    def all(self):
        if self.reader:
            self.reader.join()
        return self.text()


class Manager:
    """The one outside, and what it has been told."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(path)

    def told(self):
        lines = []
        try:
            while True:
                lines += self.socket.recv(4096).decode().split("\n")
        except BlockingIOError:
            self.socket.close()
        return sorted(set(lines) & {"READY=1", "STOPPING=1"})


def words_of(life, directory, slower):
    names = {"stub": STUB, "tend": TEND, "dir": directory, "grace": life.grace * slower}

    def write(name, text):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    for name, text in life.files.items():
        for word, value in names.items():
            text = text.replace("{" + word + "}", str(value))
        write(name, text)
    if life.service:
        return ["--unit=" + write("web.service", "[Service]\n" + life.service.format(**names) + "\n")]
    return ["--", *life.command.format(**names).split()]


def stop(life, process, output, log, slower):
    """Asks for a stop when it is time."""
    deadline = None
    while process.poll() is None:
        ready = "ready\n" in output.text()
        if ready and not deadline:
            deadline = time.monotonic() + life.soon * slower
        if ready and (log.text().count(life.first) >= life.often or time.monotonic() >= deadline):
            process.send_signal(signal.SIGTERM)
            if not life.insists:
                return
            deadline = time.monotonic() + life.soon
        time.sleep(0.001)


# What the service says that is other each time: which signals come besides is a matter of chance.
CHANCE = re.compile(r"ready$|signal |environment (INVOCATION_ID|SYSTEMD_EXEC_PID|NOTIFY_SOCKET)=")


def live(life, options=(), slower=1):
    directory = tempfile.mkdtemp(dir=ROOM)
    os.chmod(directory, 0o777)
    report = os.path.join(directory, "report")
    log, output = Stream(life.log, os.path.join(directory, "log")), Stream("pipe")
    manager = Manager(os.path.join(directory, "outer")) if life.outer else None
    environment = {"PATH": os.environ["PATH"], **({"NOTIFY_SOCKET": manager.path} if manager else {})}
    child = ["-c", str(life.child)] if life.child else []
    with open(report, "w", encoding="utf-8") as told:
        process = subprocess.Popen([FAULT, "-o", str(told.fileno()), "-t", PATIENCE, *child, *options, TEND,
                                    *words_of(life, directory, slower)],
                                   stdin=subprocess.DEVNULL, stdout=output.end, stderr=log.end,
                                   pass_fds=[told.fileno()], env=environment, cwd="/")
    log.begun()
    output.begun()
    if life.stops:
        stop(life, process, output, log, slower)
    if process.wait():
        raise RuntimeError("cannot trace: " + log.all())
    lines = output.all().splitlines()
    said = [line for line in lines if not CHANCE.match(line)] + (manager.told() if manager else [])
    result = Result(read(report), log.all(), read(os.path.join(directory, "trace")), said,
                    os.path.exists(os.path.join(directory, "lock.broken")),
                    [line for line in lines if " INVOCATION_ID=" in line])
    shutil.rmtree(directory)
    return result


# ---- all of them ----------------------------------------------------------------------------------


def kind_of(name, arguments):
    """Calls that look alike: of one path, or of one descriptor; in /proc, of any process."""
    path = re.search(r'"(.*)"', arguments)
    if path:
        return name, re.sub(r"\d+", "N", path[1])
    small = [word for word in arguments.split(", ")[:2] if re.fullmatch(r"\d{1,4}", word)]
    return name, *small


def faults_of(listing):
    """Of each kind the first calls that were made and the last one, with each error of their row."""
    kinds = {}
    for name, which, arguments in re.findall(r"^call (\w+) (\d+) \((.*)\)$", listing, re.M):
        if SANITIZED and name in THE_RUNTIMES:
            continue
        if name not in ERRORS:
            sys.exit(f"faults: no row for {name}")
        kinds.setdefault(kind_of(name, arguments), []).append(int(which))
    for (name, *arguments), made in kinds.items():
        errors = ERRORS.get(" ".join([name, *arguments[:1]]), ERRORS[name]).split()
        some = made if name in FORKS else made[:1] if SANITIZED else sorted({*made[:MOST], made[-1]})
        for which in some:
            for error in errors[:1] if SANITIZED else errors:
                yield name, which, error


def lines_of(log):
    """What the log says, without the times and pids, which are others each time."""
    return [re.sub(r"pid\(\d+\)|\b[\d.]+m?s\b", "N", line.split("] ", 1)[-1]) for line in log.splitlines()]


def unsaid(result, usual):
    """What the log lacks. A line that could not be written is told by the next one; nobody tells of the last."""
    have, expected = lines_of(result.log), lines_of(usual.log)
    missing = [line for line in expected if line not in have]
    told = len(missing) == 1 and ("1 log line could not be written" in result.log or
                                  missing == expected[-1:] and re.search(r" \d+ \(2, ", result.failed))
    return [] if told else missing


def accepted(name, result):
    return any(re.fullmatch(lives, name) and re.match(calls, result.failed) and re.search(came, str(result), re.S)
               for lives, calls, came, _why in ACCEPTED)


def judge(name, result, usual):
    """What is wrong, or None."""
    if not result.end.startswith("exited"):
        return result.end
    if FOUND.search(result.log):
        return "the sanitizers have found something"
    if result.broken:
        return "two of them ran at once"
    if len(set(result.invocations)) < len(result.invocations):
        return "two of them are one invocation"
    if result.number("left") > usual.number("left"):
        return f"{result.number('left')} children left"
    for lives, calls, words in SAID:
        if re.fullmatch(lives, name) and re.match(calls, result.failed) and not re.search(words, result.log):
            return "not said: " + words
    if accepted(name, result):
        return None
    if result.number("calls") > usual.number("calls") + MORE_CALLS:
        return f"{result.number('calls')} calls"
    if result.outcome == usual.outcome and not unsaid(result, usual):
        return None
    if result.end == "exited 125" and not result.trace and "[ERROR]" in result.log:
        return None
    return f"{result.end}, {result.trace.split()}, unsaid {unsaid(result, usual)}, said {result.said}"


def usual_of(name, life):
    """Without a fault; the same each time, or nothing could be compared with it."""
    usual = live(life, ["-l"], SLOWER)
    for _ in range(STEADY):
        again = live(life, (), SLOWER)
        if again.outcome != usual.outcome or unsaid(again, usual):
            print(f"{name} comes out differently:", usual, again, sep="\n")
            sys.exit(1)
    return usual


def main(name):
    life = LIVES[name]
    usual = usual_of(name, life)
    begin = usual.report.index("call rt_sigprocmask") if SANITIZED and not life.child else 0
    faults = list(faults_of(usual.report[begin:]))
    counts = Counter()

    def attempt(fault):
        call, which, error = fault
        for slower in 1, SLOWER:
            result = live(life, ["-f", f"{call}:{which}:{getattr(errno, error)}"], slower)
            wrong = judge(name, result, usual) if result.failed else None
            if not wrong:
                break
        return result, wrong

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (_, _, error), (result, wrong) in zip(faults, pool.map(attempt, faults)):
            if not result.failed:
                counts["never made"] += 1
                continue
            counts["wrong" if wrong else "not started" if result.end == "exited 125" else
                   "survived" if result.outcome == usual.outcome else "accepted"] += 1
            if wrong or "-v" in sys.argv:
                print(f"{error} of {result.failed}: {wrong or result.end}",
                      *("    " + line for line in result.log.splitlines()), sep="\n", flush=True)
    print(f"{name}: {usual.number('calls')} calls, {len(faults)} faults:",
          ", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts["wrong"] > 0 or counts["survived"] == 0 or counts["never made"] > len(faults) / 10


with tempfile.TemporaryDirectory(prefix="faults.") as ROOM:
    os.chmod(ROOM, 0o755)
    STATUS = main(sys.argv[1])
sys.exit(STATUS)
