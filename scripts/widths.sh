#!/usr/bin/env bash
# Checks that no line is wider than 100 columns, a tab counting as 4, and prints file and line of
# each that is. Not checked are data, generated files, and scripts of released versions.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

python3 - <<'PYTHON' || die "these lines are wider than 100 columns"
import pathlib
import sys

CHECKED = [
    "Makefile",
    "bench",
    "pgxs.mk",
    "report",
    "scripts",
    "sql",
    "src",
    "test",
    "web",
    "web.mk",
]
DATA = [
    "report/d3-licence.txt",
    "report/land.json",
    "sql/esn_pulse--",
    "sql/report-page.sql",
    "test/fuzz/corpus/",
]
MAX_WIDTH, TAB = 100, 4

found = 0
for name in CHECKED:
    top = pathlib.Path(name)
    for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
        file = path.as_posix()
        if path.is_dir() or path.suffix == ".pyc" or file.startswith(tuple(DATA)):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            # empty columns at the end of a table are not seen
            width = len(line.rstrip().expandtabs(TAB))
            if width > MAX_WIDTH:
                print(f"{file}:{number}: {width} columns")
                found += 1
sys.exit(bool(found))
PYTHON
