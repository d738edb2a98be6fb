#!/usr/bin/env python3
"""What bench/scale.sh measures with: `watch` follows the worker of a run, `tenths` says what a page cost at the beginning and at the end of it,
`growth` which statements take the longer the more rows there are."""

import collections
import os
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def worker_of(postmaster):
    for pid in read(f"/proc/{postmaster}/task/{postmaster}/children").split():
        if "esn_pulse run" in read(f"/proc/{pid}/cmdline"):
            return pid
    return None


def watch(postmaster, out):
    """Once a moment, while the worker lives: the time, its CPU in seconds, its private memory in kB."""
    deadline, pid = time.time() + 20, None
    while not pid and time.time() < deadline:
        pid = worker_of(postmaster)
        time.sleep(0.005)
    with open(out, "w", encoding="ascii") as file:
        while True:
            stat, status = read(f"/proc/{pid}/stat"), read(f"/proc/{pid}/status")
            if "RssAnon:" not in status:
                return
            fields = stat.rpartition(")")[2].split()
            cpu = (int(fields[11]) + int(fields[12])) / TICKS
            print(f"{time.time():.3f}", cpu, status.partition("RssAnon:")[2].split()[0], file=file, flush=True)
            time.sleep(0.05)


def tenths(log, samples):
    """Prints pages, then wall and CPU of a page, in ms, in the first and the last tenth, CPU of a page in all, and the peak of memory in kB."""
    answers = sorted(float(line.rsplit('"', 1)[1].split()[0]) for line in read(log).splitlines())
    rows = [tuple(map(float, line.split())) for line in read(samples).splitlines()]

    def cpu_at(moment):
        """In between two samples it grows evenly."""
        before = max((r for r in rows if r[0] <= moment), default=rows[0])
        after = min((r for r in rows if r[0] > moment), default=rows[-1])
        share = 0 if after[0] <= before[0] else min(1, max(0, (moment - before[0]) / (after[0] - before[0])))
        return before[1] + share * (after[1] - before[1])

    n = max(1, len(answers) // 10)
    spans = [(rows[0][0], answers[n - 1]), (answers[-n - 1] if len(answers) > n else answers[0], answers[-1])]
    costs = [(1000 * (end - begin) / n, 1000 * (cpu_at(end) - cpu_at(begin)) / n) for begin, end in spans]
    print(len(answers), *(f"{x:.3f}" for cost in costs for x in cost), f"{1000 * rows[-1][1] / max(1, len(answers)):.3f}", int(max(r[2] for r in rows)))


def growth(factor, *files):
    """files: "size=path" each, with lines: calls, total ms, statement, by tabs. A table of the statements that take much, and of those that grow."""
    means, calls, shares, sizes = collections.defaultdict(dict), collections.defaultdict(dict), {}, []
    for argument in files:
        size, _, path = argument.partition("=")
        sizes.append(size)
        rows = [line.split("\t", 2) for line in read(path).splitlines()]
        total = sum(float(r[1]) for r in rows) or 1
        for count, spent, text in rows:
            means[text][size], calls[text][size] = float(spent) / int(count), int(count)
            shares[text] = max(shares.get(text, 0), float(spent) / total)
    first, last = sizes[0], sizes[-1]

    def times(text):
        return means[text][last] / means[text][first] if first in means[text] and last in means[text] and means[text][first] else 0

    print("| statement | " + " | ".join(f"calls, {int(s):,} | ms" for s in sizes) + " | x |")
    print("| --- |" + " ---: |" * (2 * len(sizes) + 1))
    for text in sorted(means, key=lambda t: -means[t].get(last, 0) * calls[t].get(last, 0)):
        grows = times(text) > float(factor) and means[text][last] > 0.1
        if shares[text] < 0.01 and not grows:
            continue
        cells = (f"{calls[text][s]:,} | {means[text][s]:.3f}" if s in means[text] else " | " for s in sizes)
        mark = f"**{times(text):.1f}**" if grows else f"{times(text):.1f}"
        print(f"| `{text[:100]}` | " + " | ".join(cells) + f" | {mark} |")


if __name__ == "__main__":
    {"watch": watch, "tenths": tenths, "growth": growth}[sys.argv[1]](*sys.argv[2:])
