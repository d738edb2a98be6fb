# Each fault of the sites once, and what the extension makes of it: nothing lost, nothing invented, no crash, in every row.
#
# The table is written to build/faults.md, and must be what docs/faults.md says. Where that is to change:
#     bash test/site/t/faults.sh; cp build/faults.md docs/faults.md
. test/site/tests.sh
# What one fault leaves in a connection may spoil the first try of the next page, so that one more is to be had.
site_cluster faults "esn_pulse.max_retries = 2" "esn_pulse.max_parallel_requests = 30"
site_front=1 site_database misbehaving --sections 45 --count 490 --every-fault --seed 1
started=$(sql "SELECT pg_postmaster_start_time()")
rows=$run/misbehaving/rows
said() { # what is the same whenever it is measured: no ports, no names that are made up
	sed -E "s,$activities_url,<site>,g; s,(127\.0\.0\.1|localhost):$trap,\1:<port>,g; s,127\.0\.0\.1:${activities_url##*:},<site>,g; s,/activity/[^ ?\",\`]*,/activity/…,g"
}
row() { # <fault> <outcome> <what is said of it> <whether it is asked for again>
	printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" >>"$rows"
}
: >"$rows"
read -r trap _ <"$run/misbehaving/front"

# Pages, fields, addresses: all in one run.
like "a run over all of them completes" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
differences >"$run/misbehaving/differences"
is "every other page is stored as it is, and every fault as it should be" "$(cat "$run/misbehaving/differences")" ""
cluster_psql "$cluster" -d "$database" -At -F $'\t' -c "CREATE TEMP TABLE fault (n serial, name text, url text)" -c "\\copy fault (name, url) FROM '$run/misbehaving/truth/faults.tsv'" \
	-c "SELECT CASE WHEN name LIKE '% %' THEN name ELSE replace(name, '-', ' ') END, substr(f.url, length('$activities_url') + 1),
		CASE WHEN s.url IS NOT NULL THEN 'not stored' WHEN v.said IS NOT NULL AND name LIKE 'slug%' THEN 'not followed' WHEN v.said IS NOT NULL THEN 'stored but for that'
			WHEN EXISTS (SELECT FROM fetched_pages p WHERE p.url = f.url) THEN 'stored' ELSE 'lost' END,
		coalesce('\`' || s.error_message || '\`' || CASE WHEN s.error_message ~ format('\m%s\M', s.http_status_code) THEN '' ELSE coalesce(', status ' || s.http_status_code, '') END, v.said, ''),
		CASE WHEN s.will_retry THEN 'yes' WHEN s.url IS NOT NULL THEN 'no' ELSE '' END
	FROM (SELECT DISTINCT ON (name) * FROM fault ORDER BY name, n) f
	LEFT JOIN failed_scrapes s ON s.url = f.url AND s.resolved_at IS NULL
	LEFT JOIN LATERAL (SELECT string_agg('\`' || field_name || '\`: \`' || error_message || '\`', ', ') AS said FROM validation_errors v WHERE v.url = f.url AND v.resolved_at IS NULL) v ON true
	ORDER BY f.n" >"$run/misbehaving/outcomes"
while IFS=$'\t' read -r fault path outcome what again; do
	wrong=$(grep -F -- "$path" "$run/misbehaving/differences" || true)
	[ "$outcome" != lost ] || wrong="$path is neither stored nor said to have failed"
	is "$fault: $outcome" "$wrong" ""
	row "$fault" "$outcome" "$(said <<<"$what")" "$again"
done <"$run/misbehaving/outcomes"
is "nobody was asked where a redirect or a link led away from the sites" "$(cat "$run/misbehaving/trapped" 2>/dev/null)" ""

# stopped <fault> <what to do> <the run's status and message>: a row of a fault that a run stops at.
stopped() {
	local output
	output=$(sql "$2" "SELECT status || '|' || error_message FROM esn_runs LIMIT 1" | tail -n 1)
	like "$1: the run stops and says why" "$output" "$3"
	row "$1" "the run stops" "\`$(sed -E 's/^[a-z]*\|//; s/; (see|what is left).*//; s,https?://[^ /]*,<site>,; s/[0-9]+ of [0-9]+/… of …/' <<<"$output" | said)\`" "by the next run"
}

# The whole site.
slug=$(sql "SELECT activities_platform_slug FROM sections WHERE can_scrape_activities AND last_scraped IS NOT NULL ORDER BY id DESC LIMIT 1")
for way in wait-of-two-hours wait-beyond-numbers cloudflare; do
	site_front misbehaving "/organisation/$slug/statistics"$'\t'"$way"
	stopped "${way//-/ }" "SELECT esn_scrape_section('$slug', \"full\" => true)" "*|stopped: *"
done

# No site there, or another one. Names below .localhost are this machine's.
read -r tls_port < <(free_ports 1)
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
certificate() { # <name> <authority> <days> <the host it is for>
	(
		cd "$dir/tls"
		printf 'subjectAltName=DNS:%s' "$4" >san
		# shellcheck disable=SC2086
		openssl req $key -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" -extfile san -out "$1.pem"
	) 2>/dev/null
	echo "server { listen 127.0.0.1:$tls_port ssl; server_name $1.localhost; ssl_certificate $dir/tls/$1.pem; ssl_certificate_key $dir/tls/$1.key; return 404; }" >>"$dir/tls.server"
}
mkdir "$dir/tls"
# shellcheck disable=SC2086
for authority in trusted unknown; do
	openssl req -x509 $key -nodes -days 2 -subj "/CN=$authority" -keyout "$dir/tls/$authority.key" -out "$dir/tls/$authority.pem" 2>/dev/null
