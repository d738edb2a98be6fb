#!/usr/bin/env python3
"""Measures for bench/scale.sh: `watch` follows the worker of a run, `tenths` prints the cost of a
page at its beginning and at its end, `growth` the statements that take longer with more rows."""

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
    """Writes the time, the worker's CPU in seconds and its private memory in kB, while it lives."""
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
            memory = status.partition("RssAnon:")[2].split()[0]
            print(f"{time.time():.3f}", cpu, memory, file=file, flush=True)
            time.sleep(0.05)


def tenths(log, samples):
    """Prints the number of pages; wall and CPU per page, in ms, in the first and in the last tenth;
    CPU per page in all; and the peak of memory in kB."""
    lines = read(log).splitlines()
    answers = sorted(float(line.rsplit('"', 1)[1].split()[0]) for line in lines)
    rows = [tuple(map(float, line.split())) for line in read(samples).splitlines()]

    def cpu_at(moment):
        """In between two samples it grows evenly."""
        before = max((r for r in rows if r[0] <= moment), default=rows[0])
        after = min((r for r in rows if r[0] > moment), default=rows[-1])
        share = 0
        if after[0] > before[0]:
            share = min(1, max(0, (moment - before[0]) / (after[0] - before[0])))
        return before[1] + share * (after[1] - before[1])

    n = max(1, len(answers) // 10)
    last_begin = answers[-n - 1] if len(answers) > n else answers[0]
    costs = []
    for begin, end in ((rows[0][0], answers[n - 1]), (last_begin, answers[-1])):
        costs += [1000 * (end - begin) / n, 1000 * (cpu_at(end) - cpu_at(begin)) / n]
    costs.append(1000 * rows[-1][1] / max(1, len(answers)))
    print(len(answers), *(f"{cost:.3f}" for cost in costs), int(max(r[2] for r in rows)))


def growth(factor, *runs):
    """Lists the statements that take much, and those that take longer for as many requests if there
    are more rows. runs: "size=path" each. path.statements has lines of calls, total ms and
    statement, separated by tabs; path.run begins with the number of requests."""
    figures, shares, sizes = collections.defaultdict(dict), collections.defaultdict(float), []
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
    print("activities: calls; ms each; ms per thousand requests of the run\n")
    for text, by_size in sorted(figures.items(), key=lambda i: -i[1].get(last, (0, 0, 0))[2]):
        times = 0
        if first in by_size and last in by_size and by_size[first][2]:
            times = by_size[last][2] / by_size[first][2]
        grows = times > float(factor) and by_size[last][2] > 1
        if last not in by_size or shares[text] < 0.01 and not grows:
            continue
        print(f"- `{text[:80]}`: " + (f"**x {times:.1f}**" if grows else f"x {times:.1f}"))
        for size in filter(by_size.__contains__, sizes):
            calls, spent, share = by_size[size]
            print(f"  - {int(size):,}: {calls:,}; {spent / calls:.3f}; {share:.1f}")


if __name__ == "__main__":
    {"watch": watch, "tenths": tenths, "growth": growth}[sys.argv[1]](*sys.argv[2:])
