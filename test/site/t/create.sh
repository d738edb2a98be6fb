# A database as people create it: by scripts/create.sh, and by the commands of README.md.
. test/site/tests.sh
site_cluster create
site_start created --sections 5 --count 20 --seed 97 --no-faults
sites+=(created)
section=$(awk -F'\t' '$4 != "\\N" { print $4; exit }' "$run/created/truth/sections.tsv")
export PGHOST=$run/create

# Who may what there, and how names are sorted.
state() { # <database>
	database=$1 sql "SELECT o.rolname, o.rolcanlogin, o.rolsuper, r.rolname, r.rolcanlogin,
			r.rolsuper, d.encoding = pg_char_to_encoding('UTF8'), 'Çorum' < 'Zagreb',
			lower('ÇŁÄ') = 'çłä'
		FROM pg_extension e JOIN pg_roles o ON o.oid = e.extowner
		JOIN pg_auth_members m ON m.roleid = o.oid JOIN pg_roles r ON r.oid = m.member
		JOIN pg_database d ON d.datname = current_database() WHERE e.extname = 'esn_pulse'"
}
scrapes() { # <database> <role>
	reads_the_site "$1"
	database=$1 PGUSER=$2 sql "SELECT status FROM esn_scrape_section('$section')"
}

like "create.sh creates a database" "$(scripts/create.sh esn volunteer 2>&1)" \
	"The database esn is ready: psql esn"
is "its owner cannot log in, and a role may act as the owner" "$(state esn)" \
	"esn_owner|f|f|volunteer|t|f|t|t|t"
like "with which one section can be read" "$(scrapes esn volunteer)" "*completed"
# pg_upgrade keeps the owner of tables and functions, but not that of an extension.
cluster_psql create -d esn -c "UPDATE pg_extension SET extowner = 10 WHERE extname = 'esn_pulse'"
like "after pg_upgrade, too" "$(scrapes esn volunteer)" "*completed"
is "a second database has an owner of its own" \
	"$(scripts/create.sh other volunteer >/dev/null 2>&1; state other)" \
	"other_owner|f|f|volunteer|t|f|t|t|t"
like "an existing database stays as it is" "$(scripts/create.sh esn volunteer 2>&1 || true)" \
	"*database \"esn\" already exists*"
is "with its rows" "$(database=esn sql "SELECT count(*) > 0 FROM activities")" t
like "without arguments it says how it is called" "$(scripts/create.sh 2>&1 || true)" \
	"*create.sh <database> \[role\]*"

# Where the extension cannot be created, no database is left, and nobody is a superuser.
cluster_psql create -c "CREATE ROLE guest LOGIN CREATEDB CREATEROLE"
like "who is no superuser cannot do it" \
	"$(PGUSER=guest scripts/create.sh hasty guest 2>&1 || true)" "*ERROR:*"
is "and nothing is left of it" "$(cluster_psql create -At -c "SELECT count(*) FROM pg_database
	WHERE datname = 'hasty'" -c "SELECT count(*) FROM pg_roles WHERE rolname = 'hasty_owner'
	AND rolsuper")" $'0\n0'

# The commands of README.md.
awk '/^##/ { on = $0 == "### From source" } on && sub(/^    /, "")' README.md |
	sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' |
	sed -nE 's/^sudo -u postgres (psql|createdb|createuser)/\1/p' |
	sed -e 's/\besn\b/readme/g' -e 's/\besn_owner\b/readme_owner/g' >"$run/created/commands"
is "README.md has five commands" "$(wc -l <"$run/created/commands")" 5
output=$(PGDATABASE=postgres USER=reader bash -eu "$run/created/commands" 2>&1) &&
	passed=true || passed=false
ok "$passed" "they succeed" "$output"
is "and do the same" "$(state readme)" "readme_owner|f|f|reader|t|f|t|t|t"
like "one section can be read there" "$(scrapes readme reader)" "*completed"
done_testing
