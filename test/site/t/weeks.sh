# Three weeks without a hand on it: each day what the schedule's jobs call, the clock of the data moved on, and sites that fail, change and come back.
. test/site/tests.sh
site_cluster weeks
site_database unattended --sections 45 --count 1200 --seed 101

# What is not well, but for the schedule, which there is none here, and the share of requests that fail: it hangs on which pages have their turn.
complaints() { sql "SELECT string_agg(name || ': ' || status, ', ' ORDER BY name) FROM esn_health WHERE status <> 'ok' AND name NOT IN ('schedule', 'failed requests')"; }
maintenance() { sql "LISTEN esn_pulse_alert" "SELECT task, rows FROM esn_maintenance()"; }
week() { # <what Monday's job is to say> <what is to complain on Monday ... Sunday>
	local monday=$1 day=0
	shift
	like "$1: Monday's job" "$(sql "SELECT status FROM esn_scrape_all()")" "$monday"
	shift
	for complaint in "$@"; do
		day=$((day + 1))
		maintenance >"$run/unattended/maintenance"
		is "day $day: the health check is right" "$(complaints)" "$complaint"
		is "day $day: alerts are raised for what is critical" "$(grep -c 'Asynchronous notification "esn_pulse_alert"' "$run/unattended/maintenance")" \
			"$(($(grep -o 'critical' <<<"$complaint" | wc -l)))"
		time_passes 1
	done
}

# What is noted beside the list says the same as what it was noted from.
due_by_note() {
	sql "BEGIN" "CREATE TEMP TABLE noted AS SELECT * FROM esn_due_activities(false, NULL)" "SELECT count(*) > 0 FROM listed_activities WHERE read_at IS NOT NULL AND calm_until IS NULL" \
		"UPDATE listed_activities SET read_at = NULL WHERE calm_until IS NULL" "CREATE TEMP TABLE known AS SELECT * FROM esn_due_activities(false, NULL)" \
		"SELECT count(*) FROM ((TABLE noted EXCEPT TABLE known) UNION ALL (TABLE known EXCEPT TABLE noted)) d" "ROLLBACK"
}
# The site has a few per cent of pages that are broken: that is said, and no more.
usual="failed requests: warning, invalid activities: warning"
usual=$(sql "SELECT esn_scrape_all()" "SELECT esn_scrape_all()" "SELECT esn_scrape_all()" >/dev/null; complaints)
like "what is broken on the site for good is a warning at most" "${usual//warning/}" "*: *"
is "no check is critical" "$(grep -c critical <<<"$usual")" 0
week "*completed" "the first week" "$usual" "$usual" "$usual" "$usual" "$usual" "$usual" "$usual"
is "after the first week the data are what the sites say" "$(differences)" ""
is "after the first week what is due is due by what is noted, too" "$(due_by_note)" "$(printf 't\n0')"

# On the second Monday the site is down; nobody looks, and the data grow old.
site_switch unattended activities 503
down=$(sql "SELECT esn_scrape_all()" >/dev/null 2>&1; complaints)
like "a site that is down is critical" "$down" "*last run: critical*sections read: critical*"
site_switch unattended activities 503
old=$(sed 's/^/data age: warning, /' <<<"$down")
week "*failed" "the second week" "$down" "$old" "$old" "$old" "$old" "$old" "$old"
is "the rows of the first week are all there" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" 0
is "what was asked before it was given up stands as failed, once" "$(sql "SELECT count(*) = count(DISTINCT url) AND count(*) > 0 FROM failed_scrapes
	WHERE resolved_at IS NULL AND http_status_code = 503")" t

# Before the third Monday it has come back, and has changed.
site_switch unattended activities ""
site_change unattended --sections 45 --count 1290 --seed 101
week "*completed" "the third week" "$usual" "$usual" "$usual" "$usual" "$usual" "$usual" "$usual"
is "after the third week the data are what the sites say now, and every failure is accounted for" "$(differences)" ""
is "after the third week what is due is due by what is noted, too" "$(due_by_note)" "$(printf 't\n0')"
is "runs, errors and failures did not pile up" "$(sql "SELECT (SELECT count(*) FROM scraper_status) <= 8, (SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL) < 100,
	(SELECT count(*) = count(DISTINCT (url, field_name)) FROM validation_errors WHERE resolved_at IS NULL)")" "t|t|t"
done_testing