done
certificate good trusted 2 good.localhost
certificate expired trusted 0 expired.localhost
certificate other trusted 2 elsewhere.example
certificate stranger unknown 2 stranger.localhost
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir/tls"
site_reload misbehaving
elsewhere() { # <fault> <address> <message>
	stopped "$1" "SET esn_pulse.accounts_url = '$2'; SET esn_pulse.ca_file = '$dir/tls/trusted.pem'; SELECT esn_scrape_accounts()" "failed|the home page of * could not be read: $3"
	# It is the failure of a site that is not asked again.
	sql "DELETE FROM failed_scrapes WHERE url NOT LIKE '$accounts_url/%' AND url NOT LIKE '$activities_url/%'"
}
like "a certificate of the authority that is trusted is" "$(sql "SET esn_pulse.accounts_url = 'https://good.localhost:$tls_port'" "SET esn_pulse.ca_file = '$dir/tls/trusted.pem'" \
	"SELECT error_message FROM esn_scrape_accounts()")" "*the site answered 404"
elsewhere "certificate past its time" "https://expired.localhost:$tls_port" "the site's certificate cannot be trusted"
elsewhere "certificate of another host" "https://other.localhost:$tls_port" "the site's certificate cannot be trusted"
elsewhere "certificate of an unknown authority" "https://stranger.localhost:$tls_port" "the site's certificate cannot be trusted"
elsewhere "no TLS where it is asked for" "https://${accounts_url#http://}" "SSL connect error"
# A label of more than 63 characters is no name anywhere, and no server has to be asked for it.
elsewhere "name that does not resolve" "http://$(printf 'x%.0s' {1..70}).invalid" "*the site's name could not be resolved"
elsewhere "nobody listens" "http://127.0.0.1:1" "*no connection to the site could be made"

# The pages are well again, but half of what is there is gone for a while.
site_change misbehaving --sections 45 --count 490 --every-fault --healed --seed 1
site_front misbehaving "$(sql "SELECT event_slug FROM activities WHERE event_slug ~ '^[a-z0-9-]+\$' AND id % 2 = 0" | sed 's,.*,/activity/&\tnot-found,')"
stopped "half the pages gone" "SELECT esn_scrape_activities(\"full\" => true)" "failed|* of * pages are gone, more than esn_pulse.max_removed_ratio allows; nothing was marked as removed"
is "half the pages gone: none is marked" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" 0

# And so is every other section's list.
site_front misbehaving "$(sql "SELECT activities_platform_slug FROM sections WHERE can_scrape_activities AND id % 2 = 0" | sed 's,.*,/organisation/&/activities\tnot-found,')"
known=$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities")
forgotten="failed|* of $known sections are no longer known to the activities platform, more than esn_pulse.max_removed_ratio allows; it is believed of none"
stopped "half the lists gone" "SELECT esn_scrape_accounts()" "$forgotten"
like "half the lists gone: a retry finds the same" "$(sql "INSERT INTO failed_scrapes (url, scraper_module, kind, error_message, will_retry) VALUES ('$accounts_url/', 'AccountsScraper', 'home', 'by hand', true)" "SELECT status || '|' || error_message FROM esn_retry_failed()")" "*$forgotten"
is "half the lists gone: all are thought to be there" "$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities")" "$known"
like "who knows better can say so" "$(sql "SET esn_pulse.max_removed_ratio = 1" "SELECT status FROM esn_scrape_accounts()")" "*completed"
is "then it is believed" "$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities")" "$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities AND id % 2 = 1")"
site_front misbehaving ""
like "and they come back" "$(sql "SELECT status FROM esn_scrape_accounts()")$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities")" "*completed$known"

# At last nothing is wrong but what is wrong within pages.
like "when all is well again a run completes" "$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "what had failed is there, and said to be" "$(differences)" ""
is "no process of the server has crashed" "$(sql "SELECT pg_postmaster_start_time() = '$started'")$(grep -cE 'PANIC|terminated by signal|reinitializ|exited with' "$run/$cluster/log")" t0

cat - "$rows" >build/faults.md <<'TEXT'
# What goes wrong, and what becomes of it

Each row is a fault that the tests' sites have (`test/site/faults.py`, `test/site/wrong_answers.py`), as `test/site/t/faults.sh` measured it: in one run over all of
them, and, where the run as a whole fails, one by one. In every row nothing was lost (what is not stored stands in `failed_scrapes` or `validation_errors`, and is stored once
the site is well), nothing invented (all other rows are what the site says, field by field), and no process crashed. No request went to a host that is not one of
the two sites. A page "not stored" that was stored before stays as it was. `bash test/site/t/faults.sh; cp build/faults.md docs/faults.md` measures it anew.

A page that is cut short so that nothing says so - a Content-Length that ends within it, a connection without a length that is closed, a gzip stream of the right length that
has no end - is read as far as it goes: what is missing of the required fields is reported, other fields are empty until the page is read again.

| fault | outcome | what is said | asked for again |
| --- | --- | --- | --- |
TEXT
sed 's/^/# /' build/faults.md
# Newer versions of libcurl than Debian 12's know such a header from a lack of memory.
[ "$(debian_pg_major)" -eq 15 ] && except='^$^' || except='^| header of a megabyte '
is "docs/faults.md says the same (else: cp build/faults.md docs/faults.md)" "$(diff <(grep -v "$except" docs/faults.md) <(grep -v "$except" build/faults.md))" ""
done_testing
