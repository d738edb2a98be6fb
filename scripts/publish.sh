#!/usr/bin/env bash
# Writes the reports of the network, of each country and of each section as pages, and an index of
# them, for a web server or a shared folder.
#   scripts/publish.sh [--lang en|tr] <database> <directory>
# Each page is replaced as a whole. Pages of sections and countries that are gone are removed; what
# else is in the directory stays. Pages of both languages go into directories of their own. libpq's
# variables (PGHOST, PGPORT, PGUSER) select the server and the role, for which esn_grant_read() is
# enough.
set -eu
usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
lang=en
case ${1:-} in
--lang) lang=${2:-} && shift 2 ;;
--lang=*) lang=${1#*=} && shift ;;
esac
[ $# -eq 2 ] && [[ $1 != -* ]] || usage
here=$(cd "$(dirname "$0")" && pwd) database=$1
mkdir -p "$2"
cd "$2"
part=.part.$$
trap 'rm -rf "$part"' EXIT
mkdir "$part"

PGCLIENTENCODING=UTF8 psql -X -q -At -v ON_ERROR_STOP=1 -v lang="$lang" -v part="$part" \
	-d "$database" -f "$here/publish.sql"

# The index comes last: it names no page that is not there yet.
pages=$(cd "$part" && ls -- *.html)
[ ! -e .pages ] || comm -23 .pages <(LC_ALL=C sort <<<"$pages") >"$part/gone"
chmod a+r "$part"/*.html
for page in $pages; do
	[ "$page" = index.html ] || mv -- "$part/$page" "$page"
done
mv -- "$part/index.html" index.html
[ ! -s "$part/gone" ] || xargs -d '\n' rm -f -- <"$part/gone"
LC_ALL=C sort <<<"$pages" >.pages
echo "$PWD/index.html: $(wc -w <<<"$pages") pages"
