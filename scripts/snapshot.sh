#!/usr/bin/env bash
# Writes the public facts of a database as open data, without ways to contact anybody: CSV and JSON, a data package that describes them, checksums.
#   scripts/snapshot.sh [--licence <name>] [--tar] <database> <directory> [year: this one]
# Makes <directory>/esn-open-data-<year>, or, with --tar, that as a .tar.gz; refuses where it is there. --licence: what you publish it under, such as CC-BY-4.0.
# Where the server is and who you are say libpq's variables (PGHOST, PGPORT, PGUSER); a role after esn_grant_read() will do.
set -eu
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
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
[ ! -e "$final" ] || { echo "$final is there already: remove it first, or take another directory" >&2; exit 1; }
part=$final.part.$$
trap 'rm -rf "$part" "$part.tar.gz"' EXIT
mkdir "$part"
cd "$part"

psql -X -q -At -v ON_ERROR_STOP=1 -v name="$name" -v licence="$licence" -v columns="$(cat "$here/snapshot.tsv")" -d "$database" -f "$here/snapshot.sql" >/dev/null
IFS='|' read -r made version from to <facts
tables=$(awk -F'\t' 'NR > 1 && !seen[$1]++ { print $1 }' "$here/snapshot.tsv")
for table in $tables; do
	[ "$(cat "$table.count")" = "$(wc -l <"$table.ndjson")" ] || { echo "$table.ndjson is not whole: is the disk full?" >&2; exit 1; }
done
{
	cat <<-TEXT
		# Activities of the Erasmus Student Network, $year

		The countries, sections and activities of the Erasmus Student Network (ESN), what the activities are for, who organises them, and each section's statistics, as its two public sites,
		https://accounts.esn.org and https://activities.esn.org, show them.

		Made: $made, by ESN Pulse $version.
		The sections' lists and statistics were last read from $from to $to (UTC).
		Licence: ${licence:-none was stated. Ask whoever gave you this before you publish it or parts of it.}

		## Files

		Each file is there twice: as \`.csv\` (UTF-8, commas, a line of names, empty where nothing is known) and as \`.ndjson\` (a JSON object a line, null where nothing is known).
		\`datapackage.json\` says what each column is and which belong together (https://specs.frictionlessdata.io/tabular-data-package/). \`sha256sum -c SHA256SUMS\` says whether
		all of it arrived.

		| file | rows |
		| --- | --- |
	TEXT
	for table in $tables; do echo "| $table | $(cat "$table.count") |"; done
	cat <<-TEXT

		## How it is counted

		- A row of \`activities\` is an activity that activities.esn.org showed when it was last read and on whose page no field was wrong or missing that one must have: title, description and
		  first day. Activities of all years are there, those to come, too, and cancelled ones where the site still shows them.
		- An activity of several sections is one row of \`activities\` and several of \`activity_section_organisers\`: count it once where you add up over sections or countries. The same
		  holds for causes, goals and objectives.
		- \`participants\` is what the organisers entered. Where it is empty they did not; that is not zero. Who took part twice counts twice.
		- The statistics are what each section's own statistics page says. They are not counted from \`activities\`, and need not agree with them.
		- A section without activities is one that entered none, or that activities.esn.org does not know (\`can_scrape_activities\`).

		## What to be careful about

		- Sections enter what they want, when they want. Few activities can mean little entered; comparisons between sections or years say so, or mislead.
		- Places of sections are rounded to about a kilometre. Postal and e-mail addresses, telephone numbers, websites, profiles in social networks and pictures are left out, and so are
		  links to registration forms. E-mail addresses, telephone numbers and links in texts are replaced by [e-mail], [telephone] and [link]. This is done by
		  program: a name, or an address written out in words, can still stand in a text. Tell whoever gave you this, so that it is taken out.
		- This is no publication of ESN. The texts are those of the sections that wrote them.
	TEXT
} >README.md
rm facts rows.psql -- *.count
export LC_ALL=C
sha256sum -- *.csv *.ndjson README.md datapackage.json >SHA256SUMS
bytes=$(du -cb -- * | awk 'END { print $1 }') count=$(cat -- *.ndjson | wc -l)
cd "$here"
if "$tar"; then
	tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --transform="s,^\.,$name," --directory="$part" . | gzip -n >"$part.tar.gz"
	mv "$part.tar.gz" "$final"
else
	mv -T "$part" "$final"
fi
echo "$final: $count rows, $bytes bytes${licence:+, under $licence}"
