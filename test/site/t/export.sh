# What is taken out is what is there: by the lines of docs/export.md, and as open data, which holds no way to contact anybody.
. test/site/tests.sh
site_cluster export
site_database exported --sections 40 --count 250 --seed 91
out=$run/exported/out
mkdir -p "$out"
sql "ALTER DATABASE exported SET esn_pulse.redact_personal_data = off"
sql "SELECT esn_scrape_all()" "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null
section=$(sql "SELECT min(accounts_platform_slug) FROM sections")
sql "UPDATE sections SET name = 'ESN Işık \"Ğüşöç\", İstanbul' WHERE accounts_platform_slug = '$section'" >/dev/null
export PGHOST=$run/$cluster

# The lines of the document, as they are written, by a role that may only read.
(
	cd "$out"
	export PGUSER=reader
	grep -E '^    \\copy .* TO ' "$top/docs/export.md" | psql -X -q -d exported -v ON_ERROR_STOP=1
	grep -E '^    (psql|\{ printf) ' "$top/docs/export.md" | sed 's/ esn / exported /' | sed "s/ >activities.csv/ >turkish.csv/" >lines.sh
	bash -eu lines.sh
) >"$out/output" 2>&1 && passed=true || passed=false
ok "$passed" "the lines of docs/export.md run" "$(cat "$out/output")"
is "and make their files" "$(cd "$out" && ls -- *.csv *.json *.ndjson | xargs)" "activities.ndjson countries.ndjson sections-excel.csv sections.csv sections.json turkish.csv"
# The differences between a file that was read back and its view, one way and the other.
same() { # <what> <view> <how it is read: statements that fill the table "back"> [condition on the view]
	is "$1" "$(sql "CREATE TEMP TABLE back (LIKE $2)" "$3" "SELECT count(*) FROM ((TABLE back EXCEPT ALL SELECT * FROM $2 ${4:-}) UNION ALL (SELECT * FROM $2 ${4:-} EXCEPT ALL TABLE back)) d" \
		"SELECT count(*) > 0 FROM back")" $'0\nt'
}
same "CSV read back is the view" esn_section_overview "\\copy back FROM '$out/sections.csv' WITH (FORMAT csv, HEADER)"
same "also with arrays and texts of several lines" esn_activity_overview "\\copy back FROM '$out/turkish.csv' WITH (FORMAT csv, HEADER)" "WHERE country_code = 'TR'"
tail -c +4 "$out/sections-excel.csv" >"$out/no-mark.csv"
same "what is made for Excel is the view" esn_section_overview "\\copy back FROM '$out/no-mark.csv' WITH (FORMAT csv, HEADER, DELIMITER ';')"
is "behind the mark of UTF-8" "$(head -c 3 "$out/sections-excel.csv" | od -An -tx1)" " ef bb bf"
like "Turkish letters are what they are" "$(grep -h 'Ğüşöç' "$out/sections.csv" "$out/sections.json")" '"ESN Işık ""Ğüşöç"", İstanbul"*"ESN Işık \\"Ğüşöç\\", İstanbul"*'
json_same() { # <what> <view> <file> <one array: true or false>
	python3 - "$3" "$4" <<-'PYTHON' >"$out/array.json"
		import json, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		rows = json.loads(text) if sys.argv[2] == "true" else [json.loads(line) for line in text.splitlines()]
		print(json.dumps(rows, ensure_ascii=False).replace("\\", "\\\\"))
	PYTHON
	is "$1" "$(cluster_psql "$cluster" -d exported -At <<-SQL 2>&1
		CREATE TEMP TABLE j (j json);
		\\copy j FROM '$out/array.json'
		CREATE TEMP TABLE back AS SELECT r.* FROM j, json_populate_recordset(NULL::$2, j) r;
		SELECT count(*) FROM ((TABLE back EXCEPT ALL TABLE $2) UNION ALL (TABLE $2 EXCEPT ALL TABLE back)) d;
		SELECT count(*) > 0 FROM back;
	SQL
	)" $'0\nt'
}
json_same "JSON read back is the view" esn_section_overview "$out/sections.json" true
json_same "so is JSON with a line a row" esn_country_overview "$out/countries.ndjson" false
json_same "also of many and long rows" esn_activity_overview "$out/activities.ndjson" false

