-- The relations of activities: their organisers, causes, goals and objectives. Their own fields are
-- stored in store-activities.sql.

-- New activities have no relations yet: nothing is to be compared, removed or recorded.
CREATE OR REPLACE FUNCTION esn_internal.esn_insert_relations(relations jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH want AS MATERIALIZED (
		SELECT * FROM jsonb_to_recordset(relations)
			AS r(id bigint, sections integer[], causes text[], sdgs text[], objectives text[])
	), organiser AS (
		INSERT INTO @extschema@.activity_section_organisers (activity_id, section_id)
		SELECT w.id, s.id FROM want w, unnest(w.sections) AS s(id)
	), cause AS (
		INSERT INTO @extschema@.activity_to_cause (activity_id, cause_id)
		SELECT DISTINCT w.id, n.id FROM want w, unnest(w.causes) AS v(name)
			JOIN @extschema@.activity_causes n ON n.name = v.name
	), sdg AS (
		INSERT INTO @extschema@.activity_to_sdg (activity_id, sdg_id)
		SELECT DISTINCT w.id, n.id FROM want w, unnest(w.sdgs) AS v(name)
			JOIN @extschema@.sdgs n ON n.name = v.name
	)
	INSERT INTO @extschema@.activity_to_objective (activity_id, objective_id)
	SELECT DISTINCT w.id, n.id FROM want w, unnest(w.objectives) AS v(name)
		JOIN @extschema@.objectives n ON n.name = v.name;
END $$;
COMMENT ON FUNCTION esn_insert_relations(jsonb) IS
	'Adds the relations of new activities. relations: see esn_read_activities().';

-- The four relations of known activities. Within the statement that replaces one, the table still
-- has its former rows.

CREATE OR REPLACE FUNCTION esn_internal.esn_replace_organisers(relations jsonb)
RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH want AS MATERIALIZED (
		SELECT r.id AS activity_id, s.id AS section_id
		FROM jsonb_to_recordset(relations) AS r(id bigint, sections integer[]),
			unnest(r.sections) AS s(id)
	), del AS (
		DELETE FROM @extschema@.activity_section_organisers o
		USING jsonb_to_recordset(relations) AS r(id bigint, sections integer[])
		WHERE o.activity_id = r.id AND o.section_id <> ALL (r.sections)
		RETURNING o.activity_id
	), ins AS (
		INSERT INTO @extschema@.activity_section_organisers (activity_id, section_id)
		SELECT w.activity_id, w.section_id FROM want w
		WHERE NOT EXISTS (SELECT FROM @extschema@.activity_section_organisers o
			WHERE o.activity_id = w.activity_id AND o.section_id = w.section_id)
		RETURNING activity_id
	)
	SELECT c.activity_id,
		(SELECT jsonb_agg(s.accounts_platform_slug ORDER BY s.accounts_platform_slug COLLATE "C")
			FROM @extschema@.activity_section_organisers o
				JOIN @extschema@.sections s ON s.id = o.section_id
			WHERE o.activity_id = c.activity_id),
		(SELECT jsonb_agg(s.accounts_platform_slug ORDER BY s.accounts_platform_slug COLLATE "C")
			FROM want w JOIN @extschema@.sections s ON s.id = w.section_id
			WHERE w.activity_id = c.activity_id)
	FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
END $$;
COMMENT ON FUNCTION esn_replace_organisers(jsonb) IS
	'Makes the organisers of known activities those that their pages name. relations: see '
	'esn_read_activities(). Returns the activities with changes, and the slugs before and after; '
	'NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_replace_causes(relations jsonb)
RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH want AS MATERIALIZED (
		SELECT DISTINCT r.id AS activity_id, n.id AS cause_id, n.name
		FROM jsonb_to_recordset(relations) AS r(id bigint, causes text[])
		CROSS JOIN unnest(r.causes) AS v(name) JOIN @extschema@.activity_causes n ON n.name = v.name
	), del AS (
		DELETE FROM @extschema@.activity_to_cause o
		USING jsonb_to_recordset(relations) AS r(id bigint, causes text[]),
			@extschema@.activity_causes n
		WHERE o.activity_id = r.id AND n.id = o.cause_id AND n.name <> ALL (r.causes)
		RETURNING o.activity_id
	), ins AS (
		INSERT INTO @extschema@.activity_to_cause (activity_id, cause_id)
		SELECT w.activity_id, w.cause_id FROM want w
		WHERE NOT EXISTS (SELECT FROM @extschema@.activity_to_cause o
			WHERE o.activity_id = w.activity_id AND o.cause_id = w.cause_id)
		RETURNING activity_id
	)
	SELECT c.activity_id,
		(SELECT jsonb_agg(n.name ORDER BY n.name COLLATE "C")
			FROM @extschema@.activity_to_cause o JOIN @extschema@.activity_causes n
				ON n.id = o.cause_id
			WHERE o.activity_id = c.activity_id),
		(SELECT jsonb_agg(w.name ORDER BY w.name COLLATE "C")
			FROM want w WHERE w.activity_id = c.activity_id)
	FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
END $$;
COMMENT ON FUNCTION esn_replace_causes(jsonb) IS
	'Makes the causes of known activities those that their pages name. relations: see '
	'esn_read_activities(). Returns the activities with changes, and the names before and after; '
	'NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_replace_sdgs(relations jsonb)
RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH want AS MATERIALIZED (
		SELECT DISTINCT r.id AS activity_id, n.id AS sdg_id, n.name
		FROM jsonb_to_recordset(relations) AS r(id bigint, sdgs text[])
		CROSS JOIN unnest(r.sdgs) AS v(name) JOIN @extschema@.sdgs n ON n.name = v.name
	), del AS (
		DELETE FROM @extschema@.activity_to_sdg o
		USING jsonb_to_recordset(relations) AS r(id bigint, sdgs text[]),
			@extschema@.sdgs n
		WHERE o.activity_id = r.id AND n.id = o.sdg_id AND n.name <> ALL (r.sdgs)
		RETURNING o.activity_id
	), ins AS (
		INSERT INTO @extschema@.activity_to_sdg (activity_id, sdg_id)
		SELECT w.activity_id, w.sdg_id FROM want w
		WHERE NOT EXISTS (SELECT FROM @extschema@.activity_to_sdg o
			WHERE o.activity_id = w.activity_id AND o.sdg_id = w.sdg_id)
		RETURNING activity_id
	)
	SELECT c.activity_id,
		(SELECT jsonb_agg(n.name ORDER BY n.name COLLATE "C")
			FROM @extschema@.activity_to_sdg o JOIN @extschema@.sdgs n ON n.id = o.sdg_id
			WHERE o.activity_id = c.activity_id),
		(SELECT jsonb_agg(w.name ORDER BY w.name COLLATE "C")
			FROM want w WHERE w.activity_id = c.activity_id)
	FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
END $$;
COMMENT ON FUNCTION esn_replace_sdgs(jsonb) IS
	'Makes the goals of known activities those that their pages name. relations: see '
	'esn_read_activities(). Returns the activities with changes, and the names before and after; '
	'NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_replace_objectives(relations jsonb)
RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH want AS MATERIALIZED (
		SELECT DISTINCT r.id AS activity_id, n.id AS objective_id, n.name
		FROM jsonb_to_recordset(relations) AS r(id bigint, objectives text[])
		CROSS JOIN unnest(r.objectives) AS v(name) JOIN @extschema@.objectives n ON n.name = v.name
	), del AS (
		DELETE FROM @extschema@.activity_to_objective o
		USING jsonb_to_recordset(relations) AS r(id bigint, objectives text[]),
			@extschema@.objectives n
		WHERE o.activity_id = r.id AND n.id = o.objective_id AND n.name <> ALL (r.objectives)
		RETURNING o.activity_id
	), ins AS (
		INSERT INTO @extschema@.activity_to_objective (activity_id, objective_id)
		SELECT w.activity_id, w.objective_id FROM want w
		WHERE NOT EXISTS (SELECT FROM @extschema@.activity_to_objective o
			WHERE o.activity_id = w.activity_id AND o.objective_id = w.objective_id)
		RETURNING activity_id
	)
	SELECT c.activity_id,
		(SELECT jsonb_agg(n.name ORDER BY n.name COLLATE "C")
			FROM @extschema@.activity_to_objective o JOIN @extschema@.objectives n
				ON n.id = o.objective_id
			WHERE o.activity_id = c.activity_id),
		(SELECT jsonb_agg(w.name ORDER BY w.name COLLATE "C")
			FROM want w WHERE w.activity_id = c.activity_id)
	FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
END $$;
COMMENT ON FUNCTION esn_replace_objectives(jsonb) IS
	'Makes the objectives of known activities those that their pages name. relations: see '
	'esn_read_activities(). Returns the activities with changes, and the names before and after; '
	'NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_replace_relations(relations jsonb)
	RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
	changed bigint[];
BEGIN
	-- A trigger records the activity's own fields.
	WITH replaced AS MATERIALIZED (
		SELECT 'organisers' AS relation, r.* FROM esn_replace_organisers(relations) r
		UNION ALL SELECT 'causes', r.* FROM esn_replace_causes(relations) r
		UNION ALL SELECT 'sdgs', r.* FROM esn_replace_sdgs(relations) r
		UNION ALL SELECT 'objectives', r.* FROM esn_replace_objectives(relations) r
	), recorded AS (
		INSERT INTO @extschema@.changes (run_id, activity_id, old_values, new_values)
		SELECT esn_current_run(), r.activity_id,
			jsonb_object_agg(r.relation, coalesce(r.old_names, '[]')),
			jsonb_object_agg(r.relation, coalesce(r.new_names, '[]'))
		FROM replaced r
		GROUP BY r.activity_id
	)
	SELECT array_agg(DISTINCT r.activity_id) INTO changed FROM replaced r;
	RETURN coalesce(changed, '{}');
END $$;
COMMENT ON FUNCTION esn_replace_relations(jsonb) IS
	'Makes the relations of known activities those that their pages name, and records what changed '
	'in changes. relations: see esn_read_activities(). Returns the activities with changes.';
