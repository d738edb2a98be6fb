#!/bin/sh
# Builds the report's page and prints it as a function in SQL:
#   build.sh <directory that has the modules of D3>
# The same files give the same bytes. The page's policy allows only its own style and script, each
# by its hash.
set -eu
case $1 in
/*) d3=$1 ;;
*) d3=$PWD/$1 ;;
esac
cd "$(dirname "$0")"
modules="array selection geo"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() {
	echo "report/build.sh: $*" >&2
	exit 1
}

{
	printf '/*\n%s\n*/\n' "$(cat d3-licence.txt)"
	for module in $modules; do
		file=$d3/d3-$module/dist/d3-$module.min.js
		[ -f "$file" ] ||
			die "no $file: install node-d3-array, node-d3-selection and node-d3-geo, or set" \
				"D3's place: make D3=<directory>"
		cat "$file"
	done
	printf '(function () {\n"use strict";\nconst land = %s;\n' "$(cat land.json)"
	# The letters of Turkish as escapes.
	LC_ALL=C sed 's/Ç/\\u00c7/g; s/Ö/\\u00d6/g; s/Ü/\\u00dc/g; s/ç/\\u00e7/g; s/ö/\\u00f6/g
		s/ü/\\u00fc/g; s/â/\\u00e2/g; s/Ğ/\\u011e/g; s/ğ/\\u011f/g; s/İ/\\u0130/g
		s/ı/\\u0131/g; s/Ş/\\u015e/g; s/ş/\\u015f/g' words.js
	cat chart.js zoom.js map.js page.js
	printf '}());\n'
} >"$work/script"
cat page.css >"$work/style"

# hash <file>: as a Content-Security-Policy names it
hash() {
	printf "'sha256-%s'" \
		"$(sha256sum "$1" | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64 -w 0)"
}

# Lines of page.html that name a part; all others as they are. {{data}} stays for esn_report().
while IFS= read -r line; do
	case $line in
	*'{{policy}}'*)
		printf '%s' "${line%%'{{policy}}'*}"
		printf "default-src 'none'; style-src %s; script-src %s; " \
			"$(hash "$work/style")" "$(hash "$work/script")"
		printf "base-uri 'none'; form-action 'none'"
		printf '%s\n' "${line#*'{{policy}}'}"
		;;
	*'{{style}}'* | *'{{script}}'*)
		part=${line#*'{{'}
		part=${part%%'}}'*}
		printf '%s' "${line%%'{{'*}"
		cat "$work/$part"
		printf '%s\n' "${line#*'}}'}"
		;;
	*) printf '%s\n' "$line" ;;
	esac
done <page.html >"$work/page"

# What PostgreSQL or the browser would misread.
[ "$(grep -c '</script>' "$work/page")" -eq 2 ] || die "a script would end too early"
[ "$(grep -o '{{[a-z]*}}' "$work/page")" = '{{data}}' ] ||
	die "there must be one {{data}}, and no other name"
! LC_ALL=C grep -q '[^ -~	]' "$work/page" ||
	die "the page must be ASCII: its database may have any encoding"
! grep -q '\$page\$\|@ext\|MODULE_PATHNAME' "$work/page" ||
	die "the page contains what CREATE EXTENSION replaces"

# function <name> <file> <comment>: the contents of a file
function_of() {
	! LC_ALL=C grep -q '[^ -~	]' "$2" || die "$2 must be ASCII"
	! grep -q '\$page\$\|@ext\|MODULE_PATHNAME' "$2" || die "$2 has what CREATE EXTENSION replaces"
	printf 'CREATE OR REPLACE FUNCTION esn_internal.%s() RETURNS text\n' "$1"
	printf 'LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$\nBEGIN\nRETURN $page$'
	cat "$2"
	printf '$page$;\nEND $function$;\nCOMMENT ON FUNCTION %s() IS '\''%s'\'';\n\n' "$1" "$3"
}

cat <<'SQL'
-- The report's page, as report/build.sh has put it together.

CREATE OR REPLACE FUNCTION esn_internal.esn_report_page() RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
SQL
printf 'RETURN $page$'
cat "$work/page"
cat <<'SQL'
$page$;
END $function$;
COMMENT ON FUNCTION esn_report_page() IS
	'The page of esn_report(), with {{data}} in place of its data.';

SQL
function_of esn_dashboard_style dashboard.css "The style of the dashboard beyond the report."
function_of esn_dashboard_script dashboard.js "The script of the dashboard beyond the report."
