# Exported data match the tables: by the commands of docs/export.md, and as open data, which have no
# way to contact anybody.
. test/site/tests.sh
site_cluster export
site_database exported --sections 40 --count 250 --seed 91
out=$run/exported/out
mkdir -p "$out"
sql "ALTER DATABASE exported SET esn_pulse.redact_personal_data = off"
sql "SELECT esn_scrape_all()" "CREATE ROLE reader LOGIN" \
	"SELECT esn_grant_read('reader')" >/dev/null
section=$(sql "SELECT min(accounts_platform_slug) FROM sections")
sql "UPDATE sections SET name = 'ESN Işık \"Ğüşöç\", İstanbul'
	WHERE accounts_platform_slug = '$section'" >/dev/null
export PGHOST=$run/$cluster

# The commands of the document, as they are written, by a role that may only read.
(
	cd "$out"
	export PGUSER=reader
	grep -E '^    \\copy .* TO ' "$top/docs/export.md" |
		psql -X -q -d exported -v ON_ERROR_STOP=1
	grep -E '^    (psql|\{ printf) ' "$top/docs/export.md" |
		sed 's/ esn / exported /; s/ >activities.csv/ >turkish.csv/' >lines.sh
	bash -eu lines.sh
) >"$out/output" 2>&1 && passed=true || passed=false
ok "$passed" "the commands of docs/export.md run" "$(cat "$out/output")"
files="activities.ndjson countries.ndjson sections-excel.csv sections.csv sections.json turkish.csv"
is "and write their files" "$(cd "$out" && ls -- *.csv *.json *.ndjson | xargs)" "$files"
# differences_from <view> [condition on it]: SQL that counts the differences to the table "back",
# which is a file that was read back, and tells whether there are any rows.
differences_from() {
	echo "SELECT count(*) FROM ((TABLE back EXCEPT ALL SELECT * FROM $1 ${2:-})
		UNION ALL (SELECT * FROM $1 ${2:-} EXCEPT ALL TABLE back)) d;
		SELECT count(*) > 0 FROM back;"
}
csv_same() { # <what> <view> <file> [COPY's options] [condition on the view]
	is "$1" "$(sql "CREATE TEMP TABLE back (LIKE $2)" \
		"\\copy back FROM '$out/$3' WITH (FORMAT csv, HEADER${4:-})" \
		"$(differences_from "$2" "${5:-}")")" $'0\nt'
}
csv_same "CSV read back is the view" esn_section_overview sections.csv
csv_same "also with arrays and texts of several lines" esn_activity_overview turkish.csv "" \
	"WHERE country_code = 'TR'"
tail -c +4 "$out/sections-excel.csv" >"$out/no-mark.csv"
csv_same "the file for Excel is the view" esn_section_overview no-mark.csv ", DELIMITER ';'"
is "after the byte order mark of UTF-8" "$(head -c 3 "$out/sections-excel.csv" | od -An -tx1)" \
	" ef bb bf"
like "Turkish letters are kept" "$(grep -h 'Ğüşöç' "$out/sections.csv" "$out/sections.json")" \
	'"ESN Işık ""Ğüşöç"", İstanbul"*"ESN Işık \\"Ğüşöç\\", İstanbul"*'
json_same() { # <what> <view> <file> <one array: true or false>
	python3 - "$3" "$4" <<-'PYTHON' >"$out/array.json"
		import json, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		one_array = sys.argv[2] == "true"
		rows = json.loads(text) if one_array else [json.loads(line) for line in text.splitlines()]
		print(json.dumps(rows, ensure_ascii=False).replace("\\", "\\\\"))
	PYTHON
	is "$1" "$(sql "CREATE TEMP TABLE j (j json)" "\\copy j FROM '$out/array.json'" \
		"CREATE TEMP TABLE back AS SELECT r.* FROM j, json_populate_recordset(NULL::$2, j) r" \
		"$(differences_from "$2")")" $'0\nt'
}
json_same "JSON read back is the view" esn_section_overview "$out/sections.json" true
json_same "so is JSON with one line per row" esn_country_overview "$out/countries.ndjson" false
json_same "also of many and long rows" esn_activity_overview "$out/activities.ndjson" false

# Excel: the commands of the document, and each sheet against its view.
excel() { PGUSER=reader scripts/excel.py "$@" 2>&1; }
sql "UPDATE activities SET title = '=HYPERLINK(1)', description = E'a\\x01b'
	WHERE id = (SELECT min(id) FROM activities WHERE is_valid)" >/dev/null
