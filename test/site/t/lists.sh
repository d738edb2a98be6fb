# What lists show is read in the run that reads them, however long a page of a list waits to be looked at while its answers are stored.
. test/site/tests.sh
site_cluster lists
# Two sections, so that their lists are shorter than the network's own.
site_database listed --sections 2 --count 240 --seed 301 --no-faults
like "all of it is read" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
sql "UPDATE listed_activities SET card_hash = card_hash + 1" "UPDATE section_lists SET read_at = now()" >/dev/null
time_passes 1
like "every card is another than before" "$(sql "SET esn_pulse.request_delay = 15" "SELECT status FROM esn_scrape_activities()")" "*completed"
is "so each activity is read again" "$(sql "SELECT count(*) FROM fetched_pages WHERE kind = 'activity' AND fetched_at < (SELECT max(started_at) FROM scraper_status)")" 0
is "and the data are what the sites say" "$(differences)" ""
done_testing
