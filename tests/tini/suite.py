#!/usr/bin/env python3
"""Runs one test at a time of tini's own suite, from tini's unpacked source.

    suite.py names          every test that the suite holds, one a line: SUITE<tab>NAME
    suite.py inner NAME     one step of test/run_inner_tests.py
    suite.py smoke NAME     one step of ci/run_build.sh

tini's suite is two scripts that go through all their steps and stop at the first that fails. Both
announce each step by printing its name, and that is where they are cut: the scripts' own lines
run, but only those of the step that was asked for. SOURCE_DIR and BUILD_DIR mean what they mean
to tini's scripts: tini's source, and the directory that holds `tini` and `sigconf-test`.
"""

import ast
import os
import re
import subprocess
import sys

SOURCE_DIR = os.environ["SOURCE_DIR"]
BUILD_DIR = os.environ["BUILD_DIR"]


def plain(announcement):
    """A test's name: what the suite prints, without paths, shell syntax and the first word."""
    for path in (os.path.join(SOURCE_DIR, "test", ""), os.path.join(BUILD_DIR, "")):
        announcement = announcement.replace(path, "")
    announcement = re.sub(r"\$\{?(\w+)\}?", r"\1", announcement)
    return re.sub(r"^(Running|running|Testing) ", "", announcement)


# --- test/run_inner_tests.py ---


def is_announcement(statement):
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and getattr(statement.value.func, "id", None) == "print"
        and any(
            isinstance(node, ast.Constant) and re.match("running ", str(node.value), re.I)
            for node in ast.walk(statement)
        )
    )


def guard(announcement):
    """`if wanted(<what the announcement prints>):` with the announcement in it."""
    wanted = ast.Name("wanted", ast.Load())
    call = ast.Call(wanted, announcement.value.args, [])
    return ast.If(call, [announcement], [])


def guard_steps(block):
    """Puts each step of a block, from its announcement up to the next one, under its guard."""
    guarded, step = [], None
    for statement in block:
        if is_announcement(statement):
            step = guard(statement)
            guarded.append(step)
        elif any(is_announcement(node) for node in ast.walk(statement)):
            statement.body, step = guard_steps(statement.body), None
            guarded.append(statement)
        elif step:
            step.body.append(statement)
        else:
            guarded.append(statement)
    return guarded


def run_inner(wanted):
    path = os.path.join(SOURCE_DIR, "test", "run_inner_tests.py")
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    main = next(node for node in tree.body if getattr(node, "name", None) == "main")
    main.body = guard_steps(main.body)
    exec(
        compile(ast.fix_missing_locations(tree), path, "exec"),
        {"__name__": "__main__", "wanted": lambda announcement: wanted(plain(announcement))},
    )


def inner_names():
    names = []

    def note(name):
        names.append(name)
        return False

    # The script greets us at its end whatever it ran: keep that out of the list.
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
    try:
        run_inner(note)
    finally:
        sys.stdout = stdout
    return names


def inner(name):
    ran = []

    def only(other):
        if other == name:
            ran.append(other)
        return other == name

    run_inner(only)
    if ran != [name]:
        sys.exit(f"test/run_inner_tests.py has {len(ran)} tests called '{name}'")


# --- ci/run_build.sh ---


def smoke_steps():
    """The shell lines of each step, by name: from its `echo` to the next blank line or block end."""
    steps, minimal = {}, False
    with open(os.path.join(SOURCE_DIR, "ci", "run_build.sh"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines):
        # The build option MINIMAL has an if and an else of its own among these steps.
        minimal = {"    if [[ -n \"${MINIMAL:-}\" ]]; then": True, "    else": False}.get(line, minimal)
        found = re.match(r'( +)echo "((?:Testing|Smoke test|Checking) [^"]*)"$', line)
        if found:
            name = ("minimal: " if minimal else "") + plain(found[2])
            steps[name] = block_below(lines[number + 1 :], len(found[1]))
    return steps


def block_below(lines, indent):
    block = []
    for line in lines:
        if len(line) - len(line.lstrip()) < indent:
            break
        block.append(line)
    return "\n".join(block)


def smoke(name):
    steps = smoke_steps()
    if name not in steps:
        sys.exit(f"ci/run_build.sh has no test called '{name}'")
    script = f'set -o errexit -o nounset -o pipefail\ntini="$BUILD_DIR/tini"\n{steps[name]}\n'
    sys.exit(subprocess.run(["bash", "-c", script], check=False).returncode)


def names():
    for name in inner_names():
        print(f"inner\t{name}")
    for name in smoke_steps():
        print(f"smoke\t{name}")


if __name__ == "__main__":
    {"names": names, "inner": inner, "smoke": smoke}[sys.argv[1]](*sys.argv[2:])
