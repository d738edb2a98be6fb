-- When each page is fetched next; what changes that; what is missing from lists; the plan.
BEGIN;
SELECT no_plan();
\ir pages.psql
SET LOCAL esn_pulse.recent_days = 60;
SET LOCAL esn_pulse.refresh_days = 90;

INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	activities_url, can_scrape_activities)
VALUES (-1, 'ESN Due', 'xx-due', 'https://accounts.example/section/xx-due', 'esn-due',
	'https://activities.example/organisation/esn-due', true);

-- The function that schedules.
CREATE FUNCTION pg_temp.next(kind text, status text, days_over integer,
	will_retry boolean DEFAULT true, retry_count integer DEFAULT 0,
	OUT days integer, OUT reason text, OUT priority integer)
LANGUAGE sql AS $$
	SELECT CASE WHEN next_fetch_at < '9000-01-01Z' THEN next_fetch_at::date - current_date END,
		reason, priority
	FROM esn_next_fetch(kind, status, 'seed', now(), current_date - days_over, will_retry,
		retry_count, 60, 90)
$$;
SELECT row_eq($$SELECT * FROM pg_temp.next('activity', 'fetched', -5)$$,
	ROW (0, 'upcoming'::text, 2), 'an upcoming activity is fetched by the next run');
SELECT row_eq($$SELECT * FROM pg_temp.next('activity', 'fetched', 60)$$,
	ROW (0, 'recent'::text, 2), 'so is one that ended within recent_days');
SELECT row_eq($$SELECT * FROM pg_temp.next('activity', 'fetched', 61)$$,
	ROW (244, 'old'::text, 3), 'an older one after four times as long as it was over');
SELECT row_eq($$SELECT days BETWEEN 90 AND 180 FROM pg_temp.next('activity', 'fetched', NULL)$$,
	ROW (true), 'one without a date after one to two times refresh_days');
SELECT row_eq($$SELECT * FROM pg_temp.next('statistics', 'fetched', NULL)$$,
	ROW (0, 'each run'::text, 2), 'statistics are fetched by each run');
SELECT row_eq($$SELECT days BETWEEN 0 AND 180, reason
	FROM pg_temp.next('listing', 'fetched', NULL)$$,
	ROW (true, 'in full again'::text), 'a list is read completely within twice refresh_days');
SELECT row_eq($$SELECT days, reason FROM pg_temp.next('home', 'fetched', NULL)$$,
	ROW (NULL::integer, NULL::text), 'pages of accounts have no time of their own');
SELECT row_eq($$SELECT * FROM pg_temp.next('activity', 'failing', 3, true, 7)$$,
	ROW (0, 'failing'::text, 9), 'what failed is tried by the next run, after all others');
SELECT row_eq($$SELECT days FROM pg_temp.next('activity', 'failing', 3, true, 20)$$,
	ROW (20), 'what has failed for long is tried more rarely');
SELECT row_eq($$SELECT days FROM pg_temp.next('activity', 'failing', 3, true, 200)$$,
	ROW (90), 'but at least once in refresh_days');
SELECT row_eq($$SELECT days FROM pg_temp.next('activity', 'failing', 3, false)$$,
	ROW (90), 'as rarely as what cannot succeed');
SELECT row_eq($$SELECT * FROM pg_temp.next('activity', 'gone', 10)$$,
	ROW (0, 'gone'::text, 2), 'a recent activity that is gone is tried by the next run');
SELECT row_eq($$SELECT days FROM pg_temp.next('activity', 'gone', 100)$$,
	ROW (NULL::integer), 'an older one not before a list shows it again');

-- What is due. An activity that was read so many days ago, when it had been over for so many.
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :run;
CREATE FUNCTION pg_temp.url(slug text) RETURNS text LANGUAGE sql AS $$
	SELECT 'https://a.example/activity/' || slug
