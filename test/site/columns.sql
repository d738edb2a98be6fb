-- Adds columns of the user's to every table of the extension: one for each name that the
-- extension's functions give to an argument, a result or a variable, of a type with which nothing
-- else works. Names of columns of the extension are left out, and single letters but n: those are
-- aliases.
WITH member AS (
	SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
	WHERE d.deptype = 'e' AND e.extname = 'esn_pulse'
), f AS (
	SELECT p.* FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
), t AS (
	SELECT c.* FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
	WHERE c.relkind = 'r' AND c.relnamespace <> 'esn_internal'::regnamespace
), name AS (
	SELECT unnest(proargnames) AS name FROM f
	UNION
	SELECT (regexp_matches(substring(prosrc FROM 'DECLARE(.*?)\mBEGIN\M'), '\n\t([a-z_]+) ',
		'g'))[1]
	FROM f
)
SELECT format('ALTER TABLE %s ADD COLUMN %I point;', t.oid::regclass, n.name) FROM t, name n
WHERE (n.name ~ '^[a-z_]{2,}$' OR n.name = 'n')
	AND n.name NOT IN (SELECT attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM t))
\gexec
