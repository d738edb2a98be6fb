# End to end: what a run leaves in the tables matches the sites, in every field of every row,
# whatever the network, the markup and the faults.
. test/site/tests.sh
site_cluster end_to_end
scrape_all="SELECT status FROM esn_scrape_all()"
scrape_activities="SELECT status FROM esn_scrape_activities()"

# The promised size and seed.
site_database network --sections 500 --count 3000 --seed 1
# One of its pages hangs, and each run waits for it once per try.
sql "ALTER DATABASE network SET esn_pulse.max_retries = 1"
output=$(sql "SELECT status, activities_invalid > 0, pages_failed > 0, sections_processed
	FROM esn_scrape_all()")
like "a run over 500 sections and 3,000 activities completes" "$output" "*completed|t|t|*"
like "its progress shows done / due, new / changed / failed and the time left" "$output" \
	"*NOTICE:  00000: * of * sections*; activities: * new, * changed, * unchanged; * pages failed;
	about * left*"
is "every row matches the sites, and every fault is recorded" "$(differences)" ""
is "valid rows have all required fields" "$(sql "SELECT count(*) FROM activities
	WHERE is_valid AND (title IS NULL OR url IS NULL OR description IS NULL
		OR start_date IS NULL)")" 0

is "statistics and lists agree" \
	"$(sql "SELECT status FROM esn_health WHERE name = 'statistics and lists'" \
		"TABLE esn_statistics_gaps")" ok

is "each run notes what it has cost" \
	"$(sql "SELECT max(cpu_seconds) BETWEEN 0.01 AND 3600, min(peak_memory) > 1 << 20,
		max(peak_memory) < 2::bigint << 30 FROM esn_runs WHERE status = 'completed'")" "t|t|t"

# Nothing has changed, so nothing may change.
snapshot >"$run/network/before"
like "a second run completes" \
	"$(sql "SELECT status FROM esn_scrape_accounts()" "$scrape_activities")" "*completed*completed*"
snapshot >"$run/network/after"
is "it leaves all rows as they were" "$(diff "$run/network/before" "$run/network/after")" ""
like "most of its pages were not sent again" \
	"$(sql "SELECT not_modified > requests / 2 FROM esn_runs LIMIT 1")" "*t"
like "a full run completes" \
	"$(sql "SELECT status, not_modified FROM esn_scrape_all(\"full\" => true)")" "*completed|0"
snapshot >"$run/network/after"
is "it, too, leaves all rows as they were" \
	"$(diff "$run/network/before" "$run/network/after")" ""

# One page changes: one row changes.
slug=$(sql "SELECT event_slug FROM activities
	WHERE is_valid AND removed_at IS NULL AND is_future_event ORDER BY id LIMIT 1")
rename_activity "$slug"
like "a run after one page changed counts it" \
	"$(sql "SELECT activities_changed, activities_new FROM esn_scrape_activities()")" "*1|0"
is "only that row has changed" "$(sql "
	SELECT title LIKE '%Renamed %' AND event_slug = '$slug' FROM activities
	WHERE updated_at > created_at AND removed_at IS NULL ORDER BY updated_at DESC LIMIT 1")" t

# The page goes, and comes back.
page=$run/network/activities/activity/$slug.html
as_owner mv "$page" "$page.away"
like "a run after one page went completes" \
	"$(sql "SELECT status FROM esn_scrape_activities(\"full\" => true)")" "*completed"
removed="SELECT removed_at IS NOT NULL FROM activities WHERE event_slug = '$slug'"
is "the row stays, marked as removed" "$(sql "$removed")" t
as_owner mv "$page.away" "$page"
like "a run after it came back completes" "$(sql "$scrape_activities")" "*completed"
is "the row is no longer marked" "$(sql "$removed")" f

# Other seeds have other names, numbers, faults, markup orders and selector variants.
for seed in 2 3; do
	site_database "seed$seed" --sections 120 --count 700 --seed "$seed" --twists before
	sql "ALTER DATABASE seed$seed SET esn_pulse.accounts_max_age = 0"
	like "two runs over seed $seed complete" "$(sql "$scrape_all" "$scrape_all")" \
		"*completed*completed"
	options="--sections 120 --count 700 --seed $seed $(exchanged)"
	# shellcheck disable=SC2086
	[[ $options != *exchanged ]] || site_change "seed$seed" $options --twists before
	is "every row of seed $seed matches the sites, also of sections of one name" "$(differences)" ""
	# Sections and activities are renamed, moved, withdrawn, registered late.
	# shellcheck disable=SC2086
	site_change "seed$seed" $options --twists after
	time_passes 7
	like "two runs after changes complete" "$(sql "$scrape_all" "$scrape_all")" \
		"*completed*completed"
	is "every row of seed $seed matches the changed sites" "$(differences)" ""
done

# Statistics that count otherwise than the lists are stored as they are, and said to differ.
site_database lying --sections 60 --count 500 --seed 4 --lying 2 --no-faults
like "a run over statistics that lie completes" "$(sql "$scrape_all")" "*completed"
is "they are stored as the site shows them" "$(differences)" ""
is "the health check counts them, and no others" \
	"$(sql "SELECT status, split_part(value, ' of ', 1) FROM esn_health
		WHERE name = 'statistics and lists'")" "warning|2"
is "the view names them" "$(sql "SELECT count(*), bool_and(counted = 3 * known)
	FROM esn_statistics_gaps")" "2|t"

# The same over TLS, with a certificate of the sites' own authority.
site_tls=1 site_database tls --sections 60 --count 300 --seed 5
like "a run over TLS completes" "$(sql "$scrape_all")" "*completed"
is "every row read over TLS matches the sites" "$(differences)" ""
is "all requests used HTTP/2" "$(grep -vc 'HTTP/2' "$run/tls/access.log")" 0
like "an unknown authority is rejected" \
	"$(sql "SET esn_pulse.ca_file = ''" "SELECT status FROM esn_scrape_accounts()" || true)" \
	"*home page * could not be read: the site's certificate cannot be trusted*"

# Polite: requests to one host start no closer together than the delay.
site_database polite --sections 6 --count 20 --seed 6 --no-faults
sql "SET esn_pulse.request_delay = 30" "$scrape_all" >/dev/null
is "requests come no faster than the delay allows" "$(sql "
	SELECT bool_and(completed_at - started_at >= 30 * (requests / 2 - 2) * interval '1 ms')
	FROM scraper_status")" t
done_testing