$$;
CREATE FUNCTION pg_temp.known(slug text, read_days integer, days_over integer) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO activities (event_slug, url, title, description, start_date, is_future_event,
		created_at)
	VALUES (slug, pg_temp.url(slug), slug, '', current_date - read_days - days_over,
		days_over + read_days <= 0, now() - interval '500 days');
	INSERT INTO frontier (url, kind, section_id, event_slug, status, http_status, card_hash,
		rules_hash, content_hash, etag, fetched_at, tried_at, next_fetch_at, reason, priority)
	SELECT pg_temp.url(slug), 'activity', -1, slug, 'fetched', 200, 1, 1, 1, '"x"', t.at, t.at, n.*
	FROM (SELECT now() - make_interval(days => read_days) AS at) t,
	esn_next_fetch('activity', 'fetched', slug, t.at, t.at::date - days_over, NULL, NULL, 60, 90) n
$$;
CREATE FUNCTION pg_temp.reason(slug text, "full" boolean DEFAULT false) RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce((SELECT reason FROM esn_due_activities("full", NULL)
		WHERE url = pg_temp.url(slug)), 'not due')
$$;
SELECT pg_temp.known('upcoming', 1, -5), pg_temp.known('recent', 1, 58),
	pg_temp.known('over', 3, 67), pg_temp.known('old', 91, 70), pg_temp.known('old-due', 285, 71),
	pg_temp.known('ancient', 300, 700), pg_temp.known('gone', 400, 500) \g /dev/null
UPDATE frontier SET status = 'gone', next_fetch_at = '9999-01-01Z', reason = 'gone'
WHERE event_slug = 'gone';
UPDATE activities SET removed_at = now() - interval '100 days' WHERE event_slug = 'gone';
INSERT INTO frontier (url, kind, event_slug, next_fetch_at, reason)
VALUES (pg_temp.url('new'), 'activity', 'new', 'epoch', 'never read');
SELECT results_eq($$
	SELECT event_slug::text, reason FROM due_pages WHERE kind = 'activity'
	ORDER BY priority, event_slug
$$, $$VALUES ('new', 'never read'), ('recent', 'recent'), ('upcoming', 'upcoming'),
	('old-due', 'old')$$, 'the pages that are due, the new ones first');
SELECT results_eq($$SELECT kind, reason FROM due_pages WHERE kind <> 'activity' ORDER BY 1$$,
	$$VALUES ('listing', 'never read in full'), ('statistics', 'never read')$$,
	'and each section''s list and statistics');
SELECT is((SELECT count(*) FROM esn_due_activities(true, NULL)), 7::bigint,
	'full: all but what is gone');
SELECT is((SELECT age FROM due_pages WHERE event_slug = 'recent'), interval '1 day',
	'it says how long ago each was read');

-- What a run finds when it begins.
SET LOCAL esn_pulse.recent_days = 75;
SELECT is(pg_temp.reason('over'), 'not due', 'another setting does not count at once');
SELECT is(esn_reschedule(), 3::bigint, 'but when a run begins: it computes anew');
SELECT is(pg_temp.reason('over'), 'recent', 'what is recent by the new setting is due');
SELECT is(esn_reschedule(), 0::bigint, 'once');
SET LOCAL esn_pulse.recent_days = 60;
SELECT esn_reschedule() \g /dev/null
SELECT is(pg_temp.reason('over'), 'not due', 'and back');
SAVEPOINT found;
DELETE FROM activities WHERE event_slug = 'ancient';
SELECT esn_reschedule() \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'never read', 'an activity whose row was deleted is due');
ROLLBACK TO found;
UPDATE frontier SET tried_at = now() + interval '10 days', fetched_at = now() + interval '10 days',
	next_fetch_at = now() + interval '5000 days' WHERE event_slug = 'ancient';
SELECT esn_reschedule() \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'never read', 'a time to come counts as never');
ROLLBACK TO found;
INSERT INTO frontier (url, kind, next_fetch_at, reason)
VALUES ('https://activities.example/organisation/esn-due/activities?page=0', 'listing',
	now() + interval '3650 days', 'in full again');
SELECT esn_reschedule() \g /dev/null
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['never read in full'],
	'so does one of a list');
ROLLBACK TO found;

