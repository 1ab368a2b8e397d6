#!/usr/bin/env python3
"""Compares what services saw under tend with what they saw under systemd.

    compare.py groups                         the groups of scenarios
    compare.py record PLAYED... [-- PATTERN...]    expected/GROUP.txt is what two of these (of `play systemd`) agree on
    compare.py unsure PLAYED... [-- PATTERN...]    the scenarios for which no two do
    compare.py check PLAYED... [-- PATTERN...]     shows where none of these (of `play tend`) is as recorded
    compare.py same PLAYED... [-- PATTERN...]      as check, for `play systemd`, where no difference is allowed
    compare.py different PLAYED... [-- PATTERN...] the names of those
    compare.py unused PLAYED...               rows of the manual's table that no scenario shows

A record is made comparable so: nothing is said of times but "+Ns" where nothing happened for about N seconds;
how long systemd takes to begin with a start says nothing either;
between two starts, two things that were done, or two such pauses, what different processes saw is in the order
in which the processes were started, for it is chance which of them was faster. So is the order in which a process
hears of signals sent one after the other, and whether it hears SIGCONT where the signal before has ended it.

There may be several plays of a scenario because a machine may be busy, and a busy one makes pauses.
"""

import difflib
import fnmatch
import json
import re
import sys

import scenarios

EXPECTED = scenarios.HERE / "expected"
MANUAL = scenarios.HERE.parents[1] / "init" / "tend.8"
PAUSE = 0.75  # seconds; scenarios use whole ones


def _pause(seconds):
    return f"+{max(1, round(seconds))}s"


def _is_signal(text, name=""):
    return text.startswith(f"signal {name}")


def _sort_runs(part, word):
    """
    Runs of signals to one process: what was pending at once comes to it in the order of their numbers. Runs of
    variables: their order means nothing.
    """
    begin = 0
    for end in range(len(part) + 1):
        if end == len(part) or part[end][1].split()[0] != word or part[end][0] != part[begin][0]:
            part[begin:end] = sorted(part[begin:end])
            begin = end + (end < len(part) and part[end][1].split()[0] != word)


# What is another each time.
CHANGES = [
    (r"\b[0-9a-f]{32}\b", "(32 digits)"),
    (r"/docker/[0-9a-f]{64}", "/(container)"),
    (r"environment (JOURNAL_STREAM)=\d+:\d+$", r"environment \1=(numbers)"),
    (r"environment (MEMORY_PRESSURE_WATCH)=.*/system.slice/", r"environment \1=(cgroups)/"),
    (r"environment (NOTIFY_SOCKET)=[/@].*$", r"environment \1=(a socket)"),
]


def _stable(text):
    for pattern, instead in CHANGES:
        text = re.sub(pattern, instead, text)
    return text


def comparable(events):
    """The lines that say it."""
    lines, part, order, last = [], [], {}, 0

    def flush():
        ended = {label for label, text in part if text == "end"}
        part[:] = [(label, text) for label, text in part if label not in ended or not _is_signal(text, "CONT")]
        part.sort(key=lambda event: order[event[0]])
        _sort_runs(part, "signal")
        _sort_runs(part, "environment")
        lines.extend(f"{label}: {text}" for label, text in part)
        part.clear()

    for when, label, text in events:
        # The one is said so that others can wait for it, the other is chance: whether a child ends before it is blocked.
        if text == "ready" or text.startswith("signal CHLD"):
            continue
        order.setdefault(label, len(order))
        if when - last > PAUSE and lines[-1:] != [">: start"]:
            flush()
            lines.append(_pause(when - last))
        last = when
        part.append((label, _stable(text)))
        if label in (">", "!") or text.split()[0] == "start":
            begins = part.pop()
            flush()
            part.append(begins)
            flush()
    flush()
    return lines


def read_played(path):
    """{scenario: (lines, log)} of what `play` has written."""
    with open(path, encoding="utf-8") as file:
        return {name: (comparable(result["events"]), result["log"]) for name, result in json.load(file).items()}


def agreed(plays, name):
    """The lines that two plays have, or None; those with the fewest pauses."""
    seen = [play[name][0] for play in plays if name in play]
    seen.sort(key=lambda lines: sum(line.startswith("+") for line in lines))
    return next((lines for lines in seen if seen.count(lines) > 1), None)


def read_expected(group):
    """{scenario: lines} of what is recorded."""
    expected, lines = {}, None
    path = EXPECTED / f"{group}.txt"
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("=== "):
            lines = expected[line[4:]] = []
        else:
            lines.append(line)
    return expected


def record(plays, patterns):
    groups = {}
    for scenario in scenarios.read_all():
        groups.setdefault(scenario.group, []).append(scenario.name)
    for group, names in groups.items():
        expected = read_expected(group)
        for name in names:
            expected[name] = agreed(plays, name) or expected.get(name)
        text = "".join(f"=== {name}\n" + "".join(line + "\n" for line in expected[name])
                       for name in names if expected[name])
        EXPECTED.mkdir(exist_ok=True)
        (EXPECTED / f"{group}.txt").write_text(text)
    return unsure(plays, patterns)


