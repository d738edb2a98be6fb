-- The stored figures of the overviews equal what the overviews would compute, and are valid until
-- the underlying rows change.
BEGIN;
SELECT no_plan();
CREATE TEMP VIEW counting AS
SELECT c.oid, c.relname AS live, regexp_replace(c.relname, '_live(_planner)?', '') AS view
FROM pg_class c
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE c.relkind = 'v' AND c.relname LIKE 'esn\_live\_%';
CREATE FUNCTION pg_temp.rows_of(relation name) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT r::text FROM %I r', relation);
END $$;
CREATE FUNCTION pg_temp.are_kept() RETURNS boolean
LANGUAGE sql AS 'SELECT count(*) > 0 FROM esn_valid_summaries';

INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Åland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	can_scrape_activities, latitude, longitude, last_scraped, university_name) VALUES
	(-1, 'AA', 'ESN "Şişli"', 'aa-one', 'x', true, 59.5, -0.000001, now(),
		E'University of\n\\Åland'), (-2, NULL, 'ESN Two', 'two', 'x', NULL, NULL, NULL, NULL, NULL);
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	participants, is_online, activity_type)
SELECT -n, 'a' || n, 'x', 't', 'd', current_date - n * 50, n = 0, CASE WHEN n % 3 > 0 THEN n END,
	n % 2 = 0, CASE WHEN n > 2 THEN 'Trip ' || n % 3 END FROM generate_series(0, 20) n;
INSERT INTO activity_section_organisers SELECT id, -1 FROM activities;
INSERT INTO activity_section_organisers SELECT id, -2 FROM activities WHERE id > -5;
INSERT INTO activity_causes (id, name) VALUES (-1, 'Culture'), (-2, 'Art');
INSERT INTO activity_to_cause SELECT id, -1 FROM activities;
INSERT INTO activity_to_sdg SELECT id, 13 FROM activities;
INSERT INTO section_overall_statistics (section_id, total_local_students,
	total_international_students) VALUES (-1, 30, 10);
INSERT INTO section_cause_statistics (section_id, cause_name, total_count)
VALUES (-1, 'Health', 1), (-1, 'Culture', 3);
INSERT INTO validation_errors (section_id, field_name, error_message, url)
VALUES (-1, 'participants', 'x', 'x');

-- Each underlying table has a trigger.
SELECT set_eq($$
	SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'mark_summaries_stale'$$, $$
	WITH RECURSIVE reads AS (
		SELECT oid FROM counting
		UNION
		SELECT d.refobjid
		FROM reads r JOIN pg_rewrite w ON w.ev_class = r.oid
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
			AND d.refclassid = 'pg_class'::regclass)
	SELECT oid::regclass::text FROM reads JOIN pg_class USING (oid) WHERE relkind = 'r'$$,
	'only the underlying tables have a trigger');

SELECT ok(NOT pg_temp.are_kept(), 'nothing is stored');
CREATE TEMP TABLE counted AS SELECT view, r FROM counting, pg_temp.rows_of(view)
WITH ORDINALITY AS o(r, n) ORDER BY view, n;
SELECT ok((SELECT count(DISTINCT view) FROM counted) = (SELECT count(*) FROM counting),
	'each has rows');
SELECT is(esn_refresh_summaries()::bigint, (SELECT count(*) FROM counting), 'all are stored');
SELECT is(esn_refresh_summaries(false)::bigint, (SELECT count(*) - 3 FROM counting),
	'those of the planner take longer, and may be left out');
SELECT results_eq(format('SELECT pg_temp.rows_of(%L)', view),
	format('SELECT r FROM counted WHERE view = %L', view),
	view || ': stored rows equal computed rows, in the same order') FROM counting;
SELECT results_eq(
	format(
		'SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
			WHERE attrelid = %L::regclass AND attnum > 0 ORDER BY attnum', view),
	format(
		'SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
			WHERE attrelid = %L::regclass AND attnum > 0 ORDER BY attnum', live),
	view || ': stored rows have the same types') FROM counting;
UPDATE summaries SET rows = '[{"cause": "kept", "activities": 7}]'
WHERE view = 'esn_live_activities_by_cause';
SELECT results_eq('SELECT cause::text, activities FROM esn_activities_by_cause',
	$$VALUES ('kept', 7::bigint)$$, 'stored rows are used');

-- A huge number on the site causes no failure. If one occurred, it would be reported.
SAVEPOINT huge;
UPDATE activities
SET participants = CASE id WHEN -1 THEN 2147483647 ELSE 1 END,
	start_date = CASE id WHEN -1 THEN current_date ELSE current_date - 366 END;
UPDATE section_overall_statistics
SET total_local_students = 2147483647, total_international_students = 2147483647;
SELECT cmp_ok(esn_refresh_summaries(), '>', 0, 'the largest possible number is counted');
SELECT is((SELECT students FROM esn_participation), 4294967294,
	'it can be added to another number');
CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_type AS
SELECT ('x' || (1 / 0))::varchar AS activity_type, 0::bigint AS activities,
	0::bigint AS activities_12_months, 0::bigint AS activities_12_months_before,
	0::bigint AS online, 0::bigint AS participants, 0::numeric(20, 1) AS participants_per_activity;
SET LOCAL client_min_messages = error;
SELECT is(esn_refresh_summaries(), 0,
	'figures that cannot be computed are not stored, without an error');
RESET client_min_messages;
ROLLBACK TO huge;

-- Disabled triggers.
SET LOCAL session_replication_role = replica;
UPDATE activities SET participants = 7 WHERE id = -1;
RESET session_replication_role;
SELECT ok(NOT pg_temp.are_kept(), 'the triggers fire even in replica mode');
ROLLBACK TO huge;

-- Stored figures are valid until a row changes or the day ends.
SAVEPOINT kept;
UPDATE activities SET participants = 70 WHERE id = -1;
SELECT ok(NOT pg_temp.are_kept(), 'an update invalidates all');
SELECT results_eq('SELECT cause::text, participants FROM esn_activities_by_cause',
	$$VALUES ('Culture', 216::bigint)$$, 'figures are computed again');
SELECT ok(esn_refresh_summaries() > 0 AND pg_temp.are_kept(), 'figures are stored again');
ROLLBACK TO kept;
SELECT ok(pg_temp.are_kept(), 'a rolled-back change invalidates nothing');
DELETE FROM activity_to_sdg;
SELECT ok(NOT pg_temp.are_kept(), 'a delete invalidates all');
ROLLBACK TO kept;
TRUNCATE validation_errors;
SELECT ok(NOT pg_temp.are_kept(), 'a truncate invalidates all');
ROLLBACK TO kept;
UPDATE summaries SET as_of = current_date - 1;
SELECT ok(NOT pg_temp.are_kept(), 'figures of yesterday are invalid');
ROLLBACK TO kept;
INSERT INTO changes (activity_id, old_values, new_values) VALUES (-1, '{}', '{}');
SELECT ok(pg_temp.are_kept(), 'other tables invalidate nothing');

SELECT * FROM finish();
ROLLBACK;
