-- Late registrations: activities can be registered long after they took place, deep in a list that
-- is read completely only twice a year. The statistics of a section count them, so a count that
-- moved without the list says that the list is to be read completely now. Where both differ much,
-- the health check says so.

CREATE OR REPLACE FUNCTION esn_internal.esn_count_gaps(section_ids integer[])
RETURNS TABLE (section_id integer, known integer, gap integer)
LANGUAGE sql STABLE AS $$
	SELECT o.section_id, k.known,
		coalesce(o.physical_activities, 0) + coalesce(o.online_activities, 0) - k.known
	FROM @extschema@.section_overall_statistics o
	CROSS JOIN LATERAL (SELECT count(*)::integer AS known
		FROM @extschema@.activity_section_organisers r
		JOIN @extschema@.activities a ON a.id = r.activity_id AND a.removed_at IS NULL
		WHERE r.section_id = o.section_id) k
	WHERE o.section_id = ANY (esn_count_gaps.section_ids)
$$;
COMMENT ON FUNCTION esn_count_gaps(integer[]) IS
	'For each section with statistics, how many activities are known, and how many more its '
	'statistics count. section_ids: the sections.';

CREATE OR REPLACE FUNCTION esn_internal.esn_note_gaps(section_ids integer[]) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO list_gaps AS g (section_id, gap)
	SELECT c.section_id, c.gap FROM esn_count_gaps(esn_note_gaps.section_ids) c
	ON CONFLICT ON CONSTRAINT list_gaps_pkey DO UPDATE SET gap = excluded.gap, read_at = now()
$$;
COMMENT ON FUNCTION esn_note_gaps(integer[]) IS
	'Records by how much the statistics of sections differ from their lists, which were just read '
	'completely. That difference is no reason to read them again. section_ids: the sections.';

-- The largest differences first, as far as the requests suffice; the others follow in later runs.
CREATE OR REPLACE FUNCTION esn_internal.esn_recount(run bigint, max_requests integer)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text,
	pages_read integer[])
LANGUAGE sql AS $$
	-- Where several runs have read a list, its last activities have come in only now.
	SELECT esn_note_gaps(ARRAY(SELECT g.section_id
		FROM @extschema@.scraper_status r JOIN list_gaps g ON g.read_at >= r.since
		WHERE r.id = esn_recount.run AND r.since < r.started_at));
	WITH read AS (
		SELECT s.id, g.gap, esn_first_page(s.activities_url) AS list
		FROM @extschema@.scraper_status r
		JOIN @extschema@.frontier f ON f.kind = 'statistics' AND f.status = 'fetched'
			AND f.tried_at BETWEEN r.since AND now()
		JOIN @extschema@.sections s ON f.url = s.activities_url || '/statistics'
		JOIN list_gaps g ON g.section_id = s.id AND g.read_at < r.since
		WHERE r.id = esn_recount.run
	), moved AS (
		SELECT d.id, d.list, sum(esn_list_pages(c.known))
			OVER (ORDER BY abs(c.gap - d.gap) DESC, d.id) AS requests
		FROM read d
		JOIN esn_count_gaps(ARRAY(SELECT read.id FROM read)) c ON c.section_id = d.id
			AND c.gap <> d.gap
	), due AS (
		UPDATE @extschema@.frontier f SET next_fetch_at = 'epoch',
			reason = 'statistics count otherwise', priority = 1
		FROM moved m WHERE f.url = m.list AND m.requests <= esn_recount.max_requests
		RETURNING m.id
	)
	SELECT s.id, s.accounts_platform_slug, s.activities_platform_slug, s.name, r.pages
	FROM due d JOIN @extschema@.sections s ON s.id = d.id
	LEFT JOIN esn_pages_read() r ON r.section_id = s.id
	ORDER BY s.id
$$;
COMMENT ON FUNCTION esn_recount(bigint, integer) IS
	'Makes lists due if the statistics of their section, read by this run, count more or fewer '
	'activities than when the list was last read completely. Returns these sections. run: the run. '
	'max_requests: how many requests their lists may take together.';

-- A tenth, and five, may be activities whose pages have failed, or that are new since.
CREATE OR REPLACE VIEW esn_statistics_gaps AS
SELECT s.name AS section, s.accounts_platform_slug AS section_slug,
	o.physical_activities + o.online_activities AS counted, coalesce(k.known, 0) AS known,
	o.physical_activities + o.online_activities - coalesce(k.known, 0) AS gap,
	s.activities_url || '/statistics' AS url
FROM sections s
JOIN section_overall_statistics o ON o.section_id = s.id
	-- Where all figures are 0, the site says nothing.
	AND greatest(o.physical_activities, o.online_activities, o.total_local_students,
		o.total_international_students, o.total_coordinators) > 0
LEFT JOIN (
	SELECT r.section_id, count(*)::integer AS known
	FROM activity_section_organisers r JOIN activities a ON a.id = r.activity_id
	WHERE a.removed_at IS NULL
	GROUP BY r.section_id) k ON k.section_id = s.id
WHERE s.can_scrape_activities AND s.removed_at IS NULL AND s.last_scraped IS NOT NULL
	AND abs(o.physical_activities + o.online_activities - coalesce(k.known, 0))
		> greatest(5, 0.1 * (o.physical_activities + o.online_activities), 0.1 * k.known)
ORDER BY abs(o.physical_activities + o.online_activities - coalesce(k.known, 0)) DESC, s.name;
COMMENT ON VIEW esn_statistics_gaps IS
	'The sections whose statistics count more or fewer activities than their lists have: by more '
	'than five, and more than a tenth. One of the two was not read correctly.';
COMMENT ON COLUMN esn_statistics_gaps.section IS 'Name of the section.';
COMMENT ON COLUMN esn_statistics_gaps.section_slug IS 'Its slug on accounts.esn.org.';
COMMENT ON COLUMN esn_statistics_gaps.counted IS 'How many activities its statistics count.';
COMMENT ON COLUMN esn_statistics_gaps.known IS
	'How many of its activities are known and not marked as removed.';
COMMENT ON COLUMN esn_statistics_gaps.gap IS 'counted - known.';
COMMENT ON COLUMN esn_statistics_gaps.url IS 'The page of its statistics.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_counts(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN g.n = 0 THEN 'ok' WHEN g.n > 1 AND g.n >= 0.1 * s.n THEN 'critical'
			ELSE 'warning' END,
		format('%s of %s differ', g.n, s.n),
		CASE WHEN g.n > 0 THEN E'SELECT * FROM esn_statistics_gaps;\n'
			'Compare the section''s list on the\nsite with what is known of it.' END
	FROM (SELECT count(*) AS n FROM @extschema@.esn_statistics_gaps) g,
		(SELECT count(*) AS n FROM @extschema@.sections
			WHERE can_scrape_activities AND removed_at IS NULL AND last_scraped IS NOT NULL) s
$$;
COMMENT ON FUNCTION esn_check_counts() IS
	'A check of esn_health_check(): the number of sections in esn_statistics_gaps.';
