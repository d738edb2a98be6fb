# The report in a browser: it shows what the tables hold, requests nothing from the network, prints
# nothing to the console, and executes no text.
. test/site/tests.sh
site_cluster report
site_database reported --sections 70 --count 300 --seed 61
cluster_psql "$cluster" -c "CREATE DATABASE blank"
database=blank sql "CREATE EXTENSION esn_pulse"
like "there is something to report" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
sql "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null
country=$(sql "SELECT country_code FROM sections WHERE country_code IS NOT NULL
	GROUP BY 1 HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT 1")
section=$(sql "SELECT activities_platform_slug
	FROM sections JOIN activity_section_organisers ON section_id = id
	WHERE activities_platform_slug IS NOT NULL AND country_code IS NOT NULL
		AND latitude IS NOT NULL
	GROUP BY id ORDER BY count(*) DESC, id LIMIT 1")
kept=$(mktemp -d)
trap 'rm -rf "$kept"
	for site in "${sites[@]}"; do site_stop "$site"; done
	cluster_stop "$cluster"' EXIT

# report <file> <argument>: as a role that may only read, in a session that may only read
report() {
	PGUSER=reader PGOPTIONS="-c default_transaction_read_only=on" \
		sql "SELECT esn_report($2)" >"$kept/$1.html"
}
report network ""
report country "'$country'"
report section "'$section'"
database=blank sql "SELECT esn_report()" >"$kept/blank.html"
pages=(network.html country.html section.html blank.html)
# browse <name> <options and JavaScript ...>: opens each page with browser.py; then look <name>
# <page's number> <key> prints what it says of the page.
browse() {
	local name=$1
	shift
	TMPDIR=$kept python3 test/site/browser.py "$@" "${pages[@]/#/$kept/}" \
		>"$kept/$name" 2>"$kept/errors" || echo "# $(cat "$kept/errors")"
	python3 - "$kept/$name" <<-'PYTHON'
		import json, sys
		for n, line in enumerate(open(sys.argv[1])):
		    for key, value in json.loads(line).items():
		        text = value if isinstance(value, str) else json.dumps(value)
		        print(text, file=open(f"{sys.argv[1]}.{n}.{key}", "w"))
	PYTHON
}
look() { cat "$kept/$1.$2.$3"; }
browse shown "$(cat test/site/report.js)"
for page in 0 1 2 3; do
	is "${pages[page]}: the console is empty" "$(look shown "$page" console)" "[]"
	is "${pages[page]}: nothing is requested" "$(look shown "$page" requests)" "[]"
done

# differs <page's number> <everything> <sections>: between the page and the tables. Only those
# points of a map count that are on it; how divided bars are divided, their table shows.
differs() {
	diff <(look shown "$1" value | grep -Ev '^(chart students|page)' | LC_ALL=C sort) \
		<(cluster_psql "$cluster" -d "$database" -v everything="$2" -v sections="$3" \
			-f test/site/report.sql 2>&1 | LC_ALL=C sort) || true
}
is "the network's page shows what the tables hold" "$(differs 0 true "SELECT 0")" ""
is "a country's page does" "$(differs 1 false "SELECT id FROM sections
	WHERE country_code = '$country' AND removed_at IS NULL")" ""
is "a section's page does" "$(differs 2 false "SELECT id FROM sections
	WHERE activities_platform_slug = '$section'")" ""
is "there are many figures" "$(($(look shown 0 value | wc -l) > 60))" 1
about() { look shown "$1" value | grep '^page'; }
title() { # <name>
	echo "page en $1 – ESN Pulse report 1 heading, 0 charts without a text, all fit on paper"
}
is "the network's page has title, language, heading, texts for its charts, and fits on paper" \
	"$(about 0)" "$(title "The whole network")"
is "a country's page does" "$(about 1)" \
	"$(title "$(sql "SELECT name FROM countries WHERE country_code = '$country'")")"
is "a section's page does" "$(about 2)" \
	"$(title "$(sql "SELECT name FROM sections WHERE activities_platform_slug = '$section'")")"
is "an empty database's page shows no figure and says that there is nothing" \
	"$(look shown 3 value)" "$(title "The whole network")"$'\npage says that there is nothing'

# On a telephone: what is wider than the window, but for what scrolls or is clipped.
browse narrow --width=360 "$(cat <<'JAVASCRIPT'
[...document.querySelectorAll("main *")]
	.filter((n) => !n.closest("details, clipPath, defs, .scroll, title"))
	.filter((n) => n.getBoundingClientRect().right > innerWidth + 1)
	.filter((n) => !n.closest("g[clip-path]"))
	.map((n) => n.outerHTML.slice(0, 100)).join(" ")
	+ (document.documentElement.scrollWidth > innerWidth ? "scrolls" : "")
JAVASCRIPT
)"
for page in 0 1 2 3; do
	is "${pages[page]}: nothing is cut off on a screen of 360 pixels" \
		"$(look narrow "$page" value)" ""
done

# Malicious titles and names.
sql "UPDATE activities SET url = 'javascript:document.title=3', title = '</script><img src=x '
		'onerror=\"document.title=1\"><script>document.title=2</script>' WHERE is_valid" \
	"UPDATE sections SET name = '</script><svg onload=document.title=4>' || id,
		city = '<!--<script>'" \
	"UPDATE countries SET name = '<iframe src=\"http://127.0.0.1:1/\"></iframe>'" >/dev/null
report network ""
report country "'$country'"
report section "'$section'"
browse harm "$(cat <<'JAVASCRIPT'
(() => {
	const harm = ["img", "script", "iframe", "[onload]", "[onerror]", "a[href^=javascript]"];
	const titles = [...document.querySelectorAll(".title")];
	return [document.querySelectorAll("script").length,
		document.querySelectorAll(harm.map((s) => `main ${s}`).join(", ")).length,
		titles.length > 0 && titles.every((n) => n.textContent.startsWith("</script><img")),
		/^[0-9]$/.test(document.title)].join("|");
})()
JAVASCRIPT
)"
for page in 0 1 2; do
	is "${pages[page]}: what strangers write is text and nothing else" \
		"$(look harm "$page" value)" "2|0|true|false"
	is "${pages[page]}: and it neither requests anything nor is blocked" \
		"$(look harm "$page" requests)$(look harm "$page" console)" "[][]"
done
is "no browser is left" "$(pgrep -fc "user-data-dir=$kept" || true)" 0
done_testing
