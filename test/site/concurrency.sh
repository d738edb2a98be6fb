# What the tests of concurrency share: a run that the site holds up in the middle, and a user's
# session that does something meanwhile. Sourced after test/site/tests.sh.
last="SELECT status || '|' || coalesce(error_message, '') FROM esn_runs LIMIT 1"
full_run="SELECT status FROM esn_scrape_activities(\"full\" => true)"

# begins [psql's arguments]: a session that waits for a run, which has stored pages and cannot end
# before the site lets it. Sets caller.
begins() {
	site_hold "$database" activities '^/activity/.*[02468]$'
	psql -X -q -h "$run/$cluster" -d "$database" -At -v VERBOSITY=verbose "$@" \
		-c "SET esn_pulse.request_timeout = '10min'" -c "$full_run" >"$run/$database/output" 2>&1 &
	caller=$!
	eventually 20 t sql "SELECT count(*) > 5
		FROM frontier p JOIN esn_runs r ON p.fetched_at > r.started_at
		WHERE r.status = 'running' AND p.kind = 'activity'" ||
		echo "# no run began: $(cat "$run/$database/output")"
}

# ends <what> <status|message> <what its caller reads>: the site answers, the run ends.
ends() {
	site_release "$database" activities
	wait "$caller" || true
	like "$1: the run's row shows how it ended" "$(sql "$last")" "$2"
	like "$1: its caller gets the same" "$(cat "$run/$database/output")" "$3"
	is "$1: no run is shown as running" \
		"$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0
}

# afterwards <what>: nothing is lost or half written.
afterwards() {
	like "$1: the next run completes" "$(sql "$full_run")" "*completed"
	is "$1: the tables match the sites" "$(differences)" ""
}

# A user's session, in the current database.
user_connects() {
	done_so_far=0
	mkfifo "$run/$database/user.input"
	PGAPPNAME=user psql -X -q -h "$run/$cluster" -d "$database" -At -v VERBOSITY=verbose \
		<"$run/$database/user.input" >"$run/$database/user.output" 2>&1 &
	exec {input}>"$run/$database/user.input"
}

# user <statements>: returns when they are done.
user() {
	printf '%s\n\\echo done\n' "$1" >&"$input"
	done_so_far=$((done_so_far + 1))
	eventually 20 "$done_so_far" grep -c '^done$' "$run/$database/user.output" ||
		echo "# the user's session waits: $(tail -n 5 "$run/$database/user.output")"
}

waits() { # <what> <condition on pg_stat_activity>
	local waiting="SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND $2"

	eventually 20 t sql "$waiting" || true
	is "$1" "$(sql "$waiting")" t
}

the_run="backend_type = 'esn_pulse run'"
