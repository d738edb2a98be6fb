#!/usr/bin/env bash
# Checks the shape of the extension's script: each part under 400 lines, functions under 60 lines.
# Scripts of older versions stay as they were released.
set -eu
cd "$(dirname "$0")/.."
parts=$(printf '%s\n' sql/*.sql | grep -vE '/(esn_pulse--|report-page)')
bad=0

for part in $parts; do
	lines=$(wc -l <"$part")
	[ "$lines" -lt 400 ] || { echo "$part: $lines lines" && bad=1; }
	awk -v part="$part" -v limit=60 '
		/^CREATE (OR REPLACE )?FUNCTION/ {
			name = $0
			sub(/^.*FUNCTION /, "", name)
			sub(/\(.*/, "", name)
			first = FNR
		}
		first && /(\$\$|'\'');$|MODULE_PATHNAME/ {
			if (FNR - first + 1 >= limit) {
				printf "%s: %s has %d lines\n", part, name, FNR - first + 1
				bad = 1
			}
			first = 0
		}
		END { exit bad }
	' "$part" || bad=1
done
exit $bad
