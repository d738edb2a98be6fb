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
report turkish "lang => 'tr'"
database=blank sql "SELECT esn_report()" >"$kept/blank.html"
pages=(network.html country.html section.html blank.html turkish.html)
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
for page in 0 1 2 3 4; do
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

# Figures without the marks that a language puts into them.
plain() { grep -E '^(figure|chart)' | grep -v oldest | sed 's/[^a-z0-9_]//g' | sort; }
is "the page has every word that its scripts use, and no other" \
	"$(sed -n 's/^	\([a-z0-9_]*\): \["*.*/\1/p' report/words.js | grep -v '^field_' | sort)" \
	"$(grep -ohE '"(failure_|run_|list_)?[a-z0-9_]+"' report/{words,chart,zoom,map,page}.js |
		tr -d '"' | cat - <(printf '%s\n' failure_{missing,declined,error,silent,unclear} \
			run_{waiting,running,completed,partial,failed,cancelled} \
			list_{upcoming,largest,latest}) | sort -u |
		grep -Fxf <(sed -n 's/^	\([a-z0-9_]*\): \["*.*/\1/p' report/words.js) |
		grep -v '^field_')"
is "in Turkish it shows the same figures" \
	"$(look shown 4 value | plain)" "$(look shown 0 value | plain)"
like "with title and language" "$(about 4)" "page tr Bütün ağ – ESN Pulse raporu 1 heading, *"

# On a telephone: what is wider than the window, but for what scrolls or is clipped.
browse narrow --width=360 "$(cat <<'JAVASCRIPT'
[...document.querySelectorAll("main *")]
	.filter((n) => !n.closest("details, clipPath, defs, .scroll, title"))
	.filter((n) => n.getBoundingClientRect().right > innerWidth + 1)
	.filter((n) => !n.closest("g[clip-path]"))
	.map((n) => n.outerHTML.slice(0, 100)).join(" ")
	+ (document.documentElement.scrollWidth > innerWidth ? "scrolls" : "")
	+ (() => {
		const r = (s) => [...document.querySelectorAll(`#map g > .point${s}`)]
			.map((n) => Number(n.getAttribute("r")));
		return Math.max(0, ...r(":is(.none, .unread):not(.subject)"))
			< Math.min(...r(":not(.none, .unread)")) ? "" : "an empty mark is not the smallest";
	})()
JAVASCRIPT
)"
for page in 0 1 2 3 4; do
	is "${pages[page]}: nothing is cut off on a screen of 360 pixels, no mark too large" \
		"$(look narrow "$page" value)" ""
done

# Every page of a small network, and their index.
published=$kept/published
publish() {
	TMPDIR=$kept PGHOST=$run/$cluster PGUSER=reader scripts/publish.sh "$@" 2>&1
}
listed() { grep -o 'href="[^"]*"' "$published/index.html" | sed 's/^href="//; s/"$//' | sort; }
every=$(sql "SELECT 1 + (SELECT count(*) FROM countries)
	+ (SELECT count(*) FROM sections WHERE removed_at IS NULL)")
like "all reports are published" "$(publish "$database" "$published")" \
	"$published/index.html: $((every + 1)) pages"
is "the index links each of them" "$(listed)" "$(cd "$published" && ls | grep -v '^index' | sort)"
is "there is one for each section and country" "$(listed | wc -l)" "$every"
is "they are whole" "$(grep -LF '</html>' "$published"/*.html)" ""
echo mine >"$published/notes.html"
sql "UPDATE sections SET removed_at = now() WHERE activities_platform_slug = '$section'" >/dev/null
gone=$(sql "SELECT accounts_platform_slug FROM sections
	WHERE activities_platform_slug = '$section'")
like "they are published again" "$(publish --lang tr "$database" "$published")" "*$every pages"
is "without that of a section that is gone" "$(ls "$published/section-$gone.html" 2>&1)" \
	"ls: cannot access '$published/section-$gone.html': No such file or directory"
is "and what else was there stays" "$(cat "$published/notes.html")" mine
is "the index is in Turkish then" "$(grep -c '<h1>Raporlar</h1>' "$published/index.html")" 1
like "a language without words is an error" \
	"$(publish --lang de "$database" "$published" || true)" \
	'*unknown language of a report: "de"*'
is "which replaces no page" "$(grep -c '<h1>Raporlar</h1>' "$published/index.html")" 1
like "an empty database has an index" "$(PGHOST=$run/$cluster scripts/publish.sh blank \
	"$published-blank" 2>&1)" "*: 2 pages"
sql "UPDATE sections SET removed_at = NULL WHERE activities_platform_slug = '$section'" >/dev/null

# Where something was never read, the page says so first, and shows no zero for it.
other=$(sql "SELECT accounts_platform_slug FROM sections
	WHERE can_scrape_activities AND latitude IS NOT NULL AND removed_at IS NULL
		AND activities_platform_slug <> '$section' ORDER BY id LIMIT 1")
sql "UPDATE sections SET last_scraped = NULL WHERE accounts_platform_slug = '$other'" \
	"DELETE FROM activity_section_organisers o USING sections s
		WHERE s.id = o.section_id AND s.accounts_platform_slug = '$other'" >/dev/null
report network ""
report section "'$other'"
pages=(network.html section.html)
browse unread "$(cat <<'JAVASCRIPT'
[document.querySelector("header + .notice").id,
	document.querySelector("header + .notice").textContent,
	[...document.querySelectorAll("#map .point.unread")].length > 0,
	document.querySelectorAll("#no-activities").length,
	((rows) => rows.length > 0 && rows.every((r) => r.slice(2).every((c) => c === "\u2013")))(
		[...document.querySelectorAll("#sections tr")].map((r) =>
			[...r.cells].map((c) => c.textContent)).filter((r) => r[2] === "\u2013"))].join("|")
JAVASCRIPT
)"
never=$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities AND last_scraped IS NULL
	AND removed_at IS NULL")
all=$(sql "SELECT count(*) FROM sections WHERE can_scrape_activities AND removed_at IS NULL")
like "the network's page says how many sections were never read" "$(look unread 0 value)" \
	"unread|This report is not complete. $never of $all sections ha* not been read yet*|true|0|true"
like "the section's page says that it never was" "$(look unread 1 value)" \
	"unread|This report is not complete. The activities of this section have not*|true|0|false"
pages=(network.html country.html section.html)

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
