-- The calls that start and stop runs. Each runs in a background worker of its own; none reads or writes a table in the caller's session.

CREATE FUNCTION esn_scrape_accounts(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_accounts(boolean) IS
'Reads countries and sections from accounts.esn.org and checks each section''s slug on activities.esn.org. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Limit: esn_pulse.accounts_time_limit. Errors: object_in_use while another run goes on, read_only_sql_transaction on a standby, insufficient_resources without a free worker slot, feature_not_supported in a database that is not UTF8.';

CREATE FUNCTION esn_scrape_section(slug text, "full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_section(text, boolean, boolean) IS
'Reads one section''s activities and statistics. slug: its slug on either platform, such as esn-metu or tr-anka-met. full: true asks for each page anew even if the site could say that it has not changed. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Errors: undefined_object for an unknown slug, with the nearest known ones as hint; else as esn_scrape_accounts.';

CREATE FUNCTION esn_scrape_activities(max_sections integer DEFAULT NULL, "full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_activities(integer, boolean, boolean) IS
'Reads activities and statistics of every section that activities.esn.org knows, those not read for longest first; reads accounts first where no section is known. max_sections: at most so many sections, NULL: all. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Limit: esn_pulse.activities_time_limit; what is left comes first next time. Errors: as esn_scrape_accounts, and invalid_parameter_value for max_sections under 1.';

CREATE FUNCTION esn_scrape_all("full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_all(boolean, boolean) IS
'Reads accounts where no section is known or the last good reading is older than esn_pulse.accounts_max_age, then activities. If accounts fails, activities still runs for the sections that are known. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the row of scraper_status of the last of its runs. Errors: as esn_scrape_accounts.';

CREATE FUNCTION esn_cancel(run_id bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_cancel(bigint) IS
'Stops a run; what is committed stays. run_id: scraper_status.id. True: it was running and has stopped. False: it had ended before. Errors: undefined_object where there is no such run.';

CREATE FUNCTION esn_parse(kind text, html text, url text) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_parse(text, text, text) IS
'What a run would store of one page: {"kind", "url", "data", "errors"}, or "problem" instead of the latter two where it is no page of that kind. kind: home, country, section, listing, activity or statistics. html: the page. url: its address; relative links are resolved against it. Errors: invalid_parameter_value for an unknown kind or an address that is none.';

-- What the worker asks for at a run's start and end.

CREATE FUNCTION esn_rules() RETURNS TABLE (page_kind text, field text, selector text, attribute text, required boolean)
LANGUAGE sql STABLE AS $$
	SELECT page_kind, field, selector, attribute, required
	FROM extraction_rules
	ORDER BY page_kind, field, shipped, position
$$;
COMMENT ON FUNCTION esn_rules() IS 'The extraction rules in the order in which they are tried.';

CREATE FUNCTION esn_begin_run(module text, requested_by text, request text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	run bigint;
BEGIN
	UPDATE scraper_status s SET status = 'failed', completed_at = now(), error_message = 'interrupted: its worker process is gone'
	WHERE s.status = 'running';
	UPDATE activities a SET is_future_event = coalesce(end_date, start_date) >= current_date
	WHERE is_future_event IS DISTINCT FROM (coalesce(end_date, start_date) >= current_date);
	INSERT INTO scraper_status (scraper_module, requested_by, request, worker_pid)
	VALUES (module, esn_begin_run.requested_by, esn_begin_run.request, pg_backend_pid())
	RETURNING id INTO run;
	RETURN run;
END $$;
COMMENT ON FUNCTION esn_begin_run(text, text, text) IS
'Opens a run''s row, marks runs that died as failed, and sets is_future_event right for today. module: as in scraper_status. requested_by: the role that asked. request: what for. Only whoever holds the extension''s advisory lock may call it.';

CREATE FUNCTION esn_find_sections(slug text) RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name
	FROM sections
	WHERE slug IN (accounts_platform_slug, activities_platform_slug)
	ORDER BY accounts_platform_slug = slug DESC, id
	LIMIT 1
$$;
COMMENT ON FUNCTION esn_find_sections(text) IS 'The section of a slug. slug: of either platform.';

CREATE FUNCTION esn_due_sections(max_sections integer) RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name
	FROM sections
	WHERE can_scrape_activities AND removed_at IS NULL AND activities_platform_slug IS NOT NULL
	ORDER BY last_scraped ASC NULLS FIRST, id
	LIMIT max_sections
$$;
COMMENT ON FUNCTION esn_due_sections(integer) IS 'The sections whose activities can be read, those not read for longest first. max_sections: at most so many, NULL: all.';

CREATE FUNCTION esn_redact(value text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact(text) IS
'The text with e-mail addresses and telephone numbers replaced, where esn_pulse.redact_personal_data says so. value: the text.';

-- Which of these pages are still to be read in this run, and what a conditional request for them needs.
CREATE FUNCTION esn_claim_pages(run bigint, page_kind text, urls text[], rules_hash bigint, "full" boolean)
RETURNS TABLE (url text, etag text, last_modified text)
LANGUAGE sql STABLE AS $$
	SELECT u.url, CASE WHEN valid THEN k.etag END, CASE WHEN valid THEN k.last_modified END
	FROM unnest(urls) WITH ORDINALITY AS u(url, n)
	JOIN scraper_status r ON r.id = run
	LEFT JOIN fetched_pages k ON k.url = u.url
	CROSS JOIN LATERAL (SELECT NOT "full" AND k.rules_hash IS NOT DISTINCT FROM esn_claim_pages.rules_hash AND k.url IS NOT NULL
		AND CASE page_kind
			WHEN 'activity' THEN EXISTS (SELECT FROM activities a
				WHERE a.event_slug = k.activity_event_slug AND a.removed_at IS NULL)
			WHEN 'section' THEN EXISTS (SELECT FROM sections s
				WHERE s.accounts_url = u.url AND s.removed_at IS NULL)
			WHEN 'statistics' THEN EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = k.section_id)
			ELSE false END AS valid) v
	WHERE page_kind <> 'activity'
		OR NOT (coalesce(k.fetched_at >= r.started_at, false)
			OR EXISTS (SELECT FROM failed_scrapes f WHERE f.url = left(u.url, 500) AND f.run_id = run AND f.resolved_at IS NULL))
	ORDER BY u.n
$$;
COMMENT ON FUNCTION esn_claim_pages(bigint, text, text[], bigint, boolean) IS
'Of these pages those that this run has still to read, with the validators of a conditional request. run: the run. page_kind: their kind. urls: their addresses. rules_hash: of the rules in force; a page read by other rules is asked for anew. full: no validators.';

CREATE FUNCTION esn_finish_sections(section_ids integer[]) RETURNS void
LANGUAGE sql AS $$
	UPDATE sections SET last_scraped = now() WHERE id = ANY (section_ids)
$$;
COMMENT ON FUNCTION esn_finish_sections(integer[]) IS 'Moves last_scraped of sections whose list and statistics came in. section_ids: those sections.';
