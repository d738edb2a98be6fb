-- What is noted of every page: its errors, its content, when it was read, that it failed, and
-- which activities a listing shows. See store-accounts.sql for the arguments.

-- A changed card, or one of an activity marked as removed, makes the activity's page due: at once,
-- or, if this run has fetched it already, by the next run.
CREATE OR REPLACE FUNCTION esn_internal.esn_store_listing(run bigint, pages jsonb,
	only_section text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := (SELECT s.since FROM @extschema@.scraper_status s WHERE s.id = run);
BEGIN
	PERFORM esn_store_errors(run, pages);
	WITH card AS MATERIALIZED (
		SELECT DISTINCT ON (c->>'url') c->>'event_slug' AS event_slug, c->>'url' AS url,
			esn_card_hash(c) AS hash, s.id AS section_id
		FROM jsonb_array_elements(pages) p
		LEFT JOIN LATERAL esn_section_of(p->>'section', p->>'url') s ON true
		CROSS JOIN jsonb_array_elements(p->'page'->'data'->'cards') c
		WHERE length(c->>'event_slug') <= 255
		ORDER BY c->>'url', s.id
	), known AS (
		SELECT c.*, f.card_hash <> c.hash OR a.removed_at IS NOT NULL AS is_changed
		FROM card c JOIN @extschema@.frontier f ON f.url = c.url
		LEFT JOIN @extschema@.activities a ON a.event_slug = f.event_slug
		WHERE f.card_hash IS DISTINCT FROM c.hash OR f.missing_count <> 0
			OR f.section_id IS NULL AND c.section_id IS NOT NULL OR a.removed_at IS NOT NULL
	), seen AS (
		UPDATE @extschema@.frontier f SET card_hash = c.hash, missing_count = 0,
			-- What its list lacks and another one shows is on the other one.
			section_id = CASE WHEN f.missing_count > 0 THEN coalesce(c.section_id, f.section_id)
				ELSE coalesce(f.section_id, c.section_id) END,
			next_fetch_at = CASE WHEN NOT coalesce(c.is_changed, false) THEN f.next_fetch_at
				WHEN f.tried_at >= since THEN now() ELSE 'epoch' END,
			reason = CASE WHEN c.is_changed AND f.status <> 'discovered' THEN 'card changed'
				ELSE f.reason END,
			priority = CASE WHEN c.is_changed THEN 1 ELSE f.priority END
		FROM known c
		WHERE f.url = c.url
	)
	INSERT INTO @extschema@.frontier (url, kind, event_slug, section_id, card_hash, next_fetch_at,
		reason)
	SELECT url, 'activity', event_slug, section_id, hash, 'epoch', 'never read' FROM card c
	WHERE NOT EXISTS (SELECT FROM @extschema@.frontier f WHERE f.url = c.url);

	PERFORM esn_learn_slugs(pages);
END $$;
COMMENT ON FUNCTION esn_store_listing(bigint, jsonb, text) IS
	'Notes which activities pages of lists show, and whose cards have changed; learns slugs from '
	'them as esn_learn_slugs() does. run: the run. pages: array of pages. only_section: not used.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_errors(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, p->>'section' AS section,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, p->'page'->'errors' AS errors
		FROM jsonb_array_elements(pages) p
		ORDER BY p->>'url'
	), wrong AS MATERIALIZED (
		SELECT p.url, p.section, p.event_slug, e.field,
			string_agg(DISTINCT e.message, '; ') AS message,
			CASE WHEN count(e.raw) > 1 THEN jsonb_agg(e.raw ORDER BY e.raw)
				ELSE to_jsonb(min(e.raw)) END AS raw
		FROM page p, jsonb_to_recordset(p.errors) AS e(field text, message text, raw text)
		GROUP BY 1, 2, 3, 4
	), closed AS (
		UPDATE @extschema@.validation_errors v SET resolved_at = now()
		FROM page p
		WHERE v.url = p.url AND v.resolved_at IS NULL
			AND NOT EXISTS (SELECT FROM wrong w WHERE w.url = v.url AND w.field = v.field_name)
	), still AS (
		UPDATE @extschema@.validation_errors v SET error_message = w.message, raw_data = w.raw,
			run_id = run
		FROM wrong w
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL
	)
	INSERT INTO @extschema@.validation_errors (section_id, activity_event_slug, field_name,
		error_message, raw_data, run_id, url)
	SELECT s.id, event_slug, field, message, raw, run, url
	FROM wrong w LEFT JOIN LATERAL esn_section_of(w.section, w.url) s ON true
	WHERE NOT EXISTS (SELECT FROM @extschema@.validation_errors v
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL);
END $$;
COMMENT ON FUNCTION esn_store_errors(bigint, jsonb) IS
	'Records each wrong field of pages as one open row, and closes those that are right now. run: '
	'the run. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_internal.esn_changed_pages(pages jsonb, OUT changed jsonb,
	OUT unchanged integer, OUT invalid integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	is_same boolean[];
