-- What is due: which pages a run asks for, and why. The run works off what these functions say; due_pages and esn_plan() show the same to people.

CREATE OR REPLACE FUNCTION esn_policy(OUT recent_days integer, OUT refresh_days integer, OUT request_delay integer, OUT accounts_max_age integer)
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_policy() IS
'The settings that decide what is due, as they are in this session: esn_pulse.recent_days, esn_pulse.refresh_days (days), esn_pulse.request_delay (ms), esn_pulse.accounts_max_age (minutes).';

CREATE OR REPLACE FUNCTION esn_accounts_due() RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM sections) OR NOT EXISTS (SELECT FROM scraper_status, esn_policy() p
		WHERE scraper_module = 'AccountsScraper' AND status = 'completed' AND started_at > now() - make_interval(mins => p.accounts_max_age))
$$;
COMMENT ON FUNCTION esn_accounts_due() IS 'Whether no section is known, or no good run over accounts is younger than esn_pulse.accounts_max_age.';

-- While a run goes on: since when it counts pages as read. Else nothing read before now counts.
CREATE OR REPLACE FUNCTION esn_since() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT since FROM scraper_status WHERE status = 'running'), now());
END $$;
COMMENT ON FUNCTION esn_since() IS 'Pages read since then are not due: scraper_status.since of the run that goes on, else now.';

