-- What clients must read, as the server itself writes it: a file <relation>.tsv with all rows of
-- each table and view, in COPY's text format, and columns.tsv, which describes them. psql's
-- variables: role, which must read it; directory, where the server may write.
GRANT pg_write_server_files TO :"role";
SET ROLE :"role";
-- Views of what is past or to come go by the reader's day: by hers.
SET TimeZone = 'Europe/Istanbul';
CREATE TEMP TABLE columns AS
SELECT c.oid::regclass AS relation, c.relname,
	CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind,
	a.attnum, a.attname, format_type(a.atttypid, NULL) AS type,
	a.atttypid = 'numeric'::regtype AND a.atttypmod > 0 AS has_scale,
	obj_description(c.oid, 'pg_class') AS relation_comment,
	col_description(c.oid, a.attnum) AS comment,
	-- These values differ each time.
	(c.relname, a.attname) IN (('due_pages', 'age'), ('esn_health', 'value'))
		OR c.relname IN ('esn_index_use', 'esn_table_sizes') AS moves
FROM pg_extension e
JOIN pg_depend d ON d.refobjid = e.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'v')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE e.extname = 'esn_pulse' AND has_table_privilege(c.oid, 'SELECT');

SELECT format('COPY (SELECT relname, kind, attname, type, moves, has_scale, relation_comment, '
		'comment FROM columns ORDER BY relname, attnum) TO %L',
	:'directory' || '/columns.tsv') \gexec
SELECT format('COPY (SELECT %s FROM %s) TO %L',
	string_agg(CASE WHEN moves THEN 'NULL'
		WHEN type = 'timestamp with time zone' THEN format('%I AT TIME ZONE ''UTC''', attname)
		ELSE format('%I', attname) END, ', ' ORDER BY attnum),
	relation, :'directory' || '/' || relname || '.tsv')
FROM columns GROUP BY relation, relname \gexec

RESET ROLE;
REVOKE pg_write_server_files FROM :"role";
