-- What a run would request now, and how long that takes. Nothing is fetched here.

-- Sections' lists cost at least one request each.
CREATE OR REPLACE FUNCTION esn_internal.esn_network_listing_pages() RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT esn_list_pages(count(*))::integer + 1 FROM esn_policy() p, @extschema@.activities
	WHERE start_date >= current_date - p.recent_days AND is_valid AND removed_at IS NULL
$$;
COMMENT ON FUNCTION esn_network_listing_pages() IS
	'An estimate of how many pages of the network''s own listing show upcoming or recent '
	'activities.';

-- The plan of a section is one of activities only.
CREATE OR REPLACE FUNCTION esn_internal.esn_plan_items(module text, wanted integer[],
	"full" boolean)
	RETURNS TABLE (n integer, kind text, reason text, requests bigint, host text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH due AS MATERIALIZED (
		SELECT l.section_id, l.reason FROM esn_due_lists("full") l
		WHERE wanted IS NULL OR l.section_id = ANY (wanted)
	), known AS MATERIALIZED (
		SELECT f.section_id, count(*) AS activities FROM @extschema@.frontier f
		WHERE f.kind = 'activity' AND f.section_id = ANY (ARRAY(SELECT d.section_id FROM due d))
		GROUP BY 1
	), s AS MATERIALIZED (
		SELECT s.id, s.last_scraped, d.reason AS list,
			esn_list_pages(coalesce(k.activities, 0)) AS pages
		FROM @extschema@.sections s LEFT JOIN due d ON d.section_id = s.id
		LEFT JOIN known k ON k.section_id = s.id
		WHERE s.can_scrape_activities AND module <> 'accounts'
			AND (wanted IS NULL OR s.id = ANY (wanted))
	), network AS MATERIALIZED (
		SELECT f.pages, wanted IS NULL AND (SELECT count(*) FROM s
			WHERE s.list IS NULL) > f.pages AS used
		FROM (SELECT esn_network_listing_pages() AS pages OFFSET 0) f
	)
	SELECT 1, 'robots', 'each day', 1::bigint, h.host FROM unnest(ARRAY['accounts', 'activities'])
		AS h(host)
	UNION ALL
	SELECT c.n, c.kind, 'all', c.requests, c.host
	FROM (VALUES (2, 'home', 1, 'accounts'),
		(3, 'country', (SELECT count(*) FROM @extschema@.countries), 'accounts'),
		(4, 'section', (SELECT count(*) FROM @extschema@.sections WHERE removed_at IS NULL),
			'accounts'),
		(5, 'slug_lookup', (SELECT count(*) FROM @extschema@.sections WHERE removed_at IS NULL),
			'activities')) AS c(n, kind, requests, host)
	WHERE wanted IS NULL AND (module = 'accounts' OR module = 'all' AND esn_accounts_due())
	UNION ALL
	SELECT 6, 'listing', 'the network''s own', n.pages, 'activities' FROM network n WHERE n.used
	UNION ALL
	SELECT 7, 'listing', coalesce(s.list, 'newest'), CASE WHEN s.list IS NULL THEN 1
		ELSE s.pages END, 'activities'
	FROM s, network n WHERE s.list IS NOT NULL OR NOT n.used
	UNION ALL
	SELECT 8, 'statistics', 'each run', count(*), 'activities' FROM s
	UNION ALL
	SELECT 8 + d.priority, 'activity', d.reason, 1, 'activities'
	FROM esn_due_activities("full", wanted) d WHERE module <> 'accounts'
	UNION ALL
	-- New activities: as many as began per day of late, for each day since the last reading.
	-- For a section that was never read there is no estimate.
	SELECT 20, 'activity', 'new, to be expected', ceil(count(*) / 28.0 * least(28, extract(epoch
		FROM now() - (SELECT max(s.last_scraped) FROM s)) / 86400))::bigint, 'activities'
	FROM @extschema@.activities a
	WHERE a.start_date BETWEEN current_date - 28 AND current_date - 1 AND a.is_valid
		AND a.removed_at IS NULL AND (wanted IS NULL OR EXISTS (
		SELECT FROM @extschema@.activity_section_organisers o WHERE o.activity_id = a.id
			AND o.section_id = ANY (wanted)))
	HAVING module <> 'accounts';
END $$;
COMMENT ON FUNCTION esn_plan_items(text, integer[], boolean) IS
	'What esn_plan() counts: requests by kind, reason and site (accounts or activities), in the '
	'order n; below 6 they are of accounts. module: as of esn_plan(). wanted: sections, NULL: all. '
	'full: as of esn_plan().';

CREATE OR REPLACE FUNCTION esn_plan(module text DEFAULT 'all', section text DEFAULT NULL,
	"full" boolean DEFAULT false,
	OUT kind text, OUT reason text, OUT requests bigint, OUT duration interval) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
	wanted integer[];
BEGIN
	PERFORM esn_check_schema();
	IF module NOT IN ('all', 'accounts', 'activities') THEN
		RAISE EXCEPTION 'invalid module: "%"',
			module USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Valid modules are accounts, activities and all.';
	END IF;
	IF section IS NOT NULL THEN
		wanted := ARRAY(SELECT f.id FROM esn_find_sections(section) f);
		IF wanted = '{}' THEN
			RAISE EXCEPTION 'no section has the slug "%"',
				section USING ERRCODE = 'undefined_object',
				HINT = 'A section that has never been read cannot be planned. To read it, run '
					'SELECT * FROM esn_scrape_section(...);';
		END IF;
	END IF;
	RETURN QUERY
	WITH policy AS (
		SELECT * FROM esn_policy()
	), items AS MATERIALIZED (
		SELECT * FROM esn_plan_items(module, wanted, "full")
	)
	SELECT i.kind, i.reason, sum(i.requests)::bigint,
		sum(i.requests) * p.request_delay * interval '1 ms'
	FROM items i, policy p GROUP BY i.n, i.kind, i.reason, p.request_delay
		HAVING sum(i.requests) > 0
	UNION ALL
	SELECT 'unknown', CASE WHEN EXISTS (SELECT FROM @extschema@.sections)
			THEN 'activities of lists that were never read'
			ELSE 'the network; one of 500 sections and 45,000 activities takes 50,000 requests' END,
		NULL, NULL
	WHERE NOT EXISTS (SELECT FROM @extschema@.sections) AND section IS NULL
		OR EXISTS (SELECT FROM items i WHERE i.kind = 'listing' AND i.reason = 'never read in full')
	UNION ALL
	SELECT 'waiting', format('%s, for run %s of %s', r.request, r.id, r.requested_by), NULL, NULL
	FROM @extschema@.esn_runs r WHERE r.status = 'waiting' AND section IS NULL
	UNION ALL
	-- Within a run the two sites are read in parallel, but accounts and activities follow one
	-- another.
	SELECT 'all', 'in all', sum(h.requests)::bigint, (max(h.accounts)
		+ max(h.activities)) * p.request_delay * interval '1 ms'
	FROM (SELECT sum(i.requests) AS requests, greatest(sum(i.requests)
		FILTER (WHERE i.host = 'accounts' AND i.n < 6),
			sum(i.requests) FILTER (WHERE i.host = 'activities' AND i.n < 6)) AS accounts,
			coalesce(sum(i.requests) FILTER (WHERE i.n >= 6), 0) AS activities FROM items i) h,
				policy p
	GROUP BY p.request_delay;
END $$;
COMMENT ON FUNCTION esn_plan(text, text, boolean) IS
	'What a run would request now, without any request: the number of requests by kind and '
	'reason, and how long they take at esn_pulse.request_delay. The kinds are those of '
	'extraction_rules, robots (robots.txt) and slug_lookup (whether activities.esn.org knows a '
	'slug). The last row is the total. A row of the kind unknown, without a number, says what is '
	'not in it, as nobody knows its size; one of the kind waiting, which section comes first '
	'because a run waits for it. module: accounts, activities or all. section: a known slug on '
	'either platform, NULL: all. full: as in esn_scrape_section. Errors: invalid_parameter_value '
	'for an unknown module, undefined_object for an unknown section.';

CREATE OR REPLACE FUNCTION esn_internal.esn_plan_run(run bigint, module text, section text,
	"full" boolean, OUT requests bigint, OUT is_unknown boolean)
LANGUAGE plpgsql AS $$
BEGIN
	SELECT sum(p.requests) FILTER (WHERE p.kind = 'all'), bool_or(p.kind = 'unknown')
	INTO requests, is_unknown
	FROM @extschema@.esn_plan(module, section, "full") p;
	UPDATE @extschema@.scraper_status s SET planned_requests = esn_plan_run.requests
	WHERE s.id = run;
END $$;
COMMENT ON FUNCTION esn_plan_run(bigint, text, text, boolean) IS
	'Stores in the row of a run how many requests esn_plan() foresees, and returns that, and '
	'whether there are more that nobody knows. run: the run. module: as of esn_plan(). section: '
	'likewise. full: likewise.';
