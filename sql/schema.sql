-- The schemas. Objects that users do not call are in esn_internal, where only the owner may create
-- objects. Functions look names up in pg_catalog and there, and qualify the names of objects in the
-- user's schema; see names.sql.

DO $$
BEGIN
	IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
		RAISE EXCEPTION 'the encoding of this database is %, not UTF8',
			pg_catalog.current_setting('server_encoding')
			USING ERRCODE = 'feature_not_supported',
				HINT = 'Run CREATE DATABASE esn TEMPLATE template0 ENCODING ''UTF8''; then create '
					'the extension there.';
	ELSIF pg_catalog.to_regcollation('pg_catalog."und-x-icu"') IS NULL THEN
		RAISE EXCEPTION 'this PostgreSQL has no collations of ICU'
			USING ERRCODE = 'feature_not_supported',
				HINT = 'Use a PostgreSQL that was built with ICU, as that of Debian is.';
	END IF;
END $$;

CREATE SCHEMA esn_internal;
REVOKE ALL ON SCHEMA esn_internal FROM PUBLIC;
COMMENT ON SCHEMA esn_internal IS 'What esn_pulse needs and users do not call.';

-- Others may be able to create objects in the user's schema, and an operator of theirs must not get
-- into a view or run in this script, which a superuser executes. For the time of the script, the
-- user's objects are therefore in a third schema, where nobody else creates any. names.sql moves
-- them to the user's schema, and checks the functions' bodies, when all of them exist.
CREATE SCHEMA esn_building;
SET LOCAL search_path = esn_building, esn_internal, pg_temp;
SET LOCAL check_function_bodies = off;

CREATE FUNCTION esn_internal.esn_move_members(source name, target name) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	member record;
BEGIN
	FOR member IN
		SELECT CASE d.classid WHEN 'pg_proc'::regclass THEN 'FUNCTION' ELSE 'TABLE' END AS kind,
			(pg_identify_object(d.classid, d.objid, 0)).identity
		FROM pg_depend d
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
		LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
			AND c.relkind IN ('r', 'v')
		JOIN pg_namespace n ON n.oid = coalesce(p.pronamespace, c.relnamespace)
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND n.nspname = source
	LOOP
		EXECUTE format('ALTER %s %s SET SCHEMA %I', member.kind, member.identity, target);
	END LOOP;
END $$;
-- In an upgrade: those of the older version.
SELECT esn_move_members(nspname, 'esn_building') FROM pg_namespace
WHERE oid = (SELECT extnamespace FROM pg_extension WHERE extname = 'esn_pulse');
