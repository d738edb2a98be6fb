-- How much the web gateway is used: what it reports, summed by hour. Nothing says by whom.

-- Hours are those of UTC, because the hours of some time zones begin at another minute.
CREATE OR REPLACE FUNCTION esn_internal.esn_store_usage(usage jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	stored bigint;
BEGIN
	INSERT INTO api_usage_raw (batch, hour, route, status, requests, milliseconds)
	SELECT left(usage->>'batch', 100), date_trunc('hour', u.hour, 'UTC'), left(u.route, 200),
		u.status, sum(u.requests), sum(u.milliseconds)
	FROM jsonb_to_recordset(usage->'rows') AS u(hour timestamptz, route text, status integer,
		requests bigint, milliseconds bigint)
	WHERE u.hour BETWEEN now() - interval '1 day' AND now() + interval '1 hour'
	GROUP BY 1, 2, 3, 4
	ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS stored = ROW_COUNT;
	IF EXISTS (SELECT FROM api_usage_raw r WHERE r.hour = date_trunc('hour', now(), 'UTC')
			- interval '1 hour')
		AND NOT EXISTS (SELECT FROM api_usage h WHERE h.hour = date_trunc('hour', now(), 'UTC')
			- interval '1 hour')
	THEN
		PERFORM esn_roll_up_usage();
	END IF;
	RETURN stored;
END $$;
COMMENT ON FUNCTION esn_store_usage(jsonb) IS
	'Stores what a gateway has answered. What is more than a day old is left out: its hours may '
	'have been summed for good. In a new hour it calls esn_roll_up_usage(). usage: {"batch": name '
	'of the report, "rows": [{"hour", "route", "status", "requests", "milliseconds"}]}. Returns '
	'the number of new rows.';

-- The sum of an hour is that of its raw rows, however often it is made. Those stay for a week.
CREATE OR REPLACE FUNCTION esn_internal.esn_roll_up_usage() RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	summed bigint;
BEGIN
	INSERT INTO api_usage AS k (hour, route, status, requests, milliseconds)
	SELECT r.hour, r.route, r.status, sum(r.requests), sum(r.milliseconds)
	FROM api_usage_raw r WHERE r.hour < date_trunc('hour', now(), 'UTC')
	GROUP BY 1, 2, 3
	ON CONFLICT ON CONSTRAINT api_usage_pkey DO UPDATE SET requests = excluded.requests,
		milliseconds = excluded.milliseconds
	WHERE (k.requests, k.milliseconds) <> (excluded.requests, excluded.milliseconds);
	GET DIAGNOSTICS summed = ROW_COUNT;
	DELETE FROM api_usage_raw r
	WHERE r.hour < date_trunc('hour', now() - interval '7 days', 'UTC');
	RETURN summed;
END $$;
COMMENT ON FUNCTION esn_roll_up_usage() IS
	'Sums the usage of the web gateway by hour, for hours that are over, and removes what it was '
	'summed from after a week. Returns how many sums are new or other than before.';

CREATE OR REPLACE VIEW esn_usage AS
SELECT u.hour, u.route, u.status, u.requests,
	(u.milliseconds / nullif(u.requests, 0)::numeric)::numeric(12, 1) AS mean_milliseconds
FROM (SELECT r.hour, r.route, r.status, sum(r.requests)::bigint AS requests,
		sum(r.milliseconds)::bigint AS milliseconds
	FROM esn_internal.api_usage_raw r GROUP BY 1, 2, 3
	UNION ALL
	SELECT h.hour, h.route, h.status, h.requests, h.milliseconds FROM esn_internal.api_usage h
	WHERE NOT EXISTS (SELECT FROM esn_internal.api_usage_raw r WHERE r.hour = h.hour)) u
ORDER BY u.hour DESC, u.requests DESC, u.route, u.status;
COMMENT ON VIEW esn_usage IS
	'How much the web gateway is used: requests by hour of UTC, route and status, newest first. It '
	'is not known who made them.';
COMMENT ON COLUMN esn_usage.hour IS 'The beginning of the hour.';
COMMENT ON COLUMN esn_usage.route IS 'Method and path; {} is whatever stood there.';
COMMENT ON COLUMN esn_usage.status IS 'The HTTP status of the answers.';
COMMENT ON COLUMN esn_usage.requests IS 'The number of requests.';
COMMENT ON COLUMN esn_usage.mean_milliseconds IS 'From the request to the answer, on average.';
