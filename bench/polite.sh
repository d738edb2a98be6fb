#!/usr/bin/env bash
# Whether a run is ever idle without need: a refresh of a network at a polite rate, from the first
# request to the last in the site's log.
# Usage: bench/polite.sh [delay in ms]
. test/site/tests.sh
delay=${1:-50}
size="--sections 200 --count 6000 --years 3 --padding 500 --no-faults --seed 221"
site_cluster polite
# shellcheck disable=SC2086
site_database network $size --days-ago 7
sql "SELECT esn_scrape_all()" >/dev/null
# shellcheck disable=SC2086
site_change network $size --days-ago 0
: >"$run/network/access.log"
sql "SET esn_pulse.request_delay = $delay" \
	"SELECT status FROM esn_scrape_activities()" >"$run/network/output"
sql "SELECT format('%s requests planned, %s made, %s not modified',
	planned_requests, requests, not_modified) FROM scraper_status ORDER BY id DESC LIMIT 1"
python3 test/site/obeyed.py "$run/network/access.log" --delay "$delay" --parallel 10
python3 - "$run/network/access.log" "$activities_url" "$delay" <<'PYTHON'
import sys
sys.path.insert(0, "test/site")
from obeyed import read

starts = [r.start for r in read(sys.argv[1]) if r.port == sys.argv[2].rsplit(":", 1)[1]]
delay, wall = int(sys.argv[3]) / 1000, starts[-1] - starts[0]
share = 100 * (len(starts) - 1) * delay / wall
longest = 1000 * max(b - a for a, b in zip(starts, starts[1:]))
print(f"{len(starts)} requests x {delay * 1000:.0f} ms are {share:.1f} % of {wall:.1f} s; "
      f"longest pause {longest:.0f} ms")
PYTHON
