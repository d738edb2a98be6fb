-- How pages become rows. Each function takes the pages of one kind, as the parser's JSON with what is known of the fetch:
--   {"url", "section": slug on accounts.esn.org, "fetch": {"status", "etag", "last_modified", "attempts", "rules_hash"},
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
		SELECT DISTINCT o->>'slug' AS slug, esn_slugify(o->>'name') AS key
		FROM (
			SELECT jsonb_array_elements(p->'page'->'data'->'organisers') FROM jsonb_array_elements(pages) p
			UNION ALL
			SELECT jsonb_build_object('slug', c->'organiser', 'name', c->'organiser_name')
			FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'cards') c
		) named(o)
		WHERE o->>'name' <> '' AND length(o->>'slug') <= 255
			AND NOT EXISTS (SELECT FROM sections s WHERE s.activities_platform_slug = o->>'slug')
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
CREATE OR REPLACE FUNCTION esn_store_cards(run bigint, pages jsonb) RETURNS void
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
			days_over = NULL, calm_until = NULL,
			changed_at = CASE WHEN l.card_hash <> c.hash OR a.removed_at IS NOT NULL THEN now() ELSE l.changed_at END
		FROM card c LEFT JOIN activities a ON a.event_slug = c.event_slug
		WHERE l.event_slug = c.event_slug AND (l.card_hash IS DISTINCT FROM c.hash OR l.url <> c.url OR l.missed <> 0
			OR l.section_id IS NULL AND c.section_id IS NOT NULL OR a.removed_at IS NOT NULL)
	)
	INSERT INTO listed_activities (event_slug, url, section_id, card_hash)
	SELECT event_slug, url, section_id, hash FROM card c
	WHERE NOT EXISTS (SELECT FROM listed_activities l WHERE l.event_slug = c.event_slug);
