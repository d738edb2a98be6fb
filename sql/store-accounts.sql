-- Stores pages of accounts.esn.org: countries and sections. Their slugs are in slugs.sql.
--
-- For each kind of page there is a function esn_store_<kind>(run, pages, only_section). pages are
-- the parser's JSON with details of the fetch:
--   {"url", "section": slug on accounts.esn.org,
--    "fetch": {"status", "etag", "last_modified", "rules_hash",
--      "content_hash": of what was extracted and of its errors},
--    "page": {"kind", "url", "data": {...}, "errors": [...]}}
-- It writes only rows that differ, and the pages' errors. A page that was parsed again from a kept
-- copy has "kept" instead of "fetch". only_section matters for home pages only: it is the one
-- section of the map to store, NULL: all. The functions run in the worker, in one short transaction
-- per batch.

CREATE OR REPLACE FUNCTION esn_internal.esn_store_home(run bigint, pages jsonb,
	only_section text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_store_errors(run, pages);
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (upper(c->>'slug' COLLATE "C")) upper(c->>'slug' COLLATE "C") AS code,
			left(c->>'name', 100) AS name,
			c->>'slug' AS slug, left(c->>'url', 255) AS url
		FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'countries') c
		ORDER BY 1
	), changed AS (
		UPDATE @extschema@.countries k SET name = l.name, slug = l.slug, url = l.url
		FROM listed l
		WHERE k.country_code = l.code AND (k.name, k.slug, k.url)
			IS DISTINCT FROM (l.name, l.slug, l.url)
	)
	INSERT INTO @extschema@.countries (country_code, name, slug, url)
	SELECT code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM @extschema@.countries k WHERE k.country_code = l.code);

	-- The map lists every section. A country's page has more details, so known sections stay.
	INSERT INTO @extschema@.sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255), s->>'slug', s->>'url'
	FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'sections') s
	LEFT JOIN @extschema@.countries k ON k.slug = split_part(s->>'slug', '-', 1)
	WHERE length(s->>'slug') <= 255
		AND (only_section IS NULL OR s->>'slug' = only_section)
		AND NOT EXISTS (SELECT FROM @extschema@.sections k
			WHERE k.accounts_platform_slug = s->>'slug')
	ORDER BY s->>'slug';
END $$;
COMMENT ON FUNCTION esn_store_home(bigint, jsonb, text) IS
	'Stores home pages of accounts.esn.org. run: the run. pages: array of pages. only_section: '
	'the one section of the map to store, NULL: all.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_country(run bigint, pages jsonb,
	only_section text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_store_errors(run, pages);
	UPDATE @extschema@.countries k SET section_count = jsonb_array_length(d.sections),
		email = d.email, website = d.website, social_media = d.social_media
	FROM jsonb_array_elements(pages) p,
		jsonb_to_record(p->'page'->'data') AS d(slug text, sections jsonb, email text, website text,
			social_media jsonb)
	WHERE k.slug = d.slug AND (k.section_count, k.email, k.website, k.social_media)
		IS DISTINCT FROM (jsonb_array_length(d.sections), d.email, d.website, d.social_media);

	-- The name on the list counts until the section's own page has been read.
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255) AS name,
			s->>'slug' AS slug, s->>'url' AS url
		FROM jsonb_array_elements(pages) p
		JOIN @extschema@.countries k ON k.slug = p->'page'->'data'->>'slug',
			jsonb_array_elements(p->'page'->'data'->'sections') s
		WHERE length(s->>'slug') <= 255
		ORDER BY s->>'slug'
	), changed AS (
		UPDATE @extschema@.sections k SET country_code = l.country_code, accounts_url = l.url
		FROM listed l
		WHERE k.accounts_platform_slug = l.slug
			AND (k.country_code, k.accounts_url) IS DISTINCT FROM (l.country_code, l.url)
	)
	INSERT INTO @extschema@.sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT country_code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM @extschema@.sections k WHERE k.accounts_platform_slug = l.slug);
END $$;
COMMENT ON FUNCTION esn_store_country(bigint, jsonb, text) IS
	'Stores the sections on pages of countries, and the contacts of national organisations. run: '
	'the run. pages: array of pages. only_section: not used.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_section(run bigint, pages jsonb,
	only_section text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_store_errors(run, pages);
	PERFORM esn_move_sections(pages);
	UPDATE @extschema@.sections k SET name = d.name, email = d.email, website = d.website,
		university_name = d.university_name, city = d.city, address = d.address,
		latitude = d.latitude, longitude = d.longitude, logo_url = d.logo_url,
		social_media = d.social_media, removed_at = NULL, removed_reason = NULL
	FROM jsonb_array_elements(pages) p
	CROSS JOIN jsonb_to_record(p->'page'->'data') AS d(slug text, name text, email text,
		website text, university_name text, city text, address text, latitude numeric,
		longitude numeric, logo_url text, social_media jsonb)
	-- One by one, because the planner does not know yet how many sections there are.
	CROSS JOIN LATERAL (SELECT s.id FROM @extschema@.sections s
		WHERE s.accounts_platform_slug = d.slug
			AND (s.name, s.email, s.website, s.university_name, s.city, s.address, s.latitude,
					s.longitude, s.logo_url, s.social_media, s.removed_at)
				IS DISTINCT FROM (d.name, d.email, d.website, d.university_name, d.city, d.address,
					d.latitude, d.longitude, d.logo_url, d.social_media, NULL)
		OFFSET 0) changed
	WHERE k.id = changed.id;
END $$;
COMMENT ON FUNCTION esn_store_section(bigint, jsonb, text) IS
	'Stores pages of sections that a list has shown before. run: the run. pages: array of pages. '
	'only_section: not used.';
