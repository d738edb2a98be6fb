-- The frontier: when each known address is fetched next, and what of that a run has still to
-- fetch. Where pages are stored, store-pages.sql calls esn_next_fetch(); what is due is then an
-- index scan. The view due_pages and esn_plan() show it.

-- The order of the organisers on a card does not matter.
CREATE OR REPLACE FUNCTION esn_internal.esn_card_hash(card jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT hashtextextended((card - 'organiser' - 'organiser_name' - 'url')::text, 0);
END;
COMMENT ON FUNCTION esn_card_hash(jsonb) IS
	'A hash of the content of a card. card: as in a listing.';

CREATE OR REPLACE FUNCTION esn_internal.esn_policy(OUT recent_days integer,
	OUT refresh_days integer,
	OUT request_delay integer, OUT accounts_max_age integer)
LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_policy() IS
	'The settings that decide what is due, in this session: esn_pulse.recent_days, '
	'esn_pulse.refresh_days (days), esn_pulse.request_delay (ms), esn_pulse.accounts_max_age '
	'(minutes).';

CREATE OR REPLACE FUNCTION esn_internal.esn_list_pages(activities bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT activities / 12 + 1;
END;
COMMENT ON FUNCTION esn_list_pages(bigint) IS
	'About how many pages a list has, at twelve activities per page. activities: on the list.';

CREATE OR REPLACE FUNCTION esn_internal.esn_first_page(activities_url text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT activities_url || '/activities?page=0';
END;
COMMENT ON FUNCTION esn_first_page(text) IS
	'The address of the first page of a section''s list. activities_url: as in sections.';

CREATE OR REPLACE FUNCTION esn_internal.esn_accounts_due() RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM @extschema@.sections) OR NOT EXISTS (SELECT
		FROM @extschema@.scraper_status, esn_policy() p
		WHERE scraper_module = 'AccountsScraper' AND status = 'completed'
			AND started_at BETWEEN now() - make_interval(mins => p.accounts_max_age) AND now())
$$;
COMMENT ON FUNCTION esn_accounts_due() IS
	'Whether no section is known, or no successful run over accounts is younger than '
	'esn_pulse.accounts_max_age.';

-- Times that are no times, 1970 (at once) and 9999 (never), are finite: many clients fail on
-- infinity.
--
-- Decides, whenever an attempt has ended, when the page is fetched next. "At once" and "by the next
-- run" differ: what is stored at a time is not fetched again by the run that is in progress then.
--
-- Activities are fetched by each run while they are upcoming, and until they have been over for
-- recent_days. After that, an activity changes less often the longer it has been over: it is
-- fetched again when that has become five times as long. Without a date, one to two times
-- refresh_days spread the activities of one run over many days. Lists are read completely once in
-- twice refresh_days, each section on its own day, so that no week gets them all.
CREATE OR REPLACE FUNCTION esn_internal.esn_next_fetch(kind text, status text, seed text,
	tried_at timestamptz, last_day date, will_retry boolean, retry_count integer,
	recent_days integer, refresh_days integer)
RETURNS TABLE (next_fetch_at timestamptz, reason text, priority integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT w.at, w.reason,
		CASE WHEN status = 'failing' THEN 9 WHEN w.at > tried_at THEN 3 ELSE 2 END
	FROM (SELECT last_day >= tried_at::date - recent_days AS is_recent,
		2 * refresh_days AS cycle, hashtext(seed) & 2147483647 AS hash) v
	CROSS JOIN LATERAL (SELECT CASE
		WHEN (kind IN ('activity', 'statistics', 'listing')) IS NOT TRUE THEN NULL
		WHEN status = 'failing' THEN tried_at + make_interval(days => CASE
			WHEN NOT will_retry THEN refresh_days
			WHEN retry_count <= 7 THEN 0
			ELSE least(retry_count, refresh_days) END)
		WHEN status = 'gone' THEN CASE WHEN is_recent THEN tried_at ELSE '9999-01-01Z' END
		WHEN kind = 'statistics' OR kind = 'activity' AND is_recent THEN tried_at
		WHEN kind = 'activity' THEN tried_at + make_interval(days => CASE
			WHEN last_day IS NULL THEN refresh_days + hash % (refresh_days + 1)
			ELSE greatest(refresh_days, 4 * (tried_at::date - last_day)) END)
		WHEN kind = 'listing' THEN to_timestamp(86400.0 * ((floor((extract(epoch FROM tried_at)
			/ 86400 + hash % cycle) / cycle) + 1) * cycle - hash % cycle)) END AS at,
		CASE WHEN status <> 'fetched' THEN status
			WHEN kind = 'statistics' THEN 'each run'
			WHEN kind = 'listing' THEN 'in full again'
			WHEN last_day >= tried_at::date THEN 'upcoming'
			WHEN is_recent THEN 'recent'
			WHEN kind = 'activity' THEN 'old' END AS reason) w;
END;
COMMENT ON FUNCTION esn_next_fetch(text, text, text, timestamptz, date, boolean, integer, integer,
	integer) IS
	'When an address is fetched next, why, and how early among those that are due. kind: as in '
	'frontier. status: as in frontier, of the attempt that has just ended. seed: of an activity '
	'its slug, of a list its section''s. tried_at: when the attempt ended. last_day: of the '
	'activity, NULL: unknown. will_retry: as in failed_scrapes. retry_count: as in '
	'failed_scrapes. recent_days: esn_pulse.recent_days. refresh_days: esn_pulse.refresh_days.';

-- After a site has sent a changed page under an old validator, its earlier 304 answers count for
-- nothing.
CREATE OR REPLACE FUNCTION esn_internal.esn_validator_broken_at() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT max(validator_broken_at) FROM @extschema@.frontier
		WHERE validator_broken_at > now() - interval '30 days');
END $$;
COMMENT ON FUNCTION esn_validator_broken_at() IS
	'When a page was last found to have changed under the same ETag or Last-Modified, within 30 '
	'days. NULL: never.';

-- A run that resumes another counts what that has fetched as its own.
CREATE OR REPLACE FUNCTION esn_internal.esn_run_times(OUT since timestamptz,
	OUT started_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT s.since, s.started_at INTO since, started_at
	FROM @extschema@.scraper_status s WHERE s.status = 'running';
	since := coalesce(since, now());
	started_at := coalesce(started_at, now());
END $$;
COMMENT ON FUNCTION esn_run_times() IS
	'When the run in progress started, and its scraper_status.since. The current time if no run is '
	'in progress.';

CREATE OR REPLACE FUNCTION esn_internal.esn_is_done(status text, tried_at timestamptz,
	next_fetch_at timestamptz, since timestamptz, started_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
	-- A time that is still to come is of a clock that was ahead, and counts for nothing.
	SELECT coalesce(next_fetch_at > 'epoch' AND tried_at <= now()
		AND tried_at >= CASE WHEN status = 'failing' AND next_fetch_at <= tried_at
			THEN started_at ELSE since END, false);
END;
COMMENT ON FUNCTION esn_is_done(text, timestamptz, timestamptz, timestamptz, timestamptz) IS
	'Whether the run needs nothing more of an address. status: as in frontier. tried_at: likewise. '
	'next_fetch_at: likewise. since: as of esn_run_times(). started_at: likewise.';

-- One in sixteen pages is requested unconditionally, so that a site with wrong validators is found
-- out.
CREATE OR REPLACE FUNCTION esn_internal.esn_claim_pages(run bigint, page_kind text, urls text[],
	rules_hash bigint, "full" boolean)
RETURNS TABLE (url text, etag text, last_modified text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT u.url, CASE WHEN v.valid THEN f.etag END, CASE WHEN v.valid THEN f.last_modified END
	FROM unnest(esn_claim_pages.urls) WITH ORDINALITY AS u(url, n)
	JOIN @extschema@.scraper_status r ON r.id = esn_claim_pages.run
	CROSS JOIN (SELECT (SELECT esn_validator_broken_at()) AS at OFFSET 0) broken
	LEFT JOIN @extschema@.frontier f ON f.url = u.url
	CROSS JOIN LATERAL (SELECT NOT esn_claim_pages."full"
		AND broken.at IS NULL AND f.fetched_at IS NOT NULL
		AND f.rules_hash IS NOT DISTINCT FROM esn_claim_pages.rules_hash
		AND hashtext(f.url || esn_claim_pages.run) & 15 <> 0
		AND CASE esn_claim_pages.page_kind
			WHEN 'activity' THEN EXISTS (SELECT FROM @extschema@.activities a
				WHERE a.event_slug = f.event_slug AND a.removed_at IS NULL)
			WHEN 'section' THEN EXISTS (SELECT FROM @extschema@.sections s
				WHERE s.accounts_url = u.url AND s.removed_at IS NULL)
			WHEN 'statistics' THEN EXISTS (SELECT FROM @extschema@.section_overall_statistics o
				WHERE o.section_id = f.section_id)
			ELSE false END AS valid) v
	-- A section is not read before its statistics are, however often they failed.
	WHERE esn_claim_pages.page_kind = 'section'
		OR esn_claim_pages.page_kind = 'statistics' AND f.status = 'failing'
		OR NOT esn_is_done(f.status, f.tried_at, f.next_fetch_at, r.since, r.started_at)
	-- in the order of urls, as the worker relies on it
	ORDER BY u.n;
END $$;
COMMENT ON FUNCTION esn_claim_pages(bigint, text, text[], bigint, boolean) IS
	'The pages that this run still has to read, with the validators of a conditional request. Of '
	'sections, it returns all. run: the run. page_kind: their kind. urls: their addresses. '
	'rules_hash: of the rules in force; a page read by other rules is requested unconditionally. '
	'full: return no validators.';

CREATE OR REPLACE FUNCTION esn_internal.esn_due_activities("full" boolean, section_ids integer[])
RETURNS TABLE (url text, event_slug text, section_id integer, reason text, fetched_at timestamptz,
	priority integer)
LANGUAGE sql STABLE
SET jit = off AS $$
	SELECT f.url, f.event_slug, f.section_id,
		CASE WHEN f.priority = 0 THEN 'asked for' WHEN f.next_fetch_at < r.started_at THEN f.reason
			ELSE 'full' END,
		f.fetched_at, f.priority
	FROM (SELECT * FROM esn_run_times() OFFSET 0) r
	JOIN @extschema@.frontier f
		ON f.next_fetch_at < CASE WHEN esn_due_activities."full" THEN '9000-01-01Z'
			ELSE r.started_at END
	WHERE f.kind = 'activity'
		AND NOT esn_is_done(f.status, f.tried_at, f.next_fetch_at, r.since, r.started_at)
		AND (esn_due_activities.section_ids IS NULL
			OR f.section_id = ANY (esn_due_activities.section_ids)
			OR f.event_slug IN (SELECT a.event_slug FROM @extschema@.activity_section_organisers o
				JOIN @extschema@.activities a ON a.id = o.activity_id
				WHERE o.section_id = ANY (esn_due_activities.section_ids)))
$$;
COMMENT ON FUNCTION esn_due_activities(boolean, integer[]) IS
	'The activities whose own pages are due. Reasons: never read, card changed, missing from its '
	'list, upcoming, recent (ended within esn_pulse.recent_days before it was last read), old '
	'(not read for esn_pulse.refresh_days, and for four times the time between its end and its '
	'last reading), failing, gone (but recent), validators were wrong, asked for '
	'(esn_scrape_section() during a run over the whole network), full. full: all are due. '
	'section_ids: only those of these sections, NULL: all.';

-- Lists are read from the newest page while they bring something new. Here is which of them are to
-- be read to the end: also those of which a page has failed, as it may have shown what no other
-- page shows.
CREATE OR REPLACE FUNCTION esn_internal.esn_due_lists("full" boolean)
	RETURNS TABLE (section_id integer, reason text, fetched_at timestamptz)
LANGUAGE sql STABLE AS $$
	SELECT s.id, CASE WHEN f.next_fetch_at IS NULL THEN 'never read in full'
		WHEN f.next_fetch_at < r.started_at THEN f.reason WHEN x.is_failing THEN 'failing'
		ELSE 'full' END, f.fetched_at
	FROM (SELECT * FROM esn_run_times() OFFSET 0) r
	CROSS JOIN @extschema@.sections s
	LEFT JOIN @extschema@.frontier f ON f.url = esn_first_page(s.activities_url)
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM @extschema@.failed_scrapes x
		WHERE x.section_id = s.id AND x.kind = 'listing' AND x.resolved_at IS NULL)
			AS is_failing OFFSET 0) x
	WHERE s.can_scrape_activities AND s.activities_platform_slug IS NOT NULL
		AND (esn_due_lists."full" OR f.next_fetch_at IS NULL OR f.next_fetch_at < r.started_at
			OR x.is_failing)
$$;
COMMENT ON FUNCTION esn_due_lists(boolean) IS
	'The sections whose lists are due for a complete reading, and why: never read in full, in full '
	'again, failing (a page of the list could not be read), an activity is refused, statistics '
	'count otherwise, full. full: all are due.';

-- So that a run with any time limit comes further than the one that it resumes.
CREATE OR REPLACE FUNCTION esn_internal.esn_pages_read()
	RETURNS TABLE (section_id integer, pages integer[])
LANGUAGE sql STABLE AS $$
	SELECT f.section_id, array_agg(substring(f.url, '=(\d{1,9})$')::integer)
	FROM (SELECT * FROM esn_run_times() OFFSET 0) r
	JOIN @extschema@.frontier f ON f.tried_at >= r.since AND f.tried_at < r.started_at
	WHERE r.since < r.started_at AND f.kind = 'listing' AND f.status = 'fetched'
	GROUP BY f.section_id
$$;
COMMENT ON FUNCTION esn_pages_read() IS
	'The pages of sections'' lists that were read by the runs that the run in progress resumes.';

CREATE OR REPLACE FUNCTION esn_internal.esn_find_sections(slug text)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text, list_due boolean,
	pages_read integer[])
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name,
		id IN (SELECT section_id FROM esn_due_lists(false)), r.pages
	FROM @extschema@.sections s LEFT JOIN esn_pages_read() r ON r.section_id = s.id
	WHERE esn_find_sections.slug IN (accounts_platform_slug, activities_platform_slug)
	ORDER BY accounts_platform_slug = esn_find_sections.slug DESC, id
	LIMIT 1
$$;
COMMENT ON FUNCTION esn_find_sections(text) IS
	'The section with a slug, whether its list is due for a complete reading, and '
	'esn_pages_read(). slug: on either platform.';

CREATE OR REPLACE FUNCTION esn_internal.esn_due_sections(max_sections integer)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text, list_due boolean,
	pages_read integer[])
LANGUAGE sql STABLE AS $$
	SELECT s.id, accounts_platform_slug, activities_platform_slug, name, l.section_id IS NOT NULL,
		r.pages
	FROM @extschema@.sections s LEFT JOIN esn_due_lists(false) l ON l.section_id = s.id
	LEFT JOIN esn_pages_read() r ON r.section_id = s.id
	WHERE can_scrape_activities AND activities_platform_slug IS NOT NULL
		AND NOT coalesce(last_scraped BETWEEN (SELECT since FROM esn_run_times()) AND now(), false)
	ORDER BY last_scraped ASC NULLS FIRST, id
	LIMIT esn_due_sections.max_sections
$$;
COMMENT ON FUNCTION esn_due_sections(integer) IS
	'The sections that a run still has to read, the longest unread first, whether their lists are '
	'due for a complete reading, and esn_pages_read(). They include sections that accounts.esn.org '
	'no longer shows. max_sections: the maximum number, NULL: all.';

-- is_fresh says whether it is worth reading the next page of the list.
CREATE OR REPLACE FUNCTION esn_internal.esn_claim_cards(run bigint, pages jsonb, rules_hash bigint,
	"full" boolean,
	OUT page integer, OUT url text, OUT etag text, OUT last_modified text, OUT is_due boolean,
		OUT is_fresh boolean) RETURNS SETOF record
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH card AS MATERIALIZED (
		SELECT g.n AS page, j.n, c.url, esn_claim_cards."full" OR f.url IS NULL
				OR a.removed_at IS NOT NULL
				OR f.next_fetch_at < r.started_at
				OR coalesce(f.card_hash <> esn_card_hash(j.card), false) AS due,
			coalesce(coalesce(a.end_date, a.start_date) >= current_date - p.recent_days, false)
				AS fresh
		FROM esn_policy() p
		CROSS JOIN (SELECT * FROM esn_run_times() OFFSET 0) r
		CROSS JOIN jsonb_array_elements(esn_claim_cards.pages)
			WITH ORDINALITY AS g(listing, n)
		CROSS JOIN jsonb_array_elements(g.listing->'data'->'cards') WITH ORDINALITY AS j(card, n)
		CROSS JOIN LATERAL jsonb_to_record(j.card) AS c(event_slug text, url text)
		LEFT JOIN @extschema@.frontier f ON f.url = c.url
		LEFT JOIN @extschema@.activities a ON a.event_slug = f.event_slug
		WHERE length(c.event_slug) <= 255
	), claimed AS MATERIALIZED (
		SELECT k.* FROM (SELECT array_agg(DISTINCT c.url) AS urls FROM card c WHERE c.due) d
		CROSS JOIN LATERAL esn_claim_pages(esn_claim_cards.run, 'activity', d.urls,
			esn_claim_cards.rules_hash, esn_claim_cards."full") k
	)
	SELECT c.page::integer, c.url, k.etag, k.last_modified, k.url IS NOT NULL, c.due OR c.fresh
	FROM card c LEFT JOIN claimed k ON c.due AND k.url = c.url
	ORDER BY c.page, c.n;
END $$;
COMMENT ON FUNCTION esn_claim_cards(bigint, jsonb, bigint, boolean) IS
	'The activities on pages of lists. page: on which of these pages (from 1). is_due: whether to '
	'read it now, because it is due, its card has changed, it is marked as removed, or full is '
	'set. is_fresh: whether it is new, changed, upcoming or recent. etag, last_modified: for a '
	'conditional request. run: the run. pages: array of listings as the parser has them. '
	'rules_hash: of the rules in force. full: read all, without validators.';

CREATE OR REPLACE VIEW due_pages AS
SELECT 'activity' AS kind, d.url, d.reason, d.section_id, d.event_slug, d.fetched_at AS fetched_at,
	now()::timestamptz(0) - d.fetched_at::timestamptz(0) AS age, d.priority
FROM esn_due_activities(false, NULL) d
UNION ALL
SELECT 'statistics', s.activities_url || '/statistics', CASE WHEN k.url IS NULL THEN 'never read'
	ELSE 'each run' END, s.id, NULL, k.fetched_at,
	now()::timestamptz(0) - k.fetched_at::timestamptz(0), 0
FROM sections s LEFT JOIN frontier k ON k.url = s.activities_url || '/statistics'
WHERE s.can_scrape_activities
	AND NOT coalesce(k.tried_at BETWEEN (SELECT since FROM esn_run_times()) AND now(), false)
UNION ALL
SELECT 'listing', esn_first_page(s.activities_url), l.reason, s.id, NULL, l.fetched_at,
	now()::timestamptz(0) - l.fetched_at::timestamptz(0), 0
FROM esn_due_lists(false) l JOIN sections s ON s.id = l.section_id;
COMMENT ON VIEW due_pages IS
	'What is due now, and why: one row per address that a run over all sections would request. Of '
	'a list, only the first page. While a run is in progress, what is left for it. A run discovers '
	'new activities as it reads.';
COMMENT ON COLUMN due_pages.kind IS 'activity, statistics or listing.';
COMMENT ON COLUMN due_pages.reason IS
	'Why it is due; see the comment of esn_internal.esn_due_activities().';
COMMENT ON COLUMN due_pages.fetched_at IS 'When it was last read. NULL: never.';
COMMENT ON COLUMN due_pages.age IS 'How long ago that was.';
COMMENT ON COLUMN due_pages.priority IS 'Lower comes first.';
