# What the tests of meetings share: a run that the site holds up in the middle, and a user's session that does something meanwhile.
# Sourced after test/site/tests.sh.
last="SELECT status || '|' || coalesce(error_message, '') FROM esn_runs LIMIT 1"

# begins [psql's arguments]: a session that waits for a run, which has stored pages and can't end before the site lets it. Sets caller.
begins() {
	site_hold "$database" activities '^/activity/.*[02468]$'
	psql -X -q -h "$run/$cluster" -d "$database" -At -v VERBOSITY=verbose "$@" -c "SET esn_pulse.request_timeout = '10min'" \
		-c "SELECT status FROM esn_scrape_activities(\"full\" => true)" >"$run/$database/output" 2>&1 &
	caller=$!
	eventually 20 t sql "SELECT count(*) > 5 FROM fetched_pages k JOIN esn_runs r ON k.fetched_at > r.started_at WHERE r.status = 'running' AND k.kind = 'activity'" ||
		echo "# no run began: $(cat "$run/$database/output")"
}

# ends <what> <status|message> <what its caller reads>: the site answers, the run ends.
ends() {
	site_release "$database" activities
	wait "$caller" || true
	like "$1: the run's row says how it ended" "$(sql "$last")" "$2"
	like "$1: so is its caller told" "$(cat "$run/$database/output")" "$3"
	is "$1: no run is shown as running" "$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0
}

# afterwards <what>: nothing is lost or half written.
afterwards() {
	like "$1: the next run completes" "$(sql "SELECT status FROM esn_scrape_activities(\"full\" => true)")" "*completed"
	is "$1: the tables are what the sites say" "$(differences)" ""
}

# A user's session, in the database that is there now.
user_connects() {
	done_so_far=0
	mkfifo "$run/$database/user.input"
	PGAPPNAME=user psql -X -q -h "$run/$cluster" -d "$database" -At -v VERBOSITY=verbose <"$run/$database/user.input" >"$run/$database/user.output" 2>&1 &
	exec {input}>"$run/$database/user.input"
}

# user <statements>: returns when they are done; user_begins: does not wait.
user_begins() {
	printf '%s\n\\echo done\n' "$1" >&"$input"
	done_so_far=$((done_so_far + 1))
}

user_is_done() {
	eventually 20 "$done_so_far" grep -c '^done$' "$run/$database/user.output" || echo "# the user's session waits: $(tail -n 5 "$run/$database/user.output")"
}

user() {
	user_begins "$1"
	user_is_done
}

waits() { # <what> <condition on pg_stat_activity>
	eventually 20 t sql "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND $2" || true
	is "$1" "$(sql "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND $2")" t
}

the_run="backend_type = 'esn_pulse run'"
the_user="application_name = 'user'"