-- A page that failed is tried in the next run, too; one that goes on failing the rarer the longer, one of which that is no use as rarely as an old one.
CREATE OR REPLACE FUNCTION esn_may_retry(will_retry boolean, retry_count integer, last_attempt timestamptz, refresh_days integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT will_retry AND retry_count <= 7
		OR last_attempt < now() - make_interval(days => CASE WHEN will_retry THEN least(retry_count, refresh_days) ELSE refresh_days END)
$$;
COMMENT ON FUNCTION esn_may_retry(boolean, integer, timestamptz, integer) IS
'Whether a page that fails may be asked for again. will_retry: failed_scrapes.will_retry. retry_count: failed_scrapes.retry_count. last_attempt: failed_scrapes.last_attempt. refresh_days: esn_pulse.refresh_days.';

-- Beside what lists show of an activity it is noted when its page was read and when it ends, so that neither need be looked up to know whether it is due. What is
-- long over is calm: not due before four times as long has passed. esn_store_fetches() notes that; whatever else happens to it takes it back.
CREATE OR REPLACE FUNCTION esn_take_note_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		UPDATE listed_activities SET days_over = NULL, calm_until = NULL, read_at = NULL, ends = NULL WHERE read_at IS NOT NULL;
		RETURN NULL;
	END IF;
	UPDATE listed_activities SET days_over = NULL, calm_until = NULL, read_at = NULL, ends = NULL
	WHERE event_slug = to_jsonb(OLD)->>TG_ARGV[0] AND read_at IS NOT NULL;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_take_note_back() IS
'Trigger on activities and fetched_pages: an activity whose dates change, that is removed or comes back, or whose row or page goes, is to be looked at again. Its argument is the column with the slug.';

CREATE OR REPLACE TRIGGER take_note_back AFTER UPDATE ON activities FOR EACH ROW
WHEN ((OLD.event_slug, OLD.start_date, OLD.end_date, OLD.removed_at) IS DISTINCT FROM (NEW.event_slug, NEW.start_date, NEW.end_date, NEW.removed_at))
EXECUTE FUNCTION esn_take_note_back('event_slug');
CREATE OR REPLACE TRIGGER take_note_back_of_gone AFTER DELETE ON activities FOR EACH ROW EXECUTE FUNCTION esn_take_note_back('event_slug');
CREATE OR REPLACE TRIGGER take_note_back_of_all AFTER TRUNCATE ON activities FOR EACH STATEMENT EXECUTE FUNCTION esn_take_note_back();
CREATE OR REPLACE TRIGGER take_note_back AFTER UPDATE ON fetched_pages FOR EACH ROW
WHEN (OLD.gone_at IS DISTINCT FROM NEW.gone_at AND NEW.gone_at IS NOT NULL OR NEW.fetched_at < OLD.fetched_at)
EXECUTE FUNCTION esn_take_note_back('activity_event_slug');
CREATE OR REPLACE TRIGGER take_note_back_of_gone AFTER DELETE ON fetched_pages FOR EACH ROW EXECUTE FUNCTION esn_take_note_back('activity_event_slug');
CREATE OR REPLACE TRIGGER take_note_back_of_all AFTER TRUNCATE ON fetched_pages FOR EACH STATEMENT EXECUTE FUNCTION esn_take_note_back();
COMMENT ON TRIGGER take_note_back ON activities IS 'Looks at an activity again whose dates have changed, or that was removed or came back.';
COMMENT ON TRIGGER take_note_back_of_gone ON activities IS 'Looks at an activity again that was deleted.';
COMMENT ON TRIGGER take_note_back_of_all ON activities IS 'Looks at all activities again.';
COMMENT ON TRIGGER take_note_back ON fetched_pages IS 'Looks at an activity again whose page is gone, or which somebody wants to be read again.';
COMMENT ON TRIGGER take_note_back_of_gone ON fetched_pages IS 'Looks at an activity again of whose page nothing is known any more.';
COMMENT ON TRIGGER take_note_back_of_all ON fetched_pages IS 'Looks at all activities again.';

-- What has failed before comes among what is recent: many failures one after another would look as if the site were down. Those that are looked at are
-- few of many, and how few no plan can know: each is looked up by index.
CREATE OR REPLACE FUNCTION esn_due_activities("full" boolean, section_ids integer[])
RETURNS TABLE (url text, event_slug text, section_id integer, reason text, fetched_at timestamptz, priority integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, @extschema@, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
	SELECT l.url, l.event_slug, l.section_id, d.reason, t.fetched_at, CASE WHEN x.url IS NOT NULL THEN 5 ELSE CASE d.reason WHEN 'never read' THEN 1 WHEN 'card changed' THEN 2
		WHEN 'missing from its list' THEN 3 WHEN 'upcoming' THEN 4 WHEN 'recent' THEN 5 WHEN 'validators were wrong' THEN 6 ELSE 7 END END
	FROM esn_policy() p
	CROSS JOIN (SELECT esn_since() AS since, esn_last_lie() AS lie, (SELECT id FROM scraper_status WHERE status = 'running') AS run OFFSET 0) now
	-- Of most activities it is known that they are not due, by what was noted when they were read; time zones may differ by a day. Of most others what decides is noted, too.
	CROSS JOIN LATERAL (
		SELECT *, false AS is_noted FROM listed_activities WHERE "full" OR now.lie IS NOT NULL
		UNION ALL SELECT *, read_at IS NOT NULL FROM listed_activities WHERE calm_until IS NULL AND NOT ("full" OR now.lie IS NOT NULL)
		UNION ALL SELECT *, false FROM listed_activities WHERE calm_until <= now() + interval '5 days' AND NOT ("full" OR now.lie IS NOT NULL)
		UNION ALL SELECT *, false FROM listed_activities WHERE days_over <= p.recent_days + 1 AND calm_until > now() + interval '5 days'
			AND NOT ("full" OR now.lie IS NOT NULL)
	) l
	LEFT JOIN LATERAL (SELECT a.id, coalesce(a.end_date, a.start_date) AS ends, a.removed_at, k.url, k.fetched_at, k.gone_at, k.http_status
		FROM (VALUES (true)) one LEFT JOIN activities a ON a.event_slug = l.event_slug LEFT JOIN fetched_pages k ON k.url = l.url
		WHERE NOT l.is_noted OFFSET 0) k ON true
	LEFT JOIN LATERAL (SELECT x.* FROM failed_scrapes x WHERE x.url = left(l.url, 500) AND x.resolved_at IS NULL
		AND left(l.url, 500) IN (SELECT x.url FROM failed_scrapes x WHERE x.resolved_at IS NULL) OFFSET 0) x ON true
	CROSS JOIN LATERAL (SELECT CASE WHEN l.is_noted THEN l.read_at ELSE k.fetched_at END AS fetched_at, CASE WHEN l.is_noted THEN l.ends ELSE k.ends END AS ends,
		"full" OR x.url IS NULL OR esn_may_retry(x.will_retry, x.retry_count, x.last_attempt, p.refresh_days) OR l.changed_at > x.last_attempt AS may_ask) t
	CROSS JOIN LATERAL (SELECT CASE
		-- Read, gone or failed since this run began: it has had its turn.
		WHEN t.fetched_at >= now.since AND NOT (k.http_status = 304 AND coalesce(t.fetched_at <= now.lie, false))
			OR k.gone_at >= now.since
			OR x.last_attempt >= now.since AND NOT (x.will_retry AND x.run_id IS DISTINCT FROM now.run) THEN NULL
		WHEN NOT t.may_ask THEN NULL
		WHEN NOT l.is_noted AND (k.url IS NULL OR k.id IS NULL) THEN 'never read'
		WHEN l.changed_at > greatest(t.fetched_at, k.gone_at) THEN 'card changed'
		WHEN k.removed_at IS NULL AND l.missed > 0 AND l.missed_at > t.fetched_at THEN 'missing from its list'
		-- Its page is there, but lists have shown it no more: that it is removed stands.
		WHEN k.removed_at IS NOT NULL AND l.missed > 1 THEN NULL
		WHEN t.ends >= current_date THEN 'upcoming'
		-- Also once after that, as it may have changed until then.
		WHEN t.ends >= greatest(t.fetched_at, k.gone_at)::date - p.recent_days THEN 'recent'
		-- An older one that was removed comes back by its card.
		WHEN k.removed_at IS NOT NULL THEN NULL
		WHEN k.http_status = 304 AND t.fetched_at <= now.lie THEN 'validators were wrong'
		-- The longer ago it ended, the rarer it changes: read again when that has become five times as long as when it was read last. Without
		-- a date: after one to two times refresh_days, so that those of one run come back on many days.
		WHEN t.fetched_at < now() - make_interval(days => CASE WHEN t.ends IS NULL
			THEN p.refresh_days + abs(hashtext(l.event_slug)) % (p.refresh_days + 1)
			ELSE greatest(p.refresh_days, 4 * (t.fetched_at::date - t.ends)) END) THEN 'old'
		WHEN "full" THEN 'full' END AS reason OFFSET 0) d
	WHERE d.reason IS NOT NULL
		AND (section_ids IS NULL OR l.section_id = ANY (section_ids)
			OR l.event_slug IN (SELECT a.event_slug FROM activity_section_organisers o JOIN activities a ON a.id = o.activity_id WHERE o.section_id = ANY (section_ids)))
$$;
COMMENT ON FUNCTION esn_due_activities(boolean, integer[]) IS
'The activities whose own pages are due: never read, card changed, missing from its list, upcoming, recent (ended within esn_pulse.recent_days before it was read last), old (not read for esn_pulse.refresh_days, and for four times as long as it was over by then), validators were wrong, or full. full: all are due. section_ids: only those of these sections, NULL: all.';

-- Lists are read from the newest page on as long as that brings something; whole when they never were, and once in twice refresh_days, each
-- section's on a day of its own, so that no week gets all.
CREATE OR REPLACE FUNCTION esn_due_lists("full" boolean) RETURNS TABLE (section_id integer, reason text, read_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
	SELECT s.id, CASE WHEN l.read_at IS NULL THEN 'never read whole' WHEN "full" THEN 'full' ELSE 'whole again' END, l.read_at
	FROM esn_policy() p
	CROSS JOIN sections s
	LEFT JOIN section_lists l ON l.section_id = s.id
	CROSS JOIN LATERAL (SELECT 2 * p.refresh_days AS cycle, abs(hashtext(s.accounts_platform_slug)) % (2 * p.refresh_days) AS day) c
	WHERE s.can_scrape_activities AND s.activities_platform_slug IS NOT NULL
		AND ("full" AND l.read_at < (SELECT esn_since()) OR l.read_at IS NULL
			OR floor((extract(epoch FROM now()) / 86400 + day) / cycle) > floor((extract(epoch FROM l.read_at) / 86400 + day) / cycle))
$$;
COMMENT ON FUNCTION esn_due_lists(boolean) IS 'The sections whose lists are to be read whole, and why. full: all are.';

CREATE OR REPLACE FUNCTION esn_find_sections(slug text)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text, list_due boolean)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name, id IN (SELECT section_id FROM esn_due_lists(false))
	FROM sections
	WHERE slug IN (accounts_platform_slug, activities_platform_slug)
	ORDER BY accounts_platform_slug = slug DESC, id
	LIMIT 1
$$;
COMMENT ON FUNCTION esn_find_sections(text) IS 'The section of a slug, and whether its list is to be read whole. slug: of either platform.';

CREATE OR REPLACE FUNCTION esn_due_sections(max_sections integer)
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text, list_due boolean)
LANGUAGE sql STABLE AS $$
	SELECT s.id, accounts_platform_slug, activities_platform_slug, name, l.section_id IS NOT NULL
	FROM sections s LEFT JOIN esn_due_lists(false) l ON l.section_id = s.id
	WHERE can_scrape_activities AND activities_platform_slug IS NOT NULL
		AND coalesce(last_scraped < (SELECT esn_since()), true)
	ORDER BY last_scraped ASC NULLS FIRST, id
	LIMIT max_sections
$$;
COMMENT ON FUNCTION esn_due_sections(integer) IS
'The sections whose activities can be read (also those that accounts.esn.org shows no more) and have not been since the run began, those not read for longest first, and whether their lists are to be read whole. max_sections: at most so many, NULL: all.';

-- The network's own list costs about a request for twelve activities that are upcoming or recent; sections' lists at least one each.
CREATE OR REPLACE FUNCTION esn_feed_pages() RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT count(*)::integer / 12 + 2 FROM esn_policy() p, activities
	WHERE start_date >= current_date - p.recent_days AND is_valid AND removed_at IS NULL
$$;
COMMENT ON FUNCTION esn_feed_pages() IS 'About how many pages of the network''s own list show what is upcoming or recent, at twelve activities a page.';

-- Which of the activities that pages of lists show are to be read now; whether others among them are young says whether to go on to the next page.
CREATE OR REPLACE FUNCTION esn_claim_cards(run bigint, pages jsonb, rules_hash bigint, "full" boolean,
	OUT page integer, OUT url text, OUT etag text, OUT last_modified text, OUT is_due boolean, OUT is_young boolean) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
	WITH card AS MATERIALIZED (
		SELECT g.n AS page, j.n, c.url, "full" OR l.event_slug IS NULL OR a.removed_at IS NOT NULL
				OR a.id IS NULL AND (x.url IS NULL OR esn_may_retry(x.will_retry, x.retry_count, x.last_attempt, p.refresh_days))
				OR coalesce(l.card_hash <> esn_card_hash(j.card), false) AS due,
			coalesce(coalesce(a.end_date, a.start_date) >= current_date - p.recent_days, false) AS young
		FROM esn_policy() p
		CROSS JOIN jsonb_array_elements(pages) WITH ORDINALITY AS g(listing, n)
		CROSS JOIN jsonb_array_elements(g.listing->'data'->'cards') WITH ORDINALITY AS j(card, n)
		CROSS JOIN LATERAL jsonb_to_record(j.card) AS c(event_slug text, url text)
		LEFT JOIN listed_activities l ON l.event_slug = c.event_slug
		LEFT JOIN activities a ON a.event_slug = c.event_slug
		LEFT JOIN failed_scrapes x ON x.url = left(c.url, 500) AND x.resolved_at IS NULL
		WHERE length(c.event_slug) <= 255
	), claimed AS MATERIALIZED (
		SELECT k.* FROM (SELECT array_agg(DISTINCT c.url) AS urls FROM card c WHERE c.due) d
		CROSS JOIN LATERAL esn_claim_pages(run, 'activity', d.urls, rules_hash, "full") k
	)
	SELECT c.page::integer, c.url, k.etag, k.last_modified, k.url IS NOT NULL, c.due OR c.young
	FROM card c LEFT JOIN claimed k ON c.due AND k.url = c.url
	ORDER BY c.page, c.n
$$;
COMMENT ON FUNCTION esn_claim_cards(bigint, jsonb, bigint, boolean) IS
'Of the activities on pages of lists: on which of these pages (from 1), whether each is to be read now (never read, another card than before, thought to be removed, or full), with the validators of a conditional request, and whether it is young: new, changed, upcoming or recent. run: the run. pages: array of listings as the parser has them. rules_hash: of the rules in force. full: all are to be read, without validators.';

CREATE OR REPLACE VIEW due_pages AS
SELECT 'activity' AS kind, d.url, d.reason, d.section_id, d.event_slug, d.fetched_at AS read_at, now()::timestamptz(0) - d.fetched_at::timestamptz(0) AS age, d.priority
FROM esn_due_activities(false, NULL) d
UNION ALL
SELECT 'statistics', s.activities_url || '/statistics', CASE WHEN k.url IS NULL THEN 'never read' ELSE 'each run' END, s.id, NULL, k.fetched_at,
	now()::timestamptz(0) - k.fetched_at::timestamptz(0), 0
FROM sections s LEFT JOIN fetched_pages k ON k.url = s.activities_url || '/statistics'
WHERE s.can_scrape_activities AND coalesce(k.fetched_at < (SELECT esn_since()), true)
UNION ALL
SELECT 'listing', s.activities_url || '/activities?page=0', l.reason, s.id, NULL, l.read_at, now()::timestamptz(0) - l.read_at::timestamptz(0), 0
FROM esn_due_lists(false) l JOIN sections s ON s.id = l.section_id;
COMMENT ON VIEW due_pages IS 'What is due now and why: one row an address that a run over all sections would ask for; of a list only its first page. While a run goes on: what it has left. New activities are found while it reads.';
COMMENT ON COLUMN due_pages.kind IS 'activity, statistics or listing.';
COMMENT ON COLUMN due_pages.reason IS 'Why it is due: see the comment of esn_due_activities().';
COMMENT ON COLUMN due_pages.read_at IS 'When it was last read; of a list: whole. NULL: never.';
COMMENT ON COLUMN due_pages.age IS 'How long ago that was.';
COMMENT ON COLUMN due_pages.priority IS 'Lower comes first.';

CREATE OR REPLACE FUNCTION esn_plan(module text DEFAULT 'all', section text DEFAULT NULL, "full" boolean DEFAULT false,
	OUT kind text, OUT reason text, OUT requests bigint, OUT duration interval) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp AS $$
DECLARE
	wanted integer[];
BEGIN
	IF module NOT IN ('all', 'accounts', 'activities') THEN
		RAISE EXCEPTION 'there is no plan for the module "%"', module USING ERRCODE = 'invalid_parameter_value',
			HINT = 'The modules are accounts, activities and all.';
	END IF;
	IF section IS NOT NULL THEN
		wanted := ARRAY(SELECT f.id FROM esn_find_sections(section) f);
		IF wanted = '{}' THEN
			RAISE EXCEPTION 'no section is known by the slug "%"', section USING ERRCODE = 'undefined_object',
				HINT = 'One that has never been read cannot be planned; SELECT * FROM esn_scrape_section(...) reads it.';
		END IF;
	END IF;
	RETURN QUERY
	WITH policy AS (
		SELECT * FROM esn_policy()
	), s AS MATERIALIZED (
		SELECT s.id, s.last_scraped, l.reason AS list,
			CASE WHEN l.section_id IS NOT NULL THEN (SELECT count(*) FROM listed_activities a WHERE a.section_id = s.id) / 12 + 1 END AS pages
		FROM sections s LEFT JOIN esn_due_lists("full") l ON l.section_id = s.id
		WHERE s.can_scrape_activities AND module <> 'accounts' AND (wanted IS NULL OR s.id = ANY (wanted))
	), feed AS MATERIALIZED (
		SELECT f.pages, wanted IS NULL AND (SELECT count(*) FROM s WHERE s.list IS NULL) > f.pages AS used
		FROM (SELECT esn_feed_pages() AS pages OFFSET 0) f
	), items (n, kind, reason, requests, host) AS (
		SELECT 1, 'robots', 'each day', 1, h.host FROM (VALUES ('accounts'), ('activities')) AS h(host)
		UNION ALL
		SELECT c.n, c.kind, 'all', c.requests, c.host
		FROM (VALUES (2, 'home', 1, 'accounts'), (3, 'country', (SELECT count(*) FROM countries), 'accounts'),
			(4, 'section', (SELECT count(*) FROM sections WHERE removed_at IS NULL), 'accounts'),
			(5, 'probe', (SELECT count(*) FROM sections WHERE removed_at IS NULL), 'activities')) AS c(n, kind, requests, host)
		WHERE section IS NULL AND (module = 'accounts' OR module = 'all' AND esn_accounts_due())
		UNION ALL
		SELECT 6, 'listing', 'the network''s own', f.pages, 'activities' FROM feed f WHERE f.used
		UNION ALL
		SELECT 7, 'listing', coalesce(s.list, 'newest'), CASE WHEN s.list IS NULL THEN 1 ELSE s.pages END, 'activities'
		FROM s, feed f WHERE s.list IS NOT NULL OR NOT f.used
		UNION ALL
		SELECT 8, 'statistics', 'each run', count(*), 'activities' FROM s
		UNION ALL
		SELECT 8 + d.priority, 'activity', d.reason, 1, 'activities' FROM esn_due_activities("full", wanted) d WHERE module <> 'accounts'
		UNION ALL
		-- What will be new: as much as began a day of late, for each day since the last reading; of a section that was never read nobody knows.
		SELECT 20, 'activity', 'new, to be expected',
			ceil(count(*) / 28.0 * least(28, extract(epoch FROM now() - (SELECT max(last_scraped) FROM s)) / 86400))::bigint, 'activities'
		FROM activities a
		WHERE start_date BETWEEN current_date - 28 AND current_date - 1 AND is_valid AND removed_at IS NULL AND (wanted IS NULL OR EXISTS (
			SELECT FROM activity_section_organisers o WHERE o.activity_id = a.id AND o.section_id = ANY (wanted)))
		HAVING module <> 'accounts'
	)
	SELECT i.kind, i.reason, sum(i.requests)::bigint, sum(i.requests) * p.request_delay * interval '1 ms'
	FROM items i, policy p GROUP BY i.n, i.kind, i.reason, p.request_delay HAVING sum(i.requests) > 0
	UNION ALL
	-- The two sites are asked side by side within a run, but accounts and activities one after the other.
	SELECT 'all', 'in all', sum(h.requests)::bigint, (max(h.accounts) + max(h.activities)) * p.request_delay * interval '1 ms'
	FROM (SELECT sum(i.requests) AS requests, greatest(sum(i.requests) FILTER (WHERE i.host = 'accounts' AND i.n < 6),
			sum(i.requests) FILTER (WHERE i.host = 'activities' AND i.n < 6)) AS accounts,
			coalesce(sum(i.requests) FILTER (WHERE i.n >= 6), 0) AS activities FROM items i) h, policy p
	GROUP BY p.request_delay;
END $$;
COMMENT ON FUNCTION esn_plan(text, text, boolean) IS
'What a run would ask for now, without asking: how many requests of which kind and why, and how long they take at esn_pulse.request_delay. The last row sums up. module: accounts, activities or all. section: a known slug of either platform, NULL: all. full: as in esn_scrape_section. Errors: invalid_parameter_value for another module, undefined_object for an unknown section.';

-- How a run ends: what has gone is marked, unless it is so much that rather the site is broken.
CREATE OR REPLACE FUNCTION esn_mark_removed(run bigint, max_share double precision, OUT marked integer, OUT gone integer, OUT answered integer)
LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := (SELECT s.since FROM scraper_status s WHERE s.id = run);
	page_kind text;
	list_section integer;
	n_gone integer;
	n_answered integer;
	n_marked integer;
BEGIN
	marked := 0;
	FOREACH page_kind IN ARRAY ARRAY['section', 'activity'] LOOP
		SELECT count(*) INTO n_gone
		FROM fetched_pages k WHERE k.kind = page_kind AND k.gone_at >= since
			AND NOT EXISTS (SELECT FROM activities a WHERE a.event_slug = k.activity_event_slug AND a.removed_at IS NOT NULL)
			AND NOT EXISTS (SELECT FROM sections s WHERE page_kind = 'section' AND s.accounts_url = k.url AND s.removed_at IS NOT NULL);
		-- Only where some are gone is it worth counting how many were answered.
		IF n_gone > 1 THEN
			SELECT n_gone + count(*) INTO n_answered FROM fetched_pages k
			WHERE k.kind = page_kind AND k.fetched_at >= since AND NOT coalesce(k.gone_at >= since, false);
			IF n_gone > max_share * n_answered THEN
				gone := coalesce(gone, 0) + n_gone;
				answered := coalesce(answered, 0) + n_answered;
				CONTINUE;
			END IF;
		END IF;
		IF page_kind = 'section' THEN
			UPDATE sections s SET removed_at = now()
			FROM fetched_pages k WHERE k.kind = 'section' AND k.gone_at >= since AND s.accounts_url = k.url AND s.removed_at IS NULL;
		ELSE
			UPDATE activities a SET removed_at = now(), updated_at = now()
			FROM fetched_pages k
			WHERE k.kind = 'activity' AND k.gone_at >= since AND a.event_slug = k.activity_event_slug AND a.removed_at IS NULL;
		END IF;
		GET DIAGNOSTICS n_marked = ROW_COUNT;
		marked := marked + n_marked;
	END LOOP;
	-- Missing from two readings: the same, list by list.
	FOR list_section, n_gone, n_answered IN
		SELECT l.section_id, count(*) FILTER (WHERE l.missed > 1 AND l.missed_at >= since), count(*)
		FROM listed_activities l JOIN activities a ON a.event_slug = l.event_slug AND a.removed_at IS NULL
		WHERE l.section_id = ANY (ARRAY(SELECT DISTINCT m.section_id FROM listed_activities m WHERE m.missed > 1 AND m.missed_at >= since))
		GROUP BY 1
	LOOP
		IF n_gone > 1 AND n_gone > max_share * n_answered THEN
			gone := coalesce(gone, 0) + n_gone;
			answered := coalesce(answered, 0) + n_answered;
			CONTINUE;
		END IF;
		UPDATE activities a SET removed_at = now(), updated_at = now()
		FROM listed_activities l
		WHERE l.section_id = list_section AND l.missed > 1 AND l.missed_at >= since AND a.event_slug = l.event_slug AND a.removed_at IS NULL;
		GET DIAGNOSTICS n_marked = ROW_COUNT;
		marked := marked + n_marked;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_mark_removed(bigint, double precision) IS
'Marks activities and sections as removed whose own page was answered 404 or 410 in this run, and activities that were missing from two complete readings of their section''s list. Where of the pages of a kind that were answered in this run, or of a list, more than one, and more than the share, are gone, none of them is marked. run: the run. max_share: that share, 0 to 1. Returns how many were marked; gone and answered: of the pages that were not believed, NULL: there were none.';

-- Sections whose list and statistics came in. Of a list that was read from its first page to its last within one run, what is missing is noted.
CREATE OR REPLACE FUNCTION esn_finish_sections(run bigint, done jsonb, max_share double precision,
	OUT section_id integer, OUT missing integer, OUT known integer) RETURNS SETOF record
LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz := (SELECT s.since FROM scraper_status s WHERE s.id = run);
BEGIN
	RETURN QUERY
	WITH list AS MATERIALIZED (
		-- What a list first showed in this run may have come while it was read.
		SELECT d.id, d.shown, c.missing, c.known,
			-- Of a few missing ones the pages themselves are asked; they say for sure.
			c.missing > 5 AND c.missing > max_share * c.known AS is_disbelieved
		FROM (SELECT (d->>'id')::integer AS id, d->'shown' AS shown FROM jsonb_array_elements(done) d) d
		CROSS JOIN LATERAL (
			SELECT count(*) FILTER (WHERE NOT d.shown ? l.event_slug)::integer AS missing, count(*)::integer AS known
			FROM listed_activities l JOIN activities a ON a.event_slug = l.event_slug
			WHERE d.shown IS NOT NULL AND l.section_id = d.id AND a.removed_at IS NULL AND a.created_at < since) c
	), noted AS (
		UPDATE listed_activities l SET missed = missed + 1, missed_at = now(), days_over = NULL, calm_until = NULL, read_at = NULL, ends = NULL
		FROM list d
		WHERE d.missing > 0 AND NOT d.is_disbelieved AND l.section_id = d.id AND NOT d.shown ? l.event_slug AND coalesce(l.missed_at < since, true)
			AND EXISTS (SELECT FROM activities a WHERE a.event_slug = l.event_slug AND a.removed_at IS NULL AND a.created_at < since)
	), whole AS (
		INSERT INTO section_lists AS s (section_id) SELECT id FROM list d WHERE d.shown IS NOT NULL AND NOT d.is_disbelieved
		ON CONFLICT ON CONSTRAINT section_lists_pkey DO UPDATE SET read_at = now()
	), closed AS (
		UPDATE failed_scrapes f SET resolved_at = now() FROM list d
		WHERE f.section_id = d.id AND NOT d.is_disbelieved AND f.kind = 'listing' AND f.resolved_at IS NULL
	), finished AS (
		UPDATE sections s SET last_scraped = now() FROM list d WHERE s.id = d.id AND NOT d.is_disbelieved
	)
	SELECT d.id, d.missing, d.known FROM list d WHERE d.is_disbelieved;
END $$;
COMMENT ON FUNCTION esn_finish_sections(bigint, jsonb, double precision) IS
'Moves last_scraped of sections whose list and statistics came in, closes the failures of pages of their lists, and notes which activities lists that were read whole show no more. Where of a list more than five, and more than the share, are missing, it is not believed: nothing is noted of that section. run: the run. done: array of {"id": of the section, "shown": object whose keys are the slugs of all activities on its list; not there where it was not read whole}. max_share: that share, 0 to 1. Returns the lists that are not believed: section_id, missing: how many are missing, known: of how many.';