END $$;
COMMENT ON FUNCTION esn_store_cards(bigint, jsonb) IS
'Notes which activities pages of lists show, and whose cards have changed. run: the run. pages: array of pages of lists.';

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
		SELECT DISTINCT ON (key) esn_country_key(name) AS key, country_code FROM countries ORDER BY key, country_code
	), raw AS MATERIALIZED (
		SELECT DISTINCT ON (d.event_slug) d.*, esn_country_key(d.country_name) AS country_key, jsonb_array_length(p->'page'->'errors') = 0 AS is_valid
		FROM jsonb_array_elements(pages) p,
			jsonb_to_record(p->'page'->'data') AS d(event_slug text, url text, title text, description text,
				start_date date, end_date date, is_online boolean, city text, country_name text,
				participants integer, activity_type text, activity_goal text, outcomes text, image_url text,
				registration_url text, organisers jsonb, causes jsonb, sdgs jsonb, objectives jsonb)
		ORDER BY d.event_slug
	), page AS MATERIALIZED (
		SELECT r.*, c.country_code, coalesce(r.end_date, r.start_date) >= current_date AS is_future_event, o.section_ids, o.unmatched,
			coalesce(a.id, nextval('activities_id_seq')) AS id, a.id IS NULL AS is_new
		FROM raw r
		LEFT JOIN country c ON c.key = r.country_key
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
		SELECT p.id, s.section_id FROM page p, unnest(p.section_ids) AS s(section_id)
	), want_cause AS MATERIALIZED (
		SELECT DISTINCT p.id, c.id AS cause_id
		FROM page p, jsonb_array_elements_text(p.causes) v JOIN activity_causes c ON c.name = v
	), want_sdg AS MATERIALIZED (
		SELECT DISTINCT p.id, s.id AS sdg_id
		FROM page p, jsonb_array_elements_text(p.sdgs) v JOIN sdgs s ON s.name = v
	), want_objective AS MATERIALIZED (
		SELECT DISTINCT p.id, o.id AS objective_id
		FROM page p, jsonb_array_elements_text(p.objectives) v JOIN objectives o ON o.name = v
	), del_section AS (
		DELETE FROM activity_section_organisers r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_section w WHERE w.id = r.activity_id AND w.section_id = r.section_id)
		RETURNING r.activity_id
	), ins_section AS (
		INSERT INTO activity_section_organisers SELECT w.id, w.section_id FROM want_section w WHERE NOT EXISTS
			(SELECT FROM activity_section_organisers r WHERE r.activity_id = w.id AND r.section_id = w.section_id)
		RETURNING activity_id
	), del_cause AS (
		DELETE FROM activity_to_cause r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_cause w WHERE w.id = r.activity_id AND w.cause_id = r.cause_id)
		RETURNING r.activity_id
	), ins_cause AS (
		INSERT INTO activity_to_cause SELECT w.id, w.cause_id FROM want_cause w WHERE NOT EXISTS
			(SELECT FROM activity_to_cause r WHERE r.activity_id = w.id AND r.cause_id = w.cause_id)
		RETURNING activity_id
	), del_sdg AS (
		DELETE FROM activity_to_sdg r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_sdg w WHERE w.id = r.activity_id AND w.sdg_id = r.sdg_id)
		RETURNING r.activity_id
	), ins_sdg AS (
		INSERT INTO activity_to_sdg SELECT w.id, w.sdg_id FROM want_sdg w WHERE NOT EXISTS
			(SELECT FROM activity_to_sdg r WHERE r.activity_id = w.id AND r.sdg_id = w.sdg_id)
		RETURNING activity_id
	), del_objective AS (
		DELETE FROM activity_to_objective r USING page p
		WHERE r.activity_id = p.id AND NOT p.is_new AND NOT EXISTS
			(SELECT FROM want_objective w WHERE w.id = r.activity_id AND w.objective_id = r.objective_id)
		RETURNING r.activity_id
	), ins_objective AS (
		INSERT INTO activity_to_objective SELECT w.id, w.objective_id FROM want_objective w WHERE NOT EXISTS
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

-- The pairs of one list of the statistics: [["Culture", 12], ...]; a label that comes twice counts once.
CREATE OR REPLACE FUNCTION esn_statistics_pairs(list jsonb) RETURNS TABLE (label text, value integer, n bigint, raw jsonb)
LANGUAGE sql IMMUTABLE AS $$
	SELECT DISTINCT ON (label) label,
		CASE WHEN digits ~ '^\d{1,9}$' THEN digits::integer END, n, raw
	FROM (
		SELECT left(btrim(pair->>0), 100) AS label, ord AS n, pair->1 AS raw,
			CASE jsonb_typeof(pair->1)
				WHEN 'number' THEN CASE WHEN (pair->>1)::numeric BETWEEN 0 AND 999999999 AND (pair->>1)::numeric % 1 = 0 THEN trunc((pair->>1)::numeric)::text END
				WHEN 'string' THEN regexp_replace(btrim(pair->>1), '[,. ](?=\d{3}(\D|$))', '', 'g')
				WHEN 'null' THEN '0'
			END AS digits
		FROM jsonb_array_elements(CASE jsonb_typeof(list->'values') WHEN 'array' THEN list->'values' ELSE '[]' END)
			WITH ORDINALITY AS e(pair, ord)
		WHERE jsonb_typeof(pair) = 'array' AND btrim(coalesce(pair->>0, '')) <> ''
	) pairs
	ORDER BY label, n
$$;
COMMENT ON FUNCTION esn_statistics_pairs(jsonb) IS
'Label, count (NULL where it is none), place and raw count of each pair of a list {"values": [[label, count], ...]}. list: such an object; anything else gives no rows.';

-- A list that is missing, null or empty says nothing; one that holds something else says what nobody understands.
CREATE OR REPLACE FUNCTION esn_is_no_list(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(jsonb_typeof(list->'values') NOT IN ('array', 'null'), false)
$$;
COMMENT ON FUNCTION esn_is_no_list(jsonb) IS
'Whether a list of statistics holds something that is no list of pairs. list: see esn_statistics_pairs.';

-- Statistics as JSON: the object itself, or a document that holds it.
CREATE OR REPLACE FUNCTION esn_statistics_object(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN jsonb_typeof(document->'activities_statistics') = 'object' THEN document->'activities_statistics'
		WHEN jsonb_typeof(document) = 'object' THEN document
		ELSE '{}' END
$$;
COMMENT ON FUNCTION esn_statistics_object(jsonb) IS
'The statistics within a JSON document; an empty object where it can hold none. document: what a page of statistics holds.';

CREATE OR REPLACE FUNCTION esn_store_statistics(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH item AS MATERIALIZED (
		SELECT DISTINCT ON (s.id) s.id AS section_id, esn_statistics_object(d.document) AS figures
		FROM jsonb_array_elements(pages) p JOIN sections s ON s.accounts_platform_slug = p->>'section'
		CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d
		ORDER BY s.id
	), pair AS MATERIALIZED (
		SELECT i.section_id, l.list, q.label, q.value, q.n
		FROM item i, unnest(ARRAY['total_activities', 'total_participants', 'total_causes', 'physical_causes', 'online_causes',
			'physical_types', 'online_types', 'physical_participants', 'online_participants']) AS l(list),
			esn_statistics_pairs(i.figures->l.list) q
	),
	-- Sums are found by label, else by place, where the label there is no other sum's; what is not said is 0, what can't be understood NULL.
	sum_of (list, place, pattern) AS (
		VALUES ('total_activities', 1, 'physical|in.person|offline'), ('total_activities', 2, 'online|virtual'),
			('total_participants', 1, '\mlocal'), ('total_participants', 2, 'international|foreign'),
			('total_participants', 3, 'coordinator|organi[sz]er')
	), said AS MATERIALIZED (
		SELECT DISTINCT ON (q.section_id, w.list, w.place) q.section_id, w.list, w.place, q.value
		FROM sum_of w JOIN pair q ON q.list = w.list AND (q.label ~* (w.pattern COLLATE "C") OR q.n = w.place
			AND NOT EXISTS (SELECT FROM sum_of other WHERE other.list = w.list AND q.label ~* (other.pattern COLLATE "C")))
		ORDER BY q.section_id, w.list, w.place, q.label ~* (w.pattern COLLATE "C") DESC, q.n
	), sums AS MATERIALIZED (
		SELECT i.section_id,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_activities' AND w.place = 1) AS physical,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_activities' AND w.place = 2) AS online,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 1) AS local,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 2) AS international,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 3) AS coordinators
		FROM item i
		CROSS JOIN LATERAL (
			SELECT *, CASE WHEN esn_is_no_list(i.figures->s.list) THEN NULL ELSE 0 END AS nothing FROM sum_of s) w
		LEFT JOIN said q ON q.section_id = i.section_id AND q.list = w.list AND q.place = w.place
		GROUP BY i.section_id
	), sums_upd AS (
		UPDATE section_overall_statistics o SET physical_activities = physical, online_activities = online,
			total_local_students = local, total_international_students = international,
			total_coordinators = coordinators, scraped_at = now()
		FROM sums n
		WHERE o.section_id = n.section_id AND (physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
			IS DISTINCT FROM (physical, online, local, international, coordinators)
	), sums_ins AS (
		INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
		SELECT section_id, physical, online, local, international, coordinators FROM sums n
		WHERE NOT EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = n.section_id)
	),
	-- A label that one of the lists lacks counts 0 there.
	cause AS MATERIALIZED (
		SELECT section_id, label, CASE WHEN bool_or(list = 'total_causes') THEN max(value) FILTER (WHERE list = 'total_causes')
				ELSE coalesce(sum(value), 0)::integer END AS total,
			CASE WHEN bool_or(list = 'physical_causes') THEN max(value) FILTER (WHERE list = 'physical_causes') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_causes') THEN max(value) FILTER (WHERE list = 'online_causes') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_causes' GROUP BY section_id, label
	), cause_del AS (
		DELETE FROM section_cause_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM cause n WHERE n.section_id = s.section_id AND n.label = s.cause_name)
	), cause_upd AS (
		UPDATE section_cause_statistics s SET total_count = total, physical_count = physical, online_count = online
		FROM cause n WHERE s.section_id = n.section_id AND s.cause_name = n.label
			AND (total_count, physical_count, online_count) IS DISTINCT FROM (total, physical, online)
	), cause_ins AS (
		INSERT INTO section_cause_statistics (section_id, cause_name, total_count, physical_count, online_count)
		SELECT section_id, label, total, physical, online FROM cause n
		WHERE NOT EXISTS (SELECT FROM section_cause_statistics s WHERE s.section_id = n.section_id AND s.cause_name = n.label)
	), type AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_types') THEN max(value) FILTER (WHERE list = 'physical_types') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_types') THEN max(value) FILTER (WHERE list = 'online_types') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_types' GROUP BY section_id, label
	), type_del AS (
		DELETE FROM section_type_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM type n WHERE n.section_id = s.section_id AND n.label = s.activity_type)
	), type_upd AS (
		UPDATE section_type_statistics s SET physical_count = physical, online_count = online
		FROM type n WHERE s.section_id = n.section_id AND s.activity_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	), type_ins AS (
		INSERT INTO section_type_statistics (section_id, activity_type, physical_count, online_count)
		SELECT section_id, label, physical, online FROM type n
		WHERE NOT EXISTS (SELECT FROM section_type_statistics s WHERE s.section_id = n.section_id AND s.activity_type = n.label)
	), participant AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_participants') THEN max(value) FILTER (WHERE list = 'physical_participants') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_participants') THEN max(value) FILTER (WHERE list = 'online_participants') ELSE 0 END AS online
		FROM pair WHERE list IN ('physical_participants', 'online_participants') GROUP BY section_id, label
	), participant_del AS (
		DELETE FROM section_participant_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM participant n WHERE n.section_id = s.section_id AND n.label = s.participant_type)
	), participant_upd AS (
		UPDATE section_participant_statistics s SET physical_count = physical, online_count = online
		FROM participant n WHERE s.section_id = n.section_id AND s.participant_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	)
	INSERT INTO section_participant_statistics (section_id, participant_type, physical_count, online_count)
	SELECT section_id, label, physical, online FROM participant n
	WHERE NOT EXISTS (SELECT FROM section_participant_statistics s
		WHERE s.section_id = n.section_id AND s.participant_type = n.label);

	-- A count that is none is a fault of the page like any other.
	PERFORM esn_store_errors(run, jsonb_agg(jsonb_build_object('url', p->'url', 'section', p->'section', 'page', jsonb_build_object('errors', coalesce((
		SELECT jsonb_agg(jsonb_build_object('field', f.key, 'message', wrong.message, 'raw', esn_redact(wrong.raw)))
		FROM jsonb_each(esn_statistics_object(d.document)) f
		CROSS JOIN LATERAL (
			SELECT 'not a count' AS message, q.label || ': ' || q.raw AS raw FROM esn_statistics_pairs(f.value) q WHERE q.value IS NULL
			UNION ALL
			SELECT 'not a list of counts', f.value->>'values'
			WHERE esn_is_no_list(f.value) AND f.key ~ '^(total_activities|(total|physical|online)_(causes|types|participants))$') wrong), '[]')))))
	FROM jsonb_array_elements(pages) p
	CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d;
