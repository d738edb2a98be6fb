# esn_selftest(): one page of each kind is requested, which says what the rules find today, and
# nothing is stored.
. test/site/tests.sh
site_cluster selftest
site_database selftested --sections 20 --count 60 --seed 24 --no-faults
log=$run/selftested/access.log
requested() { awk '{ print $(NF - 1) }' "$log" | grep -v robots; }
# Everything that the extension's tables hold, but for what the extension brings along.
stored() {
	sql "SELECT string_agg(format('%s: %s', c.oid::regclass,
			(xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s',
				c.oid::regclass), false, true, '')))[1]), E'\n' ORDER BY c.oid::regclass::text)
		FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e'
			AND d.classid = 'pg_class'::regclass WHERE c.relkind = 'r'"
}
result() { sql "SELECT page, http_status, passed, missing, problem FROM esn_selftest()"; }
before=$(stored)
passed="home|200|t|{}|
country|200|t|{}|
section|200|t|{}|
listing|200|t|{}|
activity|200|t|{}|
statistics|200|t|{}|"
is "on a site as we know it all required rules match" "$(result)" "$passed"
is "six pages were requested" "$(requested | wc -l)" 6
is "none of them twice" "$(requested | sort | uniq -d)" ""
is "and each robots.txt before" "$(head -n 2 "$log" | grep -c robots.txt)" 2
is "nothing is stored" "$(diff <(stored) <(printf '%s\n' "$before"))" ""
like "what is found is listed, and what is not" "$(sql "
	SELECT found @> '{title,description}', NOT found && not_found
	FROM esn_selftest() WHERE page = 'activity'")" "t|t"

# With markup that has changed.
site=$run/selftested
as_owner cp -r "$site/accounts" "$site/accounts.kept"
as_owner find "$site/accounts/section" -name '*.html' -exec \
	sed -i 's/class="page-header"/class="headline"/g' {} +
like "a required rule that matches nothing is named" "$(result)" "*
section|200|f|{name}|the page has no *
listing|200|t|{}|*"
as_owner find "$site/accounts" -maxdepth 1 -name '*.html' -exec \
	sed -i 's|/country/|/land/|g' {} +
like "where the home page names no country, its map still names a section" "$(result)" \
	"home|200|f|{countries}|the page has no list of countries*
country|||{}|no address of such a page is known
section|*"
known=$(find "$site/accounts/section" -name '*.html' | sort | head -n 1)
sql "INSERT INTO sections (name, accounts_platform_slug, accounts_url, activities_platform_slug)
	VALUES ('ESN Known', '$(basename "$known" .html)', 'https://accounts.example/',
		'esn-known')" >/dev/null
like "what the database knows takes its place" "$(sql "
	SELECT url ~ '/country/[a-z]{2}$', http_status FROM esn_selftest() WHERE page = 'country'")" \
	"t|*"
echo "location ~ ^/(country/.*)?\$ { return 500; }" >"$site/accounts-unreliable.conf"
site_reload selftested
is "it names the section, too, where no page does" \
	"$(sql "SELECT page, url LIKE '%/section/$(basename "$known" .html)' FROM esn_selftest()
		WHERE page = 'section'" "SELECT problem FROM esn_selftest() WHERE page = 'country'")" \
	$'section|t\n'"the site answered 500"
: >"$site/accounts-unreliable.conf"
as_owner rm -r "$site/accounts"
as_owner mv "$site/accounts.kept" "$site/accounts"

# A page that fails is an answer; it is not tried again.
: >"$log"
echo "location ~ /statistics\$ { return 500; }" >"$site/activities-unreliable.conf"
site_reload selftested
like "a page that fails says why" "$(result)" "*
statistics|500|f|{}|the site answered 500"
is "and is not requested again" "$(requested | grep -c /statistics)" 1

echo "location ~ /statistics\$ { return 404; }" >"$site/activities-unreliable.conf"
site_reload selftested
like "a page that is not there tests nothing" "$(result)" "*
statistics|404||{}|the site answered 404"

# Who may call it, and when.
sql "CREATE ROLE reader LOGIN" "CREATE ROLE operator LOGIN" \
	"SELECT esn_grant_read('reader')" "SELECT esn_grant_operate('operator')" >/dev/null
like "a reader may not" "$(PGUSER=reader sql "SELECT * FROM esn_selftest()" || true)" \
	"*42501*permission denied for function esn_selftest*"
is "an operator may" "$(PGUSER=operator sql "SELECT count(*) FROM esn_selftest()")" 6
is "no run has a row of it" "$(sql "SELECT count(*) FROM scraper_status")" 0
sql "LOAD 'esn_pulse'" "SET esn_pulse.request_delay = '5s'" \
	"SELECT status FROM esn_scrape_all(wait => false)" >/dev/null
like "while a run is in progress it is refused" "$(sql "SELECT * FROM esn_selftest()" || true)" \
	"*55006*is already running*"
sql "SELECT esn_cancel(max(id)) FROM scraper_status" >/dev/null
like "a timeout stops it at once" "$(sql "SET esn_pulse.request_delay = '5s'" \
	"SET statement_timeout = '1s'" "SELECT * FROM esn_selftest()" || true)" "*57014*"
is "after which it can run again" "$(sql "SELECT count(*) FROM esn_selftest()")" 6
done_testing
