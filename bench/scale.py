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


def growth(factor, *runs):
    """runs: "size=path" each. path.statements has lines: calls, total ms, statement, by tabs; path.run begins with the number of requests. A table of the
    statements that take much, and of those that take the longer for as many requests the more rows there are."""
    figures, sizes, shares = collections.defaultdict(dict), [], collections.defaultdict(float)
    for argument in runs:
        size, _, path = argument.partition("=")
        if not read(f"{path}.run"):
            continue
        sizes.append(size)
        thousands = int(read(f"{path}.run").split()[0]) / 1000
        rows = [line.split("\t", 2) for line in read(f"{path}.statements").splitlines()]
        total = max(float(r[1]) for r in rows)
        for calls, spent, text in rows:
            count, sum_before, _ = figures[text].get(size, (0, 0, 0))
            count, spent = count + int(calls), sum_before + float(spent)
            figures[text][size] = (count, spent, spent / thousands)
            shares[text] = max(shares[text], spent / total)
    first, last = sizes[0], sizes[-1]
    print("| statement | " + " | ".join(f"calls, {int(s):,} | each | a thousand" for s in sizes) + " | x |")
    print("| --- |" + " ---: |" * (3 * len(sizes) + 1))
    for text, by_size in sorted(figures.items(), key=lambda item: -item[1].get(last, (0, 0, 0))[2]):
        times = by_size[last][2] / by_size[first][2] if first in by_size and last in by_size and by_size[first][2] else 0
        grows = times > float(factor) and by_size[last][2] > 1
        if last not in by_size or shares[text] < 0.01 and not grows:
            continue
        cells = (f"{by_size[s][0]:,} | {by_size[s][1] / by_size[s][0]:.3f} | {by_size[s][2]:.1f}" if s in by_size else " | | " for s in sizes)
        print(f"| `{text[:100]}` | " + " | ".join(cells) + (f" | **{times:.1f}** |" if grows else f" | {times:.1f} |"))


if __name__ == "__main__":
    {"watch": watch, "tenths": tenths, "growth": growth}[sys.argv[1]](*sys.argv[2:])
