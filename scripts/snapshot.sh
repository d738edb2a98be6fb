#!/usr/bin/env bash
# Writes the public facts of a database as open data, without contacts: CSV and JSON, a data package
# that describes them, and checksums.
#   scripts/snapshot.sh [--licence <name>] [--tar] <database> <directory> [year: this one]
# Creates <directory>/esn-open-data-<year>, or, with --tar, that as a .tar.gz. Never replaces an
# existing one. --licence: the licence of the publication, such as CC-BY-4.0. libpq's variables
# (PGHOST, PGPORT, PGUSER) select the server and the role, for which esn_grant_read() is enough.
set -eu
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "$*" >&2; exit 1; }
licence='' tar=false
while [ $# -gt 0 ]; do
	case $1 in
	--licence) licence=${2:?"--licence wants a name"} && shift 2 ;;
	--licence=*) licence=${1#*=} && shift ;;
	--tar) tar=true && shift ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -ge 2 ] && [ $# -le 3 ] || usage
here=$(cd "$(dirname "$0")" && pwd) database=$1 year=${3:-$(date +%Y)}
[[ $year =~ ^[0-9]{4}$ ]] || { echo "a year has four digits: $year" >&2; exit 2; }
mkdir -p "$2"
name=esn-open-data-$year
final=$(cd "$2" && pwd)/$name
if "$tar"; then final+=.tar.gz; fi
[ ! -e "$final" ] || fail "$final is there already: remove it first, or take another directory"
part=$final.part.$$
trap 'rm -rf "$part" "$part.tar.gz"' EXIT
mkdir "$part"
cd "$part"

# In the list, lines that begin with a tab continue the description of the line before.
columns=$(awk '
	NR > 1 && !/^\t/ { print line }
	!/^\t/ { line = $0; next }
	{ sub(/^\t/, line ~ /\t$/ ? "" : " "); line = line $0 }
	END { print line }' "$here/snapshot.tsv")
psql -X -q -At -v ON_ERROR_STOP=1 -v name="$name" -v licence="$licence" -v columns="$columns" \
	-d "$database" -f "$here/snapshot.sql" >/dev/null
IFS='|' read -r made version from to <facts
tables=$(awk -F'\t' 'NR > 1 && !seen[$1]++ { print $1 }' <<<"$columns")
for table in $tables; do
	[ "$(cat "$table.count")" = "$(wc -l <"$table.ndjson")" ] ||
		fail "$table.ndjson is not whole: is the disk full?"
done
{
	cat <<-TEXT
		# Activities of the Erasmus Student Network, $year

		The countries, sections and activities of the Erasmus Student Network (ESN), the causes,
		goals and organisers of the activities, and each section's statistics, as its two public
		sites, https://accounts.esn.org and https://activities.esn.org, show them.

		Made: $made, by ESN Pulse $version.
		The sections' lists and statistics were last read from $from to $to (UTC).
		Licence: ${licence:-none was stated. Ask whoever gave you this before you publish it.}

		## Files

		Each file is there twice: as \`.csv\` (UTF-8, commas, a line of names, empty if unknown) and
		as \`.ndjson\` (one JSON object per line, null if unknown). \`datapackage.json\` describes
		each column and the references between tables
		(https://specs.frictionlessdata.io/tabular-data-package/). To check that the files are
		complete, run \`sha256sum -c SHA256SUMS\`.

		| file | rows |
		| --- | --- |
	TEXT
	for table in $tables; do echo "| $table | $(cat "$table.count") |"; done
	cat <<-TEXT

		## How things are counted

		- A row of \`activities\` is an activity that activities.esn.org showed when it was last
		  read, and whose page has the required fields: title, description and first day. Activities
		  of all years are included, upcoming ones, too, and cancelled ones if the site still shows
		  them.
		- An activity of several sections is one row of \`activities\` and several of
		  \`activity_section_organisers\`: count it once in sums over sections or countries. The
		  same holds for causes, goals and objectives.
		- \`participants\` is the number that the organisers entered. If it is empty they entered
		  none; that is not zero. A person who took part twice counts twice.
		- The statistics are those of each section's statistics page. They are not counted from
		  \`activities\`, and can differ from them.
		- A section without activities has entered none, or activities.esn.org does not know it
		  (\`can_scrape_activities\`).

		## Limitations

		- Sections enter what they want, when they want. Few activities can mean that little was
		  entered: mention that when you compare sections or years.
		- Places of sections are rounded to about a kilometre. Postal and e-mail addresses,
		  telephone numbers, websites, profiles in social networks and pictures are left out, and so
		  are links to registration forms. E-mail addresses, telephone numbers and links in texts
		  are replaced by [e-mail], [telephone] and [link]. A program does this: a text can still
		  contain a name, or an address written out in words. Report it to whoever gave you this, so
		  that it can be removed.
		- This is not a publication of ESN. The texts are those of the sections that wrote them.
	TEXT
} >README.md
rm facts rows.psql -- *.count
export LC_ALL=C
sha256sum -- *.csv *.ndjson README.md datapackage.json >SHA256SUMS
bytes=$(du -cb -- * | awk 'END { print $1 }') count=$(cat -- *.ndjson | wc -l)
cd "$here"
if "$tar"; then
	tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--transform="s,^\.,$name," --directory="$part" . | gzip -n >"$part.tar.gz"
	mv "$part.tar.gz" "$final"
else
	mv -T "$part" "$final"
fi
echo "$final: $count rows, $bytes bytes${licence:+, under $licence}"
