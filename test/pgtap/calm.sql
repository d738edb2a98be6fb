-- What is long over need not be looked at to know that it is not due: when that is noted, and what takes it back.
BEGIN;
SELECT no_plan();
\ir pages.psql
SET LOCAL esn_pulse.recent_days = 60;
SET LOCAL esn_pulse.refresh_days = 90;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset

CREATE FUNCTION pg_temp.listed(VARIADIC slugs text[]) RETURNS void LANGUAGE sql AS $$
	INSERT INTO listed_activities (event_slug, url, card_hash, changed_at)
	SELECT s, pg_temp.activity_url(s), 1, now() - interval '1 hour' FROM unnest(slugs) s
$$;
-- An activity that ended so many days ago.
CREATE FUNCTION pg_temp.over(slug text, days integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.activity(slug, jsonb_build_object('start_date', current_date - days - 1, 'end_date', current_date - days))
$$;
CREATE FUNCTION pg_temp.calm() RETURNS TABLE (slug text, days integer, days_left text) LANGUAGE sql AS $$
	SELECT event_slug, days_over, (calm_until::date - current_date)::text FROM listed_activities ORDER BY event_slug COLLATE "C"
$$;
CREATE FUNCTION pg_temp.reason(slug text, "full" boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT reason FROM esn_due_activities("full", NULL) WHERE event_slug = slug), 'not due')
$$;
-- All that was read was read so many days ago.
CREATE FUNCTION pg_temp.days_pass(days integer) RETURNS void LANGUAGE sql AS $$
	ALTER TABLE fetched_pages DISABLE TRIGGER take_note_back;
	UPDATE fetched_pages SET fetched_at = fetched_at - make_interval(days => days);
	ALTER TABLE fetched_pages ENABLE TRIGGER take_note_back;
	UPDATE listed_activities SET changed_at = changed_at - make_interval(days => days), calm_until = calm_until - make_interval(days => days),
		read_at = read_at - make_interval(days => days), ends = ends - days;
	ALTER TABLE activities DISABLE TRIGGER take_note_back;
	UPDATE activities SET start_date = start_date - days, end_date = end_date - days;
	ALTER TABLE activities ENABLE TRIGGER take_note_back;
$$;
-- All that was read was read a minute ago.
CREATE FUNCTION pg_temp.minute_passes() RETURNS void LANGUAGE sql AS $$
	ALTER TABLE fetched_pages DISABLE TRIGGER take_note_back;
	UPDATE fetched_pages SET fetched_at = now() - interval '1 minute';
	ALTER TABLE fetched_pages ENABLE TRIGGER take_note_back;
	UPDATE listed_activities SET read_at = now() - interval '1 minute' WHERE read_at IS NOT NULL;
$$;

SELECT pg_temp.listed('long', 'longer', 'recent', 'undated', 'unread', 'upcoming') \g /dev/null
SELECT is(pg_temp.store(pg_temp.over('long', 100), pg_temp.over('longer', 1000), pg_temp.over('recent', 60), pg_temp.over('upcoming', -3),
	pg_temp.activity('undated', '{"start_date": null, "end_date": null}', '[{"field": "start_date", "message": "missing", "raw": null}]')), '5 new, 0 changed, 0 unchanged, 1 invalid');
SELECT results_eq('SELECT * FROM pg_temp.calm()', $$VALUES ('long', 100, '400'), ('longer', 1000, '4000'), ('recent', NULL, NULL), ('undated', NULL, NULL),
	('unread', NULL, NULL), ('upcoming', NULL, NULL)$$, 'what is over for longer than recent_days when it is read is calm for four times as long');

UPDATE scraper_status SET status = 'completed', completed_at = now(), since = now() - interval '1 hour';
SELECT pg_temp.minute_passes() \g /dev/null
SELECT results_eq($$SELECT event_slug::text, reason FROM esn_due_activities(false, NULL) ORDER BY 1$$, $$VALUES ('recent', 'recent'), ('unread', 'never read'), ('upcoming', 'upcoming')$$,
	'it is not due');
SELECT is((SELECT count(*) FROM esn_due_activities(true, NULL)), 6::bigint, 'full: it is, too');
SET LOCAL esn_pulse.recent_days = 100;
SELECT is(pg_temp.reason('long'), 'recent', 'and where recent_days has become longer');
SET LOCAL esn_pulse.recent_days = 60;
UPDATE fetched_pages SET http_status = 304 WHERE activity_event_slug = 'longer';
UPDATE fetched_pages SET lied_at = now() WHERE activity_event_slug = 'recent';
SELECT is(pg_temp.reason('longer'), 'validators were wrong', 'and where the site''s validators were wrong');
UPDATE fetched_pages SET lied_at = NULL;

