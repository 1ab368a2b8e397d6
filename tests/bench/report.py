#!/usr/bin/env python3
"""report.py RESULTS README PLOT: of what measure.py has seen, a table, written into README between its marks, and a
plot. Prints the table, and where a peer is ahead of tend."""
import json
import re
import statistics
import sys

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  (the backend comes first)

MARKS = ("<!-- bench -->", "<!-- end bench -->")
OWN, FLOOR = "tend", "floor"


def count(value):
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def duration(microseconds):
    for limit, divisor, unit in ((1e3, 1, "µs"), (1e6, 1e3, "ms"), (float("inf"), 1e6, "s")):
        if microseconds < limit:
            value = microseconds / divisor
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    raise ValueError(microseconds)


def thousands(value):
    return f"{value / 1000:.0f}k"


# What was measured, what the row says, how its values are written, and whether more is better.
ROWS = [
    ("size", "bytes of the program and the libraries it needs", count, False),
    ("dirty_rest", "private memory at rest, KiB", count, False),
    ("proportional_rest", "proportional memory at rest, KiB", count, False),
    ("resident_rest", "resident memory at rest, KiB", count, False),
    ("dirty_orphans", "private memory after {orphans} orphans, KiB", count, False),
    ("proportional_orphans", "proportional memory after {orphans} orphans, KiB", count, False),
    ("start_calls", "system calls from exec to the service's exec", count, False),
    ("start", "time from exec to the service's first instruction", duration, False),
    ("start_cpu", "processor time of the init until it rests", duration, False),
    ("orphan_calls", "system calls for an orphan", count, False),
    ("orphan_cpu", "processor time for an orphan, of many", duration, False),
    ("burst_rate", "orphans reaped in a second", thousands, True),
    ("zombies", "most zombies seen", count, False),
    ("wakeups", "wake-ups in a minute at rest", count, False),
    ("signal_p50", "a signal, until the service has it (median)", duration, False),
    ("signal_p99", "a signal, until the service has it (99 %)", duration, False),
    ("restart", "from the service's death to its next first instruction", duration, False),
    ("stop", "from a stop to the end", duration, False),
    ("stop_crowd", "from a stop to the end, with {crowd} descendants", duration, False),
    ("check_cpu", "processor time for a health check, with its process", duration, False),
]


class Samples:
    """All that was seen of one init in one row."""

    def __init__(self, values):
        self.median = statistics.median(values)
        quarters = statistics.quantiles(values, n=4) if len(values) > 2 else [min(values), self.median, max(values)]
        self.low, self.high = quarters[0], quarters[2]

    def spread(self):
        """Half of the range in which the middle half of the samples is, in percent of the median."""
        return 50 * (self.high - self.low) / self.median if self.median else 0


def ratio(own, other, more):
    """What tend takes of what another one takes: below 1, tend is better."""
    own, other = (other, own) if more else (own, other)
    if own == other:
        return 1.0
    return own / other if other else float("inf")


class Row:
    def __init__(self, row, results):
        figure, label, self.write, self.more = row
        how = results["how"]
        self.label = label.format(orphans=f"{how['bulks'] * how['orphans']:,}", crowd=f"{how['crowd']:,}")
        self.inits = {name: Samples(values) for name, values in results["samples"].get(figure, {}).items()}

    def best_peer(self):
        peers = {name: samples.median for name, samples in self.inits.items() if name not in (OWN, FLOOR)}
        if not peers:
            return None
        return (max if self.more else min)(peers, key=peers.get)

    def ratio_to(self, name):
        if not name or name not in self.inits:
            return None
        return ratio(self.inits[OWN].median, self.inits[name].median, self.more)

    def cell(self, name):
        if name not in self.inits:
            return "-"
        samples = self.inits[name]
        spread = samples.spread()
        text = self.write(samples.median)
        return f"{text} ±{spread:.0f}%" if spread >= 0.5 else text


def ratio_text(value):
    if value is None:
        return "-"
    return "∞" if value == float("inf") else f"{value:.2f}"


