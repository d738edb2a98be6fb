-- Writes the files of an open-data snapshot to the current directory: each table as CSV and as
-- JSON, one line per row, and their description. scripts/snapshot.sh calls it, with the variables
-- columns (the rows of snapshot.tsv), licence and name.
-- One read-only transaction, which sees one state of the database.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL client_encoding = 'UTF8';
SET LOCAL search_path = pg_catalog, pg_temp;
SELECT format('SET LOCAL search_path = pg_catalog, %I, pg_temp', nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'esn_pulse' \gexec
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'esn_pulse') THEN
		RAISE EXCEPTION 'the database % has no extension esn_pulse', current_database();
	ELSIF NOT EXISTS (SELECT FROM sections) THEN
		RAISE EXCEPTION 'the database % knows no section yet: there is nothing to publish',
			current_database() USING HINT = 'SELECT * FROM esn_scrape_all();';
	END IF;
END $$;

-- The published columns, in the order of the list.
SELECT format($$(
	SELECT n, p[1] AS tab, p[2] AS col, p[3] AS field, p[4] AS type, p[5] = 'key' AS is_key,
		p[6] AS note
	FROM (SELECT n, string_to_array(l, E'\t') AS p
		FROM string_to_table(%L, E'\n') WITH ORDINALITY AS x(l, n)) y
	WHERE n > 1 AND p[3] <> '-') c$$, :'columns') AS published \gset

-- How each column is computed, and from where: an id is replaced by what it stands for, and a text
-- is redacted, even if it was when it was stored. An activity's slug is made of its title. If it
-- contains a number or an address, the activity is published under another name and without its
-- URL.
SELECT $$format(
	CASE c.type
	WHEN 'text' THEN $f$esn_redact_contacts(regexp_replace(%s,
		'([a-z][a-z0-9+.-]*://|\mwww\.|\m(wa\.(me|link)|((api|chat|web)\.)?whatsapp\.com|t\.me|'
		'telegram\.me|signal\.(me|group)|viber\.com|m\.me|messenger\.com|discord\.(gg|com)|'
		'instagram\.com|facebook\.com|fb\.me|linktr\.ee|bit\.ly|forms\.gle)/)\S*[^\s.,;:!?)]',
		'[link]', 'gi'))$f$
	WHEN 'slug' THEN $f$CASE
		WHEN esn_redact_contacts(translate(regexp_replace(%1$s, '-\d+$', ''), '-', ' '))
			= translate(regexp_replace(%1$s, '-\d+$', ''), '-', ' ')
		THEN %1$s ELSE 'activity-' || left(md5(%1$s), 12) END$f$
	WHEN 'page' THEN $f$CASE
		WHEN esn_redact_contacts(translate(regexp_replace(t.event_slug, '-\d+$', ''), '-', ' '))
			= translate(regexp_replace(t.event_slug, '-\d+$', ''), '-', ' ')
		THEN %s END$f$
	WHEN 'list' THEN $f$array_to_string(%s, ' ')$f$
	WHEN 'date' THEN '%s::date'
	ELSE '%s' END,
	CASE c.col
	WHEN 'activity_id' THEN 'a.event_slug'
	WHEN 'section_id' THEN 's.accounts_platform_slug'
	WHEN 'type_id' THEN 'y.name'
	WHEN 'cause_id' THEN 'k.name'
	WHEN 'objective_id' THEN 'o.name'
	WHEN 'longitude' THEN 'round(t.longitude, 2)'
	WHEN 'latitude' THEN 'round(t.latitude, 2)'
	ELSE format('t.%I', c.col) END)$$ AS expression,
$$concat(' FROM ', c.tab, ' t',
	CASE WHEN bool_or(c.col = 'activity_id') THEN
		' JOIN activities a ON a.id = t.activity_id AND a.is_valid AND a.removed_at IS NULL' END,
	CASE WHEN bool_or(c.col = 'section_id') THEN
		' JOIN sections s ON s.id = t.section_id AND s.removed_at IS NULL' END,
	CASE WHEN bool_or(c.col = 'type_id') THEN
		' JOIN activity_types y ON y.id = t.type_id' END,
	CASE WHEN bool_or(c.col = 'cause_id') THEN
		' JOIN activity_causes k ON k.id = t.cause_id' END,
	CASE WHEN bool_or(c.col = 'objective_id') THEN
		' JOIN objectives o ON o.id = t.objective_id' END,
	CASE c.tab
	WHEN 'sections' THEN ' WHERE t.removed_at IS NULL'
	WHEN 'activities' THEN ' WHERE t.is_valid AND t.removed_at IS NULL' END)$$ AS origin \gset

