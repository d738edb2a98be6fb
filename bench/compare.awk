# The tables of bench/compare.sh, from its figures. One line per measurement: who, wall ms, CPU s of
# the process, of the server, peak MB, requests, rows.

function median(who, what,    n, i, j, v, x)
{
	n = count[who]
	for (i = 1; i <= n; i++) {
		x = value[who, what, i]
		for (j = i - 1; j > 0 && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2
}

function fastest(who, what,    i, least)
{
	least = value[who, what, 1]
	for (i = 2; i <= count[who]; i++)
		least = value[who, what, i] < least ? value[who, what, i] : least
	return least
}

function ratio(who, what, to)
{
	return median(who, what) / median(to, what)
}

function cost(who, name)
{
	printf "| %s | %.2f | %.2f | %.2f | %.2f | %.1f |\n", name, median(who, "wall"),
		median(who, "own"), median(who, "server"), median(who, "all"), median(who, "peak")
}

function share(who, name,    wall, all, requests, rows)
{
	wall = median(who, "wall")
	all = median(who, "all")
	requests = median(who, "requests")
	rows = median(who, "rows")
	printf "| %s |", name
	if (requests > 0)
		printf " %d | %.2f | %.2f |", requests, 1000 * wall / requests, 1000 * all / requests
	else
		printf " - | - | - |"
	printf " %s | %.2f | %.2f |\n", rows == 0 ? "-" : rows,
		wall / median("ours", "wall"), all / median("ours", "all")
}

# target <name> <of whom> <to whom> <target> <judged>: a row of ratios; what is judged is bold.
function target(name, who, to, wanted, judged)
{
	printf "| %s | " (judged ? "**%.1f**" : "%.1f") " | %.1f | %s |\n", name,
		ratio(who, "wall", to), ratio(who, "all", to), wanted
}

{
	n = ++count[$1]
	value[$1, "wall", n] = $2 / 1000
	value[$1, "own", n] = $3
	# our worker is one of the server's processes
	value[$1, "server", n] = $1 == "ours" ? $4 - $3 : $4
	value[$1, "all", n] = $3 + value[$1, "server", n]
	value[$1, "peak", n] = $5
	value[$1, "requests", n] = $6
	value[$1, "rows", n] = $7
}

END {
	n = split("ours scrapy tuned aiohttp fetching storing", who, " ")
	name["ours"] = "ours"
	name["scrapy"] = "Scrapy, psycopg2"
	name["tuned"] = "Scrapy, CONCURRENT_ITEMS = 1"
	name["aiohttp"] = "aiohttp, BeautifulSoup, lxml, asyncpg"
	name["fetching"] = "floor: fetching and parsing alone"
	name["storing"] = "floor: storing alone, by COPY"
	printf "%d pages, %.1f MB of HTML, 3,000 activities of 500 sections; medians of %d rounds.\n",
		pages, bytes / 1e6, rounds
	print "All that have rows have the same. Own: of its process; peak: of its RssAnon.\n"
	print "| what | wall, s | own CPU, s | server's CPU, s | CPU in all, s | peak, MB |"
	print "| --- | ---: | ---: | ---: | ---: | ---: |"
	for (i = 1; i <= n; i++)
		cost(who[i], name[who[i]])
	print "\n| what | requests | wall ms each | CPU ms each | rows | x ours, wall | x ours, CPU |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
	for (i = 1; i <= n; i++)
		share(who[i], name[who[i]])
	print "\n| ratio | wall | CPU in all | target |"
	print "| --- | ---: | ---: | --- |"
	printf "| ours / floor of fetching and parsing | **%.2f** | %.2f | at most 1.2 |\n",
		ratio("ours", "wall", "fetching"), ratio("ours", "all", "fetching")
	printf "| ours / both floors | %.2f | **%.2f** | at most 1.2 |\n",
		median("ours", "wall") / (median("fetching", "wall") + median("storing", "wall")),
		median("ours", "all") / (median("fetching", "all") + median("storing", "all"))
	printf "| ours / floor of fetching and parsing, of the fastest runs | %.2f | %.2f | |\n",
		fastest("ours", "wall") / fastest("fetching", "wall"),
		fastest("ours", "all") / fastest("fetching", "all")
	target("Scrapy / ours", "scrapy", "ours", "at least 8", 1)
	target("Scrapy with CONCURRENT_ITEMS = 1 / ours", "tuned", "ours", "", 0)
	target("aiohttp / ours", "aiohttp", "ours", "at least 12", 1)
}
