#!/usr/bin/env bash
# Checks that META.json, CHANGELOG.md and debian/changelog name the version that esn_pulse.control
# states.
#   scripts/versions.sh [release]
# release: also that CHANGELOG.md has the date of the release, and META.json calls it stable.
# Also checks META.json against PGXN's specification (https://pgxn.org/spec/): what is required, and
# the form of what is there.
# PGXN reads META.json as it is in the tree, so that a check is simpler than a generator.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

version=$(extension_version)
[ -n "$version" ] || die "esn_pulse.control states no default_version"
status=0

# agrees <where> <the version there> <the version that is right>
agrees() {
	[ "$2" != "$3" ] || return 0
	printf '%s is "%s", but must be "%s": the version in esn_pulse.control is %s\n' \
		"$1" "$2" "$3" "$version" >&2
	status=1
}

# A version of PGXN has three parts: 1.1 is 1.1.0.
three_parts=$version
while [[ $three_parts != *.*.* ]]; do three_parts=$three_parts.0; done

python3 - <<'PYTHON' || status=1
import json
import pathlib
import re
import sys

meta = json.load(open("META.json"))
wrong = []


def check(holds, what):
    if not holds:
        wrong.append(f"META.json: {what}")


def is_text(value):
    return isinstance(value, str) and value.strip() != ""


def is_version(value):
    return is_text(value) and re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", value)


FIELDS = {"name", "version", "abstract", "maintainer", "license", "provides", "meta-spec",
          "description", "generated_by", "no_index", "prereqs", "release_status", "resources",
          "tags"}
for field in ["name", "version", "abstract", "maintainer", "license", "provides", "meta-spec"]:
    check(field in meta, f"{field} is required")
for field in meta:
    check(field in FIELDS or field.lower().startswith("x_"), f"{field} is not specified")
check(re.fullmatch(r"[^\s/\\\x00-\x1f]{2,}", meta.get("name", "")), "name has a wrong form")
check(is_version(meta.get("version")), "version is not a semantic version")
check(is_text(meta.get("abstract")), "abstract is empty")
maintainers = meta.get("maintainer")
maintainers = maintainers if isinstance(maintainers, list) else [maintainers]
check(maintainers and all(map(is_text, maintainers)), "maintainer is no name, nor a list of names")
check(meta.get("license") in {"agpl_3", "apache_1_1", "apache_2_0", "artistic_1", "artistic_2",
                              "bsd", "freebsd", "gfdl_1_2", "gfdl_1_3", "gpl_1", "gpl_2", "gpl_3",
                              "lgpl_2_1", "lgpl_3_0", "mit", "mozilla_1_0", "mozilla_1_1",
                              "open_source", "openssl", "perl_5", "postgresql", "qpl_1_0",
                              "restricted", "ssleay", "sun", "unknown", "unrestricted", "zlib"},
      "license is none that is specified")
check(meta.get("release_status", "stable") in {"stable", "testing", "unstable"},
      "release_status is none that is specified")
check(meta.get("meta-spec", {}).get("version") == "1.0.0", "meta-spec.version must be 1.0.0")
for name, provided in meta.get("provides", {}).items():
    check(is_version(provided.get("version")), f"provides.{name}.version is required")
    for field in ["file", "docfile"]:
        path = provided.get(field)
        check(path is None and field == "docfile" or pathlib.Path(path or "/none").is_file(),
              f"provides.{name}.{field} is not there")
check(meta.get("provides"), "provides is empty")
for phase, relations in meta.get("prereqs", {}).items():
    check(phase in {"configure", "build", "test", "runtime", "develop"}, f"prereqs.{phase}")
    for relation, wanted in relations.items():
        check(relation in {"requires", "recommends", "suggests", "conflicts"},
              f"prereqs.{phase}.{relation}")
        for name, version in wanted.items():
            check(version == 0 or is_version(version), f"prereqs.{phase}.{relation}.{name}")
check(all(is_text(tag) and len(tag) < 256 for tag in meta.get("tags", [])), "a tag is wrong")
print(*wrong, sep="\n", end="\n" * bool(wrong), file=sys.stderr)
sys.exit(bool(wrong))
PYTHON

stated=$(python3 - <<'PYTHON'
import json

meta = json.load(open("META.json"))
print("version", meta["version"])
for name, provided in meta["provides"].items():
    print(f"provides.{name}.version", provided["version"])
PYTHON
)
while read -r where there; do
	agrees "META.json's $where" "$there" "$three_parts"
done <<<"$stated"

agrees "CHANGELOG.md's topmost version" \
	"$(sed -n '/^## /{ s/^## \([^ ]*\).*/\1/p; q }' CHANGELOG.md)" "$version"
agrees "debian/changelog's topmost version" \
	"$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' debian/changelog)" "$version"
if [ "${1:-}" = release ]; then
	heading=$(grep -m 1 '^## ' CHANGELOG.md)
	date=$(sed -nE 's/^## .* \(([0-9]{4}-[0-9]{2}-[0-9]{2})\)$/\1/p' <<<"$heading")
	if [ -z "$date" ] || ! date -d "$date" >/dev/null; then
		printf 'CHANGELOG.md has no date of release: "%s" must be "## %s (YYYY-MM-DD)"\n' \
			"$heading" "$version" >&2
		status=1
	fi
	if ! grep -q '"release_status": "stable"' META.json; then
		echo "META.json's release_status is not \"stable\"" >&2
		status=1
	fi
fi
exit "$status"
