-- Calls every function of the extension with all its arguments, reads every view and table, and
-- fires every trigger, as the role that runs it (see attack.sql). Errors are no matter here. The
-- functions that start and stop runs are left to the test. Variables: path, for search_path; slug,
-- that of a section; internal, whether internal functions are called, too.
\set ON_ERROR_STOP off
SET search_path = pg_catalog;
CREATE TEMP TABLE calls AS
WITH member AS (
	SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
	WHERE d.deptype = 'e' AND e.extname = 'esn_pulse'
)
SELECT format('SELECT * FROM %s(%s);', p.oid::regproc, (
	SELECT string_agg(CASE
		WHEN a.name = 'module' THEN '''all''::text'
		WHEN a.name = 'kind' THEN '''activity''::text'
		WHEN a.name = 'view' THEN '''esn_live_section_overview''::name'
		WHEN a.name = 'slugs' THEN format('VARIADIC ARRAY[%L]', :'slug')
		WHEN a.name IN ('section', 'subject') THEN quote_literal(:'slug') || '::text'
		WHEN a.name = 'role' THEN '''reader''::regrole'
		ELSE format('%L::%s', CASE a.type::regtype::text
			WHEN 'text' THEN 'https://x/y' WHEN 'bigint' THEN '1' WHEN 'integer' THEN '1'
			WHEN 'boolean' THEN 'false' WHEN 'jsonb' THEN '[{"url": "https://x/y", "id": 1,'
				'"slug": "x", "data": {"cards": [{"url": "/activity/x"}]}}]'
			WHEN 'numeric' THEN '1' WHEN 'double precision' THEN '1' WHEN 'date' THEN '2024-01-01'
			WHEN 'timestamp with time zone' THEN '2024-01-01' WHEN 'integer[]' THEN '{1}'
			WHEN 'bigint[]' THEN '{1}' WHEN 'text[]' THEN '{x}' WHEN 'name' THEN 'x'
			WHEN 'esn_internal.activity_relations[]' THEN '{"(1,{1},{x},{x},{x},{x})"}'
			WHEN 'esn_internal.statistics_pair[]' THEN '{"(1,total_causes,x,1,1)"}' END,
			a.type::regtype) END, ', ' ORDER BY a.n)
	FROM unnest(p.proargtypes, p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a(type, name, n)))
	AS call
FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.prorettype <> 'trigger'::regtype
	AND (:internal OR p.pronamespace <> 'esn_internal'::regnamespace)
	AND p.proname !~ '^esn_(scrape|retry|fix|resume|cancel)'
UNION ALL
SELECT format('SELECT * FROM %s;', c.oid::regclass)
FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind IN ('r', 'v')
UNION ALL
SELECT format('UPDATE %s SET %s = %2$s;', c.oid::regclass, (SELECT quote_ident(attname)
	FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
		AND attgenerated = '' ORDER BY attnum DESC LIMIT 1))
FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind = 'r';
SELECT set_config('search_path', :'path', false), count(*) AS calls FROM calls;
SELECT call FROM pg_temp.calls \gexec
