-- Views.

CREATE OR REPLACE VIEW esn_runs AS
SELECT s.id, s.scraper_module, s.request,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'failed' ELSE s.status END AS status,
	s.started_at, s.completed_at, s.sections_processed, s.sections_failed,
	s.activities_new, s.activities_changed, s.activities_unchanged, s.activities_invalid,
	s.requests, s.not_modified, s.bytes_received, s.pages_failed,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'interrupted: its worker process is gone'
		ELSE s.error_message END AS error_message,
	s.requested_by, s.worker_pid
FROM scraper_status s
CROSS JOIN LATERAL (
	-- A standby sees none of the primary's locks: there the row is all that is known.
	SELECT s.status <> 'running' OR pg_is_in_recovery() OR EXISTS (
		SELECT FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND l.classid = 1163087440 AND l.objid = 1 AND l.objsubid = 2 AND l.granted AND l.pid = s.worker_pid) AS alive
) a
ORDER BY s.id DESC;
COMMENT ON VIEW esn_runs IS 'The runs, newest first, as scraper_status has them; one that died without a word (server crash, power cut) shows as failed, on a standby only after its promotion.';

-- For tools that show no comments: ODBC hands none on. Of what its reader may read: so what views are made of is not in a volunteer's.
CREATE OR REPLACE VIEW esn_dictionary AS
SELECT c.relname::text COLLATE "default" AS relation, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
	a.attnum::integer AS position, a.attname::text COLLATE "default" AS column_name, format_type(a.atttypid, a.atttypmod) AS type,
	col_description(c.oid, a.attnum) AS description, obj_description(c.oid, 'pg_class') AS relation_description
FROM pg_extension e
JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'v')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE e.extname = 'esn_pulse' AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 3;
COMMENT ON VIEW esn_dictionary IS 'What the tables and views of the extension that you may read, and their columns, mean, a row a column: for tools that do not show comments.';
COMMENT ON COLUMN esn_dictionary.relation IS 'The table or view.';
COMMENT ON COLUMN esn_dictionary.position IS 'Which column of it: 1 is the first.';
COMMENT ON COLUMN esn_dictionary.description IS 'What the column means. NULL: what its name says.';
COMMENT ON COLUMN esn_dictionary.relation_description IS 'What a row of the table or view is.';