SELECT results_eq($$SELECT event_slug::text, current_date - ends FROM listed_activities WHERE read_at IS NOT NULL ORDER BY 1$$,
	$$VALUES ('long', 100), ('longer', 1000), ('recent', 60), ('undated', NULL), ('upcoming', -3)$$, 'of each that was read it is noted when it ends');

-- Read again.
SELECT ctid AS before FROM listed_activities WHERE event_slug = 'longer' \gset
SELECT esn_store_fetches(:run, 'activity', pg_temp.not_modified(pg_temp.activity_url('longer'))) \g /dev/null
SELECT is((SELECT ctid FROM listed_activities WHERE event_slug = 'longer'), :'before', 'one that is calm and is read again stays as it is');
SELECT pg_temp.days_pass(399) \g /dev/null
SELECT is(pg_temp.reason('long'), 'not due', 'it is not due before its time');
SELECT pg_temp.days_pass(2) \g /dev/null
SELECT is(pg_temp.reason('long'), 'old', 'but is then');
SELECT esn_store_fetches(:run, 'activity', pg_temp.not_modified(pg_temp.activity_url('long'))) \g /dev/null
SELECT results_eq($$SELECT days, days_left FROM pg_temp.calm() WHERE slug = 'long'$$, $$VALUES (501, '2004')$$, 'read again it is calm for longer');
SELECT esn_store_fetches(:run, 'activity', pg_temp.not_modified(pg_temp.activity_url('recent'))) \g /dev/null
SELECT results_eq($$SELECT days FROM pg_temp.calm() WHERE slug = 'recent'$$, 'VALUES (461)', 'and what was recent when it was read before is calm now');
SELECT pg_temp.minute_passes() \g /dev/null

-- What takes it back.
CREATE FUNCTION pg_temp.is_calm(slug text) RETURNS boolean LANGUAGE sql AS $$SELECT calm_until IS NOT NULL FROM listed_activities WHERE event_slug = slug$$;
SAVEPOINT calm;
SELECT is(pg_temp.store(pg_temp.over('long', -5)), '0 new, 1 changed, 0 unchanged, 0 invalid');
SELECT pg_temp.minute_passes() \g /dev/null
SELECT is(pg_temp.reason('long'), 'upcoming', 'another date on its page');
ROLLBACK TO calm;
UPDATE activities SET end_date = current_date WHERE event_slug = 'long';
SELECT is(pg_temp.reason('long'), 'upcoming', 'another date by hand');
ROLLBACK TO calm;
UPDATE activities SET title = 'Another' WHERE event_slug = 'long';
SELECT ok(pg_temp.is_calm('long'), 'not another title');
DELETE FROM activities WHERE event_slug = 'long';
SELECT is(pg_temp.reason('long'), 'never read', 'its row is gone');
ROLLBACK TO calm;
DELETE FROM fetched_pages WHERE activity_event_slug = 'long';
SELECT is(pg_temp.reason('long'), 'never read', 'what is known of its page is gone');
ROLLBACK TO calm;
UPDATE activities SET removed_at = now() WHERE event_slug = 'long';
SELECT ok(NOT pg_temp.is_calm('long'), 'it is removed');
ROLLBACK TO calm;
UPDATE fetched_pages SET gone_at = now() WHERE activity_event_slug = 'long';
SELECT ok(NOT pg_temp.is_calm('long'), 'its page is gone');
ROLLBACK TO calm;
UPDATE fetched_pages SET fetched_at = now() - interval '10 years' WHERE activity_event_slug = 'long';
SELECT isnt(pg_temp.reason('long'), 'not due', 'somebody wants it to be read again');
ROLLBACK TO calm;
TRUNCATE fetched_pages;
SELECT is((SELECT count(*) FROM esn_due_activities(false, NULL)), 6::bigint, 'nothing is known of any page');
ROLLBACK TO calm;
SELECT esn_store_cards(:run, jsonb_build_array(jsonb_build_object('section', NULL, 'page', jsonb_build_object('data', jsonb_build_object('cards',
	jsonb_build_array(jsonb_build_object('event_slug', 'long', 'url', pg_temp.activity_url('long'), 'title', 'Another')))))), 'https://activities.example') \g /dev/null
SELECT is(pg_temp.reason('long'), 'card changed', 'another card');
ROLLBACK TO calm;
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url) VALUES (-1, 'ESN Calm', 'xx-calm', 'https://accounts.example/section/xx-calm');
UPDATE listed_activities SET section_id = -1;
UPDATE activities SET created_at = now() - interval '500 days';
SELECT esn_finish_sections(:run, '[{"id": -1, "shown": {"longer": null, "recent": null, "undated": null, "unread": null, "upcoming": null}}]', 0.05) \g /dev/null
SELECT is(pg_temp.reason('long'), 'missing from its list', 'it is missing from its list');
SELECT is(pg_temp.reason('longer'), 'not due', 'and of all that nothing is due that is not concerned');

SELECT * FROM finish();
ROLLBACK;
