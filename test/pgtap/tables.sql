-- The tables as documented: columns, types, nullability, keys and indexes.
BEGIN;
SELECT no_plan();

CREATE TEMP TABLE wanted (tab text, col text, type text, nullable boolean);

-- The same order as in the documentation. "?" in front of the type: may be NULL.
INSERT INTO wanted
SELECT t.tab, c[1], ltrim(c[2], '?'), c[2] LIKE '?%'
FROM (VALUES
	('countries',
		'country_code: character varying(10); name: character varying(100);
		slug: character varying(100); url: character varying(255); section_count: ?integer;
		email: ?character varying(255); website: ?text; social_media: jsonb'),
	('sections',
		'id: integer; country_code: ?character varying(10); name: character varying(255);
		accounts_platform_slug: character varying(255);
		activities_platform_slug: ?character varying(255); accounts_url: text;
		activities_url: ?text; city: ?character varying(100); address: ?text;
		email: ?character varying(255); website: ?text; university_name: ?text;
		longitude: ?numeric(9,6); latitude: ?numeric(9,6); social_media: jsonb; logo_url: ?text;
		can_scrape_activities: ?boolean; last_validated_activities_slug: ?timestamp with time zone;
		last_scraped: ?timestamp with time zone; removed_at: ?timestamp with time zone'),
	('activities',
		'id: bigint; event_slug: character varying(255); url: ?text;
		title: ?character varying(255); description: ?text; start_date: ?date; end_date: ?date;
		is_future_event: ?boolean; city: ?character varying(100);
		country_code: ?character varying(10); participants: ?integer;
		activity_type: ?character varying(100); is_valid: boolean;
		created_at: timestamp with time zone; updated_at: timestamp with time zone;
		is_online: ?boolean; country_name: ?character varying(100); activity_goal: ?text;
		outcomes: ?text; registration_url: ?text; image_url: ?text; unmatched_organisers: text[];
		project_name: ?character varying(255); project_slug: ?character varying(255);
		removed_at: ?timestamp with time zone'),
	('activity_types', 'id: integer; name: character varying(100)'),
	('activity_to_type', 'activity_id: bigint; type_id: integer'),
	('activity_causes', 'id: integer; name: character varying(100)'),
	('sdgs', 'id: integer; name: character varying(100); description: ?text'),
	('objectives', 'id: integer; name: character varying(200)'),
	('activity_section_organisers', 'activity_id: bigint; section_id: integer'),
	('activity_to_cause', 'activity_id: bigint; cause_id: integer'),
	('activity_to_sdg', 'activity_id: bigint; sdg_id: integer'),
	('activity_to_objective', 'activity_id: bigint; objective_id: integer'),
	('section_overall_statistics',
		'section_id: integer; physical_activities: ?integer; online_activities: ?integer;
		total_local_students: ?integer; total_international_students: ?integer;
		total_coordinators: ?integer; scraped_at: timestamp with time zone'),
	('section_cause_statistics',
		'section_id: integer; cause_name: character varying(100); total_count: ?integer;
		physical_count: ?integer; online_count: ?integer;
		scraped_at: timestamp with time zone'),
	('section_type_statistics',
		'section_id: integer; activity_type: character varying(100); physical_count: ?integer;
		online_count: ?integer; scraped_at: timestamp with time zone'),
	('section_participant_statistics',
		'section_id: integer; participant_type: character varying(100); physical_count: ?integer;
		online_count: ?integer; scraped_at: timestamp with time zone'),
	('scraper_status',
		'id: bigint; scraper_module: text; status: text; started_at: timestamp with time zone;
		completed_at: ?timestamp with time zone; sections_processed: integer;
		sections_failed: integer; error_message: ?text; requested_by: text; request: text;
		requests: bigint; not_modified: bigint; bytes_received: bigint; pages_failed: integer;
		activities_new: integer; activities_changed: integer; activities_unchanged: integer;
		activities_invalid: integer; worker_pid: ?integer'),
	('validation_errors',
		'id: bigint; section_id: ?integer; activity_event_slug: ?character varying(255);
		field_name: character varying(100); error_message: text; raw_data: ?jsonb;
		created_at: timestamp with time zone; run_id: ?bigint; url: text;
		resolved_at: ?timestamp with time zone'),
	('failed_scrapes',
		'id: bigint; url: character varying(500); section_id: ?integer; scraper_module: text;
		http_status_code: ?integer; error_message: text; retry_count: integer;
		last_attempt: timestamp with time zone; will_retry: boolean; run_id: ?bigint;
		resolved_at: ?timestamp with time zone'),
	('frontier',
		'url: text; kind: text; section_id: ?integer; event_slug: ?character varying(255);
		http_status: ?integer; etag: ?text; last_modified: ?text; content_hash: ?bigint;
		fetched_at: ?timestamp with time zone; body: ?bytea; status: text;
		next_fetch_at: ?timestamp with time zone; reason: ?text; priority: integer;
		tried_at: ?timestamp with time zone; card_hash: ?bigint; missing_count: integer'),
	('extraction_rules',
		'page_kind: text; field: text; "position": integer; selector: text; attribute: ?text;
		required: boolean; shipped: boolean'),
	('changes',
		'id: bigint; changed_at: timestamp with time zone; run_id: ?bigint; activity_id: ?bigint;
		section_id: ?integer; old_values: jsonb; new_values: jsonb'))
	AS t (tab, cols),
	LATERAL regexp_split_to_table(t.cols, ';\s*') AS one,
	LATERAL regexp_split_to_array(one, ':\s*') AS c;

SELECT has_table(tab) FROM (SELECT DISTINCT tab FROM wanted ORDER BY tab) t;
SELECT col_type_is(tab, btrim(col, '"'), type, format('%s.%s is %s', tab, col, type)) FROM wanted;
SELECT CASE
	WHEN nullable THEN col_is_null(tab, btrim(col, '"'), format('%s.%s may be NULL', tab, col))
	ELSE col_not_null(tab, btrim(col, '"'), format('%s.%s is never NULL', tab, col)) END
FROM wanted;

-- Defaults.
SELECT col_default_is('activities', 'is_valid', 'true',
	'an activity is valid by default');
SELECT col_default_is('activities', 'created_at', 'now()', 'created_at defaults to now');
SELECT col_default_is('activities', 'updated_at', 'now()', 'updated_at defaults to now');
SELECT col_default_is('sections', 'social_media', '{}', 'social_media defaults to an empty object');
SELECT col_hasnt_default('sections', 'can_scrape_activities',
	'can_scrape_activities is unknown by default');
SELECT is_empty($$
	SELECT attrelid::regclass, attname
	FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	WHERE attrelid::regclass::text ~ '^section_.*_statistics$' AND atttypid = 'integer'::regtype
		AND attname NOT IN ('id', 'section_id') AND attnum > 0 AND NOT attisdropped
		AND pg_get_expr(adbin, adrelid) IS DISTINCT FROM '0'$$, 'each count is 0 by default');
SELECT col_default_is('failed_scrapes', 'retry_count', '0', 'retry_count defaults to 0');

-- Keys.
SELECT col_is_pk(tab, cols) FROM (VALUES
	('countries', ARRAY['country_code']), ('sections', ARRAY['id']), ('activities', ARRAY['id']),
	('activity_causes', ARRAY['id']), ('sdgs', ARRAY['id']), ('objectives', ARRAY['id']),
	('activity_section_organisers', ARRAY['activity_id', 'section_id']),
	('activity_types', ARRAY['id']), ('activity_to_type', ARRAY['activity_id', 'type_id']),
	('activity_to_cause', ARRAY['activity_id', 'cause_id']),
	('activity_to_sdg', ARRAY['activity_id', 'sdg_id']),
	('activity_to_objective', ARRAY['activity_id', 'objective_id']),
	('scraper_status', ARRAY['id']), ('validation_errors', ARRAY['id']),
	('failed_scrapes', ARRAY['id']), ('frontier', ARRAY['url']), ('changes', ARRAY['id']))
	AS v (tab, cols);
SELECT col_is_unique(tab, cols) FROM (VALUES
	('sections', ARRAY['accounts_platform_slug']), ('activities', ARRAY['event_slug']),
	('activity_types', ARRAY['name']),
	('activity_causes', ARRAY['name']), ('sdgs', ARRAY['name']), ('objectives', ARRAY['name']),
	('section_overall_statistics', ARRAY['section_id']),
	('section_cause_statistics', ARRAY['section_id', 'cause_name']),
	('section_type_statistics', ARRAY['section_id', 'activity_type']),
	('section_participant_statistics', ARRAY['section_id', 'participant_type']))
	AS v (tab, cols);

-- Foreign keys with their actions (a: no action, c: cascade, n: set null).
PREPARE foreign_keys AS
SELECT conrelid::regclass::text, a.attname::text, confrelid::regclass::text, confupdtype::text,
	confdeltype::text
FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
WHERE contype = 'f' AND cardinality(conkey) = 1
	AND conrelid IN (SELECT objid FROM pg_depend
		WHERE classid = 'pg_class'::regclass AND deptype = 'e'
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'esn_pulse'));
PREPARE wanted_foreign_keys AS
VALUES ('activities', 'country_code', 'countries', 'c', 'n'),
	('sections', 'country_code', 'countries', 'c', 'n'),
	('activity_section_organisers', 'activity_id', 'activities', 'a', 'c'),
	('activity_section_organisers', 'section_id', 'sections', 'a', 'c'),
	('activity_to_type', 'activity_id', 'activities', 'a', 'c'),
	('activity_to_type', 'type_id', 'activity_types', 'a', 'c'),
	('activity_to_cause', 'activity_id', 'activities', 'a', 'c'),
	('activity_to_cause', 'cause_id', 'activity_causes', 'a', 'c'),
	('activity_to_sdg', 'activity_id', 'activities', 'a', 'c'),
	('activity_to_sdg', 'sdg_id', 'sdgs', 'a', 'c'),
	('activity_to_objective', 'activity_id', 'activities', 'a', 'c'),
	('activity_to_objective', 'objective_id', 'objectives', 'a', 'c'),
	('section_overall_statistics', 'section_id', 'sections', 'a', 'c'),
	('section_cause_statistics', 'section_id', 'sections', 'a', 'c'),
	('section_type_statistics', 'section_id', 'sections', 'a', 'c'),
	('section_participant_statistics', 'section_id', 'sections', 'a', 'c'),
	('validation_errors', 'section_id', 'sections', 'a', 'c'),
	('failed_scrapes', 'section_id', 'sections', 'a', 'c'),
	('validation_errors', 'run_id', 'scraper_status', 'a', 'n'),
	('failed_scrapes', 'run_id', 'scraper_status', 'a', 'n'),
	('changes', 'activity_id', 'activities', 'a', 'c'),
	('changes', 'section_id', 'sections', 'a', 'c'),
	('changes', 'run_id', 'scraper_status', 'a', 'n');
SELECT bag_has('foreign_keys', 'wanted_foreign_keys',
	'every foreign key exists, with its actions');

-- Indexes, by their definitions.
SELECT ok(EXISTS (SELECT FROM pg_indexes WHERE tablename = tab AND indexdef ~ definition),
	format('%s has an index on %s', tab, what))
FROM (VALUES
	('sections', 'can_scrape_activities, partial', 'WHERE can_scrape_activities'),
	('sections', 'last_scraped, NULLs first', '\(last_scraped NULLS FIRST\)'),
	('sections', 'country_code', '\(country_code\)'),
	('activities', 'is_valid, partial', 'WHERE \(?(NOT )?is_valid'),
	('activities', 'start_date', '\(start_date\)'),
	('activities', 'country_code', '\(country_code\)'),
	('failed_scrapes', 'will_retry', 'will_retry'),
	('section_overall_statistics', 'section_id', '\(section_id\)'),
	('section_cause_statistics', 'section_id and name', '\(section_id, cause_name\)'),
	('section_type_statistics', 'section_id and type', '\(section_id, activity_type\)'),
	('section_participant_statistics', 'section_id and type', '\(section_id, participant_type\)'),
	('activity_section_organisers', 'section_id', '\(section_id\)'),
	('activity_to_type', 'type_id', '\(type_id\)'),
	('activity_to_cause', 'cause_id', '\(cause_id\)'),
	('activity_to_sdg', 'sdg_id', '\(sdg_id\)'),
	('activity_to_objective', 'objective_id', '\(objective_id\)'),
	('changes', 'activity_id', '\(activity_id\)'),
	('changes', 'section_id', '\(section_id\)'),
	('changes', 'changed_at', '\(changed_at\)'))
	AS v (tab, what, definition);
SELECT is_empty($$
	SELECT tablename, regexp_replace(indexdef, '^.* ON ', '') FROM pg_indexes
	WHERE tablename IN (SELECT tab FROM wanted)
	GROUP BY 1, 2 HAVING count(*) > 1$$, 'no index is duplicated');

-- Tables must survive a crash.
SELECT is_empty(
	$$SELECT relname FROM pg_class
		WHERE relname IN (SELECT tab FROM wanted) AND relpersistence <> 'p'$$,
	'no table is unlogged');

-- The view of the runs.
SELECT has_view('esn_runs');
SELECT has_column('esn_runs', col, format('esn_runs.%s is there', col))
FROM unnest(
	ARRAY['id', 'scraper_module', 'request', 'status', 'started_at', 'completed_at',
		'sections_processed', 'sections_failed',
		'error_message', 'requested_by']) AS col;

-- The view of changes.
SELECT has_view('esn_history');
SELECT has_column('esn_history', col, format('esn_history.%s is there', col))
FROM unnest(
	ARRAY['changed_at', 'run_id', 'kind', 'slug', 'name', 'field', 'old_value',
		'new_value']) AS col;

-- A dump has every table and sequence, but not the rows that CREATE EXTENSION inserts.
SELECT is_empty($$
	SELECT c.relname
	FROM pg_class c
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'esn_pulse' AND c.relkind IN ('r', 'p', 'S')
		AND NOT coalesce(c.oid = ANY (e.extconfig), false)
		AND c.relnamespace <> 'esn_internal'::regnamespace$$, -- what is counted from the others
	'every table and sequence is dumped');
SELECT isnt(
	(SELECT extcondition[array_position(extconfig, 'sdgs'::regclass::oid)] FROM pg_extension
		WHERE extname = 'esn_pulse'), '',
	'the 17 goals are not dumped');
SELECT isnt(
	(SELECT extcondition[array_position(extconfig, 'extraction_rules'::regclass::oid)]
		FROM pg_extension
		WHERE extname = 'esn_pulse'), '', 'the shipped rules are not dumped');

SELECT * FROM finish();
ROLLBACK;
