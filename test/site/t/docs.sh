# What the documents say is so: their SQL runs, the calls and settings that they list are those that there are, with their defaults.
. test/site/tests.sh
site_cluster docs
site_database documents --sections 30 --count 100 --seed 51 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null

# The SQL of a document, in one session.
course=(docs/one-hour.md docs/bir-saat.md)
for document in README.md $(ls docs/*.md 2>/dev/null); do
	[ -n "$(sql_blocks "$document")" ] || continue
	[[ " ${course[*]} " != *" $document "* ]] || continue
	if sql_blocks "$document" >"$run/documents/blocks.sql" && output=$(cluster_psql "$cluster" -d "$database" -f "$run/documents/blocks.sql" 2>&1); then
		ok true "the SQL of $document runs"
	else
		ok false "the SQL of $document runs" "$output"
	fi
done
is "README.md's rule finds its title" "$(sql_blocks README.md | cluster_psql "$cluster" -d "$database" -At 2>&1 | grep -c '^Boat party$')" 1

# The first column of the tables of a section of README.md.
column() { awk -v from="## $1" '$0 == from { on = 1; next } /^## / { on = 0 } on' README.md | grep -E "^\| \`$2" | sed 's/^| \([^|]*\)|.*/\1/' | grep -oE "$2" | sort; }
is "README.md lists every call that is not a part of another" "$(column Calls 'esn_[a-z_]+')" \
	"$(sql "SELECT DISTINCT proname FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
		WHERE proname ~ '^esn_(scrape|plan$|cancel|parse|report$|slug|retry|fix|health|schedule|unschedule|maintenance|grant)' ORDER BY 1")"
is "README.md lists every setting" "$(column Settings 'esn_pulse[a-z_.]+')" "$(sql "LOAD 'esn_pulse'" "SELECT name FROM pg_settings WHERE name LIKE 'esn_pulse.%' ORDER BY 1")"
awk '/^## Settings/ { on = 1 } /^## When the sites/ { on = 0 } on' README.md |
	sed -nE 's/^\| `(esn_pulse\.[a-z_]+)` \| `([^`]*)` \| .* \| ([US]) \|$/\1\t\2\t\3/p' >"$run/documents/settings.tsv"
is "with its default and who may set it" "$(cluster_psql "$cluster" -d "$database" -At -c "LOAD 'esn_pulse'" \
	-c "CREATE TEMP TABLE said (name text, boot text, who text)" -c "\\copy said FROM '$run/documents/settings.tsv'" \
	-c "SELECT name, boot, boot_val, unit, context FROM said FULL JOIN pg_settings USING (name)
		WHERE name LIKE 'esn_pulse.%' AND name NOT IN ('esn_pulse.user_agents', 'esn_pulse.ca_file')
			AND NOT coalesce(CASE who WHEN 'U' THEN 'user' ELSE 'superuser' END = context AND CASE unit
				WHEN 'ms' THEN boot::interval = boot_val::int * interval '1 ms'
				WHEN 's' THEN boot::interval = boot_val::int * interval '1 s'
				WHEN 'min' THEN boot::interval = boot_val::int * interval '1 min'
				WHEN 'kB' THEN pg_size_bytes(boot) = boot_val::bigint * 1024
				ELSE boot = boot_val END, false)")" ""

# The course: in the network that the demo makes, by who may only read. Neither menus of pages nor retries are seen in what it asks.
# shellcheck disable=SC2086
site_database course $demo_network --padding 0
sql "LOAD 'esn_pulse'" "SET esn_pulse.max_retries = 0" "SET esn_pulse.request_timeout = '1s'" "SET esn_pulse.max_parallel_requests = 30" \
	"SELECT esn_scrape_all()" >/dev/null
sql "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null
as_reader() { (cd "$run/course/sessions" && psql -X -h "$run/$cluster" -U reader -d "$database" -P pager=off "$@" 2>&1); }

told() { sed 's/ *$//; /^CONTEXT:/d'; } # which names lines of functions

# Each block of SQL is one statement; after each query the number of its rows and its place, where it is not said that there may be none.
with_counts() {
	awk '/^#/ && !on { place = $0 } /^```/ && on { if (on == "sql" && query && !may_be_empty) print "\\echo :ROW_COUNT rows: " place; on = ""; next }
		/^```/ { on = $0 == "```sql" ? "sql" : "other"; query = may_be_empty = 0; next }
		on == "sql" && /^-- (may be empty|boş olabilir)$/ { may_be_empty = 1 } on == "sql" && /^SELECT / { query = 1 } on == "sql"' "$1"
}

# What a reader of the course types in psql, and what it then says: files <n>.typed and <n>.said.
sessions() {
	rm -rf "$run/course/sessions"
	mkdir "$run/course/sessions"
	awk -v directory="$run/course/sessions/" '/^```/ { on = !on; typed = 0; first = $0 == "```"; next }
		on && first && /^esn=> / { n++; typed = 1 } { first = 0 }
		on && typed && sub(/^esn[-=]> /, "") { print >(directory n ".typed"); next }
		on && typed { print >(directory n ".said") }' "$1"
}

for document in "${course[@]}"; do
	sessions "$document"
	counts=$(with_counts "$document" | as_reader -q -v ON_ERROR_STOP=1 -o /dev/null)
	is "the SQL of $document runs for who may only read, and finds something" "$(grep -vE '^[1-9][0-9]* rows: ' <<<"$counts")" ""
	is "all of it" "$(wc -l <<<"$counts")" "$(with_counts "$document" | grep -c '^.echo')"
	for typed in "$run/course/sessions"/*.typed; do
		is "$document: psql answers as it says to: $(head -n 1 "$typed")" "$(as_reader <"$typed" | told)" "$(told <"${typed%typed}said")"
	done
done
is "the course has twenty questions, each answered by one query" \
	"$(awk '/^## / { on = $0 == "## Twenty questions" } on && /^#### [0-9]+\. / { n++; queries = 0 } on && /^```sql$/ { print n, ++queries }' "${course[0]}")" \
	"$(seq 20 | sed 's/$/ 1/')"
fences() { awk '/^```/ { on = !on; print; next } on && !/^-- /' "$1"; }
is "in both languages it asks the same, and shows the same answers" "$(diff <(fences "${course[0]}") <(fences "${course[1]}"))" ""
done_testing
