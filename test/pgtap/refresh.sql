-- What is due, and why; what lists change in that; what is missing from them; the plan.
BEGIN;
SELECT no_plan();
\ir pages.psql
SET LOCAL esn_pulse.recent_days = 60;
SET LOCAL esn_pulse.refresh_days = 90;

INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug, activities_url, can_scrape_activities)
VALUES (-1, 'ESN Due', 'xx-due', 'https://accounts.example/section/xx-due', 'esn-due', 'https://activities.example/organisation/esn-due', true);
-- An activity that a list shows and that was read: how long ago, when it ended then, and what else is known of it.
CREATE FUNCTION pg_temp.known(slug text, read_days integer, ended_days integer, status integer DEFAULT 200, removed boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
	INSERT INTO activities (event_slug, url, title, description, start_date, is_future_event, removed_at, created_at)
	VALUES (slug, 'https://a.example/activity/' || slug, slug, '', current_date - ended_days, ended_days <= 0, CASE WHEN removed THEN now() - interval '1 day' END,
		now() - interval '500 days');
	INSERT INTO listed_activities (event_slug, url, section_id, card_hash, changed_at)
	VALUES (slug, 'https://a.example/activity/' || slug, -1, 1, now() - interval '500 days');
	INSERT INTO fetched_pages (url, kind, activity_event_slug, http_status, fetched_at)
	VALUES ('https://a.example/activity/' || slug, 'activity', slug, status, now() - make_interval(days => read_days));
$$;
CREATE FUNCTION pg_temp.reason(slug text, "full" boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT reason FROM esn_due_activities("full", NULL) WHERE event_slug = slug), 'not due')
$$;

SELECT pg_temp.known('gone-long', 100, 90, removed => true) \g /dev/null
UPDATE fetched_pages SET gone_at = now() - interval '1 day' WHERE activity_event_slug = 'gone-long';
SELECT pg_temp.known('upcoming', 1, -5), pg_temp.known('recent', 1, 59), pg_temp.known('just-over', 3, 61), pg_temp.known('over', 3, 70),
	pg_temp.known('old', 91, 161), pg_temp.known('old-due', 285, 356), pg_temp.known('ancient', 300, 1000), pg_temp.known('gone', 400, 900, removed => true),
	pg_temp.known('gone-young', 3, 10, removed => true), pg_temp.known('undated', 200, 0) \g /dev/null
UPDATE activities SET start_date = NULL, is_valid = false WHERE event_slug = 'undated';
INSERT INTO listed_activities (event_slug, url, changed_at) VALUES ('new', 'https://a.example/activity/new', now() - interval '30 days');
SELECT results_eq($$SELECT event_slug::text, reason FROM due_pages WHERE kind = 'activity' ORDER BY 1$$, $$VALUES ('gone-young', 'recent'), ('just-over', 'recent'),
	('new', 'never read'), ('old-due', 'old'), ('recent', 'recent'), ('undated', 'old'), ('upcoming', 'upcoming')$$,
	'new ones, those that are upcoming or were recent when last read, and old ones the rarer the older');
SELECT results_eq($$SELECT kind, reason FROM due_pages WHERE kind <> 'activity' ORDER BY 1$$, $$VALUES ('listing', 'never read whole'), ('statistics', 'never read')$$,
	'and each section''s list and statistics');
SELECT is((SELECT count(*) FROM esn_due_activities(true, NULL)), (SELECT count(*) - 2 FROM listed_activities), 'full: all but what was removed long ago');
SELECT is((SELECT age FROM due_pages WHERE event_slug = 'recent'), interval '1 day', 'it says how long ago each was read');
SET LOCAL esn_pulse.recent_days = 75;
SELECT is(pg_temp.reason('over'), 'recent', 'esn_pulse.recent_days counts');
RESET esn_pulse.recent_days;

-- A run goes on.
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset
UPDATE scraper_status SET since = now() - interval '2 days' WHERE id = :run;
SELECT is(pg_temp.reason('recent'), 'not due', 'what was read since the run began is not due');
SELECT is(pg_temp.reason('just-over'), 'recent', 'what was read before is');

