-- What is noted of every page: what is wrong with it, what it said, when it was read, that it failed. See 40-store.sql.

CREATE OR REPLACE FUNCTION esn_store_errors(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, p->'page'->'errors' AS errors
		FROM jsonb_array_elements(pages) p
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		ORDER BY p->>'url'
	), wrong AS MATERIALIZED (
		SELECT p.url, p.section_id, p.event_slug, e.field, string_agg(DISTINCT e.message, '; ') AS message,
			CASE WHEN count(e.raw) > 1 THEN jsonb_agg(e.raw ORDER BY e.raw) ELSE to_jsonb(min(e.raw)) END AS raw
		FROM page p, jsonb_to_recordset(p.errors) AS e(field text, message text, raw text)
		GROUP BY 1, 2, 3, 4
	), mended AS (
		UPDATE validation_errors v SET resolved_at = now()
		FROM page p
		WHERE v.url = p.url AND v.resolved_at IS NULL
			AND NOT EXISTS (SELECT FROM wrong w WHERE w.url = v.url AND w.field = v.field_name)
	), still AS (
		UPDATE validation_errors v SET error_message = w.message, raw_data = w.raw, run_id = run
		FROM wrong w
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL
	)
	INSERT INTO validation_errors (section_id, activity_event_slug, field_name, error_message, raw_data, run_id, url)
	SELECT section_id, event_slug, field, message, raw, run, url FROM wrong w
	WHERE NOT EXISTS (SELECT FROM validation_errors v
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL);
END $$;
COMMENT ON FUNCTION esn_store_errors(bigint, jsonb) IS
'Records each wrong field of pages as one open row, and closes those that are right now. run: the run. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_changed_pages(pages jsonb, OUT changed jsonb, OUT same integer, OUT invalid integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	is_same boolean[];
BEGIN
	SELECT array_agg(s.same ORDER BY n), count(*) FILTER (WHERE s.same), count(*) FILTER (WHERE s.same AND p->'page'->'errors' <> '[]')
	INTO is_same, same, invalid
	FROM jsonb_array_elements(pages) WITH ORDINALITY AS e(p, n)
	LEFT JOIN fetched_pages k ON k.url = p->>'url'
	CROSS JOIN LATERAL (SELECT p ? 'fetch' AND coalesce(k.rules_hash = (p->'fetch'->>'rules_hash')::bigint, false)
		AND coalesce(k.content_hash = (p->'fetch'->>'content_hash')::bigint, false)
		AND (EXISTS (SELECT FROM activities a WHERE a.event_slug = p->'page'->'data'->>'event_slug' AND a.removed_at IS NULL)
			OR k.kind = 'statistics' AND EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = k.section_id)) AS same OFFSET 0) s;
	changed := CASE WHEN same = 0 THEN pages
		ELSE (SELECT jsonb_agg(p ORDER BY n) FROM jsonb_array_elements(pages) WITH ORDINALITY AS e(p, n) WHERE NOT is_same[n]) END;
END $$;
COMMENT ON FUNCTION esn_changed_pages(jsonb) IS
'Of pages of activities or statistics those that say something else than when they were last stored, or whose rows are not there; how many others there are, and how many of those have wrong fields. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_fetches(run bigint, page_kind text, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- What was parsed again was read by these rules, whenever it was fetched.
	UPDATE fetched_pages k SET rules_hash = (p->'kept'->>'rules_hash')::bigint, content_hash = NULL
	FROM jsonb_array_elements(pages) p
	WHERE k.url = p->>'url' AND p ? 'kept';

	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, (f.status = 304) AS not_modified, f.*,
			decode(p->>'body', 'base64') AS body
		FROM jsonb_array_elements(pages) p CROSS JOIN jsonb_to_record(p->'fetch')
			AS f(status integer, etag text, last_modified text, rules_hash bigint, content_hash bigint)
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		WHERE p ? 'fetch'
		ORDER BY p->>'url'
	), upd AS (
		UPDATE fetched_pages k SET http_status = p.status, fetched_at = now(),
			kind = page_kind, section_id = coalesce(p.section_id, k.section_id),
			activity_event_slug = CASE WHEN not_modified THEN k.activity_event_slug ELSE p.event_slug END,
			etag = CASE WHEN not_modified THEN k.etag ELSE p.etag END,
			last_modified = CASE WHEN not_modified THEN k.last_modified ELSE p.last_modified END,
			content_hash = CASE WHEN not_modified THEN k.content_hash ELSE p.content_hash END,
			rules_hash = CASE WHEN not_modified THEN k.rules_hash ELSE p.rules_hash END,
			body = CASE WHEN not_modified THEN k.body ELSE p.body END,
			gone_at = NULL,
			lied_at = CASE WHEN NOT not_modified AND k.rules_hash = p.rules_hash AND k.content_hash <> p.content_hash
				AND (k.etag = p.etag OR k.etag IS NULL AND p.etag IS NULL AND k.last_modified = p.last_modified) THEN now() ELSE k.lied_at END
		FROM page p
		WHERE k.url = p.url
		RETURNING k.activity_event_slug
	), ins AS (
		INSERT INTO fetched_pages (url, kind, section_id, activity_event_slug, http_status, etag, last_modified,
			content_hash, rules_hash, body)
		SELECT p.url, page_kind, section_id, event_slug, status, etag, last_modified, content_hash, rules_hash, body
		FROM page p
		WHERE NOT EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url)
		RETURNING activity_event_slug
	), noted AS (
		-- What decides whether an activity's page is due: see esn_due_activities(). One that is calm for long stays as it is; one that may be recent in another time zone is not.
		UPDATE listed_activities l SET read_at = now(), ends = o.ends,
			days_over = CASE WHEN o.is_calm THEN current_date - o.ends END, calm_until = CASE WHEN o.is_calm THEN now() + make_interval(days => 4 * (current_date - o.ends)) END
		FROM (SELECT activity_event_slug FROM upd UNION ALL SELECT activity_event_slug FROM ins) u
		JOIN activities a ON a.event_slug = u.activity_event_slug AND a.removed_at IS NULL
		CROSS JOIN LATERAL (SELECT coalesce(a.end_date, a.start_date) AS ends, current_date - coalesce(a.end_date, a.start_date) > (SELECT recent_days + 1 FROM esn_policy()) AS is_calm) o
		WHERE page_kind = 'activity' AND l.event_slug = u.activity_event_slug AND coalesce(l.calm_until <= now() + interval '5 days', true)
	)
	UPDATE failed_scrapes k SET resolved_at = now()
	FROM page p WHERE k.url = left(p.url, 500) AND k.resolved_at IS NULL;