END $$;
COMMENT ON FUNCTION esn_store_statistics(bigint, jsonb) IS
'Makes the four tables of statistics say what pages say; what a section no longer reports leaves them. run: the run. pages: array of pages; data.json is JSON text, or null for a section without statistics.';

CREATE OR REPLACE FUNCTION esn_store_errors(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, p->'page'->'errors' AS errors
		FROM jsonb_array_elements(pages) p
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		ORDER BY p->>'url'
	), wrong AS MATERIALIZED (
		SELECT p.url, p.section_id, p.event_slug, e.field, string_agg(DISTINCT e.message, '; ') AS message,
			CASE WHEN count(e.raw) > 1 THEN jsonb_agg(e.raw ORDER BY e.raw) ELSE to_jsonb(min(e.raw)) END AS raw
		FROM page p, jsonb_to_recordset(p.errors) AS e(field text, message text, raw text)
		GROUP BY 1, 2, 3, 4
	), mended AS (
		UPDATE validation_errors v SET resolved_at = now()
		FROM page p
		WHERE v.url = p.url AND v.resolved_at IS NULL
			AND NOT EXISTS (SELECT FROM wrong w WHERE w.url = v.url AND w.field = v.field_name)
	), still AS (
		UPDATE validation_errors v SET error_message = w.message, raw_data = w.raw, run_id = run
		FROM wrong w
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL
	)
	INSERT INTO validation_errors (section_id, activity_event_slug, field_name, error_message, raw_data, run_id, url)
	SELECT section_id, event_slug, field, message, raw, run, url FROM wrong w
	WHERE NOT EXISTS (SELECT FROM validation_errors v
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL);
END $$;
COMMENT ON FUNCTION esn_store_errors(bigint, jsonb) IS
'Records each wrong field of pages as one open row, and closes those that are right now. run: the run. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_content_hash(page jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT hashtextextended((page->>'data') || (page->>'errors'), 0)$$;
COMMENT ON FUNCTION esn_content_hash(jsonb) IS 'A hash of what was extracted from a page and of what is wrong with it. page: as the parser has it.';