# Open data.
snapshot() { PGUSER=reader scripts/snapshot.sh "$@" 2>&1; }
package=esn-open-data-2025
like "a role that may only read can make a snapshot" "$(snapshot --licence CC-BY-4.0 exported "$out/first" 2025)" "$out/first/$package: * rows, * bytes, under CC-BY-4.0"
is "its checksums are right" "$(cd "$out/first/$package" && sha256sum --quiet -c SHA256SUMS 2>&1 && ls | grep -vc SHA256SUMS)" "$(wc -l <"$out/first/$package/SHA256SUMS")"
is "nothing else is left" "$(ls -A "$out/first")" "$package"
sql "VACUUM FULL activities" "VACUUM FULL sections" "UPDATE activity_causes SET name = name" "SELECT esn_scrape_activities(5)" >/dev/null
snapshot --licence CC-BY-4.0 exported "$out/second" 2025 >/dev/null
is "a second one of the same data is the same, byte for byte" "$(diff -r "$out/first" "$out/second" 2>&1)" ""
is "the day is named on one line of README.md and one of the description" "$(cd "$out/first/$package" && grep -cE "(Made: |\"created\": \")$(date -u +%F)" README.md datapackage.json | xargs)" "README.md:1 datapackage.json:1"
like "a year that is there is not overwritten" "$(snapshot exported "$out/first" 2025 || echo "failed")" "*is there already*failed"
like "as one file" "$(snapshot --tar exported "$out/tar" 2025)" "*$package.tar.gz: *"
is "which holds the same" "$(tar -C "$out/tar" -xzf "$out/tar/$package.tar.gz" && diff -r "$out/first/$package" "$out/tar/$package" | grep -c '^diff')" 3
is "without a licence it says so" "$(grep -c '^Licence: none was stated' "$out/tar/$package/README.md")$(grep -c licenses "$out/tar/$package/datapackage.json")" 10

# Personal data: they were stored, and are not in it.
is "addresses and numbers were stored" "$(sql "SELECT count(*) FILTER (WHERE description LIKE '%jane.doe+x@students.example%+90 532%') > 0, count(*) FILTER (WHERE activity_goal LIKE '%x@y.example%') > 0 FROM activities WHERE is_valid" \
	"SELECT count(*) > 0 FROM sections WHERE email LIKE '%@%'")" $'t|t\nt'
sql "UPDATE activities SET event_slug = 'meet-now-tel-0532-123-45-67-20885', url = 'https://activities.example/activity/meet-now-tel-0532-123-45-67-20885',
		description = 'Forms: https://forms.example/x1, www.example.org/me; discord.com/invite/y.'
	WHERE id = (SELECT min(id) FROM activities WHERE is_valid AND removed_at IS NULL AND id IN (SELECT activity_id FROM activity_to_cause))"
sql "UPDATE activities SET outcomes = 'Join https://chat.whatsapp.com/AbC123 or wa.me/905321234567, tell a@b.example', title = 'Meet.me/now tel 0532 123 45 67', activity_type = 'c@d.example'
	WHERE id = (SELECT max(id) FROM activities WHERE is_valid AND removed_at IS NULL)"
snapshot exported "$out/private" 2025 >/dev/null
contacts='[[:alnum:]._%+-]+@[[:alnum:]-]+\.[[:alpha:]]|532[ -]?123|wa\.me|whatsapp\.com/|forms\.example|www\.example|discord\.com'
is "none is in any file" "$(grep -rEl "$contacts" "$out/private" "$out/first" || true)" ""
is "what stood there is marked" "$(cd "$out/private/$package" && grep -c 'Join \[link\] or \[link\], tell \[e-mail\]' activities.csv)$(grep -c '\[telephone\]' "$out/private/$package/activities.ndjson" | grep -vc '^0$')$(grep -c 'Meet.me/now tel \[telephone\]' "$out/private/$package/activities.csv")" 111
is "links are marked, too" "$(grep -c 'Forms: \[link\], \[link\]; \[link\].' "$out/private/$package/activities.csv")" 1
name=activity-$(printf %s meet-now-tel-0532-123-45-67-20885 | md5sum | cut -c 1-12)
is "a slug with a number in it has another name, the same in each file, and no address" "$(cd "$out/private/$package" && grep -c "^$name,,Meet\|^$name,," activities.csv)$(grep -c "^$name," "$out/private/$package/activity_to_cause.csv" | grep -vc '^0$')" 11
is "the function that does it is everybody's, whatever is set" "$(PGUSER=reader sql "SELECT esn_redact_contacts('Write to ş@x.example, call +90 532 123 45 67')")" "Write to [e-mail], call [telephone]"