-- The files of the rows. In CSV a boolean is written as a word, as its readers expect. The order is
-- that of bytes, the same under every locale.
\o rows.psql
SELECT format(E'\\o %s.csv\n'
	'COPY (SELECT %s%s ORDER BY %s) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING ''UTF8'');\n'
	'\\o %1$s.ndjson\n'
	'SELECT row_to_json(r) FROM (SELECT %5$s%3$s ORDER BY %4$s) r;\n'
	'\\o %1$s.count\n'
	'SELECT count(*)%3$s;\n'
	'\\o',
	c.tab,
	string_agg(format(CASE c.type WHEN 'boolean' THEN '(%s)::text AS %I' ELSE '%s AS %I' END,
		:expression, c.field), ', ' ORDER BY c.n),
	:origin,
	string_agg(format(CASE c.type WHEN 'integer' THEN '%s' ELSE '%s COLLATE "C"' END,
		:expression), ', ' ORDER BY c.n) FILTER (WHERE c.is_key),
	string_agg(format('%s AS %I', :expression, c.field), ', ' ORDER BY c.n))
FROM :published GROUP BY c.tab ORDER BY min(c.n);
\o
\set FETCH_COUNT 1000
\i rows.psql
\unset FETCH_COUNT

-- Their description: a Tabular Data Package,
-- https://specs.frictionlessdata.io/tabular-data-package/.
\o datapackage.json
WITH fields AS (
	SELECT c.*, c.type IN ('text', 'list', 'slug', 'page') AS is_string,
		col_description(c.tab::regclass, (SELECT attnum FROM pg_attribute
			WHERE attrelid = c.tab::regclass AND attname = c.col)) AS comment
	FROM :published
), keys (tab, field) AS (
	VALUES ('countries', 'country_code'), ('sections', 'accounts_platform_slug'),
		('activities', 'event_slug'), ('activity_types', 'type'),
		('activity_causes', 'cause'), ('sdgs', 'sdg'),
		('objectives', 'objective')
), schemas AS (
	SELECT c.tab, min(c.n) AS n, jsonb_build_object(
		'fields', jsonb_agg(jsonb_build_object('name', c.field,
			'type', CASE WHEN c.is_string THEN 'string' ELSE c.type END,
			'description', coalesce(nullif(c.note, ''), c.comment)) ORDER BY c.n),
		'primaryKey', jsonb_agg(c.field ORDER BY c.n) FILTER (WHERE c.is_key),
		'foreignKeys', jsonb_agg(jsonb_build_object('fields', c.field,
			'reference', jsonb_build_object('resource', k.tab, 'fields', k.field)) ORDER BY c.n)
			FILTER (WHERE k.tab <> c.tab)) AS schema
	FROM fields c LEFT JOIN keys k USING (field)
	GROUP BY c.tab
), resources AS (
	SELECT n, jsonb_build_object('profile', 'tabular-data-resource', 'name', tab,
		'path', tab || '.csv', 'format', 'csv', 'mediatype', 'text/csv', 'encoding', 'utf-8',
		'dialect', '{"lineTerminator": "\n"}'::jsonb,
		'description', obj_description(tab::regclass, 'pg_class'), 'schema', schema) AS resource
	FROM schemas
)
SELECT jsonb_pretty(jsonb_strip_nulls(jsonb_build_object(
	'profile', 'tabular-data-package', 'name', :'name',
	'title', 'Activities of the Erasmus Student Network',
	'created', current_date || 'T00:00:00Z',
	'licenses', CASE WHEN :'licence' <> '' THEN
		jsonb_build_array(jsonb_build_object('name', :'licence')) END,
	'sources', '[{"title": "ESN Accounts", "path": "https://accounts.esn.org"},
		{"title": "ESN Activities", "path": "https://activities.esn.org"}]'::jsonb,
	'resources', jsonb_agg(resource ORDER BY n))))
FROM resources;
\o facts
SELECT current_date, (SELECT extversion FROM pg_extension WHERE extname = 'esn_pulse'),
	coalesce(min(last_scraped)::date::text, 'no day'),
	coalesce(max(last_scraped)::date::text, 'no day')
FROM sections WHERE removed_at IS NULL;
\o
COMMIT;
