-- Tells the web gateway that something has changed, so that it forgets the answers it keeps. The
-- notification is delivered when the transaction commits, once per transaction.

CREATE OR REPLACE FUNCTION esn_internal.esn_notify_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('esn_pulse_change', '');
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_notify_change() IS
	'Trigger on all tables that the web gateway shows: NOTIFY esn_pulse_change.';

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
