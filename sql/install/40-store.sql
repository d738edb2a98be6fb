-- How pages become rows. Each function takes the pages of one kind, as the parser's JSON with what is known of the fetch:
--   {"url", "section": slug on accounts.esn.org, "fetch": {"status", "etag", "last_modified", "rules_hash", "content_hash": of what was extracted and what is wrong with it},
--    "page": {"kind", "url", "data": {...}, "errors": [...]}}
-- and writes only what differs. A page that was parsed again from what was kept has "kept" in place of "fetch". They run in the worker, one short transaction for a batch; nobody else may call them.

CREATE OR REPLACE FUNCTION esn_store_home(run bigint, pages jsonb, only_section text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (upper(c->>'slug' COLLATE "C")) upper(c->>'slug' COLLATE "C") AS code, left(c->>'name', 100) AS name,
			c->>'slug' AS slug, left(c->>'url', 255) AS url
		FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'countries') c
		ORDER BY 1
	), changed AS (
		UPDATE countries k SET name = l.name, slug = l.slug, url = l.url
		FROM listed l
		WHERE k.country_code = l.code AND (k.name, k.slug, k.url) IS DISTINCT FROM (l.name, l.slug, l.url)
	)
	INSERT INTO countries (country_code, name, slug, url)
	SELECT code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM countries k WHERE k.country_code = l.code);

	-- The map names every section; a country's page says more, so that a section already known stays as it is.
	INSERT INTO sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255), s->>'slug', s->>'url'
	FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'sections') s
	LEFT JOIN countries k ON k.slug = split_part(s->>'slug', '-', 1)
	WHERE length(s->>'slug') <= 255
		AND (only_section IS NULL OR s->>'slug' = only_section)
		AND NOT EXISTS (SELECT FROM sections k WHERE k.accounts_platform_slug = s->>'slug')
	ORDER BY s->>'slug';
END $$;
COMMENT ON FUNCTION esn_store_home(bigint, jsonb, text) IS
'Stores home pages of accounts.esn.org. run: the run. pages: array of pages. only_section: the one section of the map to store, NULL: all.';

CREATE OR REPLACE FUNCTION esn_store_countries(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE countries k SET section_count = jsonb_array_length(p->'page'->'data'->'sections')
	FROM jsonb_array_elements(pages) p
	WHERE k.slug = p->'page'->'data'->>'slug'
		AND k.section_count IS DISTINCT FROM jsonb_array_length(p->'page'->'data'->'sections');

	-- A section's own page says its name; the list's name counts until that page has been read.
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255) AS name, s->>'slug' AS slug, s->>'url' AS url
		FROM jsonb_array_elements(pages) p
		JOIN countries k ON k.slug = p->'page'->'data'->>'slug',
			jsonb_array_elements(p->'page'->'data'->'sections') s
		WHERE length(s->>'slug') <= 255
		ORDER BY s->>'slug'
	), changed AS (
		UPDATE sections k SET country_code = l.country_code, accounts_url = l.url
		FROM listed l
		WHERE k.accounts_platform_slug = l.slug
			AND (k.country_code, k.accounts_url) IS DISTINCT FROM (l.country_code, l.url)
	)
	INSERT INTO sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT country_code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM sections k WHERE k.accounts_platform_slug = l.slug);
END $$;
COMMENT ON FUNCTION esn_store_countries(bigint, jsonb) IS
'Stores pages of countries: their sections. run: the run. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_sections(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE sections k SET name = d.name, email = d.email, website = d.website, university_name = d.university_name,
		city = d.city, address = d.address, latitude = d.latitude, longitude = d.longitude, logo_url = d.logo_url,
		social_media = d.social_media, removed_at = NULL
	FROM jsonb_array_elements(pages) p,
		jsonb_to_record(p->'page'->'data') AS d(slug text, name text, email text, website text, university_name text,
			city text, address text, latitude numeric, longitude numeric, logo_url text, social_media jsonb)
	WHERE k.accounts_platform_slug = d.slug
		AND (k.name, k.email, k.website, k.university_name, k.city, k.address, k.latitude, k.longitude, k.logo_url,
			k.social_media, k.removed_at)
			IS DISTINCT FROM (d.name, d.email, d.website, d.university_name, d.city, d.address, d.latitude,
			d.longitude, d.logo_url, d.social_media, NULL);
