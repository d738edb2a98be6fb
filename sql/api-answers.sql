-- The answers of the web gateway that are not rows of a view: a section's statistics, events,
-- health, and the two that act: starting and stopping runs.

CREATE OR REPLACE FUNCTION esn_internal.esn_api_statistics(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	section integer := esn_api_values(request)->>'section';
BEGIN
	http_status := 200;
	content := (SELECT jsonb_build_object('section', s.accounts_platform_slug, 'name', s.name,
		'read_at', t.scraped_at, 'physical_activities', t.physical_activities,
		'online_activities', t.online_activities, 'local_students', t.total_local_students,
		'international_students', t.total_international_students,
		'coordinators', t.total_coordinators,
		'years', (SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.year DESC), '[]') FROM (
			SELECT extract(year FROM a.start_date)::integer AS year, count(*) AS activities,
				count(*) FILTER (WHERE a.is_online) AS online, sum(a.participants) AS participants
			FROM @extschema@.activity_section_organisers o
			JOIN @extschema@.activities a ON a.id = o.activity_id
			WHERE o.section_id = s.id AND a.is_valid AND a.removed_at IS NULL
				AND a.start_date <= current_date GROUP BY 1) y),
		'causes', (SELECT coalesce(jsonb_agg(jsonb_build_object('cause', c.cause_name, 'activities',
				c.total_count, 'physical', c.physical_count, 'online', c.online_count)
				ORDER BY c.total_count DESC, c.cause_name), '[]')
			FROM @extschema@.section_cause_statistics c WHERE c.section_id = s.id),
		'types', (SELECT coalesce(jsonb_agg(jsonb_build_object('type', c.activity_type,
				'physical', c.physical_count, 'online', c.online_count)
				ORDER BY c.activity_type), '[]')
			FROM @extschema@.section_type_statistics c WHERE c.section_id = s.id),
		'participants', (SELECT coalesce(jsonb_agg(jsonb_build_object('type', c.participant_type,
				'physical', c.physical_count, 'online', c.online_count)
				ORDER BY c.participant_type), '[]')
			FROM @extschema@.section_participant_statistics c WHERE c.section_id = s.id))::text
		FROM @extschema@.sections s
		LEFT JOIN @extschema@.section_overall_statistics t ON t.section_id = s.id
		WHERE s.id = section);
END $$;
COMMENT ON FUNCTION esn_api_statistics(jsonb) IS
	'Answers with the figures of a section: those of its statistics page, and by year those of its '
	'activities. request: as esn_api() makes it. Returns status, headers and body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_suggestions(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	section integer := esn_api_values(request)->>'section';
BEGIN
	http_status := 200;
	content := (SELECT jsonb_build_object('section', s.accounts_platform_slug, 'name', s.name,
		'suggestions', (SELECT coalesce(jsonb_agg(to_jsonb(g) - '{names,reasons}'::text[]
				|| jsonb_build_object('name', g.names -> 'en', 'reason', g.reasons)
				ORDER BY g.rank), '[]')
			FROM esn_suggestions(section, 10) g))::text
		FROM @extschema@.sections s WHERE s.id = section);
END $$;
COMMENT ON FUNCTION esn_api_suggestions(jsonb) IS
	'Answers with the rows of esn_suggest() for a section, the reasons in English and Turkish. '
	'request: as esn_api() makes it. Returns status, headers and body.';