-- Failures.
INSERT INTO failed_scrapes (url, scraper_module, error_message, last_attempt, will_retry, retry_count)
VALUES ('https://a.example/activity/new', 'ActivitiesAndStatisticsScraper', 'x', now() - interval '3 days', true, 3);
SELECT is(pg_temp.reason('new'), 'never read', 'what failed is tried again in the next run');
UPDATE failed_scrapes SET retry_count = 20;
SELECT is(pg_temp.reason('new'), 'not due', 'what has failed for long is tried more rarely');
UPDATE failed_scrapes SET last_attempt = now() - interval '21 days';
SELECT is(pg_temp.reason('new'), 'never read', 'but is tried');
UPDATE failed_scrapes SET will_retry = false;
SELECT is(pg_temp.reason('new'), 'not due', 'what will not heal as rarely as an old one');
UPDATE failed_scrapes SET last_attempt = now(), run_id = :run;
SELECT is(pg_temp.reason('new', true), 'not due', 'nothing is tried twice in a run');

-- Cards.
CREATE FUNCTION pg_temp.card(slug text, title text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('event_slug', slug, 'url', 'https://a.example/activity/' || slug, 'title', title, 'organiser', 'esn-due')
$$;
CREATE FUNCTION pg_temp.listing(VARIADIC cards jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('data', jsonb_build_object('cards', to_jsonb(cards)))
$$;
CREATE FUNCTION pg_temp.show(VARIADIC cards jsonb[]) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_cards((SELECT max(id) FROM scraper_status), jsonb_build_array(jsonb_build_object('section', 'xx-due', 'page',
		pg_temp.listing(VARIADIC cards))), 'https://activities.example')
$$;
UPDATE listed_activities SET card_hash = NULL WHERE event_slug = 'ancient';
SELECT pg_temp.show(pg_temp.card('ancient', 'A'), pg_temp.card('fresh', 'F')) \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'not due', 'a card that is seen for the first time is no change');
UPDATE listed_activities SET card_hash = NULL WHERE event_slug = 'old';
SELECT results_eq(format($$SELECT is_due, is_young FROM esn_claim_cards(%s, jsonb_build_array(pg_temp.listing(pg_temp.card('old', 'O'))), 1, false)$$, :run), 'VALUES (false, false)',
	'nor is it after an upgrade, which knows no cards');
SELECT is(pg_temp.reason('fresh'), 'never read', 'an activity that is seen for the first time is due');
SELECT pg_temp.show(pg_temp.card('ancient', 'A') || '{"organiser": "esn-other"}') \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'not due', 'who stands first on a card is no change');
SELECT results_eq(format($$SELECT page, url, is_due, is_young FROM esn_claim_cards(%s, jsonb_build_array(pg_temp.listing(pg_temp.card('ancient', 'A'), pg_temp.card('ancient', 'B'),
	pg_temp.card('upcoming', 'x')), pg_temp.listing(pg_temp.card('none-such', 'N'))), 1, false)$$, :run), $$VALUES (1, 'https://a.example/activity/ancient', false, false),
	(1, 'https://a.example/activity/ancient', true, true), (1, 'https://a.example/activity/upcoming', false, true), (2, 'https://a.example/activity/none-such', true, true)$$,
	'of a list''s cards the new and the changed ones are to be read, what was read since is not; young ones say that one should read on');
SELECT pg_temp.show(pg_temp.card('ancient', 'B'), pg_temp.card('gone', 'G')) \g /dev/null
SELECT is(pg_temp.reason('ancient'), 'card changed', 'another card makes the page due');
SELECT is(pg_temp.reason('gone'), 'card changed', 'and so does a card of one that was thought to be gone');

-- Whole lists. What a list shows and has shown before.
CREATE FUNCTION pg_temp.finish(run bigint, VARIADIC shown text[], OUT missing integer, OUT known integer) RETURNS SETOF record
LANGUAGE sql AS $$SELECT f.missing, f.known FROM esn_finish_sections(run, jsonb_build_array(jsonb_build_object('id', -1, 'shown',
	(SELECT jsonb_object_agg(slug, NULL) FROM unnest(shown) slug))), 0.05) f$$;