END $$;
COMMENT ON FUNCTION esn_store_sections(bigint, jsonb) IS
'Stores pages of sections that are already known from a list. run: the run. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_probes(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE failed_scrapes k SET resolved_at = now()
	FROM jsonb_to_recordset(pages) AS p(asked jsonb), jsonb_array_elements_text(p.asked) a
	WHERE k.url = left(a, 500) AND k.resolved_at IS NULL;

	UPDATE sections k SET can_scrape_activities = p.slug IS NOT NULL,
		activities_platform_slug = coalesce(p.slug, k.activities_platform_slug),
		activities_url = coalesce(p.activities_url, k.activities_url),
		last_validated_activities_slug = coalesce(p.slug, k.last_validated_activities_slug)
	FROM jsonb_to_recordset(pages) AS p(section text, slug text, activities_url text)
	WHERE k.accounts_platform_slug = p.section
		AND (k.can_scrape_activities, k.activities_platform_slug, k.activities_url, k.last_validated_activities_slug)
			IS DISTINCT FROM (p.slug IS NOT NULL, coalesce(p.slug, k.activities_platform_slug),
			coalesce(p.activities_url, k.activities_url), coalesce(p.slug, k.last_validated_activities_slug));
END $$;
COMMENT ON FUNCTION esn_store_probes(bigint, jsonb) IS
'Stores under which slug activities.esn.org knows sections, and closes the failures of what was asked for. run: the run. pages: array of {"section": slug on accounts.esn.org, "slug": slug that was answered 200 or null, "activities_url", "asked": addresses that were answered}.';

-- Organisers that activities and cards name by slug and name: a section whose slug could not be guessed is known by its name.
CREATE OR REPLACE FUNCTION esn_learn_slugs(pages jsonb, activities_base text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH named AS MATERIALIZED (
		SELECT DISTINCT slug, esn_slugify(name) AS key
		FROM (
			SELECT o->>'slug', o->>'name' FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'organisers') o
			UNION
			SELECT c->>'organiser', c->>'organiser_name' FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'cards') c
		) o(slug, name)
		WHERE name <> '' AND length(slug) <= 255 AND NOT EXISTS (SELECT FROM sections s WHERE s.activities_platform_slug = o.slug)
	), fitting AS (
		SELECT n.slug, min(s.id) AS id
		FROM named n JOIN sections s ON esn_slugify(s.name) = n.key
		WHERE s.can_scrape_activities IS NOT TRUE
		GROUP BY n.slug HAVING count(*) = 1
	), one AS (
		SELECT DISTINCT ON (id) id, slug FROM fitting ORDER BY id, slug
	)
	UPDATE sections s SET activities_platform_slug = o.slug, last_validated_activities_slug = o.slug, can_scrape_activities = true,
		activities_url = activities_base || '/organisation/' || o.slug
	FROM one o WHERE s.id = o.id;
END $$;
COMMENT ON FUNCTION esn_learn_slugs(jsonb, text) IS
'Takes the slug of a section that activities.esn.org knows under another one than was guessed from an activity or a card that names the section. pages: array of activity pages or listings. activities_base: base address of activities.esn.org.';

