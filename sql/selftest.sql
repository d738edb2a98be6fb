-- The self-test: whether the rules match on the sites as they are today. Its worker requests the
-- pages; neither it nor this part stores anything.

CREATE OR REPLACE FUNCTION esn_internal.esn_request_selftest() RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_request_selftest() IS
	'Has a worker request one page of each kind. Returns JSON: {"pages": [{"page_kind", "url", '
	'"status", "problem"}], "rules": [{"page_kind", "field", "position", "shipped", "matched"}]}. '
	'Errors: as esn_scrape_accounts().';

CREATE OR REPLACE FUNCTION esn_selftest()
RETURNS TABLE (page text, url text, http_status integer, passed boolean, missing text[],
	found text[], not_found text[], problem text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS $$
DECLARE
	answer jsonb;
BEGIN
	PERFORM esn_check_schema();
	answer := esn_request_selftest()::jsonb;
	RETURN QUERY
	WITH rule AS (
		SELECT r.page_kind, r.field, bool_or(r.required) AS required, bool_or(a.matched) AS matched
		FROM jsonb_to_recordset(answer -> 'rules') AS a(page_kind text, field text,
			"position" integer, shipped boolean, matched boolean)
		JOIN esn_rules() r USING (page_kind, field, "position", shipped)
		GROUP BY r.page_kind, r.field
	), field AS (
		SELECT r.page_kind,
			array_agg(r.field ORDER BY r.field) FILTER (WHERE r.required AND NOT r.matched)
				AS missing,
			array_agg(r.field ORDER BY r.field) FILTER (WHERE r.matched) AS found,
			array_agg(r.field ORDER BY r.field) FILTER (WHERE NOT r.required AND NOT r.matched)
				AS not_found
		FROM rule r GROUP BY r.page_kind
	)
	SELECT p.page_kind, p.url, p.status,
		CASE WHEN p.url IS NOT NULL AND p.status IS DISTINCT FROM 404
			AND p.status IS DISTINCT FROM 410
			THEN p.problem IS NULL AND f.missing IS NULL END,
		coalesce(f.missing, '{}'), coalesce(f.found, '{}'), coalesce(f.not_found, '{}'), p.problem
	FROM ROWS FROM (jsonb_to_recordset(answer -> 'pages')
			AS (page_kind text, url text, status integer, problem text)) WITH ORDINALITY
		AS p(page_kind, url, status, problem, n)
	LEFT JOIN field f USING (page_kind)
	ORDER BY p.n;
END $$;
COMMENT ON FUNCTION esn_selftest() IS
	'Says whether the extraction rules match on the sites today. It requests one page of each '
	'kind, six in all, without a retry, and a robots.txt that was not read within a day; it stores '
	'nothing. One row per page: page, its kind; url, what was requested, NULL: no address was '
	'known; http_status; passed, whether it is such a page and every required rule matches, NULL: '
	'there was no page to test on; '
	'missing, the required fields that no rule finds; found, the fields that are found; '
	'not_found, other fields that are not, which this one page may lack; problem, why there is no '
	'such page. Errors: as esn_scrape_accounts().';
