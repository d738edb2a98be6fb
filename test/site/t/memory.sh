# The worker's private memory does not grow with the number of pages.
. test/site/tests.sh
site_cluster memory

# peak_of_run: runs everything, prints the worker's peak of private memory in kB.
peak_of_run() {
	local pid anon peak=0 caller
	local worker="SELECT pid FROM pg_stat_activity WHERE backend_type = 'esn_pulse run'"
	sql "SELECT status FROM esn_scrape_all()" >"$run/memory.output" &
	caller=$!
	eventually 20 t sql "SELECT EXISTS ($worker)" || true
	pid=$(sql "$worker")
	while anon=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null); do
		[ -n "$anon" ] || break
		[ "$anon" -le "$peak" ] || peak=$anon
		sleep 0.05
	done
	wait "$caller"
	echo "$peak"
}

site_database few --sections 500 --count 3000 --seed 41 --no-faults
few=$(peak_of_run)
like "a run over 3,000 activities completes" "$(cat "$run/memory.output")" "*completed"
site_database many --sections 500 --count 30000 --seed 42 --no-faults
many=$(peak_of_run)
like "a run over 30,000 activities completes" "$(cat "$run/memory.output")" "*completed"
echo "# peak of private memory: $few kB for 3,000, $many kB for 30,000 activities"
is "all of them are there" "$(sql "SELECT count(*) FROM activities")" 30000
is "ten times the pages take no more memory, within a quarter" "$((many <= few + few / 4))" 1
is "and less than 64 MB" "$((many < 65536))" 1

# A page becomes many nodes in a session that parses it; they are freed when it is parsed.
private="SELECT substring(pg_read_file('/proc/self/status', 0, 4000) FROM 'RssAnon:\s+(\d+)')"
parse="SELECT esn_parse('country', repeat('<p>x', 200000), '$accounts_url/country/tr') IS NOT NULL"
# Before the first page: a small one, which loads the library.
small=${parse/200000/1}
read -r -d '' _ before parsed after < <(sql "$small" "$private" "$parse" "$private") || true
echo "# private memory of a session: $before kB before, $after kB after it has parsed a page"
is "a session keeps no page that it has parsed" "$parsed $((after < before + 8192))" "t 1"
done_testing