-- What the pages of lists show. A card that differs, or is of an activity that was thought to be removed, makes its page due.
CREATE OR REPLACE FUNCTION esn_store_cards(run bigint, pages jsonb, activities_base text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH card AS MATERIALIZED (
		SELECT DISTINCT ON (c->>'event_slug') c->>'event_slug' AS event_slug, c->>'url' AS url, esn_card_hash(c) AS hash, s.id AS section_id
		FROM jsonb_array_elements(pages) p CROSS JOIN jsonb_array_elements(p->'page'->'data'->'cards') c
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		WHERE length(c->>'event_slug') <= 255
		ORDER BY c->>'event_slug', s.id
	), seen AS (
		UPDATE listed_activities l SET card_hash = c.hash, url = c.url, section_id = coalesce(l.section_id, c.section_id), missed = 0,
			days_over = NULL, calm_until = NULL, read_at = NULL, ends = NULL,
			changed_at = CASE WHEN l.card_hash <> c.hash OR a.removed_at IS NOT NULL THEN now() ELSE l.changed_at END
		FROM card c LEFT JOIN activities a ON a.event_slug = c.event_slug
		WHERE l.event_slug = c.event_slug AND (l.card_hash IS DISTINCT FROM c.hash OR l.url <> c.url OR l.missed <> 0
			OR l.section_id IS NULL AND c.section_id IS NOT NULL OR a.removed_at IS NOT NULL)
	)
	INSERT INTO listed_activities (event_slug, url, section_id, card_hash)
	SELECT event_slug, url, section_id, hash FROM card c
	WHERE NOT EXISTS (SELECT FROM listed_activities l WHERE l.event_slug = c.event_slug);

	PERFORM esn_learn_slugs(pages, activities_base);
END $$;
COMMENT ON FUNCTION esn_store_cards(bigint, jsonb, text) IS
'Notes which activities pages of lists show, and whose cards have changed; learns slugs from them as esn_learn_slugs() does. run: the run. pages: array of pages of lists. activities_base: base address of activities.esn.org.';

CREATE OR REPLACE FUNCTION esn_link_organisers() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	linked bigint;
BEGIN
	WITH found AS MATERIALIZED (
		SELECT a.id AS activity_id, s.id AS section_id
		FROM activities a JOIN sections s ON s.activities_platform_slug = ANY (a.unmatched_organisers)
		WHERE a.unmatched_organisers <> '{}'
	), link AS (
		INSERT INTO activity_section_organisers (activity_id, section_id)
		SELECT activity_id, section_id FROM found ON CONFLICT DO NOTHING
		RETURNING activity_id, section_id
	), recorded AS (
		-- What the relation holds in this statement is what it held before it.
		INSERT INTO changes (run_id, activity_id, old_values, new_values)
		SELECT esn_current_run(), n.activity_id,
			jsonb_build_object('organisers', coalesce(jsonb_agg(n.slug ORDER BY n.slug COLLATE "C") FILTER (WHERE n.before), '[]')),
			jsonb_build_object('organisers', jsonb_agg(n.slug ORDER BY n.slug COLLATE "C"))
		FROM (
			SELECT true AS before, r.activity_id, s.accounts_platform_slug AS slug
			FROM activity_section_organisers r JOIN sections s ON s.id = r.section_id
			WHERE r.activity_id IN (SELECT activity_id FROM link)
			UNION ALL
			SELECT false, l.activity_id, s.accounts_platform_slug FROM link l JOIN sections s ON s.id = l.section_id
		) n
		GROUP BY n.activity_id
	)
	UPDATE activities a SET updated_at = now(), unmatched_organisers = ARRAY(
		SELECT u.slug FROM unnest(a.unmatched_organisers) WITH ORDINALITY u(slug, n)
		WHERE NOT EXISTS (SELECT FROM sections s WHERE s.activities_platform_slug = u.slug) ORDER BY u.n)
	WHERE a.id IN (SELECT activity_id FROM found);
	GET DIAGNOSTICS linked = ROW_COUNT;
	RETURN linked;
END $$;
COMMENT ON FUNCTION esn_link_organisers() IS
'Links activities with organisers that have become known sections, and records that in changes. Returns how many activities changed.';

CREATE OR REPLACE FUNCTION esn_store_activities(run bigint, pages jsonb, activities_base text,
	OUT added integer, OUT changed integer, OUT unchanged integer, OUT invalid integer)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_learn_slugs(pages, activities_base);

	INSERT INTO activity_causes (name)
	SELECT DISTINCT v FROM jsonb_array_elements(pages) p, jsonb_array_elements_text(p->'page'->'data'->'causes') v
	WHERE NOT EXISTS (SELECT FROM activity_causes c WHERE c.name = v)
	ON CONFLICT DO NOTHING;
	INSERT INTO objectives (name)
	SELECT DISTINCT v FROM jsonb_array_elements(pages) p, jsonb_array_elements_text(p->'page'->'data'->'objectives') v
	WHERE NOT EXISTS (SELECT FROM objectives o WHERE o.name = v)
	ON CONFLICT DO NOTHING;

	WITH country AS MATERIALIZED (
		SELECT jsonb_object_agg(esn_country_key(name), country_code ORDER BY country_code DESC)
			|| jsonb_object_agg(name, country_code ORDER BY country_code DESC) AS codes FROM countries
	), raw AS MATERIALIZED (
		SELECT DISTINCT ON (d.event_slug) d.*, jsonb_array_length(p->'page'->'errors') = 0 AS is_valid
		FROM jsonb_array_elements(pages) p,
			jsonb_to_record(p->'page'->'data') AS d(event_slug text, url text, title text, description text,
				start_date date, end_date date, is_online boolean, city text, country_name text,
				participants integer, activity_type text, activity_goal text, outcomes text, image_url text,
				registration_url text, organisers jsonb, causes jsonb, sdgs jsonb, objectives jsonb)
		ORDER BY d.event_slug
	), page AS MATERIALIZED (
		SELECT r.*, coalesce(c.codes->>r.country_name, c.codes->>esn_country_key(r.country_name)) AS country_code,
			coalesce(r.end_date, r.start_date) >= current_date AS is_future_event, o.section_ids, o.unmatched,
			coalesce(a.id, nextval('activities_id_seq')) AS id, a.id IS NULL AS is_new
		FROM raw r CROSS JOIN country c
		LEFT JOIN activities a ON a.event_slug = r.event_slug
		CROSS JOIN LATERAL (
			SELECT array_agg(DISTINCT s.id) FILTER (WHERE s.id IS NOT NULL) AS section_ids,
				coalesce(array_agg(named.slug ORDER BY named.n) FILTER (WHERE s.id IS NULL), '{}') AS unmatched
			FROM (SELECT item->>'slug' AS slug, min(n) AS n FROM jsonb_array_elements(r.organisers) WITH ORDINALITY AS i(item, n) GROUP BY 1) named
			LEFT JOIN sections s ON s.activities_platform_slug = named.slug) o
	), ins AS (
		INSERT INTO activities (id, event_slug, url, title, description, start_date, end_date, is_future_event, city,
			country_code, participants, activity_type, is_valid, is_online, country_name, activity_goal, outcomes,
			registration_url, image_url, unmatched_organisers)
		SELECT id, event_slug, url, title, description, start_date, end_date, is_future_event, city,
			country_code, participants, activity_type, is_valid, is_online, country_name, activity_goal, outcomes,
			registration_url, image_url, unmatched
		FROM page WHERE is_new
	),
	-- The four relations: what the page names, against what is there.
	want_section AS MATERIALIZED (
		SELECT p.id, p.is_new, s.section_id FROM page p, unnest(p.section_ids) AS s(section_id)
	), want_cause AS MATERIALIZED (
		SELECT DISTINCT p.id, p.is_new, c.id AS cause_id
		FROM page p, jsonb_array_elements_text(p.causes) v JOIN activity_causes c ON c.name = v
	), want_sdg AS MATERIALIZED (
		SELECT DISTINCT p.id, p.is_new, s.id AS sdg_id
		FROM page p, jsonb_array_elements_text(p.sdgs) v JOIN sdgs s ON s.name = v
	), want_objective AS MATERIALIZED (
		SELECT DISTINCT p.id, p.is_new, o.id AS objective_id
		FROM page p, jsonb_array_elements_text(p.objectives) v JOIN objectives o ON o.name = v
	), del_section AS (
		DELETE FROM activity_section_organisers r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_section w WHERE w.id = r.activity_id AND w.section_id = r.section_id)
		RETURNING r.activity_id
	), ins_section AS (
		INSERT INTO activity_section_organisers SELECT w.id, w.section_id FROM want_section w WHERE w.is_new OR NOT EXISTS
			(SELECT FROM activity_section_organisers r WHERE r.activity_id = w.id AND r.section_id = w.section_id)
		RETURNING activity_id
	), del_cause AS (
		DELETE FROM activity_to_cause r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_cause w WHERE w.id = r.activity_id AND w.cause_id = r.cause_id)
		RETURNING r.activity_id
	), ins_cause AS (
		INSERT INTO activity_to_cause SELECT w.id, w.cause_id FROM want_cause w WHERE w.is_new OR NOT EXISTS
			(SELECT FROM activity_to_cause r WHERE r.activity_id = w.id AND r.cause_id = w.cause_id)
		RETURNING activity_id
	), del_sdg AS (
		DELETE FROM activity_to_sdg r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_sdg w WHERE w.id = r.activity_id AND w.sdg_id = r.sdg_id)
		RETURNING r.activity_id
	), ins_sdg AS (
		INSERT INTO activity_to_sdg SELECT w.id, w.sdg_id FROM want_sdg w WHERE w.is_new OR NOT EXISTS
			(SELECT FROM activity_to_sdg r WHERE r.activity_id = w.id AND r.sdg_id = w.sdg_id)
		RETURNING activity_id
	), del_objective AS (
		DELETE FROM activity_to_objective r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_objective w WHERE w.id = r.activity_id AND w.objective_id = r.objective_id)
		RETURNING r.activity_id
	), ins_objective AS (
		INSERT INTO activity_to_objective SELECT w.id, w.objective_id FROM want_objective w WHERE w.is_new OR NOT EXISTS
			(SELECT FROM activity_to_objective r WHERE r.activity_id = w.id AND r.objective_id = w.objective_id)
		RETURNING activity_id
	), related AS MATERIALIZED (
		SELECT activity_id, 'organisers' AS relation FROM del_section UNION SELECT activity_id, 'organisers' FROM ins_section
		UNION SELECT activity_id, 'causes' FROM del_cause UNION SELECT activity_id, 'causes' FROM ins_cause
		UNION SELECT activity_id, 'sdgs' FROM del_sdg UNION SELECT activity_id, 'sdgs' FROM ins_sdg
		UNION SELECT activity_id, 'objectives' FROM del_objective UNION SELECT activity_id, 'objectives' FROM ins_objective
	), recorded AS (
		-- What a relation holds in this statement is what it held before it. The row's own fields are recorded by a trigger.
		INSERT INTO changes (run_id, activity_id, old_values, new_values)
		SELECT esn_current_run(), r.activity_id, jsonb_object_agg(r.relation, v.old_names), jsonb_object_agg(r.relation, v.new_names)
		FROM related r JOIN page p ON p.id = r.activity_id AND NOT p.is_new
		CROSS JOIN LATERAL (
			SELECT coalesce(jsonb_agg(n.name ORDER BY n.name COLLATE "C") FILTER (WHERE n.before), '[]') AS old_names,
				coalesce(jsonb_agg(n.name ORDER BY n.name COLLATE "C") FILTER (WHERE NOT n.before), '[]') AS new_names
			FROM (
				SELECT true, s.accounts_platform_slug FROM activity_section_organisers o JOIN sections s ON s.id = o.section_id
				WHERE r.relation = 'organisers' AND o.activity_id = r.activity_id
				UNION ALL SELECT false, s.accounts_platform_slug FROM want_section w JOIN sections s ON s.id = w.section_id
				WHERE r.relation = 'organisers' AND w.id = r.activity_id
				UNION ALL SELECT true, c.name FROM activity_to_cause o JOIN activity_causes c ON c.id = o.cause_id
				WHERE r.relation = 'causes' AND o.activity_id = r.activity_id
				UNION ALL SELECT false, c.name FROM want_cause w JOIN activity_causes c ON c.id = w.cause_id
				WHERE r.relation = 'causes' AND w.id = r.activity_id
				UNION ALL SELECT true, s.name FROM activity_to_sdg o JOIN sdgs s ON s.id = o.sdg_id
				WHERE r.relation = 'sdgs' AND o.activity_id = r.activity_id
				UNION ALL SELECT false, s.name FROM want_sdg w JOIN sdgs s ON s.id = w.sdg_id
				WHERE r.relation = 'sdgs' AND w.id = r.activity_id
				UNION ALL SELECT true, b.name FROM activity_to_objective o JOIN objectives b ON b.id = o.objective_id
				WHERE r.relation = 'objectives' AND o.activity_id = r.activity_id
				UNION ALL SELECT false, b.name FROM want_objective w JOIN objectives b ON b.id = w.objective_id
				WHERE r.relation = 'objectives' AND w.id = r.activity_id
			) n (before, name)
		) v
		GROUP BY r.activity_id
	), upd AS (
		UPDATE activities a SET url = p.url, title = p.title, description = p.description, start_date = p.start_date,
			end_date = p.end_date, is_future_event = p.is_future_event, city = p.city, country_code = p.country_code,
			participants = p.participants, activity_type = p.activity_type, is_valid = p.is_valid,
			is_online = p.is_online, country_name = p.country_name, activity_goal = p.activity_goal,
			outcomes = p.outcomes, registration_url = p.registration_url, image_url = p.image_url,
			unmatched_organisers = p.unmatched, removed_at = NULL, updated_at = now()
		FROM page p
		WHERE a.id = p.id AND NOT p.is_new AND ((a.url, a.title, a.description, a.start_date, a.end_date, a.is_future_event, a.city,
				a.country_code, a.participants, a.activity_type, a.is_valid, a.is_online, a.country_name,
				a.activity_goal, a.outcomes, a.registration_url, a.image_url, a.unmatched_organisers, a.removed_at)
			IS DISTINCT FROM (p.url, p.title, p.description, p.start_date, p.end_date, p.is_future_event, p.city,
				p.country_code, p.participants, p.activity_type, p.is_valid, p.is_online, p.country_name,
				p.activity_goal, p.outcomes, p.registration_url, p.image_url, p.unmatched, NULL)
			OR a.id IN (SELECT activity_id FROM related))
		RETURNING a.id
	)
	SELECT count(*) FILTER (WHERE p.is_new), (SELECT count(*) FROM upd),
		count(*) FILTER (WHERE NOT p.is_new) - (SELECT count(*) FROM upd), count(*) FILTER (WHERE NOT p.is_valid)
	INTO added, changed, unchanged, invalid
	FROM page p;
END $$;
COMMENT ON FUNCTION esn_store_activities(bigint, jsonb, text) IS
'Upserts activities and replaces their relations; rows that are already so stay untouched, relations that are not are recorded in changes. run: the run. pages: array of pages. activities_base: base address of activities.esn.org.';