-- A run is in progress.
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset
UPDATE scraper_status SET since = now() - interval '2 days' WHERE id = :run;
SELECT is(pg_temp.reason('recent'), 'not due', 'what was fetched since the run began is not due');
SELECT is(pg_temp.reason('old-due'), 'old', 'what was fetched before is');
CREATE FUNCTION pg_temp.failed(will_retry boolean, tried_at timestamptz) RETURNS void
LANGUAGE sql AS $$
	UPDATE frontier f SET status = 'failing', tried_at = failed.tried_at,
		(next_fetch_at, reason, priority) = (SELECT n.* FROM esn_next_fetch('activity', 'failing',
			'new', failed.tried_at, NULL, will_retry, 1, 60, 90) n)
	WHERE event_slug = 'new'
$$;
SELECT pg_temp.failed(true, now() - interval '1 day') \g /dev/null
SELECT is(pg_temp.reason('new'), 'failing',
	'what failed in the run that this one resumes is tried again');
SELECT pg_temp.failed(false, now() - interval '1 day') \g /dev/null
SELECT is(pg_temp.reason('new', true), 'not due', 'unless that cannot succeed');
SELECT pg_temp.failed(true, now()) \g /dev/null
SELECT is(pg_temp.reason('new', true), 'not due', 'nothing is tried twice in a run');
UPDATE frontier SET next_fetch_at = 'epoch', reason = 'never read', status = 'discovered',
	tried_at = NULL WHERE event_slug = 'new';

-- Cards.
CREATE FUNCTION pg_temp.card(slug text, title text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('event_slug', slug, 'url', pg_temp.url(slug), 'title', title,
		'organiser', 'esn-due')
$$;
CREATE FUNCTION pg_temp.listing(VARIADIC cards jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('data', jsonb_build_object('cards', to_jsonb(cards)))
$$;
CREATE FUNCTION pg_temp.show(VARIADIC cards jsonb[]) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_listing((SELECT max(id) FROM scraper_status), jsonb_build_array(
		jsonb_build_object('section', 'xx-due', 'page', pg_temp.listing(VARIADIC cards))))
$$;
UPDATE frontier SET card_hash = NULL WHERE event_slug IN ('ancient', 'old');
SELECT pg_temp.show(pg_temp.card('ancient', 'A'), pg_temp.card('fresh', 'F')) \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'not due', 'a card that is seen first is no change');
SELECT results_eq(format($$SELECT is_due, is_fresh FROM esn_claim_cards(%s, jsonb_build_array(
	pg_temp.listing(pg_temp.card('old', 'O'))), 1, false)$$, :run), 'VALUES (false, false)',
	'nor is it after an upgrade, which knows no cards');
SELECT is(pg_temp.reason('fresh'), 'never read', 'an activity that is seen first is due');
SELECT pg_temp.show(pg_temp.card('ancient', 'A') || '{"organiser": "esn-other"}') \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'not due', 'the order of organisers is no change');
SELECT results_eq(format($$
	SELECT page, url, is_due, is_fresh FROM esn_claim_cards(%s, jsonb_build_array(
		pg_temp.listing(pg_temp.card('ancient', 'A'), pg_temp.card('ancient', 'B'),
			pg_temp.card('upcoming', 'x')),
		pg_temp.listing(pg_temp.card('none-such', 'N'))), 1, false)$$, :run),
	format($$VALUES (1, %L, false, false), (1, %1$L, true, true), (1, %L, false, true),
		(2, %L, true, true)$$, pg_temp.url('ancient'), pg_temp.url('upcoming'),
		pg_temp.url('none-such')),
	'new and changed cards are to be read, what was read since is not; fresh ones say: read on');
SELECT pg_temp.show(pg_temp.card('ancient', 'B'), pg_temp.card('gone', 'G'),
	pg_temp.card('upcoming', 'changed')) \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'card changed', 'another card makes the page due');
SELECT is(pg_temp.reason('gone'), 'card changed', 'so does a card of one that was gone');
SELECT is(pg_temp.reason('upcoming'), 'not due', 'not in a run that has already fetched it');
UPDATE scraper_status SET since = now(), started_at = now() + interval '1 second' WHERE id = :run;
SELECT is(pg_temp.reason('upcoming'), 'card changed', 'but in the next one');