CREATE OR REPLACE FUNCTION esn_changed_pages(pages jsonb, OUT changed jsonb, OUT same integer, OUT invalid integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	is_same boolean[];
BEGIN
	SELECT array_agg(s.same ORDER BY n), count(*) FILTER (WHERE s.same), count(*) FILTER (WHERE s.same AND p->'page'->'errors' <> '[]')
	INTO is_same, same, invalid
	FROM jsonb_array_elements(pages) WITH ORDINALITY AS e(p, n)
	LEFT JOIN fetched_pages k ON k.url = p->>'url'
	CROSS JOIN LATERAL (SELECT p ? 'fetch' AND coalesce(k.rules_hash = (p->'fetch'->>'rules_hash')::bigint
		AND k.content_hash = esn_content_hash(p->'page')
		AND (EXISTS (SELECT FROM activities a WHERE a.event_slug = p->'page'->'data'->>'event_slug' AND a.removed_at IS NULL)
			OR k.kind = 'statistics' AND EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = k.section_id)), false) AS same OFFSET 0) s;
	changed := CASE WHEN same = 0 THEN pages
		ELSE (SELECT jsonb_agg(p ORDER BY n) FROM jsonb_array_elements(pages) WITH ORDINALITY AS e(p, n) WHERE NOT is_same[n]) END;
