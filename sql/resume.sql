-- Runs finish by themselves: what resumes a run that ended before its work was done. A job of
-- esn_schedule() calls it each hour.

-- Retries and fixes work off tables; what they leave is there for the next one.
CREATE OR REPLACE FUNCTION esn_internal.esn_unfinished_run() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN (SELECT s.request
		-- The view knows which runs died; the row of one is marked when the next begins.
		FROM @extschema@.scraper_status s JOIN @extschema@.esn_runs r USING (id)
		WHERE (s.is_unfinished OR r.status <> s.status) AND r.status IN ('partial', 'failed')
			AND s.request !~ '^(retry|fix)' AND s.started_at > now() - interval '7 days'
			AND coalesce(s.resume_at <= now(), true)
			-- A later run of the same module that covers as much has taken its place.
			AND NOT EXISTS (SELECT FROM @extschema@.scraper_status l
				WHERE l.id > s.id AND l.scraper_module = s.scraper_module
				AND (l.request = s.request OR l.request IN ('activities', 'activities, full')))
			AND NOT EXISTS (SELECT FROM @extschema@.esn_runs o WHERE o.status = 'running')
		ORDER BY s.id
		LIMIT 1);
END $$;
COMMENT ON FUNCTION esn_unfinished_run() IS
	'The request of the run that esn_resume() would resume now. NULL: there is none, or a run is '
	'in progress.';

CREATE OR REPLACE FUNCTION esn_resume(wait boolean DEFAULT true) RETURNS SETOF scraper_status
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	-- "accounts", "section esn-metu, full", "activities, 5 sections, full"
	part text[] := regexp_match(esn_unfinished_run(),
		'^(accounts|activities|section ([^\s,]+))(?:, (\d+) sections)?(, full)?$');
BEGIN
	IF part IS NULL THEN
		RETURN;
	END IF;
	IF part[1] = 'accounts' THEN
		RETURN NEXT @extschema@.esn_scrape_accounts(wait);
	ELSIF part[1] = 'activities' THEN
		RETURN NEXT @extschema@.esn_scrape_activities(part[3]::integer, part[4] IS NOT NULL, wait);
	ELSE
		RETURN NEXT @extschema@.esn_scrape_section(part[2], part[4] IS NOT NULL, wait);
	END IF;
END $$;
COMMENT ON FUNCTION esn_resume(boolean) IS
	'Resumes a run of the last seven days that ended before its work was done: at its time '
	'limit, in a crash or a shutdown, or because a site was down or asked to wait. It resumes no '
	'run that was cancelled, and waits for the time that a site asked for. wait: as in '
	'esn_scrape_accounts. Returns the new run''s row of scraper_status; no row if there is '
	'nothing to resume. Errors: as esn_scrape_accounts.';
