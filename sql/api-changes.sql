-- Tells the web gateway that something has changed, so that it forgets the answers it keeps, and
-- what runs do. Notifications are delivered when the transaction commits, each once.

CREATE OR REPLACE FUNCTION esn_internal.esn_notify_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('esn_pulse_change', '');
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_notify_change() IS
	'Trigger on all tables that the web gateway shows: NOTIFY esn_pulse_change.';

-- Columns as in esn_api_runs, but not taken from it: a worker's lock is not there yet when its row
-- is made. NOTIFY takes less than 8000 bytes.
CREATE OR REPLACE FUNCTION esn_internal.esn_notify_run() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('esn_pulse_run', jsonb_build_object('id', NEW.id, 'module',
		NEW.scraper_module, 'request', left(NEW.request, 500), 'status', NEW.status, 'started_at',
		NEW.started_at, 'completed_at', NEW.completed_at, 'sections_processed',
		NEW.sections_processed, 'sections_failed', NEW.sections_failed, 'activities_new',
		NEW.activities_new, 'activities_changed', NEW.activities_changed, 'activities_unchanged',
		NEW.activities_unchanged, 'activities_invalid', NEW.activities_invalid, 'requests',
		NEW.requests, 'pages_failed', NEW.pages_failed, 'taken_by', NEW.taken_by)::text);
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_notify_run() IS
	'Trigger on scraper_status: NOTIFY esn_pulse_run with a run as everybody may see it, as JSON.';

CREATE OR REPLACE TRIGGER notify_run AFTER INSERT OR UPDATE ON scraper_status
	FOR EACH ROW EXECUTE FUNCTION esn_notify_run();
COMMENT ON TRIGGER notify_run ON scraper_status IS 'Tells the web gateway what a run does.';

DO $$
DECLARE
	shown text;
BEGIN
	FOREACH shown IN ARRAY ARRAY['countries', 'sections', 'activities', 'activity_causes',
		'activity_types', 'objectives', 'activity_section_organisers', 'activity_to_type',
		'activity_to_cause', 'activity_to_sdg', 'activity_to_objective',
		'section_overall_statistics', 'section_cause_statistics', 'section_type_statistics',
		'section_participant_statistics', 'scraper_status', 'api_keys'] LOOP
		EXECUTE format('CREATE OR REPLACE TRIGGER notify_change AFTER INSERT OR UPDATE OR DELETE '
			'OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION esn_notify_change()', shown);
		EXECUTE format('COMMENT ON TRIGGER notify_change ON %I IS ''Tells the web gateway that '
			'something has changed.''', shown);
	END LOOP;
END $$;
