-- What dumps need: restoring by parallel jobs, and the user's own objects on the tables, which
-- dumps of an extension's tables lack.

-- pg_restore -j loads the tables in any order, each in a transaction of its own, and knows of no
-- foreign keys between them, because they are there from CREATE EXTENSION on. While several
-- pg_restore of a superuser load, the keys are not checked: the rows of the dump hold to them. The
-- first of several begins before the others have connected, so it waits for them, once.
CREATE OR REPLACE FUNCTION esn_internal.esn_restore_rows() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	sessions integer;
	began timestamptz;
BEGIN
	LOOP
		SELECT count(*), max(a.backend_start) FILTER (WHERE a.pid = pg_backend_pid())
		INTO sessions, began FROM pg_stat_activity a
		WHERE a.application_name = 'pg_restore' AND a.datname = current_database();
		EXIT WHEN sessions > 1 OR clock_timestamp() > began + interval '5 s';
		PERFORM pg_sleep(0.02);
		PERFORM pg_stat_clear_snapshot();
	END LOOP;
	IF sessions > 1 THEN
		PERFORM set_config('session_replication_role', 'replica', true);
	END IF;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_restore_rows() IS
	'Trigger on tables with foreign keys, for pg_restore as a superuser: lets its transaction load '
	'rows before those that they refer to.';

DO $$
DECLARE
	referring regclass;
BEGIN
	FOR referring IN
		SELECT DISTINCT k.conrelid FROM pg_constraint k
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = k.conrelid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		JOIN pg_class c ON c.oid = k.conrelid
		WHERE e.extname = 'esn_pulse' AND k.contype = 'f'
			AND (c.relnamespace <> 'esn_internal'::regnamespace OR c.relname = 'api_keys')
	LOOP
		EXECUTE format('CREATE OR REPLACE TRIGGER restore_rows BEFORE INSERT ON %s '
			'FOR EACH STATEMENT WHEN (current_setting(''application_name'') = ''pg_restore'' '
			'AND current_setting(''is_superuser'')::boolean) '
			'EXECUTE FUNCTION esn_restore_rows()', referring);
		EXECUTE format('COMMENT ON TRIGGER restore_rows ON %s IS ''Lets pg_restore -j load rows '
			'in any order.''', referring);
	END LOOP;
END $$;

-- Filled by names.sql, when everything is there.
CREATE TABLE IF NOT EXISTS esn_internal.shipped_objects (
	kind		text,
	relation	regclass,
	name		name,
	CONSTRAINT shipped_objects_pkey PRIMARY KEY (kind, relation, name)
);
COMMENT ON TABLE shipped_objects IS
	'The columns, constraints, indexes, triggers and policies that the extension has made.';
COMMENT ON COLUMN shipped_objects.kind IS 'As in esn_table_objects().';
COMMENT ON COLUMN shipped_objects.relation IS 'The table that it is on.';
COMMENT ON COLUMN shipped_objects.name IS 'Its name.';

CREATE OR REPLACE FUNCTION esn_internal.esn_table_objects()
RETURNS TABLE (kind text, relation regclass, name name, statement text)
LANGUAGE sql STABLE AS $$
	WITH t AS MATERIALIZED (
		SELECT c.oid, c.oid::regclass AS relation, c.relrowsecurity
		FROM pg_class c
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND c.relkind = 'r' AND c.oid = ANY (e.extconfig)
	)
	SELECT 'column', t.relation, a.attname, concat_ws(' ', format('ALTER TABLE %s ADD COLUMN %I',
		t.relation, a.attname), format_type(a.atttypid, a.atttypmod), CASE a.attgenerated
			WHEN 's' THEN format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(x.adbin, x.adrelid))
			ELSE 'DEFAULT ' || pg_get_expr(x.adbin, x.adrelid) END,
		CASE WHEN a.attnotnull THEN 'NOT NULL' END)
	FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_attrdef x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
	UNION ALL
	SELECT 'constraint', t.relation, k.conname,
		format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.relation, k.conname,
			pg_get_constraintdef(k.oid))
	FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype <> 't'
	UNION ALL
	SELECT 'index', t.relation, c.relname, pg_get_indexdef(i.indexrelid)
	FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
	WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid
		AND k.conrelid = t.oid)
	UNION ALL
	SELECT 'trigger', t.relation, g.tgname, pg_get_triggerdef(g.oid)
	FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
	UNION ALL
	SELECT 'row security', t.relation, 'on', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY',
		t.relation)
	FROM t WHERE t.relrowsecurity
	UNION ALL
	SELECT 'policy', t.relation, p.polname, concat_ws(' ', format('CREATE POLICY %I ON %s AS %s '
		'FOR %s TO %s', p.polname, t.relation, CASE WHEN p.polpermissive THEN 'PERMISSIVE'
			ELSE 'RESTRICTIVE' END,
		CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
			WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
		(SELECT string_agg(CASE r.role WHEN 0 THEN 'PUBLIC' ELSE r.role::regrole::text END, ', ')
			FROM unnest(p.polroles) AS r(role))),
		'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
		'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
	FROM t JOIN pg_policy p ON p.polrelid = t.oid
$$;
COMMENT ON FUNCTION esn_table_objects() IS
	'What is on the tables of the extension that dumps contain: columns, constraints, indexes, '
	'triggers, row security and policies, each with the statement that makes it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_own_objects()
RETURNS TABLE (kind text, relation regclass, name name, statement text)
LANGUAGE sql STABLE AS $$
	SELECT o.kind, o.relation, o.name, o.statement FROM esn_table_objects() o
	WHERE (o.kind, o.relation, o.name) NOT IN (SELECT s.kind, s.relation, s.name
		FROM shipped_objects s)
$$;
COMMENT ON FUNCTION esn_own_objects() IS
	'What the user has added to the tables of the extension, and dumps do not contain, each with '
	'the statement that makes it. Columns must be there before the rows are restored.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_own_objects(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN o.list IS NOT NULL THEN 'warning' ELSE 'ok' END,
		coalesce(esn_wrap(esn_shorten(o.list, 120), 24), 'none'),
		CASE WHEN o.list IS NOT NULL THEN E'pg_dump leaves them out, and a dump\nwith columns of '
			'yours fails to restore\nwithout them: docs/operations.md.' END
	FROM (SELECT string_agg(format('%s %s.%s', kind, relation, name), ', ' ORDER BY kind, relation,
			name) AS list
		FROM esn_own_objects()) o
$$;
COMMENT ON FUNCTION esn_check_own_objects() IS
	'A check of esn_health_check(): what the user has added to the tables, and dumps lack.';