def table(rows, names):
    head = ["", *names, "to the floor", "to the best peer"]
    lines = [head, ["---"] + ["--:"] * (len(head) - 1)]
    for row in rows:
        best = row.best_peer()
        to_best = ratio_text(row.ratio_to(best))
        lines.append([row.label, *[row.cell(name) for name in names], ratio_text(row.ratio_to(FLOOR)),
                      to_best if best is None else f"{to_best} ({best})"])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(rows, names, results, plot):
    facts = results["facts"]
    real_time = ("" if facts["real_time"] else " (The real-time class could not be had: what took less than a time slice "
                 "was measured among all else that the machine did.)")
    return f"""{MARKS[0]}
![What tend and its peers take, as ratios to the least program that does the job]({plot})

{table(rows, names)}

Medians, and half of the range that holds the middle half of the samples; all inits in turn, each as PID 1 of a fresh
PID namespace. The floor is the least C program that forks, forwards and waits. *musl*: compiled again of Debian's
sources with tend's compiler, libc and flags; the others are Debian's packages. The last two columns say what tend takes
of what the floor, and the best of the others, take. s6 and runit forward no signals, and sleep for up to a second
before they start a service again; runit looks for orphans every five seconds, and does not wait for its services at a
stop. {facts['mode'].capitalize()} run of {facts['date']} on {facts['processors']} processors ({facts['machine']}), Linux
{facts['kernel'].split('-')[0]}, load average {facts['load_before']} before and {facts['load_after']} after it,
{facts['minutes']} minutes.{real_time} `make bench` writes all this.
{MARKS[1]}"""


def put(path, text):
    with open(path, encoding="utf-8") as file:
        content = file.read()
    pattern = re.compile(re.escape(MARKS[0]) + ".*?" + re.escape(MARKS[1]), re.DOTALL)
    if not pattern.search(content):
        sys.exit(f"{path} has no {MARKS[0]} with its {MARKS[1]}.")
    with open(path, "w", encoding="utf-8") as file:
        file.write(pattern.sub(lambda _: text, content))


# ---- the plot --------------------------------------------------------------------------------------------------

COLOURS = {"tini": "#d98c21", "dumb-init": "#2f9e6e", "catatonit": "#c2549d", "s6": "#8a8f98", "runit": "#5d6470"}


def style(name):
    if name == OWN:
        return {"color": "#1f5fd6", "marker": "D", "markersize": 9, "zorder": 5}
    colour = COLOURS[name.split(",")[0]]
    hollow = {"markerfacecolor": "white"} if name.endswith("musl") else {}
    return {"color": colour, "marker": "o", "markersize": 6, "zorder": 3, **hollow}


def draw_row(axes, height, row, names):
    floor = row.inits[FLOOR].median
    for name in names:
        if name == FLOOR or name not in row.inits or not row.inits[name].median:
            continue
        samples = row.inits[name]
        values = [ratio(value, floor, row.more) for value in (samples.low, samples.median, samples.high)]
        low, high = min(values), max(values)
        place = height + (0 if name == OWN else 0.26 * (list(COLOURS).index(name.split(",")[0]) - 2) / 2)
        axes.plot([low, high], [place, place], color=style(name)["color"], linewidth=1.2, alpha=0.6, zorder=2)
        axes.plot(values[1], place, linestyle="none", label=name, **style(name))


def draw(rows, names, path):
    matplotlib.rcParams.update({"svg.hashsalt": "tend", "svg.fonttype": "none", "font.family": "sans-serif",
                                "font.size": 10})
    rows = [row for row in rows if row.inits.get(FLOOR) and row.inits[FLOOR].median]
    figure, axes = pyplot.subplots(figsize=(10, 0.46 * len(rows) + 1.6), layout="constrained")
    for height, row in enumerate(reversed(rows)):
        draw_row(axes, height, row, names)
        axes.axhline(height - 0.5, color="#e4e6ea", linewidth=0.8, zorder=0)
    axes.axvline(1, color="#30343b", linewidth=1.2, zorder=1)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(axis="x", which="major", color="#e4e6ea", linewidth=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("of the floor, the least program that does the job (left is better)")
    handles = dict(zip(*reversed(axes.get_legend_handles_labels())))
    figure.legend([handles[name] for name in names if name in handles], [name for name in names if name in handles],
                  loc="outside upper center", ncols=len(handles), frameon=False, columnspacing=1.2, handletextpad=0.2)
    figure.savefig(path, metadata={"Date": None}, facecolor="white")
    if path.endswith(".svg"):
        tidy(path)


def tidy(path):
    """matplotlib leaves spaces at the end of lines."""
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip() for line in file]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    results_path, readme, plot = sys.argv[1:]
    with open(results_path, encoding="ascii") as file:
        results = json.load(file)
    names = list(results["samples"]["size"])
    rows = [Row(row, results) for row in ROWS]
    put(readme, section(rows, names, results, plot))
    draw(rows, names, plot)
    print(table(rows, names))
    for row in rows:
        best = row.best_peer()
        behind = row.ratio_to(best)
        if behind and behind > 1.005:
            print(f"{best} is ahead: {row.label}: {behind:.2f}")


if __name__ == "__main__":
    main()