(
	cd "$out"
	export PGUSER=reader
	grep -E '^    scripts/excel.py ' "$top/docs/export.md" |
		sed "s|scripts/|$top/&|; s/ esn / exported /" >lines.sh
	bash -eu lines.sh
) >"$out/output" 2>&1 && passed=true || passed=false
ok "$passed" "the commands for Excel run" "$(cat "$out/output")"
# csv_of <file> <sheet>: a sheet as CSV, as psql writes values; first its columns' types
csv_of() {
	/usr/bin/python3 - "$1" "$2" <<-'PYTHON'
		import csv, datetime, sys, openpyxl
		def text(v):
		    if isinstance(v, datetime.datetime) and v.time() == datetime.time():
		        return v.date().isoformat()
		    return str(v).lower() if isinstance(v, bool) else "" if v is None else str(v)
		out = csv.writer(sys.stdout, lineterminator="\n")
		for row in openpyxl.load_workbook(sys.argv[1])[sys.argv[2]].iter_rows(values_only=True):
		    out.writerow([text(v) for v in row])
	PYTHON
}
as_csv() { sql "COPY ($1) TO STDOUT WITH (FORMAT csv, HEADER)"; }
counted="SELECT section, country, activities, last_activity, can_scrape_activities
	FROM esn_section_overview"
excel "$out/counted.xlsx" exported --query "$counted" >/dev/null
is "a sheet has the rows of its query" "$(csv_of "$out/counted.xlsx" query)" \
	"$(as_csv "SELECT section, country, activities, last_activity,
		CASE WHEN can_scrape_activities THEN 'true' WHEN NOT can_scrape_activities THEN 'false' END
			AS can_scrape_activities FROM esn_section_overview" | sed 's/"";/;/')"
is "a workbook has a sheet for each view, and one with their meanings" \
	"$(/usr/bin/python3 -c "import openpyxl, sys
for sheet in openpyxl.load_workbook(sys.argv[1]):
    print(sheet.title, sheet.max_row > 5, sheet.freeze_panes)" "$out/esn.xlsx")" \
	"esn_section_overview True A2
esn_country_overview True A2
esn_activity_overview True A2
columns True A2"
is "numbers are numbers, dates are dates, a title is no formula" "$(/usr/bin/python3 - \
	"$out/esn.xlsx" <<-'PYTHON'
		import openpyxl, sys
		sheet = openpyxl.load_workbook(sys.argv[1])["esn_activity_overview"]
		names = [c.value for c in sheet[1]]
		types = {n: {c.data_type for c in sheet[get][1:] if c.value is not None}
		         for n, get in zip(names, [c.column_letter for c in sheet[1]])}
		print(*[sorted(types[n]) for n in ("title", "start_date", "participants", "organisers")])
	PYTHON
)" "['s'] ['d'] ['n'] ['s']"
decimals="SELECT 1.5 AS x, 'a;b' AS y, '=1+1' AS z, 0.25::float8 AS w, NULL AS n, true AS b"
excel --decimal-comma "$out/decimals.csv" exported --query "$decimals" >/dev/null
is "a CSV has decimal commas and semicolons, and no formula" \
	"$(tail -c +4 "$out/decimals.csv" | tr -d '\r')" "x;y;z;w;n;b
1,5;\"a;b\";'=1+1;0,25;;true"
excel "$out/points.csv" exported --query "$decimals" >/dev/null
is "or points and commas" "$(tail -n 1 "$out/points.csv" | tr -d '\r')" "1.5,a;b,'=1+1,0.25,,true"
like "an unknown view has a message" "$(excel "$out/none.xlsx" exported nowhere || echo failed)" \
	'there is no view "nowhere"*failed'
like "so has a name that is none of these files" "$(excel "$out/none.ods" exported nowhere ||
	echo failed)" "*ends in .xlsx or .csv*failed"
like "what a role may not read is denied" "$(sql "CREATE ROLE nobody_here LOGIN" >/dev/null
	PGUSER=nobody_here scripts/excel.py "$out/none.xlsx" exported esn_section_overview 2>&1 ||
	echo failed)" "*permission denied*failed"
is "and no file is left" "$(ls -A "$out" | grep -c none || true)" 0

# Open data.
snapshot() { PGUSER=reader scripts/snapshot.sh "$@" 2>&1; }
package=esn-open-data-2025
first=$out/first/$package
like "a role that may only read can make a snapshot" \
	"$(snapshot --licence CC-BY-4.0 exported "$out/first" 2025)" \
	"$first: * rows, * bytes, under CC-BY-4.0"
