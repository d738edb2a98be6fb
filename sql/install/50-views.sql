-- Views.

CREATE OR REPLACE VIEW esn_runs AS
SELECT s.id, s.scraper_module, s.request,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'failed' ELSE s.status END AS status,
	s.started_at, s.completed_at, s.sections_processed, s.sections_failed,
	s.activities_new, s.activities_changed, s.activities_unchanged, s.activities_invalid,
	s.requests, s.not_modified, s.bytes_received, s.pages_failed,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'interrupted: its worker process is gone'
		ELSE s.error_message END AS error_message,
	s.requested_by, s.worker_pid
FROM scraper_status s
CROSS JOIN LATERAL (
	-- A standby sees none of the primary's locks: there the row is all that is known.
	SELECT s.status <> 'running' OR pg_is_in_recovery() OR EXISTS (
		SELECT FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND l.classid = 1163087440 AND l.objid = 1 AND l.objsubid = 2 AND l.granted AND l.pid = s.worker_pid) AS alive
) a
ORDER BY s.id DESC;
COMMENT ON VIEW esn_runs IS 'The runs, newest first, as scraper_status has them; one that died without a word (server crash, power cut) shows as failed, on a standby only after its promotion.';