def unsure(plays, patterns):
    names = [s.name for s in scenarios.read_all(patterns) if agreed(plays, s.name) is None]
    print("".join(name + "\n" for name in names), end="")
    return bool(names)


class Difference:
    """What a row of the manual says is seen: scenarios, what systemd's services see, what tend's see."""

    def __init__(self, name, seen):
        self.name = name
        self.scenarios, *sides = seen.split("\t")
        self.theirs, self.ours = ("" if side == "-" else side for side in sides)
        self.used = False

    def allows(self, name, minus, plus):
        """Whether the lines are those of the row; where a side of it is empty, there must be none."""
        return (any(fnmatch.fnmatch(name, pattern) for pattern in self.scenarios.split()) and
                self._all(self.theirs, minus) and self._all(self.ours, plus))

    @staticmethod
    def _all(pattern, lines):
        return all(re.fullmatch(pattern, line) for line in lines) and bool(lines) == bool(pattern)


def read_differences():
    """Of the manual's DIFFERENCES FROM SYSTEMD: each row has its name in a comment, and below it what is seen."""
    differences, name = [], None
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        if line.startswith('.\\" difference: '):
            name = line.split(": ", 1)[1]
        elif name and line.startswith('.\\" seen: '):
            differences.append(Difference(name, line.split(": ", 1)[1]))
    return differences


def _hunks(theirs, ours):
    """What is different: (lines of theirs, lines of ours), where only neighbours of one kind are together."""
    for tag, i, j, k, l in difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            yield theirs[i:j], ours[k:l]


def _allowed(differences, name, minus, plus):
    """A hunk may be of lines that are each a listed difference, and what then remains one."""
    def lone(lines, side):
        for line in lines:
            row = next((d for d in differences if d.allows(name, *([line], [])[::side])), None)
            if row:
                row.used = True
            else:
                yield line

    minus, plus = list(lone(minus, 1)), list(lone(plus, -1))
    row = next((d for d in differences if d.allows(name, minus, plus)), None)
    if row:
        row.used = True
    return bool(row) or not (minus or plus)


def differs(differences, name, theirs, ours):
    """Whether there is a difference that is not listed."""
    return not all([_allowed(differences, name, minus, plus) for minus, plus in _hunks(theirs, ours)])


def compare(plays, patterns, differences):
    """(scenario, theirs, ours, log) where none of the plays is as recorded; of the last one."""
    recorded = {}
    for scenario in scenarios.read_all(patterns):
        if scenario.group not in recorded:
            recorded[scenario.group] = read_expected(scenario.group)
        theirs = recorded[scenario.group].get(scenario.name, ["(nothing is recorded)"])
        seen = [play[scenario.name] for play in plays if scenario.name in play] or [(["(it was not played)"], "")]
        if all([differs(differences, scenario.name, theirs, lines) for lines, _ in seen]):
            yield scenario, theirs, *seen[-1]


def check(plays, patterns):
    bad = list(compare(plays, patterns, read_differences()))
    for scenario, theirs, ours, log in bad:
        print(f"=== {scenario.name} ({scenario.group})", scenario.unit.rstrip(), *scenario.do,
              *difflib.unified_diff(theirs, ours, "systemd", "tend", lineterm="", n=50), log, sep="\n")
    return bool(bad)


def _without_pauses(lines):
    return [line for line in lines if not line.startswith("+")]


def same(plays, patterns):
    """
    As check, for a play under systemd: no difference is allowed. But pauses don't count: systemd is slow on a
    machine that is busy, and what is recorded was seen twice.
    """
    bad = False
    for scenario in scenarios.read_all(patterns):
        theirs = _without_pauses(read_expected(scenario.group)[scenario.name])
        now = [_without_pauses(play[scenario.name][0]) for play in plays]
        if theirs not in now:
            bad = True
            print(f"=== {scenario.name}",
                  *difflib.unified_diff(theirs, now[-1], "recorded", "now", lineterm="", n=50), sep="\n")
    return bad


def different(plays, patterns):
    names = [row[0].name for row in compare(plays, patterns, read_differences())]
    print("".join(name + "\n" for name in names), end="")
    return bool(names)


def unused(plays, patterns):
    differences = read_differences()
    list(compare(plays, patterns, differences))
    rows = [d for d in differences if not d.used]
    print("".join(f"{d.name}: {d.scenarios}\n" for d in rows), end="")
    return bool(rows)


def groups(plays, patterns):
    print("".join(sorted(path.stem + "\n" for path in (scenarios.HERE / "scenarios").glob("*.txt"))), end="")


def main():
    verbs = {f.__name__: f for f in (groups, record, unsure, check, same, different, unused)}
    verb, *words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    return verbs[verb]([read_played(path) for path in words[:split]], words[split + 1:] or ["*"])


if __name__ == "__main__":
    sys.exit(main())
