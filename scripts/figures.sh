#!/usr/bin/env bash
# Checks that each section of docs/performance.md with a table says at which commit its figures were
# measured ("Measured at `<hash>`"), and that this commit is part of the history. Prints how many
# commits have changed the program since, so that old figures are seen.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Of each such section: its title, a tab, and the hash, if there is one.
sections=$(awk '
	function finish() { if (tables) printf "%s\t%s\n", title, hash }
	/^## / { finish(); title = substr($0, 4); tables = 0; hash = "" }
	/^\|/ { tables = 1 }
	match($0, /Measured at `[0-9a-f]+`/) { hash = substr($0, RSTART + 13, RLENGTH - 14) }
	END { finish() }' docs/performance.md)
[ -n "$sections" ] || die "docs/performance.md has no figures"

status=0
while IFS=$'\t' read -r title hash; do
	if [ -z "$hash" ]; then
		echo "docs/performance.md: \"$title\" does not say at which commit it was measured" >&2
		status=1
	elif ! git rev-parse -q --verify HEAD >/dev/null 2>&1 ||
		[ "$(git rev-parse --is-shallow-repository)" = true ]; then
		# An archive, or a part of the history, cannot say more.
		:
	elif ! git merge-base --is-ancestor "$hash" HEAD 2>/dev/null; then
		printf 'docs/performance.md: "%s" was measured at %s, which is not in the history\n' \
			"$title" "$hash" >&2
		status=1
	else
		printf '%s: measured %s commits to the program ago\n' "$title" \
			"$(git rev-list --count "$hash..HEAD" -- src sql web)"
	fi
done <<<"$sections"
exit "$status"
