#!/usr/bin/env python3
"""Observes a process from outside while it lives, in the same way for all that are compared. Prints
its seconds of CPU and the peak of its anonymous memory (RssAnon) in MB.
Usage: watch.py <pid>, or watch.py <postmaster's pid> <words in the title of the awaited child>"""

import os
import sys
import time

PAUSE = 0.01  # seconds: looking takes a hundredth of that
PATIENCE = 20


def read(pid, name):
    with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()


def child(parent, words):
    """The child of that title, as soon as there is one."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for pid in read(parent, f"task/{parent}/children").split():
            try:
                if words in read(pid, "cmdline"):
                    return pid
            except OSError:
                pass  # it has ended since
        time.sleep(PAUSE / 5)
    sys.exit(f"no process of {parent} is called {words}")


def watch(pid):
    cpu, peak, ticks = 0, 0, os.sysconf("SC_CLK_TCK")
    while True:
        try:
            fields = read(pid, "stat").rpartition(")")[2].split()
            status = read(pid, "status").splitlines()
            memory = [line for line in status if line.startswith("RssAnon:")]
        except OSError:
            break
        if fields[0] in "ZX":
            break
        cpu = (int(fields[11]) + int(fields[12])) / ticks
        peak = max([peak] + [int(line.split()[1]) for line in memory])
        time.sleep(PAUSE)
    print(f"{cpu:.2f} {peak / 1024:.1f}")


if __name__ == "__main__":
    watch(sys.argv[1] if len(sys.argv) == 2 else child(sys.argv[1], sys.argv[2]))
