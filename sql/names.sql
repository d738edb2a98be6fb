-- The last part of the script: the user's objects move to the user's schema, and every function
-- gets the schemas in which it looks names up.

SELECT esn_move_members('esn_building', n.nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'esn_pulse';
DROP FUNCTION esn_move_members(name, name);
DROP SCHEMA esn_building;
SET LOCAL search_path = pg_catalog, esn_internal, pg_temp;
SET LOCAL check_function_bodies = on;

-- A caller's search_path decides nothing. A function without this setting would let whoever may
-- create an operator that fits the types exactly run it with the caller's rights. It keeps the
-- planner from inlining a function; those that it should inline resolve their names when they are
-- created (BEGIN ATOMIC or RETURN), or use only operators that fit exactly.
--
-- A column that somebody adds to a table, and that has the name of a variable, does not make the
-- variable ambiguous.
DO $$
DECLARE
	f record;
BEGIN
	FOR f IN
		SELECT p.oid, p.oid::regprocedure AS name, l.lanname FROM pg_proc p
		JOIN pg_language l ON l.oid = p.prolang AND (l.lanname <> 'c' OR p.prosecdef)
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND p.prosqlbody IS NULL
			AND p.proname <> 'esn_report_activities'
	LOOP
		IF f.lanname = 'plpgsql' THEN
			EXECUTE regexp_replace(pg_get_functiondef(f.oid), '\mAS (\$function\w*\$)',
				E'AS \\1\n#variable_conflict use_variable');
		END IF;
		EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, esn_internal, pg_temp',
			f.name);
	END LOOP;
	-- What CREATE FUNCTION would have checked, had all of them existed.
	PERFORM CASE l.lanname WHEN 'sql' THEN fmgr_sql_validator(p.oid)
		ELSE plpgsql_validator(p.oid) END
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
	JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'esn_pulse';
END $$;

-- In an upgrade of a database to which somebody has added columns, those stay the user's.
INSERT INTO shipped_objects SELECT o.kind, o.relation, o.name FROM esn_table_objects() o
LEFT JOIN pg_attribute a ON o.kind = 'column' AND a.attrelid = o.relation AND a.attname = o.name
WHERE NOT coalesce(format('%s.%s', a.attrelid, a.attnum) = ANY (string_to_array(
	current_setting('esn_upgrade.own_columns', true), ' ')), false)
ON CONFLICT DO NOTHING;