END $$;
COMMENT ON FUNCTION esn_store_fetches(bigint, text, jsonb) IS
'Records pages that were read, and closes their failures. run: the run. page_kind: home, country, section, listing, activity or statistics. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_failures(run bigint, pages jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	failures integer;
BEGIN
	-- That an activity or section that is known is gone is news, no failure: esn_mark_removed() believes it or not.
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (left(p.url, 500)) left(p.url, 500) AS url, s.id AS section_id, p.kind, p.subject, p.status,
			p.message, greatest(p.attempts, 1) AS attempts, p.will_retry,
			coalesce(p.gone, p.status IN (404, 410), false) AND p.kind IN ('activity', 'section')
				AND EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url) AS gone
		FROM jsonb_to_recordset(pages) AS p(url text, section text, kind text, subject text, status integer,
			message text, attempts integer, will_retry boolean, gone boolean)
		LEFT JOIN sections s ON s.accounts_platform_slug = p.section
		ORDER BY left(p.url, 500)
	), noted AS (
		UPDATE fetched_pages k SET gone_at = now() FROM page p WHERE p.gone AND k.url = p.url
	), closed AS (
		UPDATE failed_scrapes k SET resolved_at = now()
		FROM page p WHERE p.gone AND k.url = p.url AND k.resolved_at IS NULL
	), failure AS MATERIALIZED (
		SELECT p.*, CASE WHEN p.kind IN ('home', 'country', 'section', 'probe') THEN 'AccountsScraper'
			ELSE 'ActivitiesAndStatisticsScraper' END AS module
		FROM page p WHERE NOT p.gone
	), upd AS (
		UPDATE failed_scrapes k SET section_id = coalesce(k.section_id, f.section_id), scraper_module = f.module, kind = f.kind,
			http_status_code = f.status, error_message = f.message, retry_count = k.retry_count + f.attempts,
			last_attempt = now(), will_retry = f.will_retry, run_id = run
		FROM failure f
		WHERE k.url = f.url AND k.resolved_at IS NULL
	), ins AS (
		-- Where a page of the network's own list fails the sections' lists are read in its place: that is settled.
		INSERT INTO failed_scrapes (url, section_id, scraper_module, http_status_code, error_message, retry_count,
			will_retry, run_id, kind, resolved_at)
		SELECT url, section_id, module, status, message, attempts - 1, will_retry, run, kind,
			CASE WHEN kind = 'listing' AND section_id IS NULL THEN now() END
		FROM failure f
		WHERE NOT EXISTS (SELECT FROM failed_scrapes k WHERE k.url = f.url AND k.resolved_at IS NULL)
	)
	SELECT count(*) INTO failures FROM failure;
	RETURN failures;
END $$;
COMMENT ON FUNCTION esn_store_failures(bigint, jsonb) IS
'Records pages that finally failed, one open row an address; notes in fetched_pages.gone_at where the page of a known activity or section is gone. run: the run. pages: array of {"url", "section", "kind", "subject": slug, "status", "message", "attempts", "will_retry", "gone": false where the status is that of another page}. Returns how many failed.';
