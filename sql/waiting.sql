-- A section now: the run of one section waits while another run is in progress, and a run over the
-- activities of the whole network reads its section meanwhile. crawl/turn.c waits, and
-- crawl/activities.c reads.

CREATE OR REPLACE FUNCTION esn_internal.esn_requested_section(request text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT substring(request, '^section ([^\s,]+)');
END;
COMMENT ON FUNCTION esn_requested_section(text) IS
	'The slug in the request of a run over one section; NULL: it is another one. request: as in '
	'scraper_status.';

CREATE OR REPLACE FUNCTION esn_internal.esn_begin_waiting(requested_by text, request text)
	RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO @extschema@.scraper_status (scraper_module, status, requested_by, request,
		worker_pid)
	VALUES ('ActivitiesAndStatisticsScraper', 'waiting', esn_begin_waiting.requested_by,
		esn_begin_waiting.request, pg_backend_pid())
	RETURNING id
$$;
COMMENT ON FUNCTION esn_begin_waiting(text, text) IS
	'Creates the row of a run that waits for the run in progress. esn_begin_run() with its id '
	'begins it. requested_by: the role that requested it. request: what was requested.';

CREATE OR REPLACE FUNCTION esn_internal.esn_turn(run bigint, OUT ended_as text,
	OUT taken_by bigint, OUT other_run bigint, OUT other_request text, OUT other_pid integer)
	RETURNS SETOF record
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN w.status <> 'waiting' THEN w.status END, coalesce(w.taken_by, 0),
		coalesce(o.id, 0), o.request, coalesce(o.worker_pid, 0)
	FROM @extschema@.scraper_status w LEFT JOIN @extschema@.esn_runs o ON o.status = 'running'
	WHERE w.id = esn_turn.run
$$;
COMMENT ON FUNCTION esn_turn(bigint) IS
	'The state of a waiting run: the status with which another run has ended it (NULL: it still '
	'waits), the run that reads its section (0: none), and the run in progress (0: none). run: the '
	'waiting run.';

CREATE OR REPLACE FUNCTION esn_internal.esn_take_sections(run bigint, "full" boolean)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text, list_due boolean,
	pages_read integer[], waiting_run bigint, requested_by text)
LANGUAGE sql AS $$
	WITH wanted AS MATERIALIZED (
		SELECT f.*, w.id AS waiting_run, w.requested_by
		FROM @extschema@.scraper_status w
		CROSS JOIN LATERAL esn_find_sections(esn_requested_section(w.request)) f
		WHERE w.status = 'waiting' AND w.taken_by IS DISTINCT FROM esn_take_sections.run
			AND (esn_take_sections."full" OR w.request NOT LIKE '%, full')
			AND f.activities_slug IS NOT NULL
	), taken AS (
		UPDATE @extschema@.scraper_status s SET taken_by = esn_take_sections.run
		FROM wanted w WHERE s.id = w.waiting_run
	), raised AS (
		UPDATE @extschema@.frontier f SET priority = 0
		FROM esn_due_activities(esn_take_sections."full", ARRAY(SELECT w.id FROM wanted w)) d
		WHERE f.url = d.url
	)
	SELECT w.* FROM wanted w ORDER BY w.waiting_run
$$;
COMMENT ON FUNCTION esn_take_sections(bigint, boolean) IS
	'Takes over the sections that other runs wait for, raises the priority of their due pages, and '
	'returns these sections. run: the run in progress. full: whether it reads sections in full; if '
	'not, it takes over no request that wants that.';

-- Of the activities, those count that were read for the section since it was asked for.
CREATE OR REPLACE FUNCTION esn_internal.esn_end_waiting(run bigint, failure text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.scraper_status w SET
		status = CASE WHEN failure IS NULL THEN 'completed' ELSE 'failed' END,
		completed_at = clock_timestamp(), error_message = failure,
		sections_processed = CASE WHEN failure IS NULL THEN 1 ELSE 0 END,
		sections_failed = CASE WHEN failure IS NULL THEN 0 ELSE 1 END,
		(activities_new, activities_changed, activities_unchanged, activities_invalid) = (
			SELECT count(*) FILTER (WHERE a.created_at >= w.started_at),
				count(*) FILTER (WHERE a.created_at < w.started_at
					AND a.updated_at >= w.started_at),
				count(*) FILTER (WHERE a.updated_at < w.started_at),
				count(*) FILTER (WHERE EXISTS (SELECT FROM @extschema@.validation_errors v
					WHERE v.url = f.url AND v.resolved_at IS NULL))
			FROM esn_find_sections(esn_requested_section(w.request)) s
			JOIN @extschema@.frontier f ON f.section_id = s.id AND f.kind = 'activity'
				AND f.fetched_at >= w.started_at
			JOIN @extschema@.activities a ON a.event_slug = f.event_slug)
	WHERE w.id = run AND w.status = 'waiting';
END $$;
COMMENT ON FUNCTION esn_end_waiting(bigint, text) IS
	'Ends a waiting run after the run in progress has read its section. run: the waiting run. '
	'failure: why the section could not be read, NULL: it was.';
