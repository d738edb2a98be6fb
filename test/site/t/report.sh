# The report in a browser: it shows what the tables hold, asks the network for nothing, says nothing in the console, and lets no text act.
. test/site/tests.sh
site_cluster report
site_database reported --sections 70 --count 300 --seed 61
cluster_psql "$cluster" -c "CREATE DATABASE blank"
(database=blank sql "CREATE EXTENSION esn_pulse")
like "there is something to report" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
sql "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null
country=$(sql "SELECT country_code FROM sections WHERE country_code IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT 1")
section=$(sql "SELECT activities_platform_slug FROM sections JOIN activity_section_organisers ON section_id = id WHERE activities_platform_slug IS NOT NULL AND country_code IS NOT NULL AND latitude IS NOT NULL
	GROUP BY id ORDER BY count(*) DESC, id LIMIT 1")
kept=$(mktemp -d)
trap 'rm -rf "$kept"; for site in "${sites[@]}"; do site_stop "$site"; done; cluster_stop "$cluster"' EXIT

# report <file> <argument>: as somebody who may only read, in a session that may only read
report() { PGUSER=reader PGOPTIONS="-c default_transaction_read_only=on" sql "SELECT esn_report($2)" >"$kept/$1.html"; }
report network ""
report country "'$country'"
report section "'$section'"
(database=blank && sql "SELECT esn_report()" >"$kept/blank.html")
pages=(network country section blank)
# browse <name> <options and JavaScript ...>: of each page what browser.py says; look <name> <page's number> <key> then has it.
browse() {
	local name=$1
	shift
	TMPDIR=$kept python3 test/site/browser.py "$@" "${pages[@]/#/$kept/}" >"$kept/$name" 2>"$kept/errors" || echo "# $(cat "$kept/errors")"
	python3 - "$kept/$name" <<-'PYTHON'
		import json, sys
		for n, line in enumerate(open(sys.argv[1])):
		    for key, value in json.loads(line).items():
		        print(value if isinstance(value, str) else json.dumps(value), file=open(f"{sys.argv[1]}.{n}.{key}", "w"))
	PYTHON
}
look() { cat "$kept/$1.$2.$3"; }
pages=("${pages[@]/%/.html}")
browse shown "$(cat test/site/report.js)"
for page in 0 1 2 3; do
	is "${pages[page]}: the console is empty" "$(look shown "$page" console)" "[]"
	is "${pages[page]}: nothing is asked for" "$(look shown "$page" requests)" "[]"
done

# wanted <everything> <sections>: by the tables
wanted() { cluster_psql "$cluster" -d "$database" -v everything="$1" -v sections="$2" -f test/site/report.sql 2>&1; }
# Of a map's points only those count that are on it, and how divided bars are divided is told by their table.
differs() { diff <(look shown "$1" value | grep -Ev '^(chart students|page)' | LC_ALL=C sort) <(LC_ALL=C sort) || true; }
is "the network's page shows what the tables hold" "$(wanted true "SELECT 0" | differs 0)" ""
is "a country's does" "$(wanted false "SELECT id FROM sections WHERE country_code = '$country' AND removed_at IS NULL" | differs 1)" ""
is "a section's does" "$(wanted false "SELECT id FROM sections WHERE activities_platform_slug = '$section'" | differs 2)" ""
is "it was not little" "$(($(look shown 0 value | wc -l) > 60))" 1
about() { look shown "$1" value | grep '^page'; }
has="1 heading, 0 charts without a text, all fit on paper"
is "the network's page has a title, a language, a heading, texts for its charts, and fits on paper" "$(about 0)" "page en The whole network – ESN Pulse report $has"
is "a country's does" "$(about 1)" "page en $(sql "SELECT name FROM countries WHERE country_code = '$country'") – ESN Pulse report $has"
is "a section's does" "$(about 2)" "page en $(sql "SELECT name FROM sections WHERE activities_platform_slug = '$section'") – ESN Pulse report $has"
is "an empty database's shows no figure and says that there is nothing" "$(look shown 3 value)" "page en The whole network – ESN Pulse report $has"$'\npage says that there is nothing'

# On a telephone.
browse narrow --width=360 '[...document.querySelectorAll("main *")].filter((n) => !n.closest("details, clipPath, defs, .scroll, title"))
	.filter((n) => n.getBoundingClientRect().right > innerWidth + 1 && !n.closest("g[clip-path]")).map((n) => n.outerHTML.slice(0, 100)).join(" ") + (document.documentElement.scrollWidth > innerWidth ? "scrolls" : "")'
for page in 0 1 2 3; do is "${pages[page]}: nothing is cut off where 360 pixels are all there is" "$(look narrow "$page" value)" ""; done

# Titles and names that mean harm.
sql "UPDATE activities SET title = '</script><img src=x onerror=\"document.title=1\"><script>document.title=2</script>', url = 'javascript:document.title=3' WHERE is_valid" \
	"UPDATE sections SET name = '</script><svg onload=document.title=4>' || id, city = '<!--<script>'" "UPDATE countries SET name = '<iframe src=\"http://127.0.0.1:1/\"></iframe>'" >/dev/null
report network ""
report country "'$country'"
report section "'$section'"
browse harm '[document.querySelectorAll("script").length, document.querySelectorAll("main img, main script, main iframe, main [onload], main [onerror], main a[href^=javascript]").length,
	document.querySelectorAll(".title").length > 0 && [...document.querySelectorAll(".title")].every((n) => n.textContent.startsWith("</script><img")), /^[0-9]$/.test(document.title)].join("|")'
for page in 0 1 2; do
	is "${pages[page]}: what strangers write is text and nothing else" "$(look harm "$page" value)" "2|0|true|false"
	is "${pages[page]}: and neither asks for anything nor is refused" "$(look harm "$page" requests)$(look harm "$page" console)" "[][]"
done
is "no browser is left" "$(pgrep -fc "user-data-dir=$kept" || true)" 0
done_testing