is "its checksums are right" "$(cd "$first" && sha256sum --quiet -c SHA256SUMS 2>&1)" ""
is "and those of all its files" "$(ls "$first" | grep -vc SHA256SUMS)" \
	"$(wc -l <"$first/SHA256SUMS")"
is "no other file is left" "$(ls -A "$out/first")" "$package"
sql "VACUUM FULL activities" "VACUUM FULL sections" "UPDATE activity_causes SET name = name" \
	"SELECT esn_scrape_activities(5)" >/dev/null
snapshot --licence CC-BY-4.0 exported "$out/second" 2025 >/dev/null
is "a second one of the same data is the same, byte for byte" \
	"$(diff -r "$out/first" "$out/second" 2>&1)" ""
today="(Made: |\"created\": \")$(date -u +%F)"
is "README.md and the description have the day on one line" \
	"$(cd "$first" && grep -cE "$today" README.md datapackage.json | xargs)" \
	"README.md:1 datapackage.json:1"
like "an existing year is not overwritten" \
	"$(snapshot exported "$out/first" 2025 || echo "failed")" "*is there already*failed"
like "a snapshot can be one file" "$(snapshot --tar exported "$out/tar" 2025)" \
	"*$package.tar.gz: *"
tar -C "$out/tar" -xzf "$out/tar/$package.tar.gz"
is "which has the same, but for the licence" \
	"$(diff -r "$first" "$out/tar/$package" | grep -c '^diff')" 3
is "README.md mentions a missing licence" \
	"$(grep -c '^Licence: none was stated' "$out/tar/$package/README.md")" 1
is "the description has none" "$(grep -c licenses "$out/tar/$package/datapackage.json")" 0

# Personal data: they are stored, but not exported.
is "addresses and numbers are stored" "$(sql "
	SELECT count(*) FILTER (WHERE description LIKE '%jane.doe+x@students.example%+90 532%') > 0,
		count(*) FILTER (WHERE activity_goal LIKE '%x@y.example%') > 0
	FROM activities WHERE is_valid" \
	"SELECT count(*) > 0 FROM sections WHERE email LIKE '%@%'")" $'t|t\nt'
slug=meet-now-tel-0532-123-45-67-20885
valid="is_valid AND removed_at IS NULL"
sql "UPDATE activities
	SET event_slug = '$slug', url = 'https://activities.example/activity/$slug',
		description = 'Forms: https://forms.example/x1, www.example.org/me; '
			'discord.com/invite/y.'
	WHERE id = (SELECT min(id) FROM activities
		WHERE $valid AND id IN (SELECT activity_id FROM activity_to_cause))" \
	"UPDATE activities
	SET outcomes = 'Join https://chat.whatsapp.com/AbC123 or wa.me/905321234567, '
			'tell a@b.example',
		title = 'Meet.me/now tel 0532 123 45 67', activity_type = 'c@d.example'
	WHERE id = (SELECT max(id) FROM activities WHERE $valid)"
snapshot exported "$out/private" 2025 >/dev/null
private=$out/private/$package
contacts='[[:alnum:]._%+-]+@[[:alnum:]-]+\.[[:alpha:]]|532[ -]?123|wa\.me|whatsapp\.com/'
contacts+='|forms\.example|www\.example|discord\.com'
is "no file has any" "$(grep -rEl "$contacts" "$private" "$out/first" || true)" ""
# lines <pattern> <file>
lines() { grep -c "$1" "$private/$2"; }
is "links and addresses are replaced" \
	"$(lines 'Join \[link\] or \[link\], tell \[e-mail\]' activities.csv)" 1
is "so are telephone numbers" "$(lines 'Meet.me/now tel \[telephone\]' activities.csv)" 1
is "also in JSON" "$(($(lines '\[telephone\]' activities.ndjson) > 0))" 1
is "so are links of other forms" \
	"$(lines 'Forms: \[link\], \[link\]; \[link\].' activities.csv)" 1
name=activity-$(printf %s "$slug" | md5sum | cut -c 1-12)
is "a slug with a number in it has another name, and no address" \
	"$(lines "^$name,,Meet\|^$name,," activities.csv)" 1
is "the same in each file" "$(($(lines "^$name," activity_to_cause.csv) > 0))" 1
like "everybody may call the function that does it, whatever the settings" \
	"$(PGUSER=reader sql "
		SELECT esn_redact_contacts('Write to ş@x.example, call +90 532 123 45 67')")" \
	"Write to \[e-mail\], call \[telephone\]"