-- Lists that are read completely. What a list shows of what it has shown before.
UPDATE frontier SET next_fetch_at = '9999-01-01Z', reason = NULL WHERE event_slug <> 'new';
INSERT INTO frontier (url, kind, status, fetched_at, tried_at)
VALUES ('https://activities.example/organisation/esn-due/activities?page=0', 'listing', 'fetched',
	now(), now());
CREATE FUNCTION pg_temp.finish(run bigint, VARIADIC shown text[], OUT missing integer,
	OUT known integer) RETURNS SETOF record
LANGUAGE sql AS $$
	SELECT f.missing, f.known FROM esn_finish_sections(run, jsonb_build_array(jsonb_build_object(
		'id', -1, 'is_full', true, 'seen_urls', (SELECT jsonb_object_agg(pg_temp.url(slug), NULL)
			FROM unnest(shown) slug))), 0.05) f
$$;
SELECT pg_temp.known(slug, 200, 100)
FROM unnest(ARRAY['a', 'b', 'c']) slug \g /dev/null
SELECT results_eq(format($$SELECT missing, known FROM pg_temp.finish(%s, 'upcoming')$$, :run),
	'VALUES (8, 9)', 'a list that lost most of itself is not believed');
SELECT is((SELECT sum(missing_count) FROM frontier), 0::bigint, 'nothing is noted');
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['never read in full'],
	'and it is to be read again');
CREATE FUNCTION pg_temp.finish_without_over(run bigint) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT * FROM pg_temp.finish(run, 'upcoming', 'recent', 'old', 'old-due', 'ancient', 'a', 'b',
		'c')
$$;
SELECT is_empty(format($$SELECT pg_temp.finish_without_over(%s)$$, :run), 'some may be missing');
SELECT is(pg_temp.reason('over'), 'missing from its list', 'then its own page is asked for');
SELECT is(pg_temp.reason('old'), 'not due', 'and no other');
SELECT is((SELECT marked FROM esn_mark_removed(:run, 0.05)), 0, 'missing once is no proof');
SELECT pg_temp.finish_without_over(:run) \g /dev/null
SELECT is((SELECT max(missing_count) FROM frontier), 1, 'twice in one run is once');
UPDATE frontier SET missing_at = now() - interval '90 days' WHERE missing_count > 0;
SELECT pg_temp.finish_without_over(:run) \g /dev/null
SAVEPOINT missing;
INSERT INTO frontier (url, kind, event_slug, status) VALUES (pg_temp.url('over-2'), 'activity',
	'over', 'fetched');
SELECT is((SELECT marked FROM esn_mark_removed(:run, 0.05)), 0,
	'nor is it where the list shows the activity at another address');
ROLLBACK TO missing;
SELECT is((SELECT marked FROM esn_mark_removed(:run, 0.05)), 1, 'missing from two readings is');
SELECT results_eq($$SELECT removed_at = now() FROM activities WHERE event_slug = 'over'$$,
	ARRAY[true], 'it is marked');
SELECT is(pg_temp.reason('over'), 'not due', 'and no longer fetched');
SELECT pg_temp.show(pg_temp.card('over', 'O')) \g /dev/null
SELECT is((SELECT missing_count FROM frontier WHERE event_slug = 'over'), 0,
	'seen again it is not missing');
SELECT is_empty('SELECT * FROM esn_due_lists(false)', 'a list that was read in full is not due');
UPDATE frontier SET next_fetch_at = now() - interval '1 day' WHERE kind = 'listing';
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['in full again'],
	'it is when its time has come');

-- A page of a list that has failed.
UPDATE frontier SET next_fetch_at = now() + interval '9 days' WHERE kind = 'listing';
SELECT pg_temp.fail('listing', 'https://activities.example/organisation/esn-due/activities?page=1',
	500, section => -1) \g /dev/null
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['failing'],
	'a list of which a page has failed is due');
