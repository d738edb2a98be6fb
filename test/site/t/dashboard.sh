# The dashboard in a browser: its figures are those of the tables, nothing comes from elsewhere, the
# console is empty; tables sort and search; it is Turkish, narrow, usable by keyboard alone, and
# complete without JavaScript.
. test/site/tests.sh
free_ports 1
port=${ports[0]}
site=http://127.0.0.1:$port
site_cluster dashboard
site_database shown --sections 60 --count 300 --seed 27
sql "SELECT esn_scrape_all()" "CREATE ROLE esn_web LOGIN" "SELECT esn_grant_web('esn_web')" \
	>/dev/null
build_gateway gcc
build/web-gcc/esn-pulse-web --listen "127.0.0.1:$port" --rate 0 \
	--dsn "host=$run/dashboard dbname=shown user=esn_web" 2>"$run/shown/gateway.log" &
gateway=$!
kept=$(mktemp -d)
trap 'kill "$gateway" 2>/dev/null || true
	rm -rf "$kept"
	site_stop shown
	cluster_stop dashboard' EXIT
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
ok "$(eventually 60 200 status "$site/" && echo true || echo false)" "the dashboard is there"
section=$(sql "SELECT section_slug FROM esn_section_overview WHERE country_code IS NOT NULL
	ORDER BY activities DESC, section_slug LIMIT 1")
country=$(sql "SELECT country_code FROM sections WHERE accounts_platform_slug = '$section'")
key=$(sql "SELECT esn_create_api_key('own', 'operate', '$section')")
# A gap: the section has no activity for the cause that comparable sections serve most.
sql "DELETE FROM activity_to_cause r USING activity_causes c, activity_section_organisers o,
		sections s WHERE c.id = r.cause_id AND o.activity_id = r.activity_id
		AND s.id = o.section_id AND s.accounts_platform_slug = '$section' AND c.name = (
			SELECT name FROM esn_suggest('$section', 45) WHERE kind = 'cause'
			ORDER BY comparable_percent DESC LIMIT 1)" \
	"SELECT esn_internal.esn_refresh_summaries()" >/dev/null
ideas() { # <language>
	sql "SELECT format('idea %s|%s %% (%s / %s)|%s %%', reason, round(own_percent,
			(own_percent BETWEEN 0.1 AND 9.9)::integer), own, own_activities,
			round(comparable_percent, (comparable_percent BETWEEN 0.1 AND 9.9)::integer))
		FROM esn_suggest('$section', 6, '$1') ORDER BY rank"
}

# browse <address> [options]: opens the page; then `look <key>` prints what it says, `shows <word>`
# a line of it.
browse() {
	local address=$1
	shift
	TMPDIR=$kept python3 test/site/browser.py "$@" "$(cat test/site/dashboard.js)" \
		"$site$address" >"$kept/page" 2>"$kept/errors" || echo "# $(cat "$kept/errors")"
}
look() {
	python3 -c "import json, sys; v = json.load(open('$kept/page'))[sys.argv[1]]
print(v if isinstance(v, str) else '\n'.join(v))" "$1"
}
shows() { look value | sed -n "s/^$1 //p"; }
figures() { # <relation> <condition>
	sql "SELECT format('%s %s', f.name, f.value) FROM $1 o, LATERAL (VALUES
		('activities', to_char(o.activities, 'FM999,999,999')),
		('participants', to_char(o.participants, 'FM999,999,999')),
		('rank', to_char(o.rank_in_network, 'FM999,999,999'))) AS f(name, value) WHERE $2
		ORDER BY 1"
}
sound() { # <name>: what holds for every page
	is "$1: the console is empty" "$(look console)" ""
	is "$1: nothing is requested from elsewhere" "$(look requests | grep -v "^$site/" |
		grep -v '^data:' || true)" ""
	is "$1: it fits into the window, each id is there once, and the keyboard reaches everything" \
		"$(shows wide), $(shows ids), $(shows mouse), $(shows unnamed)" "no, once, 0, 0"
}

browse /
sound "network"
is "the network's figures are those of the tables" "$(shows figure | grep -E '^(act|par|sec)')" \
	"$(sql "SELECT format('activities %s', to_char(count(*), 'FM999,999,999')) FROM activities
			WHERE is_valid AND removed_at IS NULL AND NOT is_future_event" \
		"SELECT format('participants %s', to_char(sum(participants), 'FM999,999,999'))
			FROM activities WHERE is_valid AND removed_at IS NULL AND NOT is_future_event" \
		"SELECT format('sections %s', count(*)) FROM sections WHERE removed_at IS NULL")"
