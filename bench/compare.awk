# The table of bench/compare.sh, from its figures: who, wall ms, CPU s of the process, of the server, peak MB, requests, rows; a line each round.

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

function ratio(who, what, to)
{
	return median(who, what) / median(to, what)
}

function line(who, name,    wall, all, requests)
{
	wall = median(who, "wall")
	all = median(who, "all")
	requests = median(who, "requests")
	printf "| %s | %.2f | %.2f | %.2f | %.2f | %.1f |", name, wall, median(who, "own"), median(who, "server"), all, median(who, "peak")
	printf(requests > 0 ? " %d | %.2f | %.2f |" : " - | - | - |", requests, 1000 * wall / requests, 1000 * all / requests)
	printf " %s | %.2f | %.2f |\n", median(who, "rows") == 0 ? "-" : median(who, "rows"), wall / median("ours", "wall"), all / median("ours", "all")
}

{
	n = ++count[$1]
	value[$1, "wall", n] = $2 / 1000
	value[$1, "own", n] = $3
	value[$1, "server", n] = $1 == "ours" ? $4 - $3 : $4 # our worker is one of the server's processes
	value[$1, "all", n] = $3 + value[$1, "server", n]
	value[$1, "peak", n] = $5
	value[$1, "requests", n] = $6
	value[$1, "rows", n] = $7
}

END {
	printf "%d pages, %.1f MB of HTML, 3,000 activities of 500 sections; medians of %d rounds; all that have rows have the same\n\n", pages,
		bytes / 1e6, rounds
	print "| what | wall, s | CPU of its process, s | CPU of the server besides, s | CPU in all, s | peak RssAnon of its process, MB | requests |" \
		" wall ms a request | CPU ms a request | rows | x ours, wall | x ours, CPU |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	line("ours", "ours")
	line("scrapy", "Scrapy, psycopg2")
	line("tuned", "Scrapy with CONCURRENT_ITEMS = 1")
	line("aiohttp", "aiohttp, BeautifulSoup over lxml, asyncpg")
	line("fetching", "floor: fetching and parsing alone")
	line("storing", "floor: storing alone, by COPY")
	floor = median("fetching", "all") + median("storing", "all")
	print "\n| ratio | wall | CPU in all | target |"
	print "| --- | ---: | ---: | --- |"
	printf "| ours / floor of fetching and parsing | **%.2f** | %.2f | at most 1.5 |\n", ratio("ours", "wall", "fetching"), ratio("ours", "all", "fetching")
	printf "| ours / both floors | %.2f | **%.2f** | at most 1.6 |\n",
		median("ours", "wall") / (median("fetching", "wall") + median("storing", "wall")), median("ours", "all") / floor
	printf "| Scrapy / ours | **%.1f** | %.1f | at least 6 |\n", ratio("scrapy", "wall", "ours"), ratio("scrapy", "all", "ours")
	printf "| Scrapy with CONCURRENT_ITEMS = 1 / ours | %.1f | %.1f | |\n", ratio("tuned", "wall", "ours"), ratio("tuned", "all", "ours")
	printf "| aiohttp / ours | **%.1f** | %.1f | at least 25 |\n", ratio("aiohttp", "wall", "ours"), ratio("aiohttp", "all", "ours")
}
