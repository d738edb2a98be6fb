# The documents are right: their SQL runs, and they list exactly the functions and settings that
# exist, with their defaults.
. test/site/tests.sh
site_cluster docs
site_database documents --sections 30 --count 100 --seed 51 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null

# The SQL of a document, in one session.
course=(docs/one-hour.md docs/bir-saat.md)
blocks=$run/documents/blocks.sql
for document in README.md $(ls docs/*.md 2>/dev/null); do
	sql_blocks "$document" >"$blocks"
	[ -s "$blocks" ] || continue
	[[ " ${course[*]} " != *" $document "* ]] || continue
	output=$(cluster_psql "$cluster" -d "$database" -f "$blocks" 2>&1) &&
		passed=true || passed=false
	ok "$passed" "the SQL of $document runs" "$output"
done
reference=docs/reference.md
is "the rule of $reference finds its title" "$(sql_blocks "$reference" |
	cluster_psql "$cluster" -d "$database" -At 2>&1 | grep -c '^Boat party$')" 1

# The entries of a section of the reference: the names in the first line of each.
section() {
	awk -v from="## $1" '$0 == from { on = 1; next } /^## / { on = 0 } on' "$reference"
}
entries() { section "$1" | grep -E "^- \`$2" | grep -oE "\`$2" | tr -d '\`' | sort; }
# Those of a list of tables or views: the names before the colon of each entry.
names() {
	section "$1" | awk '/^- /, /:/ { sub(/:.*/, ""); print }' | grep -oE '`[a-z_]+`' |
		tr -d '`' | sort
}
is "it lists every function, and no other: \\df" "$(entries Functions 'esn_[a-z_]+')" \
	"$(sql "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
		ORDER BY 1")"
is "every view, and no other: \\dv" "$(names Views)" "$(relations v,m | sort)"
is "every table, and no other: \\dt" "$(names Tables)" "$(relations r,p | sort)"
is "it lists every setting" "$(entries Settings 'esn_pulse\.[a-z_]+')" \
	"$(sql "LOAD 'esn_pulse'" \
		"SELECT name FROM pg_settings WHERE name LIKE 'esn_pulse.%' ORDER BY 1")"
section Settings |
	sed -nE 's/^- `(esn_pulse\.[a-z_]+)` \(`([^`]*)`, (user|superuser)\):$/\1\t\2\t\3/p' \
		>"$run/documents/settings.tsv"
is "with its default and who may set it" "$(sql "LOAD 'esn_pulse'" \
	"CREATE TEMP TABLE listed (name text, boot text, who text)" \
	"\\copy listed FROM '$run/documents/settings.tsv'" \
	"SELECT name, boot, boot_val, unit, context FROM listed FULL JOIN pg_settings USING (name)
		WHERE name LIKE 'esn_pulse.%'
			AND name NOT IN ('esn_pulse.user_agents', 'esn_pulse.ca_file',
				'esn_pulse.contact')
			AND NOT coalesce(who = context AND CASE unit
				WHEN 'ms' THEN boot::interval = boot_val::int * interval '1 ms'
				WHEN 's' THEN boot::interval = boot_val::int * interval '1 s'
				WHEN 'min' THEN boot::interval = boot_val::int * interval '1 min'
				WHEN 'kB' THEN pg_size_bytes(boot) = boot_val::bigint * 1024
				ELSE boot = boot_val END, false)")" ""