SELECT esn_finish_sections(:run, '[{"id": -1, "is_full": true}]', 0.05) \g /dev/null
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['failing'],
	'what failed in this run was not read');
UPDATE failed_scrapes SET run_id = NULL;
SELECT esn_finish_sections(:run, '[{"id": -1, "is_full": false}]', 0.05) \g /dev/null
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['failing'],
	'nor was it if the list was not read completely');
SELECT esn_finish_sections(:run, '[{"id": -1, "is_full": true}]', 0.05) \g /dev/null
SELECT is_empty('SELECT * FROM esn_due_lists(false)', 'a complete reading closes the failure');
UPDATE frontier SET next_fetch_at = now() - interval '1 day' WHERE kind = 'listing';
UPDATE frontier SET reason = 'in full again' WHERE kind = 'listing';

-- Validators that were wrong.
UPDATE frontier SET http_status = 304 WHERE event_slug = 'old';
SELECT isnt_empty(format($$SELECT FROM generate_series(%s, %1$s + 20) run,
	esn_claim_pages(%1$s, 'activity', ARRAY[pg_temp.url('old')], 1, false)
	WHERE etag = '"x"'$$, :run), 'a page is requested with its validators');
SELECT esn_store_fetches(:run, 'activity', jsonb_build_array(pg_temp.page('activity',
	pg_temp.url('a'), '{"event_slug": "a"}', '[]', NULL, '{"etag": "\"x\"", "rules_hash": 1}')))
	\g /dev/null
SELECT results_eq($$SELECT event_slug::text FROM frontier WHERE validator_broken_at = now()$$,
	ARRAY['a'], 'a page that changed under its old ETag is noted');
SELECT is_empty(format($$SELECT FROM esn_claim_pages(%s, 'activity', ARRAY[pg_temp.url('old')], 1,
	false) WHERE etag IS NOT NULL$$, :run), 'no page is then requested with its validators');
SELECT is(pg_temp.reason('old'), 'not due', 'what was gone stays so');
UPDATE frontier SET next_fetch_at = now() + interval '1 day' WHERE event_slug = 'old';
SELECT esn_distrust_validators(ARRAY[pg_temp.url('a')]) \g /dev/null
SELECT is(pg_temp.reason('old'), 'validators were wrong',
	'what the site called unchanged before that is read again');

-- The plan.
SELECT results_eq($$
	SELECT kind, reason, requests FROM esn_plan('activities', 'esn-due')
	WHERE kind NOT IN ('activity', 'all') ORDER BY 1, 2
$$, $$VALUES ('listing', 'in full again', 1::bigint), ('robots', 'each day', 2),
	('statistics', 'each run', 1)$$, 'a plan says what will be asked for');
SELECT is((SELECT requests FROM esn_plan('activities') WHERE kind = 'all'),
	(SELECT sum(requests) FROM esn_plan('activities') WHERE kind <> 'all')::bigint,
	'and sums it up');

-- What is due, of a large network: one scan of an index, by the query that esn_due_activities() is.
INSERT INTO frontier (url, kind, event_slug, status, fetched_at, tried_at, next_fetch_at)
SELECT pg_temp.url('large-' || n), 'activity', 'large-' || n, 'fetched', now(), now(),
	now() + interval '1 day' * n
FROM generate_series(1, 20000) n;
ANALYZE frontier;
CREATE FUNCTION pg_temp.plan(function regproc) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || replace(replace((SELECT prosrc FROM pg_proc
		WHERE oid = function), function || '."full"', 'false'), function || '.section_ids',
		'NULL::integer[]') INTO plan;
	RETURN plan;
END $$;
SELECT results_eq($$
	SELECT node->>'Node Type', node->>'Index Name'
	FROM jsonb_path_query(pg_temp.plan('esn_due_activities'), 'strict $.**') node
	WHERE node ? 'Relation Name'$$,
	$$VALUES ('Index Scan', 'frontier_next_fetch_at_idx')$$, 'what is due is one index scan');

SELECT * FROM finish();
ROLLBACK;