BEGIN
	SELECT array_agg(s.same ORDER BY e.n), count(*) FILTER (WHERE s.same),
		count(*) FILTER (WHERE s.same AND p->'page'->'errors' <> '[]')
	INTO is_same, unchanged, invalid
	FROM jsonb_array_elements(pages) WITH ORDINALITY AS e(p, n)
	LEFT JOIN @extschema@.frontier k ON k.url = p->>'url'
	CROSS JOIN LATERAL (SELECT p ? 'fetch' AND NOT p ? 'moved_from'
		AND coalesce(k.rules_hash = (p->'fetch'->>'rules_hash')::bigint, false)
		AND coalesce(k.content_hash = (p->'fetch'->>'content_hash')::bigint, false)
		AND (EXISTS (SELECT FROM @extschema@.activities a
			WHERE a.event_slug = p->'page'->'data'->>'event_slug'
			AND a.removed_at IS NULL)
			OR k.kind = 'statistics' AND EXISTS (SELECT
				FROM @extschema@.section_overall_statistics o
				WHERE o.section_id = k.section_id)) AS same OFFSET 0) s;
	changed := CASE WHEN unchanged = 0 THEN pages
		ELSE (SELECT jsonb_agg(p ORDER BY n) FROM jsonb_array_elements(pages) WITH ORDINALITY
			AS e(p, n) WHERE NOT is_same[n]) END;
END $$;
COMMENT ON FUNCTION esn_changed_pages(jsonb) IS
	'The pages to store: all but those of activities and statistics that say what they said when '
	'they were last stored. How many others there are, and how many of those have wrong fields. '
	'pages: array of pages of one kind.';

