-- Every object of the extension has a comment, so that \d+ and \df+ are a manual.
BEGIN;
SELECT no_plan();

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid
FROM pg_depend d
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'esn_pulse' AND d.deptype = 'e';
CREATE TEMP VIEW functions AS
SELECT p.oid::regprocedure AS function, obj_description(p.oid, 'pg_proc') AS comment, p.proargnames,
	p.proargmodes, p.pronargs
FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid;
CREATE TEMP VIEW relations AS
SELECT c.oid, c.oid::regclass AS relation, c.relkind, c.relnamespace AS namespace
FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid
WHERE c.relkind IN ('r', 'v', 'm');

SELECT isnt(
	obj_description((SELECT oid FROM pg_extension WHERE extname = 'esn_pulse'), 'pg_extension'),
	NULL, 'the extension has a comment');

-- Tables and views.
SELECT cmp_ok((SELECT count(*) FROM relations), '>=', 20::bigint,
	'the tables and the view exist');
SELECT ok(length(obj_description(oid, 'pg_class')) >= 20, format('%s has a comment', relation))
FROM relations ORDER BY relation::text;

-- Every column of the public views has a comment, which BI tools show. No column is numeric without
-- a scale, which they take for text.
SELECT is_empty(
	format(
		$$SELECT attname FROM pg_attribute
			WHERE attrelid = %1$L::regclass AND attnum > 0
				AND col_description(attrelid, attnum) IS NULL$$, relation),
	format('%s says of each column what it means', relation))
FROM relations
WHERE relkind = 'v'
	AND relation::text ~ '^esn_(section|country|activit|all_|countries|sections|participation)'
ORDER BY relation::text;
SELECT is_empty(
	$$SELECT relation, attname FROM relations JOIN pg_attribute ON attrelid = oid
		WHERE relkind = 'v' AND atttypid = 'numeric'::regtype AND atttypmod = -1$$,
	'numeric columns of views have a scale');

-- The comment of a function names each argument, followed by a colon.
SELECT cmp_ok((SELECT count(*) FROM functions), '>=', 15::bigint, 'the functions exist');
SELECT ok(length(comment) >= 20, format('%s has a comment', function)) FROM functions
ORDER BY function::text;
SELECT is((SELECT count(*) FROM functions WHERE pronargs > 0 AND coalesce(proargnames[1], '') = ''),
	0::bigint, 'every argument has a name');
SELECT ok(coalesce(comment ~ ('\m' || argument || ': '), false),
	format('%s says what its argument %s is', function, argument))
FROM functions, unnest(proargnames, proargmodes) WITH ORDINALITY AS a (argument, mode, n)
WHERE mode IN ('i', 'b', 'v') OR mode IS NULL
ORDER BY function::text, n;

-- Columns whose name is not enough: those with a unit, a rule or a NULL that means something.
SELECT ok(coalesce(length(col_description(attrelid, attnum)) >= 5, false),
	format('%s.%s has a comment', tab, col))
FROM (VALUES
	('sections', 'accounts_platform_slug'), ('sections', 'activities_platform_slug'),
	('sections', 'can_scrape_activities'), ('sections', 'last_validated_activities_slug'),
	('sections', 'last_scraped'), ('sections', 'removed_at'), ('sections', 'social_media'),
	('activities', 'event_slug'), ('activities', 'end_date'), ('activities', 'is_future_event'),
	('activities', 'participants'), ('activities', 'is_valid'),
	('activities', 'unmatched_organisers'), ('activities', 'removed_at'),
	('scraper_status', 'sections_processed'), ('scraper_status', 'sections_failed'),
	('validation_errors', 'raw_data'), ('validation_errors', 'resolved_at'),
	('failed_scrapes', 'retry_count'), ('failed_scrapes', 'will_retry'),
	('failed_scrapes', 'resolved_at'), ('frontier', 'content_hash'), ('frontier', 'body'),
	('extraction_rules', 'position'), ('extraction_rules', 'required'),
	('extraction_rules', 'shipped'), ('changes', 'run_id'), ('changes', 'old_values'),
	('changes', 'new_values'))
	AS v (tab, col)
LEFT JOIN pg_attribute ON attrelid = tab::regclass AND attname = col;

-- Tools that show no comments can read them as rows. A role sees the objects that it may read.
SELECT is((SELECT count(*) FROM esn_data_dictionary),
	(SELECT count(*)
		FROM relations JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
		WHERE namespace <> 'esn_internal'::regnamespace),
	'esn_data_dictionary has a row for each column');
SELECT is(
	(SELECT description FROM esn_data_dictionary
		WHERE relation = 'activities' AND column_name = 'participants'),
	'Number of participants. NULL: not said.', 'it describes a column');
SELECT is((SELECT count(*) FROM esn_data_dictionary WHERE length(relation_description) >= 20),
	(SELECT count(*) FROM esn_data_dictionary), 'it describes each table and view');
CREATE ROLE esn_test_reader;
GRANT USAGE ON SCHEMA public TO esn_test_reader;
GRANT SELECT ON esn_data_dictionary, sdgs TO esn_test_reader;
SET ROLE esn_test_reader;
CREATE TEMP TABLE seen AS SELECT DISTINCT relation FROM esn_data_dictionary;
RESET ROLE;
SELECT results_eq('SELECT relation FROM seen ORDER BY 1',
	$$VALUES ('esn_data_dictionary'), ('sdgs')$$, 'a role sees what it may read');

SELECT * FROM finish();
ROLLBACK;
