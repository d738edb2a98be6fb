-- The end of a run: what is gone is marked, unless so much is gone that the site must be broken.
-- Nothing is deleted.

-- Missing from two complete readings of its list is as good as gone, list by list. Between the two
-- its page was requested: see esn_leave_lists().
CREATE OR REPLACE FUNCTION esn_internal.esn_mark_missing(since timestamptz,
	max_share double precision,
	OUT marked integer, OUT gone integer, OUT listed integer)
LANGUAGE plpgsql AS $$
DECLARE
	list record;
	slugs varchar[];
BEGIN
	marked := 0;
	gone := 0;
	listed := 0;
	FOR list IN
		SELECT f.section_id, count(*) AS listed,
			count(*) FILTER (WHERE f.missing_count > 1 AND f.missing_at >= since) AS gone
		FROM @extschema@.frontier f
		JOIN @extschema@.activities a ON a.event_slug = f.event_slug AND a.removed_at IS NULL
		WHERE f.kind = 'activity' AND f.section_id = ANY (ARRAY(SELECT DISTINCT m.section_id
			FROM @extschema@.frontier m WHERE m.missing_count > 1 AND m.missing_at >= since))
		GROUP BY 1
	LOOP
		IF list.gone > 1 AND list.gone > max_share * list.listed THEN
			gone := gone + list.gone;
			listed := listed + list.listed;
			CONTINUE;
		END IF;
		WITH missing AS (
			UPDATE @extschema@.frontier f SET next_fetch_at = '9999-01-01Z', reason = 'gone'
			WHERE f.section_id = list.section_id AND f.missing_count > 1 AND f.missing_at >= since
				-- An activity may have two addresses, of which lists show the other one.
				AND NOT EXISTS (SELECT FROM @extschema@.frontier o
					WHERE o.event_slug = f.event_slug AND o.url <> f.url AND o.missing_count = 0
					AND o.status = 'fetched')
			RETURNING f.event_slug
		)
		SELECT array_agg(event_slug) INTO slugs FROM missing;
		UPDATE @extschema@.activities a SET removed_at = now(), updated_at = now(),
			removed_reason = 'missing from its list'
		WHERE a.event_slug = ANY (slugs) AND a.removed_at IS NULL;
		marked := marked + coalesce(cardinality(slugs), 0);
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_mark_missing(timestamptz, double precision) IS
	'Marks activities as removed that were missing from two complete readings of their section''s '
	'list. since: when the run began. max_share: see esn_mark_removed(). Returns how many were '
	'marked, and how many were gone and listed on the lists that are implausible (0: no list is).';