-- After a page was found changed under its old validators, what the site called unchanged before is
-- read again: by this run where a list shows it, by the next one otherwise.
CREATE OR REPLACE FUNCTION esn_internal.esn_distrust_validators(urls text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.frontier f SET validator_broken_at = now() WHERE f.url = ANY (urls);
	UPDATE @extschema@.frontier f SET next_fetch_at = 'epoch',
		reason = 'validators were wrong', priority = 3
	WHERE f.kind = 'activity' AND f.http_status = 304 AND f.status = 'fetched'
		AND f.next_fetch_at > 'epoch' AND f.next_fetch_at < '9000-01-01Z';
END $$;
COMMENT ON FUNCTION esn_distrust_validators(text[]) IS
	'Records that pages have changed under the same ETag or Last-Modified, and makes all '
	'activities due whose last answer was 304. urls: the pages.';

CREATE OR REPLACE FUNCTION esn_internal.esn_record_fetches(page_kind text, pages jsonb,
	OUT fetched text[], OUT broken text[], OUT missing text[])
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url,
			-- On whose list an activity is, the lists say: see esn_store_listing(). What its list
			-- lacks may be on another one: see esn_leave_lists().
			CASE WHEN page_kind = 'activity' AND k.url IS NOT NULL THEN k.section_id
				ELSE coalesce(s.id, k.section_id) END AS section_id,
			f.status AS http_status, decode(p->>'body', 'base64') AS body, f.etag, f.last_modified,
			f.rules_hash, f.content_hash, k.url IS NOT NULL AS is_known, k.missing_count,
			CASE WHEN f.status = 304 THEN k.event_slug
				ELSE left(p->'page'->'data'->>'event_slug', 255) END AS event_slug,
			f.status <> 304 AND k.rules_hash = f.rules_hash AND k.content_hash <> f.content_hash
				AND (k.etag = f.etag OR k.etag IS NULL AND f.etag IS NULL
					AND k.last_modified = f.last_modified) AS is_broken
		FROM jsonb_array_elements(pages) p CROSS JOIN jsonb_to_record(p->'fetch')
			AS f(status integer, etag text, last_modified text, rules_hash bigint,
				content_hash bigint)
		LEFT JOIN LATERAL esn_section_of(p->>'section', p->>'url') s ON true
		LEFT JOIN @extschema@.frontier k ON k.url = p->>'url'
		WHERE p ? 'fetch'
		ORDER BY p->>'url'
	), next AS MATERIALIZED (
		SELECT p.*, n.*
		FROM page p
		CROSS JOIN esn_policy() s
		LEFT JOIN @extschema@.activities a ON page_kind = 'activity' AND a.event_slug = p.event_slug
		-- Of lists esn_finish_sections() knows whether they were read completely.
		CROSS JOIN LATERAL esn_next_fetch(nullif(page_kind, 'listing'), 'fetched', p.event_slug,
			now(), coalesce(a.end_date, a.start_date), NULL, NULL, s.recent_days, s.refresh_days) n
	), upd AS (
		UPDATE @extschema@.frontier k SET kind = page_kind, section_id = p.section_id,
			event_slug = p.event_slug, status = 'fetched', http_status = p.http_status,
			fetched_at = now(), tried_at = now(),
			etag = CASE WHEN p.http_status = 304 THEN k.etag ELSE p.etag END,
			last_modified = CASE WHEN p.http_status = 304 THEN k.last_modified
				ELSE p.last_modified END,
			content_hash = CASE p.http_status WHEN 304 THEN k.content_hash ELSE p.content_hash END,
			rules_hash = CASE WHEN p.http_status = 304 THEN k.rules_hash ELSE p.rules_hash END,
			body = CASE WHEN p.http_status = 304 THEN k.body ELSE p.body END,
			next_fetch_at = coalesce(p.next_fetch_at, k.next_fetch_at),
			reason = coalesce(p.reason, k.reason), priority = p.priority
		FROM next p
		WHERE k.url = p.url
	), ins AS (
		INSERT INTO @extschema@.frontier (url, kind, section_id, event_slug, status, http_status,
			etag, last_modified, content_hash, rules_hash, fetched_at, tried_at, body,
			next_fetch_at, reason, priority)
		SELECT p.url, page_kind, section_id, event_slug, 'fetched', http_status, etag,
			last_modified, content_hash, rules_hash, now(), now(), body, next_fetch_at, reason,
			priority
		FROM next p WHERE NOT is_known
	)
	SELECT array_agg(p.url), array_agg(p.url) FILTER (WHERE p.is_broken),
		array_agg(p.url) FILTER (WHERE p.missing_count > 0)
	INTO fetched, broken, missing FROM page p;
END $$;
COMMENT ON FUNCTION esn_record_fetches(text, jsonb) IS
	'Records in frontier pages that were fetched. page_kind: as in extraction_rules. pages: array '
	'of pages. Returns their addresses, those of pages that have changed under the same ETag or '
	'Last-Modified, and those of activities that their list lacks; NULL: none.';

