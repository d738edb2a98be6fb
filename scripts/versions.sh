#!/usr/bin/env bash
# Checks that META.json, CHANGELOG.md and debian/changelog name the version that esn_pulse.control
# states.
# PGXN reads META.json as it is in the tree, so that a check is simpler than a generator.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

version=$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" esn_pulse.control)
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
exit "$status"
