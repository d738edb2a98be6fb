-- The health check, and what it needs. It writes nothing. quality.sql has the figures.

CREATE OR REPLACE FUNCTION esn_internal.esn_free_space(OUT free bigint, OUT total bigint)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_free_space() IS
	'Free and total bytes on the file system of the server''s data.';

-- If critical is above warning, high values are bad, otherwise low ones.
CREATE OR REPLACE FUNCTION esn_internal.esn_grade(value numeric, warning numeric, critical numeric)
	RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT CASE WHEN value IS NULL THEN 'ok'
		WHEN critical >= warning AND value >= critical OR critical < warning
			AND value <= critical THEN 'critical'
		WHEN critical >= warning AND value >= warning OR critical < warning
			AND value <= warning THEN 'warning'
		ELSE 'ok' END;
END;
COMMENT ON FUNCTION esn_grade(numeric, numeric, numeric) IS
	'Returns ok, warning or critical. value: the figure, NULL: ok. warning: the limit of a '
	'warning. critical: the limit of critical; if it is below warning, low values are bad.';

-- One function per check. A check without a figure is ok, unless that itself is an error.

CREATE OR REPLACE FUNCTION esn_internal.esn_check_last_run(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN r.status IS NULL THEN 'warning' WHEN r.status = 'failed' THEN 'critical'
			WHEN r.status = 'partial' THEN 'warning' ELSE 'ok' END,
		CASE WHEN r.id IS NULL THEN 'none yet'
			ELSE esn_wrap(esn_shorten(format('run %s (%s): %s', r.id, r.request,
				concat_ws(', ', r.status, r.error_message)), 120), 24) END,
		CASE WHEN r.status IS NULL THEN 'SELECT * FROM esn_scrape_all();'
			WHEN r.status = 'failed' THEN E'SELECT * FROM esn_recent_runs;\n'
				'SELECT * FROM esn_failed_pages;\nFix the cause, then start it again.'
			WHEN r.status = 'partial' THEN 'SELECT * FROM esn_resume();' END
	FROM (SELECT) one
	LEFT JOIN (
		SELECT * FROM (SELECT DISTINCT ON (scraper_module) * FROM @extschema@.esn_runs
			WHERE status IN ('completed', 'partial', 'failed') AND esn_is_whole_run(request)
			ORDER BY scraper_module, id DESC) last
		ORDER BY status = 'failed' DESC, status = 'partial' DESC, id DESC LIMIT 1) r ON true
$$;
COMMENT ON FUNCTION esn_check_last_run() IS
	'A check of esn_health_check(): whether the last run over accounts and that over activities '
	'succeeded; the worse of the two. A partial one has left work, which esn_resume() does. Runs '
	'of one section and retries do not count.';

-- Runs that resumed each other count as one. What the earlier of them failed to read, the later
-- ones tried again. One row of NULLs if there was no such run.
CREATE OR REPLACE FUNCTION esn_internal.esn_last_activities_run(OUT success_rate numeric,
	OUT error_rate numeric)
LANGUAGE sql STABLE AS $$
	SELECT sum(s.sections_processed)::numeric
			/ nullif(sum(s.sections_processed) + max(last.sections_failed), 0),
		sum(s.pages_failed)::numeric / nullif(sum(s.requests), 0)
	FROM (SELECT coalesce(s.first_run, s.id) AS first_run, s.sections_failed
		FROM @extschema@.scraper_status s JOIN @extschema@.esn_runs r USING (id)
		WHERE s.scraper_module = 'ActivitiesAndStatisticsScraper'
			AND r.status IN ('completed', 'partial', 'failed')
			AND esn_is_whole_run(s.request)
		ORDER BY s.id DESC LIMIT 1) last
	JOIN @extschema@.scraper_status s ON s.id >= last.first_run
		AND coalesce(s.first_run, s.id) = last.first_run
$$;
COMMENT ON FUNCTION esn_last_activities_run() IS
	'The rates of the last run over the activities of many sections. NULL: none yet.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_sections_read(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(r.success_rate, 0.95, 0.80),
		coalesce(round(100 * r.success_rate, 1) || ' %', 'no figure yet'),
		CASE WHEN r.success_rate <= 0.95
			THEN E'SELECT * FROM esn_failed_pages;\nSELECT * FROM esn_retry_failed();' END
	FROM esn_last_activities_run() r
$$;
COMMENT ON FUNCTION esn_check_sections_read() IS
	'A check of esn_health_check(): the share of the sections that the last run read.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_failed_requests(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(r.error_rate, 0.05, 0.20),
		coalesce(round(100 * r.error_rate, 1) || ' %', 'no figure yet'),
		CASE WHEN r.error_rate >= 0.05 THEN 'SELECT * FROM esn_failed_pages;' END
	FROM esn_last_activities_run() r
$$;
COMMENT ON FUNCTION esn_check_failed_requests() IS
	'A check of esn_health_check(): the share of the last run''s requests that failed.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_invalid_activities(OUT status text,
	OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(a.invalid::numeric / nullif(a.n, 0), 0.02, 0.10),
		format('%s of %s', a.invalid, a.n),
		CASE WHEN a.invalid >= 0.02 * a.n AND a.n > 0 THEN E'SELECT * FROM esn_invalid_fields;\n'
			'Many of one kind: the markup has\nchanged, add a rule.' END
	FROM (
		-- The last condition is that of the index.
		SELECT count(*) AS n, count(*) FILTER (WHERE NOT is_valid) AS invalid
		FROM @extschema@.activities WHERE removed_at IS NULL AND fields_filled >= 0) a
$$;
COMMENT ON FUNCTION esn_check_invalid_activities() IS
	'A check of esn_health_check(): the number of invalid activities.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_data_age(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN s.n = 0 OR s.age >= 14 THEN 'critical'
			WHEN s.never > 0 OR s.age >= 7.25 THEN 'warning' ELSE 'ok' END,
		CASE WHEN s.n = 0 THEN 'no section can be read'
			ELSE concat_ws(', ', round(s.age, 1) || ' days',
				CASE WHEN s.never > 0 THEN format('%s never read', s.never) END) END,
		CASE WHEN s.n = 0 OR s.age >= 7.25 THEN E'SELECT * FROM esn_scrape_all();\n'
				'To do so every week:\nSELECT * FROM esn_schedule();'
			WHEN s.never > 0 THEN E'To read them:\nSELECT * FROM esn_scrape_all();\n'
				'If they remain:\nSELECT * FROM esn_failed_pages;' END
	FROM (
		SELECT count(*) AS n, count(*) FILTER (WHERE last_scraped IS NULL) AS never,
			extract(epoch FROM now() - min(last_scraped)) / 86400 AS age
		FROM @extschema@.sections WHERE can_scrape_activities AND removed_at IS NULL) s
$$;
COMMENT ON FUNCTION esn_check_data_age() IS
	'A check of esn_health_check(): the time since the section that has waited longest was read.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_idle_sections(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(s.idle::numeric / nullif(s.n, 0), 0.25, 0.50),
		format('%s of %s', s.idle, s.n),
		CASE WHEN s.idle >= 0.25 * s.n AND s.n > 0 THEN E'Look at one of them on the site:\n'
			'if it has activities there, the\nmarkup of lists has changed.' END
	FROM (
		SELECT count(*) AS n, count(*) FILTER (WHERE last_scraped IS NOT NULL
			AND (SELECT true FROM @extschema@.activity_section_organisers o
				WHERE o.section_id = s.id LIMIT 1) IS NULL) AS idle
		FROM @extschema@.sections s WHERE can_scrape_activities AND removed_at IS NULL) s
$$;
COMMENT ON FUNCTION esn_check_idle_sections() IS
	'A check of esn_health_check(): the number of sections without activities.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_statistics(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(s.mute::numeric / nullif(s.n, 0), 0.01, 0.10),
		format('%s of %s', s.mute, s.n),
		CASE WHEN s.mute >= 0.01 * s.n AND s.n > 0 THEN 'SELECT * FROM esn_scrape_all(true);' END
	FROM (
		SELECT count(*) AS n, count(*) FILTER (WHERE last_scraped IS NOT NULL AND NOT EXISTS (
			SELECT FROM @extschema@.section_overall_statistics o WHERE o.section_id = s.id)) AS mute
		FROM @extschema@.sections s WHERE can_scrape_activities AND removed_at IS NULL) s
$$;
COMMENT ON FUNCTION esn_check_statistics() IS
	'A check of esn_health_check(): the number of sections without statistics.';

-- Checks only the newest 10,000: all of them would take too long.
CREATE OR REPLACE FUNCTION esn_internal.esn_check_organisers(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(a.orphans::numeric / nullif(a.n, 0), 0.01, 0.05),
		format('%s of %s', a.orphans, a.n),
		CASE WHEN a.orphans >= 0.01 * a.n AND a.n > 0 THEN E'Look at one of them on the site:\n'
			'if it names organisers, their rules\nno longer match: add a rule.' END
	FROM (
		SELECT count(*) AS n, count(*) FILTER (WHERE unmatched_organisers = '{}'
			AND (SELECT true FROM @extschema@.activity_section_organisers o
				WHERE o.activity_id = a.id LIMIT 1) IS NULL) AS orphans
		FROM (SELECT id, unmatched_organisers FROM @extschema@.activities WHERE removed_at IS NULL
			ORDER BY id DESC LIMIT 10000) a) a
$$;
COMMENT ON FUNCTION esn_check_organisers() IS
	'A check of esn_health_check(): how many of the newest activities have no organiser.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_slugs(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN d.n + l.n > 0 THEN 'warning' ELSE 'ok' END,
		format('%s disputed, %s lost', d.n, l.n),
		CASE WHEN d.n > 0 THEN E'SELECT url FROM validation_errors\nWHERE resolved_at IS '
			'NULL AND\nfield_name LIKE ''%slug'';'
			WHEN l.n > 0 THEN E'SELECT activities_url FROM sections\nWHERE NOT '
			'can_scrape_activities\nAND last_validated_activities_slug\n> now() - interval '
			'''90 days'';\nIf a page is there, run\nSELECT * FROM esn_scrape_accounts();' END
	FROM (SELECT count(*) AS n FROM @extschema@.validation_errors
			WHERE field_name = 'activities_platform_slug' AND resolved_at IS NULL) d,
		(SELECT count(*) AS n FROM @extschema@.sections WHERE NOT can_scrape_activities
			AND last_validated_activities_slug > now() - interval '90 days'
			AND removed_at IS NULL) l
$$;
COMMENT ON FUNCTION esn_check_slugs() IS
	'A check of esn_health_check(): the number of sections whose guessed slug belongs to another '
	'section, and of those that activities.esn.org has known within 90 days and does no longer.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_failures(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(count(*), 50, 500), count(*) || ' waiting',
		CASE WHEN count(*) >= 50 THEN 'SELECT * FROM esn_retry_failed();' END
	FROM @extschema@.failed_scrapes WHERE will_retry AND resolved_at IS NULL
$$;
COMMENT ON FUNCTION esn_check_failures() IS
	'A check of esn_health_check(): the number of addresses that wait for a retry.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_rules(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(r.n, 1, 5),
		coalesce(esn_wrap(esn_shorten(r.list, 120), 24), 'all match as before'),
		CASE WHEN r.n > 0 THEN E'SELECT * FROM esn_rule_match_rates;\n'
			'The markup has changed: add a rule,\nunless the field is gone.' END
	FROM (
		SELECT count(*) AS n, string_agg(format('%s.%s %s', page_kind, field, position), ', '
			ORDER BY page_kind, field, position) AS list
		FROM @extschema@.esn_rule_match_rates WHERE before * pages >= 30 AND share <= before / 2) r
$$;
COMMENT ON FUNCTION esn_check_rules() IS
	'A check of esn_health_check(): which extraction rules match much less often than before.';

CREATE OR REPLACE FUNCTION esn_health_check()
RETURNS TABLE (name text, status text, value text, threshold text, advice text)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN QUERY
	SELECT 'last run', c.status, c.value, 'completed', c.advice FROM esn_check_last_run() c
	UNION ALL
	SELECT 'sections read', c.status, c.value, 'over 95 %', c.advice
	FROM esn_check_sections_read() c
	UNION ALL
	SELECT 'failed requests', c.status, c.value, 'under 5 %', c.advice
	FROM esn_check_failed_requests() c
	UNION ALL
	SELECT 'invalid activities', c.status, c.value, 'under 2 %', c.advice
	FROM esn_check_invalid_activities() c
	UNION ALL
	SELECT 'data age', c.status, c.value, 'under 7.25 d', c.advice FROM esn_check_data_age() c
	UNION ALL
	SELECT 'sections without activities', c.status, c.value, 'under 25 %', c.advice
	FROM esn_check_idle_sections() c
	UNION ALL
	SELECT 'sections without statistics', c.status, c.value, 'under 1 %', c.advice
	FROM esn_check_statistics() c
	UNION ALL
	SELECT 'statistics and lists', c.status, c.value, 'agree', c.advice FROM esn_check_counts() c
	UNION ALL
	SELECT 'activities without organisers', c.status, c.value, 'under 1 %', c.advice
	FROM esn_check_organisers() c
	UNION ALL
	SELECT 'slugs of sections', c.status, c.value, 'none', c.advice FROM esn_check_slugs() c
	UNION ALL
	SELECT 'failed addresses', c.status, c.value, 'under 50', c.advice FROM esn_check_failures() c
	UNION ALL
	SELECT 'extraction rules', c.status, c.value, 'none fell', c.advice FROM esn_check_rules() c
	UNION ALL
	SELECT 'worker slots', c.status, c.value, 'over 1', c.advice FROM esn_check_worker_slots() c
	UNION ALL
	SELECT 'disk space', c.status, c.value, '5 GB and 5 %', c.advice FROM esn_check_disk_space() c
	UNION ALL
	SELECT 'schedule', c.status, c.value, '4 jobs run', c.advice FROM esn_check_schedule() c
	UNION ALL
	SELECT 'contact', c.status, c.value, 'an address', c.advice FROM esn_check_contact() c
	UNION ALL
	SELECT 'permission', c.status, c.value, 'granted', c.advice FROM esn_check_permission() c
	UNION ALL
	SELECT 'maintenance', c.status, c.value, 'no failure', c.advice FROM esn_check_maintenance() c
	UNION ALL
	SELECT 'backup', c.status, c.value, 'no failure', c.advice FROM esn_check_backup() c
	UNION ALL
	SELECT 'own objects', c.status, c.value, 'none', c.advice FROM esn_check_own_objects() c;
END $$;
COMMENT ON FUNCTION esn_health_check() IS
	'One row per check: its name, its status (ok, warning or critical), the value, the expected '
	'value, and the advice if it differs, on short lines for a terminal of 120 columns. It writes '
	'nothing, so it also works on a standby.';

CREATE OR REPLACE VIEW esn_health AS SELECT * FROM esn_health_check();
COMMENT ON VIEW esn_health IS 'The rows of esn_health_check(), for monitoring.';