like "the report's charts are there" "$(shows charts)" "trend causes types sdgs map*students*"
is "all sections and countries are in tables" "$(shows rows | head -n 2)" \
	"$(sql "SELECT format('sections %s', count(*)) FROM sections WHERE removed_at IS NULL" \
		"SELECT format('countries %s', count(*)) FROM countries")"
is "a long table is short at first" "$(shows short)" 20
is "it sorts" "$(shows most)" "$(sql "SELECT string_agg(section, ', ') FROM (
	SELECT section FROM esn_section_overview ORDER BY activities DESC, section, section_slug
	LIMIT 2) s")"
is "also from the least" "$(shows least)" \
	"$(sql "SELECT min(activities) FROM esn_section_overview")"
is "and can be searched" "$(shows found)" "true true"
is "the map can be zoomed" "$(shows zoom)" "true true true true true"
is "a chart becomes a picture" "$(shows saved)" "trend.png,data:image/png;base64,,true"
sql "ALTER DATABASE shown SET esn_pulse.request_delay = '1min'"
browse "/?lang=tr#$(sql "SELECT esn_create_api_key('all', 'operate')")" --width=400
sound "network in Turkish on a telephone"
is "a run is followed as it happens" "$(shows followed), $(look requests |
	grep -c '/api/v1/events')" "sürüyor durduruldu, 1"
is "it is Turkish" "$(shows title)" "tr Bütün ağ"
like "the charts, too" "$(shows headings)" "Zaman içinde etkinlikler, Konular, Türler*"
browse "/countries/$country"
sound "country"
is "a country's figures are those of the tables" \
	"$(shows figure | grep -E '^(activities|participants|rank) ' | sort)" \
	"$(figures esn_country_overview "country_code = '$country'")"
browse "/sections/$section"
sound "section"
is "a section's figures are those of the tables" \
	"$(shows figure | grep -E '^(activities|participants|rank) ' | sort)" \
	"$(figures esn_section_overview "section_slug = '$section'")"
is "suggestions are there with their figures" "$(look value | grep '^idea ')" "$(ideas en)"
is "one is a gap" "$(shows gap)" "$(sql "SELECT reason FROM esn_suggest('$section', 6)
	WHERE is_gap")"
is "examples are links" "$(shows examples)" "$(sql "SELECT string_agg(e.item->>'link', ' '
		ORDER BY rank, e.n) FROM esn_suggest('$section', 6), jsonb_array_elements(examples)
		WITH ORDINALITY AS e(item, n)")"
is "and each stands once" "$(shows plans)" 0
browse "/sections/$section?lang=tr#$key" --width=400
is "suggestions are Turkish" "$(look value | sed -n 's/^idea \([^|]*\)|.*/\1/p')" \
	"$(ideas tr | sed 's/^idea \([^|]*\)|.*/\1/')"
sound "section in Turkish on a telephone"
started=$(sql "SELECT max(id) FROM scraper_status")
like "who has a key starts a run" "$(shows started)" "$started: *"
is "of that section" "$(sql "SELECT request FROM scraper_status WHERE id = $started")" \
	"section $section"
is "and stops it" "$(shows stopped)" "$started: durduruldu"
is "it has stopped" "$(sql "SELECT status FROM scraper_status WHERE id = $started")" cancelled
sql "ALTER DATABASE shown RESET esn_pulse.request_delay"
browse /api
sound "routes"

# By keyboard alone.
while IFS=$'\t' read -r passed what wrong; do ok "$passed" "$what" "$wrong"; done \
	< <(TMPDIR=$kept python3 test/site/keyboard.py "$site" "$section")

# Without JavaScript.
page=$(curl -s "$site/?q=&year=2025")
is "without JavaScript all sections are there" \
	"$(grep -o '<table id="sections".*' <<<"$page" | sed 's/<\/table>.*//' | grep -o '<tr>' |
		wc -l)" "$(sql "SELECT count(*) + 1 FROM sections WHERE removed_at IS NULL")"
is "activities can be selected" "$(curl -s "$site/sections/$section?online=true&cause=" |
	grep -oE '[0-9,]+ found' | tr -d ,)" "$(sql "SELECT count(*) || ' found'
		FROM esn_section_activities WHERE section_slug = '$section' AND is_online")"
is "what is not there has a page" "$(status "$site/nothing") $(curl -s "$site/nothing" |
	grep -c '<h1>nothing is here</h1>')" "404 1"
kill "$gateway"
wait "$gateway" && ended=0 || ended=$?
is "the gateway ended well" "$ended $(grep -E 'Sanitizer|runtime error' \
	"$run/shown/gateway.log" || true)" "0 "
done_testing
