-- Pages that have moved: an address that redirects to another one of its kind. What was known goes
-- on under the new slug. A page that has moved has "moved_from", its old address.

-- Where the list has shown the new address first, there are two rows. The new one gets the history.
CREATE OR REPLACE FUNCTION esn_internal.esn_move_activities(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	m record;
	old @extschema@.activities;
	other @extschema@.activities;
BEGIN
	FOR m IN
		SELECT p->>'moved_from' AS moved_from, p->'page'->'data'->>'event_slug' AS slug,
			p->>'url' AS url
		FROM jsonb_array_elements(pages) p
		WHERE p ? 'moved_from' AND length(p->'page'->'data'->>'event_slug') <= 255
		ORDER BY 1
	LOOP
		SELECT a.* INTO old
		FROM @extschema@.frontier f JOIN @extschema@.activities a ON a.event_slug = f.event_slug
		WHERE f.url = m.moved_from AND a.event_slug <> m.slug;
		CONTINUE WHEN NOT FOUND;
		SELECT a.* INTO other FROM @extschema@.activities a WHERE a.event_slug = m.slug;
		IF NOT FOUND THEN
			UPDATE @extschema@.activities a SET event_slug = m.slug, url = m.url, updated_at = now()
			WHERE a.id = old.id;
			CONTINUE;
		END IF;
		UPDATE @extschema@.changes c SET activity_id = other.id WHERE c.activity_id = old.id;
		UPDATE @extschema@.activities a SET created_at = old.created_at
		WHERE a.id = other.id AND a.created_at > old.created_at;
		CONTINUE WHEN old.removed_at IS NOT NULL;
		INSERT INTO @extschema@.changes (run_id, activity_id, old_values, new_values)
		VALUES (esn_current_run(), other.id, jsonb_build_object('event_slug', old.event_slug),
			jsonb_build_object('event_slug', m.slug));
		UPDATE @extschema@.activities a SET removed_at = now(), updated_at = now(),
			removed_reason = 'moved to ' || m.slug
		WHERE a.id = old.id;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_move_activities(jsonb) IS
	'Renames activities whose pages have moved. Where the new slug is known, too, that activity '
	'gets the history, and the old one is marked as removed. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_internal.esn_move_sections(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	m record;
	old @extschema@.sections;
	other @extschema@.sections;
BEGIN
	FOR m IN
		SELECT p->>'moved_from' AS moved_from, p->'page'->'data'->>'slug' AS slug, p->>'url' AS url
		FROM jsonb_array_elements(pages) p
		WHERE p ? 'moved_from' AND length(p->'page'->'data'->>'slug') <= 255
		ORDER BY 1
	LOOP
		SELECT s.* INTO old FROM @extschema@.sections s
		WHERE s.accounts_url = m.moved_from AND s.accounts_platform_slug <> m.slug;
		CONTINUE WHEN NOT FOUND;
		SELECT s.* INTO other FROM @extschema@.sections s WHERE s.accounts_platform_slug = m.slug;
		IF FOUND AND (other.last_scraped IS NOT NULL OR EXISTS (SELECT
			FROM @extschema@.activity_section_organisers o WHERE o.section_id = other.id))
		THEN
			UPDATE @extschema@.sections s SET removed_at = now(), can_scrape_activities = false,
				activities_platform_slug = NULL, removed_reason = 'moved to ' || m.slug
			WHERE s.id = old.id AND s.removed_at IS NULL;
			CONTINUE;
		END IF;
		-- A list has just shown the new slug: that row holds nothing yet.
		DELETE FROM @extschema@.sections s WHERE s.id = other.id;
		UPDATE @extschema@.sections s SET accounts_platform_slug = m.slug, accounts_url = m.url
		WHERE s.id = old.id;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_move_sections(jsonb) IS
	'Renames sections whose pages have moved. Where activities of the new slug are known, the old '
	'section is marked as removed. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_internal.esn_note_moves(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- It belongs to no list any more, or the list would seem to lack it.
	UPDATE @extschema@.frontier f SET status = 'fetched', fetched_at = now(), tried_at = now(),
		event_slug = left(p->'page'->'data'->>'event_slug', 255), section_id = NULL, etag = NULL,
		last_modified = NULL, content_hash = NULL, reason = 'moved',
		next_fetch_at = CASE WHEN f.kind = 'activity' THEN '9999-01-01Z'::timestamptz END
	FROM jsonb_array_elements(pages) p WHERE f.url = p->>'moved_from';
	UPDATE @extschema@.failed_scrapes f SET resolved_at = now()
	FROM jsonb_array_elements(pages) p
	WHERE f.url = left(p->>'moved_from', 500) AND f.resolved_at IS NULL;
	UPDATE @extschema@.validation_errors v SET resolved_at = now()
	FROM jsonb_array_elements(pages) p
	WHERE v.url = p->>'moved_from' AND v.resolved_at IS NULL;
END $$;
COMMENT ON FUNCTION esn_note_moves(jsonb) IS
	'Notes of the old addresses of pages that have moved that they are not requested any more. '
	'pages: array of pages.';