END $$;
COMMENT ON FUNCTION esn_changed_pages(jsonb) IS
'Of pages of activities or statistics those that say something else than when they were last stored, or whose rows are not there; how many others there are, and how many of those have wrong fields. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_fetches(run bigint, page_kind text, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- What was parsed again was read by these rules, whenever it was fetched.
	UPDATE fetched_pages k SET rules_hash = (p->'kept'->>'rules_hash')::bigint, content_hash = NULL
	FROM jsonb_array_elements(pages) p
	WHERE k.url = p->>'url' AND p ? 'kept';

	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, (f.status = 304) AS not_modified, f.*,
			CASE WHEN f.status <> 304 THEN esn_content_hash(p->'page') END AS content_hash,
			decode(p->>'body', 'base64') AS body
		FROM jsonb_array_elements(pages) p CROSS JOIN jsonb_to_record(p->'fetch')
			AS f(status integer, etag text, last_modified text, rules_hash bigint)
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		WHERE p ? 'fetch'
		ORDER BY p->>'url'
	), upd AS (
		UPDATE fetched_pages k SET http_status = p.status, fetched_at = now(),
			kind = page_kind, section_id = coalesce(p.section_id, k.section_id),
			activity_event_slug = CASE WHEN not_modified THEN k.activity_event_slug ELSE p.event_slug END,
			etag = CASE WHEN not_modified THEN k.etag ELSE p.etag END,
			last_modified = CASE WHEN not_modified THEN k.last_modified ELSE p.last_modified END,
			content_hash = CASE WHEN not_modified THEN k.content_hash ELSE p.content_hash END,
			rules_hash = CASE WHEN not_modified THEN k.rules_hash ELSE p.rules_hash END,
			body = CASE WHEN not_modified THEN k.body ELSE p.body END,
			gone_at = NULL,
			lied_at = CASE WHEN NOT not_modified AND k.rules_hash = p.rules_hash AND k.content_hash <> p.content_hash
				AND (k.etag = p.etag OR k.etag IS NULL AND p.etag IS NULL AND k.last_modified = p.last_modified) THEN now() ELSE k.lied_at END
		FROM page p
		WHERE k.url = p.url
		RETURNING k.activity_event_slug
	), ins AS (
		INSERT INTO fetched_pages (url, kind, section_id, activity_event_slug, http_status, etag, last_modified,
			content_hash, rules_hash, body)
		SELECT p.url, page_kind, section_id, event_slug, status, etag, last_modified, content_hash, rules_hash, body
		FROM page p
		WHERE NOT EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url)
		RETURNING activity_event_slug
	), calm AS (
		-- An activity's page that is not due for long now: see esn_due_activities(). One that was so before stays as it is.
		UPDATE listed_activities l SET days_over = o.days, calm_until = now() + make_interval(days => 4 * o.days)
		FROM (SELECT activity_event_slug FROM upd UNION ALL SELECT activity_event_slug FROM ins) u JOIN activities a ON a.event_slug = u.activity_event_slug
		CROSS JOIN LATERAL (SELECT current_date - coalesce(a.end_date, a.start_date) AS days) o
		WHERE page_kind = 'activity' AND l.event_slug = u.activity_event_slug AND o.days > (SELECT recent_days FROM esn_policy())
			AND coalesce(l.calm_until <= now() + interval '5 days', true)
	)
	UPDATE failed_scrapes k SET resolved_at = now()
	FROM page p WHERE k.url = left(p.url, 500) AND k.resolved_at IS NULL;
