#!/usr/bin/env bash
# Checks that no line is wider than 100 columns, a tab counting as 4, and no prose in Markdown wider
# than 80. Prints file and line of each that is. Not checked are data, generated files, and scripts
# of released versions; of Markdown, tables, headings, examples and single words, which cannot be
# broken.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

python3 - <<'PYTHON' || die "these lines are too wide"
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
MAX_WIDTH, MAX_PROSE, TAB = 100, 80, 4

found = 0


def check(file, number, line, most):
    global found
    # empty columns at the end of a table are not seen
    width = len(line.rstrip().expandtabs(TAB))
    if width > most:
        print(f"{file}:{number}: {width} columns")
        found += 1


for path in sorted([*pathlib.Path().glob("*.md"), *pathlib.Path("docs").glob("*.md")]):
    in_example = False
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.lstrip().startswith("```"):
            in_example = not in_example
        elif (
            not in_example
            and not line.startswith(("|", "#", "    "))
            and " " in line.strip()
        ):
            check(path.as_posix(), number, line, MAX_PROSE)
for name in CHECKED:
    top = pathlib.Path(name)
    for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
        file = path.as_posix()
        if path.is_dir() or path.suffix == ".pyc" or file.startswith(tuple(DATA)):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            check(file, number, line, MAX_WIDTH)
sys.exit(bool(found))
PYTHON