-- The gateway keeps the connection of an answer of this type, and sends what NOTIFY brings.
CREATE OR REPLACE FUNCTION esn_internal.esn_api_events(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_api_values(request);
	http_status := 200;
	headers := E'Content-Type: text/event-stream\nCache-Control: no-store\nX-Accel-Buffering: no\n';
	content := E'retry: 5000\n\n' || coalesce((SELECT string_agg(format(
			E'event: run\ndata: %s\n\n', to_jsonb(v)), '' ORDER BY v.id)
		FROM esn_api_runs v WHERE v.status IN ('waiting', 'running')), '');
END $$;
COMMENT ON FUNCTION esn_api_events(jsonb) IS
	'Answers with the beginning of a stream of server-sent events: the runs in progress. request: '
	'as esn_api() makes it. Returns status, headers and body.';

-- Advice is for operators, and values may name files and hosts.
CREATE OR REPLACE FUNCTION esn_internal.esn_api_health(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_api_values(request);
	http_status := 200;
	content := (SELECT jsonb_build_object('status', CASE
			WHEN bool_or(h.status = 'critical') THEN 'critical'
			WHEN bool_or(h.status = 'warning') THEN 'warning' ELSE 'ok' END,
		'checks', jsonb_agg(CASE WHEN request #>> '{key,kind}' = 'network' THEN to_jsonb(h)
			ELSE jsonb_build_object('name', h.name, 'status', h.status) END ORDER BY h.name))::text
		FROM @extschema@.esn_health_check() h);
END $$;
COMMENT ON FUNCTION esn_api_health(jsonb) IS
	'Answers with the health check. request: as esn_api() makes it. Returns status, headers and '
	'body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_body(request jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	body jsonb;
	given record;
BEGIN
	body := coalesce(nullif(btrim(request->>'body'), ''), '{}');
	IF jsonb_typeof(body) <> 'object' THEN
		PERFORM esn_api_fail(400, 'the body is not a JSON object');
	END IF;
	FOR given IN SELECT t.key, jsonb_typeof(t.value) AS type FROM jsonb_each(body) t ORDER BY 1 LOOP
		IF given.key NOT IN ('module', 'section', 'full') THEN
			PERFORM esn_api_fail(400, 'unknown parameter', given.key);
		ELSIF given.type <> 'null'
			AND given.type <> (CASE given.key WHEN 'full' THEN 'boolean' ELSE 'string' END)
		THEN
			PERFORM esn_api_fail(400, format('not a %s', CASE given.key WHEN 'full' THEN 'boolean'
				ELSE 'string' END), given.key);
		END IF;
	END LOOP;
	RETURN body;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character
	OR program_limit_exceeded OR statement_too_complex
THEN
	PERFORM esn_api_fail(400, 'the body is not valid JSON');
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_api_body(jsonb) IS
	'The body of a request to start a run, checked. request: as esn_api() makes it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_check_subject(request jsonb, section integer,
	parameter text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF request #>> '{key,kind}' = 'section'
		AND section IS DISTINCT FROM (request #>> '{key,section}')::integer
	THEN
		PERFORM esn_api_fail(403, 'the key is for another section', parameter);
	ELSIF request #>> '{key,kind}' = 'country' AND NOT EXISTS (SELECT FROM @extschema@.sections s
		WHERE s.id = section AND s.country_code = request #>> '{key,country}')
	THEN
		PERFORM esn_api_fail(403, 'the key is for the sections of one country', parameter);
	END IF;
END $$;
COMMENT ON FUNCTION esn_api_check_subject(jsonb, integer, text) IS
	'Ends a request with an error if its key is not for runs of this section. request: as '
	'esn_api() makes it. section: the section of the run; NULL: it is over many. parameter: the '
	'name of the one that says which run.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_trigger(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	body jsonb := esn_api_body(request);
	own integer := request #>> '{key,section}';
	module text := coalesce(body->>'module', CASE WHEN body->>'section' IS NULL AND own IS NULL
		THEN 'all' ELSE 'activities' END);
	section integer := CASE WHEN body->>'section' IS NULL THEN own
		ELSE esn_api_section(body->>'section') END;
	run @extschema@.scraper_status;
BEGIN
	PERFORM esn_api_values(request);
	IF body->>'section' IS NOT NULL AND section IS NULL THEN
		PERFORM esn_api_fail(400, format('no section is known as "%s"', body->>'section'),
			'section');
	ELSIF module NOT IN ('accounts', 'activities', 'all', 'retry-failed', 'fix-validation-errors')
	THEN
		PERFORM esn_api_fail(400, 'neither accounts, activities, all, retry-failed nor '
			'fix-validation-errors', 'module');
	ELSIF section IS NOT NULL AND module <> 'activities' THEN
		PERFORM esn_api_fail(400, 'of a section only activities can be read', 'module');
	END IF;
	PERFORM esn_api_check_subject(request, section, 'section');
	BEGIN
		run := @extschema@.esn_scrape(module, (SELECT s.accounts_platform_slug
				FROM @extschema@.sections s WHERE s.id = section),
			coalesce((body->>'full')::boolean, false), false);
	EXCEPTION WHEN object_in_use THEN
		PERFORM esn_api_fail(409, SQLERRM);
	END;
	http_status := 202;
	headers := format(E'Location: /api/v1/runs/%s\n', run.id);
	content := jsonb_build_object('id', run.id, 'request', run.request, 'status', run.status, 'run',
		'/api/v1/runs/' || run.id);
END $$;
COMMENT ON FUNCTION esn_api_trigger(jsonb) IS
	'Starts a run, and answers with its address. A key for a section or a country starts only runs '
	'of that section, or of one of its sections. request: as esn_api() makes it. Returns status, '
	'headers and body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_cancel(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	run bigint := esn_api_values(request)->>'run';
	requested text := (SELECT s.request FROM @extschema@.scraper_status s WHERE s.id = run);
	has_stopped boolean;
BEGIN
	IF requested IS NOT NULL THEN
		PERFORM esn_api_check_subject(request, esn_api_section(esn_requested_section(requested)),
			'run');
	END IF;
	BEGIN
		has_stopped := @extschema@.esn_cancel(run);
	EXCEPTION WHEN undefined_object THEN
		PERFORM esn_api_fail(404, SQLERRM);
	WHEN lock_not_available THEN
		PERFORM esn_api_fail(409, SQLERRM);
	END;
	http_status := 200;
	content := jsonb_build_object('id', run, 'has_stopped', has_stopped);
END $$;
COMMENT ON FUNCTION esn_api_cancel(jsonb) IS
	'Stops a run. A key for a section or a country stops only what it may start. request: as '
	'esn_api() makes it. Returns status, headers and body: whether it has stopped, or had ended '
	'before.';