# What plans and due pages say, also of a database that nothing has been read into.
planned="SELECT kind, reason FROM esn_plan()
	UNION SELECT kind, reason FROM esn_plan(\"full\" => true)
	UNION SELECT kind, reason FROM due_pages
	UNION SELECT kind, reason FROM frontier WHERE kind IN ('activity', 'statistics')"
awk '/^#### / { on = $0 == "#### Kinds and reasons" } /^## / { on = 0 } on' "$reference" \
	>"$run/documents/reasons"
# The item of each kind, on one line.
unlisted() {
	sql "$planned" | while IFS='|' read -r kind reason; do
		sed -e ':a' -e '$!N; s/\n  */ /; ta' -e 'P; D' "$run/documents/reasons" |
			grep "^- [^:.]*\`$kind\`" |
			{ [ "$kind" = unknown ] && grep -q . || grep -qF "\`$reason\`"; } ||
			echo "$kind: $reason"
	done
}
sql "INSERT INTO failed_scrapes (url, section_id, scraper_module, kind, error_message, will_retry)
	SELECT activities_url || '/activities?page=1', id, 'ActivitiesAndStatisticsScraper', 'listing',
		'the site answered 500', true FROM sections WHERE can_scrape_activities LIMIT 1"
is "it lists the kinds and reasons of a plan" "$(unlisted)" ""
is "also of a list with a page that failed" \
	"$(sql "SELECT count(*) > 0 FROM ($planned) p WHERE kind = 'listing' AND reason = 'failing'")" t
sql "DELETE FROM failed_scrapes WHERE url LIKE '%?page=1'"
cluster_psql "$cluster" -c "CREATE DATABASE empty"
is "also of an empty database" "$(database=empty sql "CREATE EXTENSION esn_pulse" &&
	database=empty unlisted)" ""

# The course: in the network that the demo makes, by a role that may only read. Its questions show
# neither menus of pages nor retries.
# shellcheck disable=SC2086
site_database course $demo_network --padding 0
sql "LOAD 'esn_pulse'" "SET esn_pulse.max_retries = 0" "SET esn_pulse.max_parallel_requests = 30" \
	"SELECT esn_scrape_all()" >/dev/null
sql "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null
sessions=$run/course/sessions
as_reader() {
	(cd "$sessions" &&
		psql -X -h "$run/$cluster" -U reader -d "$database" -P pager=off "$@" 2>&1)
}

# without trailing spaces, and without the context, which has line numbers of functions
output() { sed 's/ *$//; /^CONTEXT:/d'; }

# Each block of SQL is one statement. After each query this prints the number of its rows and its
# place, unless a comment says that there may be none.
with_counts() {
	awk '
		/^#/ && !on { place = $0 }
		/^```/ && on {
			if (on == "sql" && query && !may_be_empty) print "\\echo :ROW_COUNT rows: " place
			on = ""
			next
		}
		/^```/ { on = $0 == "```sql" ? "sql" : "other"; query = may_be_empty = 0; next }
		on == "sql" && /^-- (may be empty|boş olabilir)$/ { may_be_empty = 1 }
		on == "sql" && /^SELECT / { query = 1 }
		on == "sql"' "$1"
}

# What a reader of the course types in psql, and its output: files <n>.typed and <n>.output.
write_sessions() {
	rm -rf "$sessions"
	mkdir "$sessions"
	awk -v directory="$sessions/" '
		/^```/ { on = !on; typed = 0; first = $0 == "```"; next }
		on && first && /^esn=> / { n++; typed = 1 }
		{ first = 0 }
		on && typed && sub(/^esn[-=]> /, "") { print >(directory n ".typed"); next }
		on && typed { print >(directory n ".output") }' "$1"
}

for document in "${course[@]}"; do
	write_sessions "$document"
	counts=$(with_counts "$document" | as_reader -q -v ON_ERROR_STOP=1 -o /dev/null)
	is "the SQL of $document runs for a role that may only read, and finds rows" \
		"$(grep -vE '^[1-9][0-9]* rows: ' <<<"$counts")" ""
	is "all of it" "$(wc -l <<<"$counts")" "$(with_counts "$document" | grep -c '^.echo')"
	for typed in "$sessions"/*.typed; do
		is "$document shows the output of psql for: $(head -n 1 "$typed")" \
			"$(as_reader <"$typed" | output)" "$(output <"${typed%typed}output")"
	done
done
is "the course has twenty questions, each answered by one query" "$(awk '
	/^## / { on = $0 == "## Twenty questions" }
	on && /^#### [0-9]+\. / { n++; queries = 0 }
	on && /^```sql$/ { print n, ++queries }' "${course[0]}")" "$(seq 20 | sed 's/$/ 1/')"
fences() { awk '/^```/ { on = !on; print; next } on && !/^-- /' "$1"; }
is "in both languages it has the same questions and the same answers" \
	"$(diff <(fences "${course[0]}") <(fences "${course[1]}"))" ""
done_testing
