-- See uncalled() in lib.sh.
WITH own AS (
	-- Calls that end in an error are not counted.
	SELECT p.oid, p.proname, p.pronargs, pg_get_functiondef(p.oid) AS source,
		l.lanname = 'sql' OR p.prosrc ~ '\nBEGIN\s+RAISE EXCEPTION' AS is_uncounted
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
), texts AS (
	SELECT oid, source FROM own
	UNION ALL
	SELECT oid, pg_get_viewdef(oid) FROM pg_class
	WHERE relkind = 'v' AND relnamespace <> 'pg_catalog'::regnamespace
	UNION ALL
	SELECT oid, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'
)
SELECT string_agg(DISTINCT o.oid::regprocedure::text, ', ')
FROM own o LEFT JOIN called c ON c.name = o.proname AND c.args = o.pronargs
WHERE c.name IS NULL AND NOT (o.is_uncounted AND EXISTS (SELECT FROM texts t
	WHERE t.oid <> o.oid AND t.source ~ ('\m' || o.proname || '\M')));
