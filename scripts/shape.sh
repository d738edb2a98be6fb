#!/usr/bin/env bash
# Checks the lengths that CONTRIBUTING.md allows: files under 500 lines, parts of the extension's
# script under 400, functions in C, SQL and shell under 60. Not checked are functions in Python,
# data, generated files, and scripts of released versions.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

python3 - <<'PYTHON' || die "these files or functions are too long"
import pathlib
import re
import sys

CHECKED = ["bench", "report", "scripts", "sql", "src", "test", "web"]
SOURCES = {".awk", ".c", ".css", ".h", ".html", ".java", ".js", ".psql", ".py", ".sh",
           ".sql"}
DATA = ("sql/esn_pulse--", "sql/report-page.sql", "test/fuzz/corpus/")
MAX_FILE, MAX_PART, MAX_FUNCTION = 500, 400, 60


def c_functions(lines):
    """Between braces in the first column, after the end of a head."""
    first = name = None
    for number, line in enumerate(lines, 1):
        if line == "{" and lines[number - 2].endswith(")"):
            head = number - 1
            while head > 1 and not re.match(r"\w+\(", lines[head - 1]):
                head -= 1
            first, name = head, lines[head - 1].split("(")[0]
        elif line == "}" and first:
            yield name, number - first + 1
            first = None


def shell_functions(lines):
    first = name = None
    for number, line in enumerate(lines, 1):
        head = re.match(r"(\w+)\(\) *[{(]$", line)
        if head:
            first, name = number, head[1]
        elif first and re.match(r"[})]", line):
            yield name, number - first + 1
            first = None


def sql_functions(lines):
    """Up to the second of the quotes around the body, or the end of an atomic one."""
    text = "\n".join(lines)
    for head in re.finditer(r"^CREATE (?:OR REPLACE )?FUNCTION ([\w.]+)", text, re.M):
        body = re.compile(r"\bAS\s+(\$\w*\$|').*?\1|^END;$", re.M | re.S)
        end = body.search(text, head.end())
        yield head[1], text.count("\n", head.start(), end.end()) + 1


FUNCTIONS = {".c": c_functions, ".sh": shell_functions, ".sql": sql_functions,
             ".psql": sql_functions}
found = 0
for path in sorted(p for top in CHECKED for p in pathlib.Path(top).rglob("*")):
    file = path.as_posix()
    if path.suffix not in SOURCES or file.startswith(DATA):
        continue
    lines = path.read_text(encoding="utf-8").split("\n")
    limit = MAX_PART if path.parent.name == "sql" and path.parent.parent.name == "" else MAX_FILE
    if len(lines) - 1 >= limit:
        print(f"{file} has {len(lines) - 1} lines")
        found += 1
    for name, length in FUNCTIONS.get(path.suffix, lambda lines: ())(lines):
        if length >= MAX_FUNCTION:
            print(f"{file}: {name} has {length} lines")
            found += 1
sys.exit(bool(found))
PYTHON