-- Drupal answers 403 for a page that is no longer published, and lists no longer show it.
CREATE OR REPLACE FUNCTION esn_internal.esn_doubt_refused(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.frontier l SET next_fetch_at = 'epoch',
		reason = 'an activity is refused', priority = 1
	FROM jsonb_to_recordset(pages) AS p(url text, kind text, status integer)
	JOIN @extschema@.frontier f ON f.url = p.url
	JOIN @extschema@.sections s ON s.id = f.section_id
	WHERE p.kind = 'activity' AND p.status IN (401, 403) AND f.fetched_at IS NOT NULL
		AND f.status <> 'failing' AND f.missing_count = 0
		AND l.url = esn_first_page(s.activities_url);
END $$;
COMMENT ON FUNCTION esn_doubt_refused(jsonb) IS
	'Makes lists due for a complete reading if the page of one of their activities is refused for '
	'the first time. pages: as of esn_store_failures().';

CREATE OR REPLACE FUNCTION esn_internal.esn_mark_unpublished() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	marked integer;
BEGIN
	UPDATE @extschema@.activities a SET removed_at = now(), updated_at = now(),
		removed_reason = 'refused, and missing from its list'
	FROM @extschema@.frontier f
	JOIN @extschema@.failed_scrapes x ON x.url = left(f.url, 500) AND x.resolved_at IS NULL
		AND x.http_status_code IN (401, 403)
	WHERE f.kind = 'activity' AND f.status = 'failing' AND f.missing_count > 0
		AND a.event_slug = f.event_slug AND a.removed_at IS NULL;
	GET DIAGNOSTICS marked = ROW_COUNT;
	RETURN marked;
END $$;
COMMENT ON FUNCTION esn_mark_unpublished() IS
	'Marks activities as removed whose pages are refused (401 or 403) and that are missing from '
	'their lists. Returns their number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_close_obsolete() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.validation_errors v SET resolved_at = now()
	FROM @extschema@.activities a
	WHERE v.resolved_at IS NULL AND a.event_slug = v.activity_event_slug
		AND a.removed_at IS NOT NULL;
	-- A section has one slug on activities.esn.org; it may have had another one.
	UPDATE @extschema@.validation_errors v SET resolved_at = now()
	FROM @extschema@.sections s
	WHERE v.resolved_at IS NULL AND s.id = v.section_id AND v.url LIKE '%/organisation/%'
		AND v.field_name <> 'activities_platform_slug'
		AND NOT EXISTS (SELECT FROM esn_section_of(s.accounts_platform_slug, v.url));
	UPDATE @extschema@.failed_scrapes f SET resolved_at = now()
	FROM @extschema@.sections s
	WHERE f.resolved_at IS NULL AND s.id = f.section_id AND f.kind IN ('listing', 'statistics')
		AND NOT EXISTS (SELECT FROM esn_section_of(s.accounts_platform_slug, f.url));
	-- What a page of the network's own listing showed, other pages of it show later.
	UPDATE @extschema@.failed_scrapes f SET resolved_at = now()
	FROM @extschema@.frontier k
	WHERE f.resolved_at IS NULL AND f.section_id IS NULL AND f.kind = 'listing'
		AND k.url = esn_first_page(current_setting('esn_pulse.activities_url'))
		AND k.status = 'fetched' AND k.fetched_at > f.last_attempt;
END $$;
COMMENT ON FUNCTION esn_close_obsolete() IS
	'Closes the invalid fields of activities that are removed, the failures and invalid fields of '
	'pages under a slug that their section no longer has, and the failures of pages of the '
	'network''s own listing if that was read since: nothing else would close them.';

CREATE OR REPLACE FUNCTION esn_internal.esn_mark_removed(run bigint, max_share double precision,
	OUT marked integer, OUT gone integer, OUT answered integer)
LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := (SELECT s.since FROM @extschema@.scraper_status s WHERE s.id = run);
	page_kind text;
	missing record;
	n_gone integer;
	n_answered integer;
	n_marked integer;
BEGIN
	marked := 0;
	FOREACH page_kind IN ARRAY ARRAY['section', 'activity'] LOOP
		SELECT count(*) INTO n_gone
		FROM @extschema@.frontier f
		WHERE f.kind = page_kind AND f.status = 'gone' AND f.tried_at >= since
			AND NOT EXISTS (SELECT FROM @extschema@.activities a
				WHERE a.event_slug = f.event_slug AND a.removed_at IS NOT NULL)
			AND NOT EXISTS (SELECT FROM @extschema@.sections s WHERE page_kind = 'section'
				AND s.accounts_url = f.url AND s.removed_at IS NOT NULL);
		-- Counting the answered pages is only worth it where some are gone.
		IF n_gone > 1 THEN
			SELECT n_gone + count(*) INTO n_answered FROM @extschema@.frontier f
			WHERE f.kind = page_kind AND f.status = 'fetched' AND f.tried_at >= since;
			IF n_gone > max_share * n_answered THEN
				-- The next run is to ask again.
				UPDATE @extschema@.frontier f SET next_fetch_at = f.tried_at
				WHERE f.kind = page_kind AND f.status = 'gone' AND f.tried_at >= since
					AND f.next_fetch_at > f.tried_at;
				gone := coalesce(gone, 0) + n_gone;
				answered := coalesce(answered, 0) + n_answered;
				CONTINUE;
			END IF;
		END IF;
		IF page_kind = 'section' THEN
			UPDATE @extschema@.sections s SET removed_at = now(), removed_reason = 'gone'
			FROM @extschema@.frontier f
			WHERE f.kind = 'section' AND f.status = 'gone' AND f.tried_at >= since
				AND s.accounts_url = f.url AND s.removed_at IS NULL;
		ELSE
			UPDATE @extschema@.activities a SET removed_at = now(), updated_at = now(),
				removed_reason = 'gone'
			FROM @extschema@.frontier f
			WHERE f.kind = 'activity' AND f.status = 'gone' AND f.tried_at >= since
				AND a.event_slug = f.event_slug AND a.removed_at IS NULL;
		END IF;
		GET DIAGNOSTICS n_marked = ROW_COUNT;
		marked := marked + n_marked;
	END LOOP;
	missing := esn_mark_missing(since, max_share);
	marked := marked + missing.marked + esn_mark_unpublished();
	IF missing.gone > 0 THEN
		gone := coalesce(gone, 0) + missing.gone;
		answered := coalesce(answered, 0) + missing.listed;
	END IF;
	PERFORM esn_close_obsolete();
END $$;
COMMENT ON FUNCTION esn_mark_removed(bigint, double precision) IS
	'Marks activities and sections as removed whose own page was answered 404 or 410 in this run, '
	'and activities that were missing from two complete readings of their section''s list. It '
	'marks none of a kind, or of a list, if more than one and more than the share are gone: that '
	'is implausible. run: the run. max_share: that share, 0 to 1. Returns how many were marked, '
	'and how many pages were gone and answered where that was implausible (NULL: nowhere).';

-- What is missing from a list is known where one run read it from the first page to the last.
CREATE OR REPLACE FUNCTION esn_internal.esn_finish_sections(run bigint, done jsonb,
	max_share double precision,
	OUT section_id integer, OUT missing integer, OUT known integer) RETURNS SETOF record
LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := (SELECT s.since FROM @extschema@.scraper_status s WHERE s.id = run);
BEGIN
	RETURN QUERY
	WITH list AS MATERIALIZED (
		-- An activity that was first seen in this run may be newer than the pages read before.
		SELECT d.id, d.is_full, c.urls, c.missing, c.known,
			-- A few may be missing: their pages are requested, and esn_leave_lists() notes which of
			-- them no longer name the section.
			c.missing > greatest(5, max_share * c.known) AS is_implausible
		FROM jsonb_to_recordset(done) AS d(id integer, is_full boolean, seen_urls jsonb, slug text)
		-- In this run it may have lost the slug.
		JOIN @extschema@.sections o ON o.id = d.id
			AND (d.slug IS NULL OR o.activities_platform_slug = d.slug)
		CROSS JOIN LATERAL (
			SELECT array_agg(f.url) FILTER (WHERE NOT d.seen_urls ? f.url) AS urls,
				count(*) FILTER (WHERE NOT d.seen_urls ? f.url)::integer AS missing,
				count(*)::integer AS known
			FROM @extschema@.frontier f
			-- one by one: the plan is made while the tables are still empty
			CROSS JOIN LATERAL (SELECT FROM @extschema@.activities a
				WHERE a.event_slug = f.event_slug AND a.removed_at IS NULL AND a.created_at < since
				OFFSET 0) a
			WHERE d.seen_urls IS NOT NULL AND f.section_id = d.id AND f.kind = 'activity') c
	), noted AS (
		UPDATE @extschema@.frontier f SET missing_count = missing_count + 1, missing_at = now(),
			reason = 'missing from its list', priority = 1, next_fetch_at = CASE WHEN esn_is_done(
				f.status, f.tried_at, f.next_fetch_at, since, since) THEN now() ELSE 'epoch' END
		FROM list d, unnest(d.urls) m
		WHERE NOT d.is_implausible AND f.url = m AND coalesce(f.missing_at < since, true)
			AND (f.missing_count = 0 OR coalesce(f.tried_at > f.missing_at, true))
	), full_listing AS (
		UPDATE @extschema@.frontier f
		SET next_fetch_at = n.next_fetch_at, reason = n.reason, priority = n.priority
		FROM list d JOIN @extschema@.sections s ON s.id = d.id CROSS JOIN esn_policy() p
		CROSS JOIN LATERAL esn_next_fetch('listing', 'fetched', s.accounts_platform_slug, now(),
			NULL, NULL, NULL, p.recent_days, p.refresh_days) n
		WHERE d.is_full AND NOT d.is_implausible
			AND f.url = esn_first_page(s.activities_url)
	), closed AS (
		-- What failed in this run, and is not closed, was not read.
		UPDATE @extschema@.failed_scrapes f SET resolved_at = now() FROM list d
		WHERE f.section_id = d.id AND d.is_full AND NOT d.is_implausible AND f.kind = 'listing'
			AND f.resolved_at IS NULL AND f.run_id IS DISTINCT FROM run
	), finished AS (
		UPDATE @extschema@.sections s SET last_scraped = now()
		FROM list d WHERE s.id = d.id AND NOT d.is_implausible
	)
	SELECT d.id, d.missing, d.known FROM list d WHERE d.is_implausible;
	PERFORM esn_note_gaps(ARRAY(SELECT s.id FROM jsonb_array_elements(done) d
		JOIN @extschema@.sections s ON s.id = (d->>'id')::integer
			AND s.activities_platform_slug = coalesce(d->>'slug', s.activities_platform_slug)
		WHERE d->'is_full' = 'true'));
END $$;
COMMENT ON FUNCTION esn_finish_sections(bigint, jsonb, double precision) IS
	'Sets last_scraped of sections whose list and statistics were read. Of lists that were read '
	'completely, it closes the failures of earlier runs, and notes which activities are missing. '
	'A list that lacks more than five activities, and more than the share, is implausible: '
	'nothing is noted of that section. run: the run. done: array of {"id": of the section, '
	'"section": its slug on accounts.esn.org, "url": the first page of its list, "slug": under '
	'which its list was read, "is_full": whether that was read completely, "seen_urls": object '
	'whose keys are the addresses of all activities on its list; absent if several runs have read '
	'the list}. max_share: that share, 0 to 1. Returns the implausible lists: section_id, '
	'missing: how many activities are missing, known: of how many.';
