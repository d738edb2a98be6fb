-- All objects of the extension in a database, one line each, in an order that does not depend on
-- how they came there.
CREATE TEMP VIEW member AS
SELECT classid, objid
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'esn_pulse';
CREATE TEMP VIEW relation AS SELECT objid AS oid FROM member WHERE classid = 'pg_class'::regclass;

SELECT format('function %s %s %s %s %s %s %s', p.oid::regprocedure,
	pg_get_function_result(p.oid), l.lanname, p.provolatile, p.prosecdef,
	md5(pg_get_functiondef(p.oid)),
	(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.proacl) a))
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.oid IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass)
ORDER BY 1;
SELECT format('relation %s %s %s %s', c.oid::regclass, c.relkind, c.relacl, c.reloptions)
FROM pg_class c JOIN relation USING (oid) ORDER BY 1;
SELECT format('column %s.%s %s %s %s %s', a.attrelid::regclass, a.attname, a.attnum,
	format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(x.adbin, x.adrelid))
FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid
LEFT JOIN pg_attrdef x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY 1;
SELECT format('type %s %s (%s)', t.oid::regtype, t.typacl, (SELECT string_agg(format('%s %s',
	a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
	FROM pg_attribute a WHERE a.attrelid = t.typrelid AND NOT a.attisdropped))
FROM pg_type t JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' ORDER BY 1;
SELECT format('constraint %s %s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid ORDER BY 1;
SELECT format('index %s', pg_get_indexdef(i.indexrelid))
FROM pg_index i JOIN relation r ON r.oid = i.indrelid ORDER BY 1;
SELECT format('view %s %s', c.oid::regclass, md5(pg_get_viewdef(c.oid)))
FROM pg_class c JOIN relation USING (oid) WHERE c.relkind = 'v' ORDER BY 1;
SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger'))
FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 1;
SELECT format('comment %s %s %s', pg_describe_object(k.classoid, k.objoid, 0), k.objsubid,
	k.description)
FROM pg_description k JOIN member m ON m.classid = k.classoid AND m.objid = k.objoid ORDER BY 1;
SELECT format('dump %s %s', x.c::regclass, x.w)
FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS x(c, w)
WHERE e.extname = 'esn_pulse' ORDER BY 1;
SELECT format('rule %s', to_jsonb(r)) FROM extraction_rules r WHERE shipped ORDER BY 1;
SELECT format('schema %s %s', n.nspname, n.nspacl)
FROM pg_namespace n JOIN member m ON m.objid = n.oid AND m.classid = 'pg_namespace'::regclass;
SELECT format('version %s', extversion) FROM pg_extension WHERE extname = 'esn_pulse';