-- That its list lacks an activity says nothing if its page no longer names that section: it is on
-- another list then, which decides. Of a page that still names the section, the list decides.
CREATE OR REPLACE FUNCTION esn_internal.esn_leave_lists(urls text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.frontier f SET missing_count = 0,
		section_id = (SELECT s.id FROM @extschema@.activities a
			JOIN @extschema@.activity_section_organisers o ON o.activity_id = a.id
			JOIN @extschema@.sections s ON s.id = o.section_id
			WHERE a.event_slug = f.event_slug
			ORDER BY s.can_scrape_activities IS TRUE DESC, s.id LIMIT 1)
	WHERE f.url = ANY (urls) AND f.kind = 'activity'
		AND NOT EXISTS (SELECT FROM @extschema@.activities a
			JOIN @extschema@.activity_section_organisers o ON o.activity_id = a.id
			WHERE a.event_slug = f.event_slug AND o.section_id = f.section_id);
END $$;
COMMENT ON FUNCTION esn_leave_lists(text[]) IS
	'Moves activities that their section''s list lacks, and whose pages do not name that section, '
	'to the list of a section that organises them (NULL: none is known), and counts them as '
	'missing no more. urls: of activities that their list lacks, and that were stored.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_fetches(run bigint, page_kind text, pages jsonb)
	RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	recorded record := esn_record_fetches(page_kind, pages);
BEGIN
	-- A kept page was parsed by these rules, whenever it was fetched.
	IF pages @? '$[*].kept' THEN
		UPDATE @extschema@.frontier k SET rules_hash = (p->'kept'->>'rules_hash')::bigint,
			content_hash = NULL
		FROM jsonb_array_elements(pages) p
		WHERE k.url = p->>'url' AND p ? 'kept';
	END IF;
	IF pages @? '$[*].moved_from' THEN
		PERFORM esn_note_moves(pages);
	END IF;
	UPDATE @extschema@.failed_scrapes k SET resolved_at = now()
	WHERE k.resolved_at IS NULL
		AND k.url = ANY (ARRAY(SELECT left(f, 500) FROM unnest(recorded.fetched) f));
	IF page_kind = 'statistics' THEN
		PERFORM esn_confirm_statistics(ARRAY(SELECT s.id FROM jsonb_array_elements(pages) p
			JOIN @extschema@.sections s ON s.accounts_platform_slug = p->>'section'
			WHERE p ? 'fetch'));
	END IF;
	IF recorded.missing IS NOT NULL THEN
		PERFORM esn_leave_lists(recorded.missing);
	END IF;
	IF recorded.broken IS NOT NULL THEN
		PERFORM esn_distrust_validators(recorded.broken);
	END IF;
END $$;
COMMENT ON FUNCTION esn_store_fetches(bigint, text, jsonb) IS
	'Records pages that were read, and closes their failures. run: the run. page_kind: as in '
	'extraction_rules. pages: array of pages.';

-- When pages that failed, or are gone, are fetched next.
CREATE OR REPLACE FUNCTION esn_internal.esn_schedule_failures(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO @extschema@.frontier AS f (url, kind, section_id, event_slug, status, tried_at,
		next_fetch_at, reason, priority)
	SELECT p.url, p.kind, p.section_id, CASE WHEN p.kind = 'activity' THEN p.subject END,
		p.status, now(), n.next_fetch_at, n.reason, n.priority
	FROM jsonb_to_recordset(pages) AS p(url text, kind text, section_id integer,
		subject varchar(255), status text, will_retry boolean)
	CROSS JOIN esn_policy() s
	LEFT JOIN @extschema@.frontier k ON k.url = p.url
	LEFT JOIN @extschema@.activities a ON p.kind = 'activity' AND a.event_slug = k.event_slug
	LEFT JOIN @extschema@.failed_scrapes x ON x.url = left(p.url, 500) AND x.resolved_at IS NULL
	-- Lists with failures are due: see esn_due_lists().
	CROSS JOIN LATERAL esn_next_fetch(nullif(p.kind, 'listing'), p.status, k.event_slug, now(),
		coalesce(a.end_date, a.start_date), p.will_retry, coalesce(x.retry_count, 0),
		s.recent_days, s.refresh_days) n
	ON CONFLICT (url) DO UPDATE SET status = excluded.status, tried_at = excluded.tried_at,
		next_fetch_at = coalesce(excluded.next_fetch_at, f.next_fetch_at),
		reason = CASE WHEN f.kind = 'listing' THEN f.reason ELSE excluded.reason END,
		priority = excluded.priority;
END $$;
COMMENT ON FUNCTION esn_schedule_failures(jsonb) IS
	'Sets when pages that failed or are gone are fetched next. pages: array of {"url", "kind", '
	'"section_id", "subject": slug, "status": failing or gone, "will_retry"}.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_failures(run bigint, pages jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	failures integer;
	fates jsonb;
BEGIN
	PERFORM esn_doubt_refused(pages);
	-- A known activity or section that is gone is not a failure: esn_mark_removed() decides.
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (left(p.url, 500)) p.url AS address, left(p.url, 500) AS url,
			s.id AS section_id, p.kind, p.subject, p.status, p.message,
			greatest(p.attempts, 1) AS attempts,
			-- The next run over all sections reads the network's own listing in any case.
			p.will_retry AND (p.kind <> 'listing' OR s.id IS NOT NULL) AS will_retry,
			-- Nobody reads the pages of a section that is gone. Instead of the network's own
			-- listing, the sections' are read; but not where it was read and then rejected.
			s.id IS NULL AND p.kind IN ('listing', 'statistics') AND (p.section IS NOT NULL
				OR p.kind = 'listing' AND p.rejected IS NOT TRUE) AS settled,
			coalesce(p.gone, p.status IN (404, 410), false) AND p.kind IN ('activity', 'section')
				AND EXISTS (SELECT FROM @extschema@.frontier k WHERE k.url = p.url
					AND k.fetched_at IS NOT NULL) AS gone
		FROM jsonb_to_recordset(pages) AS p(url text, section text, kind text, subject text,
			status integer, message text, attempts integer, will_retry boolean, gone boolean,
			rejected boolean)
		LEFT JOIN @extschema@.sections s ON s.accounts_platform_slug = p.section
		ORDER BY left(p.url, 500)
	), closed AS (
		UPDATE @extschema@.failed_scrapes k SET resolved_at = now()
		FROM page p WHERE p.gone AND k.url = p.url AND k.resolved_at IS NULL
	), failure AS MATERIALIZED (
		SELECT p.*, CASE WHEN p.kind IN ('home', 'country', 'section', 'slug_lookup')
			THEN 'AccountsScraper' ELSE 'ActivitiesAndStatisticsScraper' END AS module
		FROM page p WHERE NOT p.gone
	), upd AS (
		UPDATE @extschema@.failed_scrapes k SET section_id = coalesce(k.section_id, f.section_id),
			scraper_module = f.module, kind = f.kind,
			http_status_code = f.status, error_message = f.message,
			retry_count = k.retry_count + f.attempts,
			last_attempt = now(), will_retry = f.will_retry, run_id = run
		FROM failure f
		WHERE k.url = f.url AND k.resolved_at IS NULL
	), ins AS (
		INSERT INTO @extschema@.failed_scrapes (url, section_id, scraper_module, http_status_code,
			error_message, retry_count, will_retry, run_id, kind, resolved_at)
		SELECT url, section_id, module, status, message, attempts - 1, will_retry, run, kind,
			CASE WHEN settled THEN now() END
		FROM failure f
		WHERE NOT EXISTS (SELECT FROM @extschema@.failed_scrapes k WHERE k.url = f.url
			AND k.resolved_at IS NULL)
	)
	SELECT count(*) FILTER (WHERE NOT gone), jsonb_agg(jsonb_build_object('url', address, 'kind',
			kind, 'section_id', section_id, 'subject', subject, 'will_retry', will_retry,
			'status', CASE WHEN gone THEN 'gone' ELSE 'failing' END)) FILTER (
				WHERE kind NOT IN ('slug_lookup', 'robots'))
	INTO failures, fates FROM page;
	PERFORM esn_schedule_failures(fates);
	RETURN failures;
END $$;
COMMENT ON FUNCTION esn_store_failures(bigint, jsonb) IS
	'Records pages that finally failed, one open row per address, and notes in frontier.status '
	'where the page of a known activity or section is gone. run: the run. pages: array of {"url", '
	'"section", "kind", "subject": slug, "status", "message", "attempts", "will_retry", "gone": '
	'false where the status is that of another page, "rejected": whether the page was read and '
	'then rejected by the database}. Returns how many failed.';
