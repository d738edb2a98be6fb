-- What the daily maintenance and the backup leave behind: when each task last succeeded or failed.

CREATE TABLE IF NOT EXISTS esn_internal.tasks (
	task			text CONSTRAINT tasks_pkey PRIMARY KEY,
	succeeded_at	timestamptz,
	failed_at		timestamptz,
	problem			text
);
COMMENT ON TABLE tasks IS
	'The tasks of esn_maintenance() and the backup: when each last succeeded or failed.';
COMMENT ON COLUMN tasks.task IS 'As esn_maintenance() names it, or backup.';
COMMENT ON COLUMN tasks.succeeded_at IS 'When it last succeeded. NULL: never.';
COMMENT ON COLUMN tasks.failed_at IS 'When it failed. NULL: it has succeeded since.';
COMMENT ON COLUMN tasks.problem IS 'Why it failed.';

CREATE OR REPLACE FUNCTION esn_internal.esn_note_task(task text, problem text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tasks AS t (task, succeeded_at, failed_at, problem)
	VALUES (esn_note_task.task, CASE WHEN esn_note_task.problem IS NULL THEN now() END,
		CASE WHEN esn_note_task.problem IS NOT NULL THEN now() END, esn_note_task.problem)
	ON CONFLICT ON CONSTRAINT tasks_pkey DO UPDATE SET
		succeeded_at = coalesce(excluded.succeeded_at, t.succeeded_at),
		failed_at = excluded.failed_at, problem = excluded.problem;
END $$;
COMMENT ON FUNCTION esn_note_task(text, text) IS
	'Notes how a task ended. task: its name. problem: why it failed, NULL: it succeeded.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_maintenance(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN t.failing IS NOT NULL THEN 'critical' ELSE 'ok' END,
		CASE WHEN t.failing IS NOT NULL
				THEN esn_wrap(esn_shorten('failed: ' || t.failing, 120), 24)
			ELSE coalesce(to_char(t.last, 'YYYY-MM-DD HH24:MI'), 'none yet') END,
		CASE WHEN t.failing IS NOT NULL THEN E'Fix the cause. To try it again:\n'
			'SELECT * FROM esn_maintenance();' END
	FROM (SELECT max(succeeded_at) AS last, string_agg(task || ': ' || problem, '; ' ORDER BY task)
			FILTER (WHERE failed_at IS NOT NULL) AS failing
		FROM tasks WHERE task <> 'backup') t
$$;
COMMENT ON FUNCTION esn_check_maintenance() IS
	'A check of esn_health_check(): whether each task of the last maintenance succeeded.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_backup(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN t.failed_at IS NOT NULL THEN 'critical'
			WHEN t.succeeded_at < now() - interval '8 days' THEN 'warning' ELSE 'ok' END,
		CASE WHEN t.failed_at IS NOT NULL
				THEN esn_wrap(esn_shorten('failed: ' || t.problem, 120), 24)
			ELSE coalesce(to_char(t.succeeded_at, 'YYYY-MM-DD HH24:MI'), 'none yet') END,
		CASE WHEN t.failed_at IS NOT NULL THEN 'Fix the cause, and run scripts/backup.sh.'
			WHEN t.succeeded_at < now() - interval '8 days'
				THEN E'Does its timer run?\nsystemctl list-timers' END
	FROM (SELECT) one LEFT JOIN tasks t ON t.task = 'backup'
$$;
COMMENT ON FUNCTION esn_check_backup() IS
	'A check of esn_health_check(): whether the last scripts/backup.sh succeeded.';
