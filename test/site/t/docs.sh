# What the documents say is so: their SQL runs, the calls and settings that they list are those that there are, with their defaults.
. test/site/tests.sh
site_cluster docs
site_database documents --sections 30 --count 100 --seed 51 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null

# The SQL blocks of a document, in one session.
blocks() { awk '/^```sql$/ { on = 1; next } /^```/ { on = 0 } on' "$1"; }
for document in README.md $(ls docs/*.md 2>/dev/null); do
	[ -n "$(blocks "$document")" ] || continue
	if blocks "$document" >"$run/documents/blocks.sql" && output=$(cluster_psql "$cluster" -d "$database" -f "$run/documents/blocks.sql" 2>&1); then
		ok true "the SQL of $document runs"
	else
		ok false "the SQL of $document runs" "$output"
	fi
done
is "README.md's rule finds its title" "$(blocks README.md | cluster_psql "$cluster" -d "$database" -At 2>&1 | grep -c '^Boat party$')" 1

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
done_testing