END $$;
COMMENT ON FUNCTION esn_store_fetches(bigint, text, jsonb) IS
'Records pages that were read, and closes their failures. run: the run. page_kind: home, country, section, listing, activity or statistics. pages: array of pages.';

CREATE OR REPLACE FUNCTION esn_store_failures(run bigint, pages jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	failures integer;
BEGIN
	-- That an activity or section that is known is gone is news, no failure: esn_mark_removed() believes it or not.
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (left(p.url, 500)) left(p.url, 500) AS url, s.id AS section_id, p.kind, p.subject, p.status,
			p.message, greatest(p.attempts, 1) AS attempts, p.will_retry,
			coalesce(p.gone, p.status IN (404, 410), false) AND p.kind IN ('activity', 'section')
				AND EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url) AS gone
		FROM jsonb_to_recordset(pages) AS p(url text, section text, kind text, subject text, status integer,
			message text, attempts integer, will_retry boolean, gone boolean)
		LEFT JOIN sections s ON s.accounts_platform_slug = p.section
		ORDER BY left(p.url, 500)
	), noted AS (
		UPDATE fetched_pages k SET gone_at = now() FROM page p WHERE p.gone AND k.url = p.url
	), closed AS (
		UPDATE failed_scrapes k SET resolved_at = now()
		FROM page p WHERE p.gone AND k.url = p.url AND k.resolved_at IS NULL
	), failure AS MATERIALIZED (
		SELECT p.*, CASE WHEN p.kind IN ('home', 'country', 'section', 'probe') THEN 'AccountsScraper'
			ELSE 'ActivitiesAndStatisticsScraper' END AS module
		FROM page p WHERE NOT p.gone
	), upd AS (
		UPDATE failed_scrapes k SET section_id = coalesce(k.section_id, f.section_id), scraper_module = f.module, kind = f.kind,
			http_status_code = f.status, error_message = f.message, retry_count = k.retry_count + f.attempts,
			last_attempt = now(), will_retry = f.will_retry, run_id = run
		FROM failure f
		WHERE k.url = f.url AND k.resolved_at IS NULL
	), ins AS (
		-- Where a page of the network's own list fails the sections' lists are read in its place: that is settled.
		INSERT INTO failed_scrapes (url, section_id, scraper_module, http_status_code, error_message, retry_count,
			will_retry, run_id, kind, resolved_at)
		SELECT url, section_id, module, status, message, attempts - 1, will_retry, run, kind,
			CASE WHEN kind = 'listing' AND section_id IS NULL THEN now() END
		FROM failure f
		WHERE NOT EXISTS (SELECT FROM failed_scrapes k WHERE k.url = f.url AND k.resolved_at IS NULL)
	)
	SELECT count(*) INTO failures FROM failure;
	RETURN failures;
END $$;
COMMENT ON FUNCTION esn_store_failures(bigint, jsonb) IS
'Records pages that finally failed, one open row an address; notes in fetched_pages.gone_at where the page of a known activity or section is gone. run: the run. pages: array of {"url", "section", "kind", "subject": slug, "status", "message", "attempts", "will_retry", "gone": false where the status is that of another page}. Returns how many failed.';