# What the list does not name is not published.
published() { sed '1d; /^\t/d' scripts/snapshot.tsv | cut -f1 | LC_ALL=C sort -u; }
is "each column of the list exists" \
	"$(LC_ALL=C comm -13 <(sql "SELECT attrelid::regclass || '.' || attname FROM pg_attribute
			WHERE attnum > 0 AND NOT attisdropped" | LC_ALL=C sort) \
		<(awk -F'\t' 'NR > 1 && $1 { print $1 "." $2 }' scripts/snapshot.tsv |
			LC_ALL=C sort))" ""
is "one that is left out has a reason" \
	"$(awk -F'\t' 'NR > 1 && $3 == "-" && $6 == ""' scripts/snapshot.tsv)" ""
sql "ALTER TABLE activities ADD COLUMN own_notes text DEFAULT 'own notes'"
snapshot exported "$out/own" 2025 >/dev/null
is "a column that is not on the list is not published" \
	"$(grep -rl 'own.notes' "$out/own" || true)" ""
is "each table of the network is" "$(published)" "activities
activity_causes
activity_section_organisers
activity_to_cause
activity_to_objective
activity_to_sdg
activity_to_type
activity_types
countries
objectives
sdgs
section_cause_statistics
section_overall_statistics
section_participant_statistics
section_type_statistics
sections"

# The description of the files is right: names, types, keys, descriptions; both forms have the same.
cat >"$out/check.py" <<'PYTHON'
import csv, datetime, json, os, sys
os.chdir(sys.argv[1])
csv.field_size_limit(10**8)
package = json.load(open("datapackage.json", encoding="utf-8"))
parse = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": lambda s: datetime.date.fromisoformat(s).isoformat(),
}
tables = {}
for resource in package["resources"]:
    table, schema = resource["name"], resource["schema"]
    fields = schema["fields"]
    names = [f["name"] for f in fields]
    with open(resource["path"], encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == names, (table, header, names)
    assert all(len(f["description"]) > 5 and f["type"] in parse for f in fields), fields
    rows = [{f["name"]: parse[f["type"]](v) if v else None for f, v in zip(fields, line)}
            for line in lines]
    objects = [json.loads(line) for line in open(table + ".ndjson", encoding="utf-8")]
    assert [list(o) for o in objects] == [names] * len(rows), table
    # in CSV, as Python reads it, an empty text is as unknown as NULL
    assert [{k: None if v == "" else v for k, v in o.items()} for o in objects] == rows, table
    keys = [tuple(row[k] for k in schema["primaryKey"]) for row in rows]
    assert rows and len(set(keys)) == len(keys), table
    tables[table] = rows
for resource in package["resources"]:
    for key in resource["schema"].get("foreignKeys", []):
        field, target = key["fields"], key["reference"]
        there = {None} | {row[target["fields"]] for row in tables[target["resource"]]}
        assert all(row[field] in there for row in tables[resource["name"]]), (resource["name"], key)
print(len(tables), "tables")
PYTHON
is "names, types, keys and both forms agree with the description" \
	"$(python3 "$out/check.py" "$first" 2>&1)" "16 tables"
is "it has the valid activities" "$(wc -l <"$first/activities.ndjson")" \
	"$(sql "SELECT count(*) FROM activities WHERE $valid")"
is "and all sections" "$(wc -l <"$first/sections.ndjson")" \
	"$(sql "SELECT count(*) FROM sections WHERE removed_at IS NULL")"

# What fails has a message, and leaves no file.
fails() { snapshot "$1" "$out/failed" "${2:-2025}" || echo failed; }
sql "CREATE ROLE stranger LOGIN" "CREATE DATABASE nothing" >/dev/null
like "a stranger is denied" \
	"$(PGUSER=stranger scripts/snapshot.sh exported "$out/failed" 2025 2>&1 || echo failed)" \
	"*permission denied*failed"
like "a database without the extension has a message" "$(fails nothing)" \
	"*the database nothing has no extension esn_pulse*failed"
sql "ALTER TABLE activities RENAME city TO town"
like "so has a column that is gone" "$(fails exported)" "*column t.city does not exist*failed"
sql "ALTER TABLE activities RENAME town TO city"
database=nothing sql "CREATE EXTENSION esn_pulse" "SELECT esn_grant_read('reader')" >/dev/null
like "an empty database has a message with the next step" "$(fails nothing)" \
	"*knows no section yet*esn_scrape_all*failed"
like "so has an invalid year" "$(fails exported next)" "*a year has four digits: next*failed"
is "and no file is left" "$(ls -A "$out/failed")" ""
done_testing
