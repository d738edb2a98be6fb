-- The functions that start and stop runs. Each run has its own background worker. None of these
-- functions reads or writes a table in the caller's session.

CREATE OR REPLACE FUNCTION esn_scrape_accounts(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_accounts(boolean) IS
	'Reads countries and sections from accounts.esn.org and checks the slug of each section on '
	'activities.esn.org. wait: true shows the progress and returns at the end of the run; false '
	'returns at once. Returns the run''s row of scraper_status. Limit: '
	'esn_pulse.accounts_time_limit. Errors: object_in_use while another run is in progress, '
	'read_only_sql_transaction on a standby, insufficient_resources without a free worker slot, '
	'feature_not_supported in a database that is not UTF8.';

CREATE OR REPLACE FUNCTION esn_scrape_section(slug text, "full" boolean DEFAULT false,
	wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_section(text, boolean, boolean) IS
	'Reads the activities and statistics of one section. slug: its slug on either platform, such '
	'as esn-metu or tr-anka-met, or the address of its page. full: true requests every page '
	'again, even if the site could say that it has not changed. wait: true shows the progress and '
	'returns at the end of the run; false returns at once. Returns the run''s row of '
	'scraper_status. While a run over the whole network is in progress, that run reads the '
	'section next, unless only this one is full; otherwise this one begins when the other has '
	'ended. Errors: undefined_object for an unknown slug, with the nearest known slugs as a hint; '
	'object_in_use for an unknown slug while another run is in progress; otherwise as '
	'esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_scrape_activities(max_sections integer DEFAULT NULL,
	"full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_activities(integer, boolean, boolean) IS
	'Reads the activities and statistics of every section on activities.esn.org, the longest '
	'unread first. It reads accounts first if no section is known. max_sections: the maximum '
	'number of sections, NULL: all. full: as in esn_scrape_section. wait: as in '
	'esn_scrape_accounts. Returns the run''s row of scraper_status. Limit: '
	'esn_pulse.activities_time_limit; the rest comes first in the next run. Errors: as '
	'esn_scrape_accounts, and invalid_parameter_value for max_sections under 1.';

CREATE OR REPLACE FUNCTION esn_scrape_all("full" boolean DEFAULT false, wait boolean DEFAULT true)
	RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_all(boolean, boolean) IS
	'Reads accounts if no section is known or the last successful run is older than '
	'esn_pulse.accounts_max_age, then activities. If accounts fails, activities still runs for the '
	'known sections. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the '
	'row of scraper_status of the last of its runs; without wait, of the first. Errors: as '
	'esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_retry_failed(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_retry_failed(boolean) IS
	'Retries the rows of failed_scrapes with will_retry. Of a section whose list failed, the list '
	'is read completely. wait: as in esn_scrape_accounts. Returns the run''s row of '
	'scraper_status. Errors: as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_fix_validation_errors(wait boolean DEFAULT true)
	RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_fix_validation_errors(boolean) IS
	'Parses pages with open rows in validation_errors again, by the rules now in force, and '
	'closes the rows that are resolved. Activities and statistics come from the copy that '
	'esn_pulse.keep_pages has kept, otherwise from the site. wait: as in esn_scrape_accounts. '
	'Returns the run''s row of scraper_status. Errors: as esn_scrape_accounts.';

CREATE OR REPLACE FUNCTION esn_cancel(run_id bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_cancel(bigint) IS
	'Stops a run; committed data is kept. run_id: scraper_status.id. Returns true if the run was '
	'running and has stopped, false if it had already ended. Errors: undefined_object if the run '
	'does not exist.';

CREATE OR REPLACE FUNCTION esn_parse(kind text, html text, url text) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_parse(text, text, text) IS
	'The JSON that a run would store for a page: {"kind", "url", "data", "errors"}, or "problem" '
	'in place of the last two if it is not a page of that kind. kind: as in extraction_rules. '
	'html: the page. url: its address; relative links are resolved against it. Errors: '
	'invalid_parameter_value for an unknown kind (the hint lists the kinds) or an invalid '
	'address.';

CREATE OR REPLACE FUNCTION esn_scrape(module text DEFAULT 'all', section text DEFAULT NULL,
	"full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS $$
BEGIN
	PERFORM esn_check_schema();
	IF section IS NOT NULL AND module IN ('activities', 'all') THEN
		RETURN @extschema@.esn_scrape_section(section, "full", wait);
	ELSIF section IS NOT NULL
		AND module IN ('accounts', 'retry-failed', 'fix-validation-errors') THEN
		RAISE EXCEPTION 'module "%" cannot be limited to a section', module
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Omit section, or use the module activities.';
	END IF;
	CASE module
		WHEN 'accounts' THEN RETURN @extschema@.esn_scrape_accounts(wait);
		WHEN 'activities' THEN RETURN @extschema@.esn_scrape_activities(NULL, "full", wait);
		WHEN 'all' THEN RETURN @extschema@.esn_scrape_all("full", wait);
		WHEN 'retry-failed' THEN RETURN @extschema@.esn_retry_failed(wait);
		WHEN 'fix-validation-errors' THEN RETURN @extschema@.esn_fix_validation_errors(wait);
		ELSE
			RAISE EXCEPTION 'invalid module: "%"', module
				USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Valid modules are accounts, activities, all, retry-failed and '
					'fix-validation-errors.';
	END CASE;
END $$;
COMMENT ON FUNCTION esn_scrape(text, text, boolean, boolean) IS
	'Starts a run by the name of its module. module: accounts, activities, all, retry-failed or '
	'fix-validation-errors. section: the slug of one section (activities and all), NULL: all. '
	'full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the run''s row of '
	'scraper_status. Errors: invalid_parameter_value for an unknown module, or one that cannot be '
	'limited to a section; otherwise as the function that it calls.';
