#!/usr/bin/env bash
# Checks the includes: the table of folders below holds, a header with declarations of functions has
# a .c file of its name (but page/parsers.h, whose functions are each in the file of their kind),
# and no files include each other in a circle.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

python3 - <<'PYTHON' || die "the sources break the rules of CONTRIBUTING.md (above)"
import pathlib
import re
import sys

# A folder of src/, and the folders whose headers its files may include besides their own.
MAY_INCLUDE = {
    "base": [],
    "html": ["base"],
    "http": ["base"],
    "page": ["base", "html"],
    "pg": ["base"],
    "store": ["base", "page", "pg"],
    "crawl": ["base", "page", "http", "pg", "store", "."],
    ".": ["base", "html", "page", "pg", "store", "crawl"],
}
CORE = {"base", "html", "http", "page"}

src = pathlib.Path("src")
files = {p.relative_to(src).as_posix(): p.read_text() for p in sorted(src.rglob("*.[ch]"))}
includes = {f: [i for i in re.findall(r'#include "([^"]+)"', text) if i in files]
            for f, text in files.items()}
found = []


def folder(file):
    return file.split("/")[0] if "/" in file else "."


def module(file):
    return file.rsplit(".", 1)[0]


for file, text in files.items():
    for other in includes[file]:
        if folder(other) != folder(file) and folder(other) not in MAY_INCLUDE[folder(file)]:
            found.append(f"src/{file} includes {other}: "
                         f"{folder(file)}/ may not include {folder(other)}/")
    if folder(file) in CORE and '#include "postgres.h"' in text:
        found.append(f"src/{file} includes postgres.h: the core knows no PostgreSQL")
    if "crawl/run.h" in includes[file] and file not in ("worker.c", "crawl/run.c"):
        found.append(f"src/{file} includes crawl/run.h: only worker.c calls it")
    for what, pattern, only in (("libxml2", r"#include <libxml/", ["html/html.c"]),
                                ("libcurl", r"#include <curl/", ["base/url.c", "http/"]),
                                ("SPI", r'#include "executor/spi.h"',
                                 ["store/", "commands.c", "functions.c"])):
        if re.search(pattern, text) and not any(file.startswith(o) for o in only):
            found.append(f"src/{file} uses {what}, which is for {', '.join(only)}")

# A header that only has types, lists or inline functions needs none.
for file, text in files.items():
    if file.endswith(".h") and file != "page/parsers.h" and module(file) + ".c" not in files \
            and re.search(r"^\s*extern [^;{]*\)[^;{]*;", text, re.MULTILINE):
        found.append(f"src/{file} declares functions: there is no src/{module(file)}.c")

# Circles of modules: a module is a header with its .c file.
uses = {}
for file in files:
    uses.setdefault(module(file), set()).update(module(o) for o in includes[file])
state = {}


def visit(name, path):
    state[name] = "open"
    for other in sorted(uses[name] - {name}):
        if state.get(other) == "open":
            found.append("a circle of files: " + " -> ".join([*path[path.index(other):], other]))
        elif other not in state:
            visit(other, [*path, other])
    state[name] = "done"


for name in sorted(uses):
    if name not in state:
        visit(name, [name])
print(*found, sep="\n", end="\n" * bool(found))
sys.exit(bool(found))
PYTHON