# Every column is decided about.
is "every column of the tables is published, or left out with a reason" "$(sql "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
	WHERE c.oid::regclass::text = ANY (string_to_array('$(cut -f1 scripts/snapshot.tsv | sed 1d | sort -u | paste -sd,)', ',')) AND attnum > 0 AND NOT attisdropped ORDER BY 1" | LC_ALL=C sort)" \
	"$(awk -F'\t' 'NR > 1 && NF == 6 && ($3 != "-" || $6 != "") { print $1 "." $2 }' scripts/snapshot.tsv | LC_ALL=C sort)"
is "so is every table of the network" "$(cut -f1 scripts/snapshot.tsv | sed 1d | LC_ALL=C sort -u | xargs)" "activities activity_causes activity_section_organisers activity_to_cause activity_to_objective activity_to_sdg countries objectives sdgs section_cause_statistics section_overall_statistics section_participant_statistics section_type_statistics sections"

# What describes the files is so: names, types, keys, descriptions; and both forms say the same.
cat >"$out/check.py" <<'PYTHON'
import csv, datetime, json, os, sys
os.chdir(sys.argv[1])
csv.field_size_limit(10**8)
package = json.load(open("datapackage.json", encoding="utf-8"))
parse = {"string": str, "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "date": lambda s: datetime.date.fromisoformat(s).isoformat()}
tables = {}
for resource in package["resources"]:
    fields = resource["schema"]["fields"]
    names = [f["name"] for f in fields]
    with open(resource["path"], encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == names, (resource["name"], header, names)
    assert all(len(f["description"]) > 5 and f["type"] in parse for f in fields), fields
    rows = [{n: parse[f["type"]](v) if v else None for n, f, v in zip(names, fields, line)} for line in lines]
    objects = [json.loads(line) for line in open(resource["name"] + ".ndjson", encoding="utf-8")]
    # in CSV, as Python reads it, an empty text is as unknown as NULL
    assert [list(o) for o in objects] == [names] * len(rows), resource["name"]
    assert [{k: None if v == "" else v for k, v in o.items()} for o in objects] == rows, resource["name"]
    keys = [tuple(row[k] for k in resource["schema"]["primaryKey"]) for row in rows]
    assert rows and len(set(keys)) == len(keys), resource["name"]
    tables[resource["name"]] = rows
for resource in package["resources"]:
    for key in resource["schema"].get("foreignKeys", []):
        there = {row[key["reference"]["fields"]] for row in tables[key["reference"]["resource"]]}
        assert all(row[key["fields"]] is None or row[key["fields"]] in there for row in tables[resource["name"]]), (resource["name"], key)
print(len(tables), "tables")
PYTHON
is "names, types, keys and both forms agree with the description" "$(python3 "$out/check.py" "$out/first/$package" 2>&1)" "14 tables"
is "its rows are the valid ones that are there" "$(wc -l <"$out/first/$package/activities.ndjson") $(wc -l <"$out/first/$package/sections.ndjson")" \
	"$(sql "SELECT count(*) || ' ' || (SELECT count(*) FROM sections WHERE removed_at IS NULL) FROM activities WHERE is_valid AND removed_at IS NULL")"

# What fails is told, and leaves nothing.
sql "CREATE ROLE stranger LOGIN" "CREATE DATABASE nothing" >/dev/null
like "a stranger is refused" "$(PGUSER=stranger scripts/snapshot.sh exported "$out/failed" 2025 2>&1 || echo failed)" "*permission denied*failed"
like "a database without the extension is told" "$(snapshot nothing "$out/failed" 2025 || echo failed)" "*the database nothing has no extension esn_pulse*failed"
sql "ALTER TABLE activities RENAME city TO town"
like "so is a column that is gone" "$(snapshot exported "$out/failed" 2025 || echo failed)" "*column t.city does not exist*failed"
sql "ALTER TABLE activities RENAME town TO city"
database=nothing sql "CREATE EXTENSION esn_pulse" "SELECT esn_grant_read('reader')" >/dev/null
like "an empty database is told what to do" "$(snapshot nothing "$out/failed" 2025 || echo failed)" "*knows no section yet*esn_scrape_all*failed"
like "so is a year that is none" "$(snapshot exported "$out/failed" next || echo failed)" "*a year has four digits: next*failed"
is "and nothing is left of it" "$(ls -A "$out/failed")" ""
done_testing
