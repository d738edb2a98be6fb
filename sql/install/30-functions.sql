-- The calls that start and stop runs. Each runs in a background worker of its own; none reads or writes a table in the caller's session.

CREATE OR REPLACE FUNCTION esn_scrape_accounts(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_accounts(boolean) IS
'Reads countries and sections from accounts.esn.org and checks each section''s slug on activities.esn.org. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Limit: esn_pulse.accounts_time_limit. Errors: object_in_use while another run goes on, read_only_sql_transaction on a standby, insufficient_resources without a free worker slot, feature_not_supported in a database that is not UTF8.';

CREATE OR REPLACE FUNCTION esn_scrape_section(slug text, "full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_section(text, boolean, boolean) IS
'Reads one section''s activities and statistics. slug: its slug on either platform, such as esn-metu or tr-anka-met, or the address of its page there. full: true asks for each page anew even if the site could say that it has not changed. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Errors: undefined_object for an unknown slug, with the nearest known ones as hint; else as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_scrape_activities(max_sections integer DEFAULT NULL, "full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_activities(integer, boolean, boolean) IS
'Reads activities and statistics of every section that activities.esn.org knows, those not read for longest first; reads accounts first where no section is known. max_sections: at most so many sections, NULL: all. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Limit: esn_pulse.activities_time_limit; what is left comes first next time. Errors: as esn_scrape_accounts, and invalid_parameter_value for max_sections under 1.';

CREATE OR REPLACE FUNCTION esn_scrape_all("full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_all(boolean, boolean) IS
'Reads accounts where no section is known or the last good reading is older than esn_pulse.accounts_max_age, then activities. If accounts fails, activities still runs for the sections that are known. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the row of scraper_status of the last of its runs. Errors: as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_retry_failed(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_retry_failed(boolean) IS
'Tries again what stands in failed_scrapes with will_retry. A section of whose list or statistics something failed is read as a whole. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Errors: as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_fix_validation_errors(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_fix_validation_errors(boolean) IS
'Reads again the pages that have open rows in validation_errors, by the rules in force now, and closes the rows that are right: activities and statistics from the page where esn_pulse.keep_pages has kept it, else from the site. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Errors: as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_cancel(run_id bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_cancel(bigint) IS
'Stops a run; what is committed stays. run_id: scraper_status.id. True: it was running and has stopped. False: it had ended before. Errors: undefined_object where there is no such run.';

CREATE OR REPLACE FUNCTION esn_parse(kind text, html text, url text) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_parse(text, text, text) IS
'What a run would store of one page: {"kind", "url", "data", "errors"}, or "problem" instead of the latter two where it is no page of that kind. kind: home, country, section, listing, activity or statistics. html: the page. url: its address; relative links are resolved against it. Errors: invalid_parameter_value for an unknown kind or an address that is none.';

-- What the worker asks for at a run's start and end.

CREATE OR REPLACE FUNCTION esn_rules() RETURNS TABLE (page_kind text, field text, selector text, attribute text, required boolean, "position" integer,
	shipped boolean)
LANGUAGE sql STABLE AS $$
	SELECT page_kind, field, selector, attribute, required, position, shipped
	FROM extraction_rules
	ORDER BY page_kind, field, shipped, position
$$;
COMMENT ON FUNCTION esn_rules() IS 'The extraction rules in the order in which they are tried.';

CREATE OR REPLACE FUNCTION esn_mark_dead_runs(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	marked bigint;
BEGIN
	UPDATE scraper_status SET status = 'failed', completed_at = now(), error_message = 'interrupted: its worker process is gone',
		is_unfinished = true
	WHERE status = 'running' AND (ids IS NULL OR id = ANY (ids));
	GET DIAGNOSTICS marked = ROW_COUNT;
	RETURN marked;
END $$;
COMMENT ON FUNCTION esn_mark_dead_runs(bigint[]) IS
'Marks runs that died as failed. ids: those runs; NULL, for whoever holds the extension''s advisory lock: all that stand as running. Returns how many there were.';

CREATE OR REPLACE FUNCTION esn_refresh_future() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	changed bigint;
BEGIN
	-- By index: those that were upcoming, those that are, and those without a date.
	UPDATE activities SET is_future_event = coalesce(end_date, start_date) >= current_date
	WHERE id IN (
			SELECT id FROM activities WHERE is_future_event
			UNION ALL SELECT id FROM activities WHERE coalesce(end_date, start_date) >= current_date
			UNION ALL SELECT id FROM activities WHERE coalesce(end_date, start_date) IS NULL)
		AND is_future_event IS DISTINCT FROM (coalesce(end_date, start_date) >= current_date);
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END $$;
COMMENT ON FUNCTION esn_refresh_future() IS 'Sets is_future_event of all activities right for today. Returns how many changed.';

CREATE OR REPLACE FUNCTION esn_begin_run(module text, requested_by text, request text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	run bigint;
BEGIN
	PERFORM esn_mark_dead_runs(NULL);
	PERFORM esn_refresh_future();
	INSERT INTO scraper_status (scraper_module, requested_by, request, worker_pid, since)
	VALUES (module, esn_begin_run.requested_by, esn_begin_run.request, pg_backend_pid(), coalesce((
		SELECT last.since FROM (
			SELECT s.since, s.is_unfinished FROM scraper_status s
			WHERE s.scraper_module = module AND s.request = esn_begin_run.request ORDER BY s.id DESC LIMIT 1) last
		WHERE last.is_unfinished AND last.since > now() - interval '1 day'), now()))
	RETURNING id INTO run;
	RETURN run;
END $$;
COMMENT ON FUNCTION esn_begin_run(text, text, text) IS
'Opens a run''s row, marks runs that died as failed, and sets is_future_event right for today. Where the last run of the same module and request was left unfinished within a day, the new one goes on with it. module: as in scraper_status. requested_by: the role that asked. request: what for. Only whoever holds the extension''s advisory lock may call it.';

CREATE OR REPLACE FUNCTION esn_redact(value text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact(text) IS
'The text with e-mail addresses and telephone numbers replaced, where esn_pulse.redact_personal_data says so. value: the text.';

-- When the site was last caught sending changed pages under old validators: what it called unchanged until then is not believed.
CREATE OR REPLACE FUNCTION esn_last_lie() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	RETURN (SELECT max(lied_at) FROM fetched_pages WHERE lied_at > now() - interval '30 days');
END $$;
COMMENT ON FUNCTION esn_last_lie() IS 'When a page was last found to have changed under the same ETag or Last-Modified, within 30 days. NULL: none was.';

-- Which of these pages are still to be read in this run, and what a conditional request for them needs. One in sixteen is asked for without
-- condition, so that a site whose validators are wrong is found out.
CREATE OR REPLACE FUNCTION esn_claim_pages(run bigint, page_kind text, urls text[], rules_hash bigint, "full" boolean)
RETURNS TABLE (url text, etag text, last_modified text)
LANGUAGE sql STABLE AS $$
	SELECT u.url, CASE WHEN valid THEN k.etag END, CASE WHEN valid THEN k.last_modified END
	FROM unnest(urls) WITH ORDINALITY AS u(url, n)
	JOIN scraper_status r ON r.id = run
	CROSS JOIN (SELECT (SELECT esn_last_lie()) AS lie OFFSET 0) c
	LEFT JOIN fetched_pages k ON k.url = u.url
	CROSS JOIN LATERAL (SELECT NOT "full" AND c.lie IS NULL AND k.rules_hash IS NOT DISTINCT FROM esn_claim_pages.rules_hash
		AND k.url IS NOT NULL AND hashtext(k.url || run) & 15 <> 0
		AND CASE page_kind
			WHEN 'activity' THEN EXISTS (SELECT FROM activities a
				WHERE a.event_slug = k.activity_event_slug AND a.removed_at IS NULL)
			WHEN 'section' THEN EXISTS (SELECT FROM sections s
				WHERE s.accounts_url = u.url AND s.removed_at IS NULL)
			WHEN 'statistics' THEN EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = k.section_id)
			ELSE false END AS valid) v
	WHERE page_kind = 'section'
		OR NOT (coalesce(k.fetched_at >= r.since AND NOT (k.http_status = 304 AND coalesce(k.fetched_at <= c.lie, false)), false)
			OR coalesce(k.gone_at >= r.since, false)
			OR page_kind = 'activity' AND EXISTS (SELECT FROM failed_scrapes f WHERE f.url = left(u.url, 500) AND f.last_attempt >= r.since AND f.resolved_at IS NULL
				AND NOT (f.will_retry AND f.run_id IS DISTINCT FROM run)))
	-- in the order of urls, as the worker relies on it
	ORDER BY u.n
$$;
COMMENT ON FUNCTION esn_claim_pages(bigint, text, text[], bigint, boolean) IS
'Of these pages those that this run has still to read (all, of sections), with the validators of a conditional request. run: the run. page_kind: their kind. urls: their addresses. rules_hash: of the rules in force; a page read by other rules is asked for anew. full: no validators.';

-- A card's hash is over what it says of the activity, not over who is named first on it.
CREATE OR REPLACE FUNCTION esn_card_hash(card jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT hashtextextended((card - 'organiser' - 'organiser_name' - 'url')::text, 0)$$;
COMMENT ON FUNCTION esn_card_hash(jsonb) IS 'A hash of what a card says. card: as a listing has it.';

CREATE OR REPLACE FUNCTION esn_store_rule_usage(run bigint, usage jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO extraction_rule_usage (run_id, page_kind, field, position, shipped, pages, matched)
	SELECT run, page_kind, field, position, shipped, pages, matched
	FROM jsonb_to_recordset(usage) AS u(page_kind text, field text, position integer, shipped boolean, pages integer, matched integer)
	ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION esn_store_rule_usage(bigint, jsonb) IS
'Records on how many pages each rule matched. run: the run. usage: array of rows of extraction_rule_usage.';

-- What runs that mend ask for.

CREATE OR REPLACE FUNCTION esn_waiting_failures() RETURNS TABLE (url text, kind text, section text)
LANGUAGE sql STABLE AS $$
	SELECT f.url, f.kind, s.accounts_platform_slug
	FROM failed_scrapes f LEFT JOIN sections s ON s.id = f.section_id
	WHERE f.will_retry AND f.resolved_at IS NULL AND f.kind IS NOT NULL
	ORDER BY f.last_attempt, f.id
$$;
COMMENT ON FUNCTION esn_waiting_failures() IS 'The failures that are worth another try: address, kind of page, slug of the section on accounts.esn.org.';

CREATE OR REPLACE FUNCTION esn_pages_with_errors() RETURNS TABLE (url text, kind text, section text, kept boolean)
LANGUAGE sql STABLE AS $$
	SELECT k.url, k.kind, s.accounts_platform_slug, k.body IS NOT NULL AND k.kind IN ('activity', 'statistics')
	FROM fetched_pages k LEFT JOIN sections s ON s.id = k.section_id
	WHERE k.url IN (SELECT v.url FROM validation_errors v WHERE v.resolved_at IS NULL)
	ORDER BY k.fetched_at, k.url
$$;
COMMENT ON FUNCTION esn_pages_with_errors() IS
'The pages with open validation errors: address, kind, slug of the section on accounts.esn.org, and whether the page was kept so that it can be parsed again. A kept page of a section cannot: its address is redacted there.';

CREATE OR REPLACE FUNCTION esn_kept_page(page_url text) RETURNS bytea
LANGUAGE sql STABLE AS $$SELECT body FROM fetched_pages WHERE url = page_url$$;
COMMENT ON FUNCTION esn_kept_page(text) IS 'A page as it was kept, NULL where it was not. page_url: its address.';

-- What is known of a site's robots.txt. "current" for a day; where it can't be read then, what was read counts for 30 days more (RFC 9309, 2.4).
CREATE OR REPLACE FUNCTION esn_known_robots(robots_url text) RETURNS TABLE (current boolean, body text)
LANGUAGE sql STABLE AS $$
	SELECT fetched_at > now() - interval '1 day', coalesce(convert_from(k.body, 'UTF8'), '')
	FROM fetched_pages k
	WHERE k.url = robots_url AND fetched_at > now() - interval '30 days'
$$;
COMMENT ON FUNCTION esn_known_robots(text) IS
'A robots.txt as it was last read (empty where the site has none), and whether it is younger than a day. robots_url: its address.';

CREATE OR REPLACE FUNCTION esn_store_robots(robots_url text, status integer, body text) RETURNS void
LANGUAGE sql AS $$
	UPDATE failed_scrapes SET resolved_at = now() WHERE url = robots_url AND resolved_at IS NULL;
	INSERT INTO fetched_pages (url, kind, http_status, body) VALUES (robots_url, 'robots', status, convert_to(body, 'UTF8'))
	ON CONFLICT (url) DO UPDATE SET http_status = excluded.http_status, body = excluded.body, fetched_at = now()
$$;
COMMENT ON FUNCTION esn_store_robots(text, integer, text) IS
'Keeps a robots.txt. robots_url: its address. status: of the answer. body: what it says; NULL where the site has none.';
