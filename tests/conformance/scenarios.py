"""The scenarios of tests/conformance/scenarios/*.txt: what one is, and how it is written.

    === NAME-<x>          begins a scenario; there is one for each x
    each x: a | b = text  <x> stands for "a" in the name, for "text" (or "a") below; several "each": all pairs
    KEY=VALUE             the unit; what stands before the first [Section] is in [Service]
    --- do                what is done to it, see driver.py; without it, it is started and comes to its end
    --- file PATH         a file that is there before
    --- drop-in NAME.conf
    --- link PATH TARGET  a symbolic link that is there before
    --- as NAME@.service  another name for the unit's file (a template) ...
    --- start NAME@x.service    ... and for the unit

ACTOR is the command of tests/stubs/actor.c with the scenario's name; SCENARIO is that name.
"""

import dataclasses
import itertools
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Scenario:
    """One unit and what is done to it."""
    name: str
    group: str
    unit: str = ""
    do: list = dataclasses.field(default_factory=list)
    files: dict = dataclasses.field(default_factory=dict)   # path: text
    links: dict = dataclasses.field(default_factory=dict)   # path: target
    file_name: str = ""   # of the unit's file
    unit_name: str = ""   # of the unit


def _alternatives(line):
    """"a | b = text" as [("a", "a"), ("b", "text")]; the text may be empty."""
    for part in (line + " ").split(" | "):
        match = re.fullmatch(r"\s*(\S+) =(.*)", part)
        yield (match[1], match[2].strip()) if match else (part.strip(), part.strip())


def _fill(text, chosen, index):
    for variable, pair in chosen.items():
        text = text.replace(f"<{variable}>", pair[index])
    return text


def _make(group, title, each, body, chosen):
    name = _fill(title, chosen, 0)
    text = _fill("\n".join(body), chosen, 1).replace("ACTOR-AT", "/usr/bin/actor").replace("ACTOR", f"/usr/bin/actor {name}").replace("SCENARIO", name)
    scenario = Scenario(name, group, file_name=f"{name}.service", unit_name=f"{name}.service")
    parts = re.split(r"^--- (.*)\n?", text, flags=re.M)
    scenario.unit = parts[0] if parts[0].startswith("[") else "[Service]\n" + parts[0]
    drop_ins = {}
    for head, part in zip(parts[1::2], parts[2::2]):
        word, _, rest = head.partition(" ")
        if word == "do":
            scenario.do = [line for line in part.splitlines() if line.strip()]
        elif word == "file":
            scenario.files[rest] = part
        elif word == "link":
            path, target = rest.split()
            scenario.links[path] = target
        elif word == "drop-in":
            drop_ins[rest] = part
        elif word == "as":
            scenario.file_name = rest
        elif word == "start":
            scenario.unit_name = rest
        else:
            raise ValueError(f"{group}: {name}: --- {head}: unknown")
    for drop_in, part in drop_ins.items():
        scenario.files[f"/etc/systemd/system/{scenario.file_name}.d/{drop_in}"] = part
    scenario.files[f"/etc/systemd/system/{scenario.file_name}"] = scenario.unit
    scenario.do = scenario.do or ["start"]
    return scenario


def _expand(group, title, lines):
    each, body = {}, []
    for line in lines:
        match = re.fullmatch(r"each (\w+): (.*)", line)
        if match:
            each.setdefault(match[1], []).extend(_alternatives(match[2]))
        else:
            body.append(line)
    for values in itertools.product(*each.values()):
        yield _make(group, title, each, body, dict(zip(each, values)))


def read_group(path):
    """All scenarios of one file."""
    title, lines = None, []
    for line in path.read_bytes().decode().split("\n")[:-1] + ["=== "]:
        if line.startswith("=== "):
            if title:
                yield from _expand(path.stem, title, lines)
            title, lines = line[4:].strip(), []
        elif not line.startswith("#"):
            lines.append(line)


def read_all(globs=("*",)):
    """All scenarios whose group or name matches one of the patterns."""
    import fnmatch
    seen = set()
    for path in sorted((HERE / "scenarios").glob("*.txt")):
        for scenario in read_group(path):
            if scenario.name in seen:
                raise ValueError(f"{path}: {scenario.name} is there twice")
            seen.add(scenario.name)
            if any(fnmatch.fnmatch(scenario.name, g) or fnmatch.fnmatch(scenario.group, g) for g in globs):
                yield scenario
