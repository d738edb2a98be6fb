-- Usage of the web gateway: reports are stored once, and summed by hour as often as one likes.
BEGIN;
SELECT no_plan();
CREATE FUNCTION pg_temp.report(batch text, hour timestamptz, requests integer, status integer)
	RETURNS integer LANGUAGE sql AS $$
	SELECT http_status FROM esn_api(NULL, NULL, usage => jsonb_build_object('batch', batch, 'rows',
		jsonb_build_array(jsonb_build_object('hour', hour, 'route', 'GET /x', 'status', status,
		'requests', requests, 'milliseconds', 10 * requests))))$$;
SELECT is(pg_temp.report('a', now() - interval '1 h', 3, 200), 204, 'a report is taken');
SELECT is(pg_temp.report('a', now() - interval '1 h', 3, 200), 204, 'also when it is sent twice');
SET LOCAL TimeZone = 'Asia/Kolkata';
SELECT is(pg_temp.report('b', now() - interval '1 h', 4, 200), 204,
	'and another, in a time zone with half hours');
SELECT is(pg_temp.report('b', now() - interval '1 h', 1, 404), 204, 'with another status');
SET LOCAL TimeZone = 'UTC';
SELECT is(pg_temp.report('c', now(), 5, 200), 204, 'and one of this hour');
SELECT is(pg_temp.report('d', now() - interval '3 days', 5, 200), 204, 'one that is late');
PREPARE usage AS SELECT date_trunc('hour', now()) - hour, route, status, requests,
	mean_milliseconds FROM esn_usage ORDER BY 1, 3;
SELECT results_eq('usage', $$VALUES (interval '0', 'GET /x', 200, 5::bigint, 10.0),
	('1 h', 'GET /x', 200, 7, 10.0), ('1 h', 'GET /x', 404, 1, 10.0)$$,
	'each report counts once, and a late one not at all');
SELECT count(esn_roll_up_usage()) FROM generate_series(1, 50);
-- Its hours begin one minute later, so that an hour of UTC would seem to be over then.
SET LOCAL TimeZone = '<late>+00:01';
SELECT count(esn_roll_up_usage()) FROM generate_series(1, 50);
SET LOCAL TimeZone = 'UTC';
SELECT is_empty($$SELECT * FROM api_usage WHERE hour >= date_trunc('hour', now())$$,
	'an hour that is not over is not summed');
SELECT results_eq('usage', $$VALUES (interval '0', 'GET /x', 200, 5::bigint, 10.0),
	('1 h', 'GET /x', 200, 7, 10.0), ('1 h', 'GET /x', 404, 1, 10.0)$$,
	'summed a hundred times, it is the same');
SELECT is(pg_temp.report('e', now() - interval '1 h', 10, 200), 204, 'what comes later');
SELECT is(esn_roll_up_usage(), 1::bigint, 'is summed, too');
SELECT is((SELECT sum(requests) FROM esn_usage), 23::numeric, 'with the rest');
UPDATE api_usage_raw SET hour = hour - interval '8 days';
UPDATE api_usage SET hour = hour - interval '8 days';
SELECT is(esn_roll_up_usage(), 1::bigint, 'an hour that had been of today is summed');
SELECT is((SELECT count(*) FROM api_usage_raw), 0::bigint, 'after a week reports are removed');
SELECT is((SELECT sum(requests) FROM esn_usage), 23::numeric, 'and the sums stay');
SELECT hasnt_column('esn_internal', 'api_usage_raw', 'address', 'no addresses are stored');
SELECT throws_ok($$SELECT esn_api(NULL, NULL, usage => '{"batch": "x", "rows": 1}')$$, '22023',
	NULL, 'nonsense is not stored');

SELECT * FROM finish();
ROLLBACK;
