# A good guest in all weathers: polite by the sites' own log, obedient where they struggle, never asking twice for what it has, not believing
# what would empty a table.
. test/site/tests.sh
site_cluster guest "max_worker_processes = 16"
obeyed() { python3 test/site/obeyed.py "$run/$database/access.log" "$@"; }

# Polite under faults: a third of the answers are 503 with Retry-After, 500, resets, or slow.
site_database polite --sections 8 --count 60 --seed 211 --no-faults
sql "ALTER DATABASE polite SET esn_pulse.request_delay = 25" "ALTER DATABASE polite SET esn_pulse.max_parallel_requests = 4" >/dev/null
site_robots polite activities $'User-agent: *\nDisallow: /activity/*7$'
site_faults polite activities 0.2 211
sql "SELECT status FROM esn_scrape_all()" >"$run/polite/output" || true
like "a run over a site with faults by chance ends" "$(cat "$run/polite/output")" "*completed"
is "by the site's log no two requests start sooner than the delay, no more than four are open, and none is for what is forbidden" \
	"$(obeyed --delay 25 --parallel 4 --forbidden '^/activity/.*7$')" ""
is "every failure is recorded, once" "$(sql "SELECT count(*) = count(DISTINCT url) FROM failed_scrapes WHERE resolved_at IS NULL")" t
site_faults polite activities "" ""
site_robots polite activities ""
sql "UPDATE fetched_pages SET fetched_at = fetched_at - interval '25 hours' WHERE kind = 'robots'"
like "with a quiet site a full run completes" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and the data are what the sites say" "$(differences)" ""

# A site that goes down in the middle is left alone, and what was read stays.
: >"$run/polite/access.log"
site_switch polite activities 503
like "a site that is down is given up, in words" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*struggles: trying again in*failed|stopped: given up: it failed * times in a row, at last: the site answered 503*"
is "after few requests" "$(($(wc -l <"$run/polite/access.log") < 40))" 1
site_switch polite activities ""
is "nothing is lost by it" "$(differences | grep -v '^failed_scrapes')" ""
like "when it is back the next run completes" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status FROM esn_scrape_activities()")" "*completed"

# Killed at twenty points and started again: what was stored is not asked for again.
site_database killed --sections 30 --count 1500 --seed 212 --no-faults
sql "SELECT esn_scrape_accounts()" >/dev/null
log=$run/killed/access.log
: >"$log"
for n in $(seq 20); do
	want=$((n * 55 + RANDOM % 20))
	sql "SELECT esn_scrape_activities(wait => false)" >/dev/null
	deadline=$((SECONDS + 20))
	until [ "$(sql "SELECT (SELECT count(*) FROM fetched_pages WHERE kind IN ('activity', 'statistics')) >= $want OR NOT EXISTS (SELECT FROM esn_runs WHERE status = 'running')")" = t ] ||
		[ "$SECONDS" -ge "$deadline" ]; do :; done
	sql "SELECT pg_terminate_backend(worker_pid, 10000) FROM esn_runs WHERE status = 'running'" >/dev/null
	sql "SELECT url FROM fetched_pages WHERE kind IN ('activity', 'statistics')" | sed 's,^http://[^/]*,,' | sort >"$run/killed/stored.$n"
	wc -l <"$log" >"$run/killed/lines.$n"
done
like "after twenty kills a run completes" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
twice=$(for n in $(seq 20); do
	tail -n "+$(($(cat "$run/killed/lines.$n") + 1))" "$log" | awk '{ print $7 }' | sort -u | comm -12 - "$run/killed/stored.$n"
done | sort -u)
is "no page of an activity or of statistics that was stored was asked for again" "$twice" ""
is "the kills came in the middle" "$(($(wc -l <"$run/killed/stored.10") > 100 && $(wc -l <"$run/killed/stored.10") < 1400))" 1
is "and the data are what the sites say after them" "$(differences)" ""

# Validators that are missing or wrong cost requests, never data.
for mode in none changing lying clock; do
	site_database "valid_$mode" --sections 20 --count 4000 --years 1 --seed 213 --no-faults --days-ago 7
	sql "ALTER DATABASE valid_$mode SET esn_pulse.recent_days = 67" >/dev/null
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_all()" >/dev/null
	is "$mode: all is what the sites say" "$(differences)" ""
	site_change "valid_$mode" --sections 20 --count 4000 --years 1 --seed 213 --no-faults --days-ago 0
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_accounts()" >/dev/null
	like "$mode: a week later a run completes" "$(sql "SELECT status, not_modified, requests FROM esn_scrape_activities()")" "*completed|*"
	is "$mode: the data are what the sites say now" "$(differences)" ""
	echo "# $mode: $(sql "SELECT format('%s requests, %s not modified', requests, not_modified) FROM esn_runs LIMIT 1")"
	site_stop "valid_$mode"
done
done_testing
