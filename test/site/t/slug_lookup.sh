# The lookup of the sections' slugs by HEAD, on sites that answer HEAD otherwise than GET: the
# sections that are found are the same, and few requests more are needed.
. test/site/tests.sh
parallel=4
site_cluster slug_lookup "esn_pulse.max_parallel_requests = $parallel"
site_database lookups --sections 40 --count 100 --seed 71 --no-faults
log=$run/lookups/access.log
scrape="SELECT status FROM esn_scrape_accounts()"
found() {
	sql "SELECT accounts_platform_slug, activities_platform_slug, can_scrape_activities
		FROM sections ORDER BY 1"
}
by() { grep -cE " $1 /organisation/[^ ]*/activities [0-9]*$" "$log" || true; }
forget() {
	sql "DELETE FROM sections" >/dev/null
	: >"$log"
}

like "HEAD is answered as GET is: a run completes" "$(sql "$scrape")" "*completed"
is "and nothing is looked up by GET" "$(by GET)" 0
wanted=$(found)
requests=$(by HEAD)
is "most sections are found" "$(sql "SELECT count(*) > 30 FROM sections
	WHERE can_scrape_activities")" t

for status in 405 501 403 400 404; do
	forget
	echo "if (\$request_method = HEAD) { return $status; }" \
		>"$run/lookups/activities-unreliable.conf"
	site_reload lookups
	like "HEAD is always answered $status: a run completes" "$(sql "$scrape")" "*completed"
	is "HEAD is always answered $status: the same sections are found" \
		"$(diff <(found) <(printf '%s\n' "$wanted"))" ""
	is "HEAD is always answered $status: each slug is looked up by GET once" \
		"$(by GET)" "$requests"
	# As many as are under way until the first is answered.
	[ "$status" = 404 ] || is "HEAD is always answered $status: the first shows that" \
		"$(($(by HEAD) <= parallel))" 1
done

# One slug of a known section: at first only HEAD is answered 404, then GET, too. Its activities
# name it, and bring it back.
forget
: >"$run/lookups/activities-unreliable.conf"
site_reload lookups
like "all is well again: runs complete" \
	"$(sql "$scrape" "SELECT status FROM esn_scrape_activities()")" "*completed*completed"
slug=$(sql "SELECT s.activities_platform_slug FROM sections s
	JOIN activity_section_organisers o ON o.section_id = s.id
	WHERE s.name NOT IN (SELECT name FROM sections GROUP BY 1 HAVING count(*) > 1)
	ORDER BY s.id DESC LIMIT 1")
health="SELECT status, value FROM esn_health WHERE name = 'slugs of sections'"
usual=$(sql "$health")
wanted=$(found)
for method in HEAD '(HEAD|GET)'; do
	: >"$log"
	cat >"$run/lookups/activities-unreliable.conf" <<-NGINX
		set \$asked \$request_method\$uri;
		if (\$asked ~ "^$method/organisation/$slug/activities\$") { return 404; }
	NGINX
	# Somebody has the slug that would be guessed next.
	[ "$method" != HEAD ] || echo "location = /organisation/$slug-0/activities { return 200 ok; }" \
		>>"$run/lookups/activities-unreliable.conf"
	site_reload lookups
	like "$method is answered 404 for one slug: a run completes" "$(sql "$scrape")" "*completed"
	is "$method is answered 404 for one slug: a GET decides" "$(by GET)" 1
	[ "$method" != HEAD ] || is "$method is answered 404 for one slug: it is not lost" \
		"$(diff <(found) <(printf '%s\n' "$wanted"))$(sql "$health")" "$usual"
done
is "a slug that is not found by GET either is lost" "$(sql "SELECT can_scrape_activities
	FROM sections WHERE activities_platform_slug = '$slug'")" f
like "and the health check has it" "$(sql "$health")" "warning|* 1 lost"
: >"$run/lookups/activities-unreliable.conf"
site_reload lookups
sql "SELECT status FROM esn_scrape_activities(\"full\" => true)" >/dev/null
is "activities that name it bring it back" \
	"$(diff <(found) <(printf '%s\n' "$wanted"))$(sql "$health")" "$usual"

# Where nothing is known there, a few GETs show that HEAD is right.
forget
echo "location ~ ^/organisation/ { return 404; }" >"$run/lookups/activities-unreliable.conf"
site_reload lookups
like "no slug is known: a run completes" "$(sql "$scrape")" "*completed"
is "no slug is known: none is found" "$(sql "SELECT count(*) FROM sections
	WHERE can_scrape_activities")" 0
is "no slug is known: few are looked up by GET, too" "$(($(by GET) < $(by HEAD) / 2))" 1
done_testing
