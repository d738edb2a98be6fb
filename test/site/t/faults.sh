# Each fault of the sites once, and what the extension makes of it: nothing is lost, nothing is
# invented, nothing crashes, in every row.
#
# The table is written to build/faults.md, and must match docs/faults.md. To change that:
#     bash test/site/t/faults.sh; cp build/faults.md docs/faults.md
. test/site/tests.sh
. test/site/concurrency.sh
# A fault may leave a connection in a state that makes the first try of the next page fail.
site_cluster faults "esn_pulse.max_retries = 2" "esn_pulse.max_parallel_requests = 30"
site_front=1 site_database misbehaving --sections 45 --count 650 --every-fault --seed 1
dir=$run/misbehaving
started=$(sql "SELECT pg_postmaster_start_time()")
rows=$dir/rows
# A message without what differs each time: ports and made-up names.
constant() {
	sed -E "s,$activities_url,<site>,g; s,(127\.0\.0\.1|localhost):$trap,\1:<port>,g
		s,127\.0\.0\.1:${activities_url##*:},<site>,g; s,/activity/[^ ?\",\`]*,/activity/…,g"
}
row() { # <fault> <outcome> <message> <whether it is requested again>
	printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" >>"$rows"
}
: >"$rows"
read -r trap _ <"$dir/front"

# Pages, fields, addresses: all in one run.
like "a run over all of them completes" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
differences >"$dir/differences"
is "every other page is stored as it is, and every fault as it should be" \
	"$(cat "$dir/differences")" ""
cluster_psql "$cluster" -d "$database" -At -F $'\t' -v "site=$activities_url" \
	-v "faults=$dir/truth/faults.tsv" -f test/site/faults.sql >"$dir/outcomes"
while IFS=$'\t' read -r fault path outcome what again; do
	wrong=$(grep -F -- "$path" "$dir/differences" || true)
	[ "$outcome" != lost ] || wrong="$path is neither stored nor a failure"
	[ "$outcome" != unnoticed ] || wrong="$path differs from its list, and nothing says so"
	is "$fault: $outcome" "$wrong" ""
	row "$fault" "$outcome" "$(constant <<<"$what")" "$again"
done <"$dir/outcomes"
is "no request followed a redirect or a link away from the sites" \
	"$(cat "$dir/trapped" 2>/dev/null)" ""

# stopped <fault> <what to do> <the run's status and message>: a row of a fault that stops a run.
stopped() {
	local output message
	output=$(sql "$2" "SELECT status || '|' || error_message FROM esn_runs LIMIT 1" | tail -n 1)
	like "$1: the run stops with the reason" "$output" "$3"
	message=$(sed -E 's/^[a-z]*\|//; s/; (see|the rest|the remaining).*//
		s,https?://[^ /]*,<site>,; s/[0-9]+ of [0-9]+/… of …/; s/[0-9]+ times/… times/' \
		<<<"$output")
	row "$1" "the run stops" "\`$(constant <<<"$message")\`" "by the next run"
}

# The whole site.
slug=$(sql "SELECT activities_platform_slug FROM sections
	WHERE can_scrape_activities AND last_scraped IS NOT NULL ORDER BY id DESC LIMIT 1")
for way in wait-of-two-hours wait-beyond-numbers cloudflare cloudflare-error-code; do
	site_front misbehaving "/organisation/$slug/statistics"$'\t'"$way"
	stopped "${way//-/ }" "SELECT esn_scrape_section('$slug', \"full\" => true)" "*|stopped: *"
done

site_front misbehaving ""
site_switch misbehaving activities 401
stopped "everything refused with 401" "SELECT esn_scrape_activities(\"full\" => true)" \
	"*|stopped: given up: it failed * times in a row, at last: the site answered 401*"
site_switch misbehaving activities ""
stopped "no time for all sections" "SET esn_pulse.activities_time_limit = 1;
	SET esn_pulse.request_delay = '100ms'; SELECT esn_scrape_activities(\"full\" => true)" \
	"partial|time limit reached; *"

# No site there, or another one. Names below .localhost are this machine's.
free_ports 1
tls_port=${ports[0]}
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
certificate() { # <name> <authority> <days> <the host it is for>
	(
		cd "$dir/tls"
		printf 'subjectAltName=DNS:%s' "$4" >san
		# shellcheck disable=SC2086
		openssl req $key -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" \
			-extfile san -out "$1.pem"
	) 2>/dev/null
	cat <<-NGINX >>"$dir/tls.server"
		server {
			listen 127.0.0.1:$tls_port ssl;
			server_name $1.localhost;
			ssl_certificate $dir/tls/$1.pem;
			ssl_certificate_key $dir/tls/$1.key;
			return 404;
		}
	NGINX
}
mkdir "$dir/tls"
# shellcheck disable=SC2086
for authority in trusted unknown; do
	openssl req -x509 $key -nodes -days 2 -subj "/CN=$authority" \
		-keyout "$dir/tls/$authority.key" -out "$dir/tls/$authority.pem" 2>/dev/null
done
certificate good trusted 2 good.localhost
certificate expired trusted 0 expired.localhost
certificate other trusted 2 elsewhere.example
certificate stranger unknown 2 stranger.localhost
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir/tls"
site_reload misbehaving
trusted="SET esn_pulse.ca_file = '$dir/tls/trusted.pem'"
at() { echo "SET esn_pulse.accounts_url = '$1'"; }
elsewhere() { # <fault> <address> <message>
	stopped "$1" "$(at "$2"); $trusted; SET esn_pulse.request_delay = 200;
		SELECT esn_scrape_accounts()" \
		"failed|the home page of * could not be read: $3"
	# It is the failure of a site that gets no more requests.
	sql "DELETE FROM failed_scrapes
		WHERE url NOT LIKE '$accounts_url/%' AND url NOT LIKE '$activities_url/%'"
}
like "a certificate of the trusted authority is trusted" \
	"$(sql "$(at "https://good.localhost:$tls_port")" "$trusted" \
		"SELECT error_message FROM esn_scrape_accounts()")" "*the site answered 404"
not_trusted="the site's certificate cannot be trusted"
elsewhere "certificate past its time" "https://expired.localhost:$tls_port" "$not_trusted"
elsewhere "certificate of another host" "https://other.localhost:$tls_port" "$not_trusted"
elsewhere "certificate of an unknown authority" "https://stranger.localhost:$tls_port" \
	"$not_trusted"
elsewhere "no TLS where it is asked for" "https://${accounts_url#http://}" "SSL connect error"
# A label of more than 63 characters is an invalid name, so that no server is asked for it.
elsewhere "name that does not resolve" "https://$(printf 'x%.0s' {1..70}).invalid" \
	"*the site's name could not be resolved"
elsewhere "nobody listens" "http://127.0.0.1:1" "*no connection to the site could be made"

# The pages work again, but half of them are gone for a while.
site_change misbehaving --sections 45 --count 650 --every-fault --healed --seed 1
site_front misbehaving "$(sql "SELECT event_slug FROM activities
	WHERE event_slug ~ '^[a-z0-9-]+\$' AND id % 2 = 0" | sed 's,.*,/activity/&\tnot-found,')"
stopped "half the pages gone" "SELECT esn_scrape_activities(\"full\" => true)" \
	"failed|* of * pages are gone, more than esn_pulse.max_removed_ratio allows;
	none was marked as removed"
is "half the pages gone: none is marked" \
	"$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" 0

# And so is the listing of every other section.
there="FROM sections WHERE can_scrape_activities"
site_front misbehaving "$(sql "SELECT activities_platform_slug $there AND id % 2 = 0" |
	sed -E 's,.*,/organisation/&/activities\tnot-found,
		p; s,(.*)\t(.*),\1/\t\2,p; s,(.*)/\t(.*),/en\1\t\2,')"
known=$(sql "SELECT count(*) $there")
forgotten="failed|* of $known sections are no longer known to the activities platform,
	more than esn_pulse.max_removed_ratio allows; none was marked as removed"
stopped "half the lists gone" "SELECT esn_scrape_accounts()" "$forgotten"
like "half the lists gone: a retry finds the same" \
	"$(sql "INSERT INTO failed_scrapes (url, scraper_module, kind, error_message, will_retry)
		VALUES ('$accounts_url/', 'AccountsScraper', 'home', 'by hand', true)" \
		"SELECT status || '|' || error_message FROM esn_retry_failed()")" "*$forgotten"
is "half the lists gone: none is believed to be gone" "$(sql "SELECT count(*) $there")" "$known"
like "a setting allows it" \
	"$(sql "SET esn_pulse.max_removed_ratio = 1" "SELECT status FROM esn_scrape_accounts()")" \
	"*completed"
is "then it is believed" "$(sql "SELECT count(*) $there AND id % 2 = 0")" 0
site_front misbehaving ""
like "when they are back a run completes" "$(sql "SELECT status FROM esn_scrape_accounts()")" \
	"*completed"
is "and all are there" "$(sql "SELECT count(*) $there")" "$known"

# Pages of the whole site that do not come as they should, without an effect.
unaffected() { # <fault> <call>
	like "$1: a run completes" "$(sql "$2")" "*completed"
	row "$1" stored "" ""
}
echo "if (\$request_method = HEAD) { return 405; }" >"$dir/activities-unreliable.conf"
site_reload misbehaving
unaffected "HEAD is refused" "SELECT status FROM esn_scrape_accounts()"
: >"$dir/activities-unreliable.conf"
site_reload misbehaving
is "HEAD is refused: all sections are known" "$(sql "SELECT count(*) $there")" "$known"
echo "rewrite ^/robots.txt$ ${activities_url/127.0.0.1/localhost}/rules redirect;
	location = /rules { return 200 ''; }" >"$dir/activities-unreliable.conf"
site_reload misbehaving
unaffected "robots.txt on another host" \
	"DELETE FROM frontier WHERE kind = 'robots'; SELECT status FROM esn_scrape_accounts()"
: >"$dir/activities-unreliable.conf"
site_reload misbehaving
user_connects
user "BEGIN; LOCK TABLE extraction_rule_usage IN SHARE MODE;"
(until grep -q 'rules matched: tried again' "$run/$cluster/log"; do sleep 0.1; done &&
	echo "COMMIT;" >&"$input") &
unaffected "lock of another session for over five seconds" \
	"SELECT status FROM esn_scrape_accounts()"
wait $!

# At last nothing is wrong but what is wrong within pages.
like "when everything works again a run completes" \
	"$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "what had failed is stored, and resolved" "$(differences)" ""
is "the server has not restarted" "$(sql "SELECT pg_postmaster_start_time() = '$started'")" t
crashed='PANIC|terminated by signal|reinitializ|exited with'
is "none of its processes has crashed" "$(grep -cE "$crashed" "$run/$cluster/log")" 0

# Sections and activities that look like others, or change: who is who after each run.
twisted="--sections 60 --count 600 --no-faults --seed 8"
# shellcheck disable=SC2086
site_database twisted $twisted --twists before
# understood <fault>: in two runs.
understood() {
	local what slugs
	for _ in 1 2; do
		sql "SET esn_pulse.accounts_max_age = 0" "SELECT esn_scrape_all()" >/dev/null
	done
	[[ $twisted == *exchanged || $(exchanged) != --exchanged ]] || {
		twisted+=" --exchanged"
		# shellcheck disable=SC2086
		site_change twisted $twisted --twists before
	}
	differences >"$run/twisted/differences"
	is "no page but theirs is affected" "$(cat "$run/twisted/differences")" ""
	while IFS=$'\t' read -r what slugs; do
		! grep -qF "| $what |" "$rows" || continue
		is "$what: the truth after two runs" \
			"$(grep -E -- "[/,(]($slugs)[,/?)]" "$run/twisted/differences")" ""
		row "$what" right "" "after at most two runs"
	done <"$run/twisted/truth/twists.tsv"
}
understood
# A renamed activity has a second row if its list was read before its old page. That one is removed.
ids="SELECT (SELECT array_agg(id ORDER BY id) FROM sections),
	(SELECT count(*) FROM activities WHERE removed_at IS NULL)"
sql "$ids" >"$run/twisted/ids"
time_passes 7
# shellcheck disable=SC2086
site_change twisted $twisted --twists after
understood
is "a renamed section is the same; one activity is late, one unpublished, and one renamed" \
	"$(sql "$ids")" "$(cat "$run/twisted/ids")"
is "the history has the new names" "$(sql "SELECT field FROM esn_history
	WHERE field IN ('event_slug', 'accounts_platform_slug', 'name') ORDER BY 1")" \
	$'accounts_platform_slug\nevent_slug\nname'
is "the unpublished one is marked, with the reason" \
	"$(sql "SELECT removed_reason FROM activities WHERE removed_reason NOT LIKE 'moved to %'")" \
	"refused, and missing from its list"
is "no two sections have one slug" "$(sql "SELECT count(*) FROM sections
	GROUP BY activities_platform_slug HAVING count(*) > 1 AND activities_platform_slug <> ''")" ""

cat - "$rows" >build/faults.md <<'TEXT'
# Faults of the sites

This page lists what can go wrong on the sites, and what a run makes of it. Each
row is a fault that the sites of the tests have (`test/site/faults.py`,
`wrong_answers.py`, `refusals.py`, `odd_pages.py`, `odd_lists.py`, `twists.py`
there). `test/site/t/faults.sh` measured all of them in one run, and one by one
those that make a whole run fail or need several.

In every row:

- Nothing was lost. What is not stored is in `failed_scrapes` or
  `validation_errors`, and is stored once the site works again.
- Nothing was invented. All other rows are what the site shows, field by field.
- No process crashed.
- No request for a page went to another host. Only a request for robots.txt may
  follow a redirect to one.

A page that is "not stored" now but was stored before keeps its earlier values.
A page that is "retried" is requested again by the next run and by
`esn_retry_failed()`; other failed pages are requested again after
`esn_pulse.refresh_days`. The tests set `esn_pulse.max_page_size` to 1 MB and
`esn_pulse.request_timeout` to 5 s.

The rows with the outcome "right" concern several pages. Sections and activities
look like others there, or have changed between two runs: their names, slugs,
lists and statistics are compared with the sites after two runs.

Some truncated pages give no sign of it: a Content-Length that ends within the
page, a connection without a length that is closed, a gzip stream of the right
length without an end. Such a page is read as far as it goes. Missing required
fields are reported; other fields are empty until the page is read again.

| fault | outcome | message | retried |
| --- | --- | --- | --- |
TEXT
sed 's/^/# /' build/faults.md
# Newer versions of libcurl than Debian 12's can tell such a header from a lack of memory.
[ "$(debian_pg_major)" -eq 15 ] && except='^$^' || except='^| header of a megabyte '
is "docs/faults.md is the same (else: cp build/faults.md docs/faults.md)" \
	"$(diff <(grep -v "$except" docs/faults.md) <(grep -v "$except" build/faults.md))" ""
done_testing