SELECT results_eq(format($$SELECT missing, known FROM pg_temp.finish(%s, 'upcoming')$$, :run), 'VALUES (7, 8)', 'a list that lost most of itself is not believed');
SELECT is((SELECT sum(missed) FROM listed_activities), 0::bigint, 'nothing is noted');
SELECT is((SELECT count(*) FROM section_lists), 0::bigint, 'and it is to be read again');
SELECT is_empty(format($$SELECT * FROM pg_temp.finish(%s, 'upcoming', 'recent', 'just-over', 'old', 'old-due', 'ancient', 'undated')$$, :run), 'some may be missing');
SELECT is(pg_temp.reason('over'), 'missing from its list', 'then its own page is asked');
SELECT is((SELECT marked FROM esn_mark_removed(:run, 0.05)), 0, 'once missing is no proof');
SELECT pg_temp.finish(:run, 'upcoming', 'recent', 'just-over', 'old', 'old-due', 'ancient', 'undated') \g /dev/null
SELECT is((SELECT max(missed) FROM listed_activities), 1, 'twice in one run is once');
UPDATE listed_activities SET missed_at = now() - interval '90 days' WHERE missed > 0;
SELECT pg_temp.finish(:run, 'upcoming', 'recent', 'just-over', 'old', 'old-due', 'ancient', 'undated') \g /dev/null
SELECT is((SELECT marked FROM esn_mark_removed(:run, 0.05)), 1, 'missing from two readings is');
SELECT results_eq($$SELECT removed_at = now() FROM activities WHERE event_slug = 'over'$$, ARRAY[true], 'it is marked');
SELECT pg_temp.show(pg_temp.card('over', 'O')) \g /dev/null
SELECT is((SELECT missed FROM listed_activities WHERE event_slug = 'over'), 0, 'seen again it is not missing');
SELECT is_empty('SELECT * FROM esn_due_lists(false)', 'a list that was read whole is not due');
UPDATE section_lists SET read_at = now() - interval '181 days';
SELECT results_eq('SELECT reason FROM esn_due_lists(false)', ARRAY['whole again'], 'it is within twice esn_pulse.refresh_days');

-- Validators that lied.
UPDATE fetched_pages SET etag = '"x"', rules_hash = 1, http_status = 304 WHERE activity_event_slug IN ('old', 'recent');
SELECT isnt_empty(format($$SELECT FROM generate_series(%s, %1$s + 20) run, esn_claim_pages(%1$s, 'activity', ARRAY['https://a.example/activity/old'], 1, false)
	WHERE etag = '"x"'$$, :run), 'a page is asked for with its validators');
UPDATE fetched_pages SET lied_at = now() WHERE activity_event_slug = 'upcoming';
SELECT is_empty(format($$SELECT FROM esn_claim_pages(%s, 'activity', ARRAY['https://a.example/activity/old'], 1, false) WHERE etag IS NOT NULL$$, :run),
	'not after the site was caught');
SELECT is(pg_temp.reason('old'), 'validators were wrong', 'and what it called unchanged before that is read again');
UPDATE fetched_pages SET lied_at = NULL;

-- The plan.
SELECT results_eq($$SELECT kind, reason, requests FROM esn_plan('activities', 'esn-due') WHERE kind NOT IN ('activity', 'all') ORDER BY 1, 2$$,
	$$VALUES ('listing', 'whole again', 2::bigint), ('robots', 'each day', 2), ('statistics', 'each run', 1)$$, 'a plan says what will be asked for');
SELECT is((SELECT requests FROM esn_plan('activities') WHERE kind = 'all'), (SELECT sum(requests) FROM esn_plan('activities') WHERE kind <> 'all')::bigint, 'and sums it up');
SET LOCAL esn_pulse.request_delay = 1000;
SELECT is((SELECT duration FROM esn_plan('activities') WHERE kind = 'statistics'), interval '1 second', 'at the polite rate');
SELECT throws_ok($$SELECT esn_plan('everything')$$, '22023', 'there is no plan for the module "everything"');
SELECT throws_ok($$SELECT esn_plan('activities', 'esn-nowhere')$$, '42704', 'no section is known by the slug "esn-nowhere"');
SELECT isnt_empty($$SELECT FROM esn_plan('accounts') WHERE kind = 'home'$$, 'accounts, too');
INSERT INTO scraper_status (scraper_module, status, started_at, completed_at, requested_by, request) VALUES ('AccountsScraper', 'completed', now() - interval '8 days', now() - interval '8 days', 'somebody', 'accounts');
SELECT is_empty($$SELECT FROM esn_plan('all') WHERE kind = 'home'$$, 'all: where their last reading is young enough, without them');
SET LOCAL esn_pulse.accounts_max_age = '7d';
SELECT isnt_empty($$SELECT FROM esn_plan('all') WHERE kind = 'home'$$, 'and how young that is says esn_pulse.accounts_max_age');
RESET esn_pulse.accounts_max_age;

-- A run that was left unfinished is gone on with.
UPDATE scraper_status SET status = 'cancelled', completed_at = now(), is_unfinished = true, since = '2024-01-01' WHERE id = :run;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS next \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :next), now(), 'not after more than a day');
UPDATE scraper_status SET status = 'cancelled', completed_at = now(), is_unfinished = true, since = now() - interval '2 hours' WHERE id = :next;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'another') AS other \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :other), now(), 'nor by another request');
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :other;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS next \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :next), now() - interval '2 hours', 'by the same, within a day');

SELECT * FROM finish();
ROLLBACK;
