-- What changed, when, and by which run.

-- A transition table has as many rows as a batch has pages, or as the whole table. A plan that was
-- cached for the former must also be good for the latter.
CREATE OR REPLACE FUNCTION esn_internal.esn_record_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET enable_hashjoin = on SET enable_nestloop = off AS $$
BEGIN
	PERFORM esn_check_schema();
	WITH pair AS MATERIALIZED (
		SELECT o.id, to_jsonb(o.*) - TG_ARGV AS before, to_jsonb(n.*) - TG_ARGV AS after
		FROM old_rows o JOIN new_rows n ON n.id = o.id
	)
	INSERT INTO @extschema@.changes (run_id, activity_id, section_id, old_values, new_values)
	SELECT esn_current_run(), CASE TG_TABLE_NAME WHEN 'activities' THEN p.id END, CASE TG_TABLE_NAME
		WHEN 'sections' THEN p.id END,
		(SELECT jsonb_object_agg(b.key, b.value) FROM jsonb_each(p.before) b
			WHERE b.value <> p.after->b.key),
		(SELECT jsonb_object_agg(a.key, a.value) FROM jsonb_each(p.after) a
			WHERE a.value <> p.before->a.key)
	FROM pair p
	WHERE p.before <> p.after
		-- The first reading of a section that only a list has shown completes its row; it changes
		-- nothing.
		AND (TG_TABLE_NAME <> 'sections' OR p.before->'removed_at' <> p.after->'removed_at'
			OR p.before->'can_scrape_activities' <> 'null' AND jsonb_strip_nulls(p.before)
				?| ARRAY['city', 'address', 'email', 'website', 'university_name', 'latitude',
					'logo_url'])
	ORDER BY p.id;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_record_changes() IS
	'Trigger on activities and sections, once per statement: records the fields that an UPDATE '
	'changed in the table changes. Fields named as arguments of the trigger are ignored.';

CREATE OR REPLACE TRIGGER record_changes AFTER UPDATE ON activities
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
EXECUTE FUNCTION esn_record_changes('created_at', 'updated_at', 'is_future_event', 'fields_filled',
	'removed_reason');
COMMENT ON TRIGGER record_changes ON activities IS 'Records changed fields in the table changes.';

CREATE OR REPLACE TRIGGER record_changes AFTER UPDATE ON sections
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
EXECUTE FUNCTION esn_record_changes('last_scraped', 'last_validated_activities_slug',
	'removed_reason');
COMMENT ON TRIGGER record_changes ON sections IS 'Records changed fields in the table changes.';

-- Two halves, so that each finds its slug by an index. Each is sorted, so that reading the newest
-- rows does not sort the rest.
CREATE OR REPLACE VIEW esn_history AS
SELECT changed_at, run_id, kind, slug, name, field, old_value, new_value
FROM (
	(SELECT c.id, c.changed_at, c.run_id, 'activity' AS kind, a.event_slug AS slug, a.title AS name,
		f.field,
		c.old_values->>f.field AS old_value, c.new_values->>f.field AS new_value
	FROM changes c JOIN activities a ON a.id = c.activity_id CROSS
		JOIN LATERAL jsonb_object_keys(c.new_values) AS f(field)
	ORDER BY c.changed_at DESC, c.id DESC)
	UNION ALL
	(SELECT c.id, c.changed_at, c.run_id, 'section', s.accounts_platform_slug, s.name, f.field,
		c.old_values->>f.field, c.new_values->>f.field
	FROM changes c JOIN sections s ON s.id = c.section_id CROSS
		JOIN LATERAL jsonb_object_keys(c.new_values) AS f(field)
	WHERE c.section_id IS NOT NULL
	ORDER BY c.changed_at DESC, c.id DESC)
) h
ORDER BY changed_at DESC, id DESC;
COMMENT ON VIEW esn_history IS
	'What changed, one row per field, newest first. kind: activity or section. slug: event_slug or '
	'accounts_platform_slug. run_id: NULL if it was changed by hand.';
