-- The slugs of sections on activities.esn.org. A slug that a section's name suggests is a guess,
-- also where the site answers 200: it can be another section's page. A link that pairs a slug with
-- a name is evidence. No two sections have the same slug.

-- As url_part() in the C sources, so that an address is the same wherever it is made.
CREATE OR REPLACE FUNCTION esn_internal.esn_url_part(slug text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	-- nearly always
	IF slug !~ '[^A-Za-z0-9._~-]' THEN
		RETURN slug;
	END IF;
	RETURN (SELECT string_agg(CASE WHEN c ~ '^[A-Za-z0-9._~-]$' THEN c
		ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') END, ''
		ORDER BY n)
	FROM regexp_split_to_table(slug, '') WITH ORDINALITY AS e(c, n));
END $$;
COMMENT ON FUNCTION esn_url_part(text) IS
	'A slug as a part of an address, percent-encoded. slug: the slug.';

-- A section may lose its slug while pages of it are under way: what they show is not its own.
-- A table function, so that a query over pages inlines it.
CREATE OR REPLACE FUNCTION esn_internal.esn_section_of(section text, page_url text)
	RETURNS TABLE (id integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT s.id FROM sections s
	WHERE s.accounts_platform_slug = esn_section_of.section
		AND (esn_section_of.page_url NOT LIKE '%/organisation/%'
			OR strpos(esn_section_of.page_url,
				'/organisation/' || esn_url_part(s.activities_platform_slug) || '/') > 0);
END;
COMMENT ON FUNCTION esn_section_of(text, text) IS
	'The section for which a page was read. Returns no row if there is none, or if the page is a '
	'list or statistics of a slug that the section no longer has. section: its slug on '
	'accounts.esn.org. page_url: the page.';

-- What was read under a slug belongs to whoever gets it. esn_link_organisers() links the activities
-- then.
CREATE OR REPLACE FUNCTION esn_internal.esn_take_slugs_away(section_ids integer[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	relation text;
BEGIN
	UPDATE @extschema@.activities a
	SET unmatched_organisers = a.unmatched_organisers || o.slugs, updated_at = now()
	FROM (SELECT o.activity_id, array_agg(s.activities_platform_slug::text ORDER BY s.id) AS slugs
		FROM @extschema@.activity_section_organisers o
		JOIN @extschema@.sections s ON s.id = o.section_id
		WHERE s.id = ANY (section_ids) AND s.activities_platform_slug IS NOT NULL
		GROUP BY 1) o
	WHERE a.id = o.activity_id;
	FOREACH relation IN ARRAY ARRAY['activity_section_organisers', 'section_overall_statistics',
		'section_cause_statistics', 'section_type_statistics', 'section_participant_statistics']
	LOOP
		EXECUTE format('DELETE FROM @extschema@.%I WHERE section_id = ANY ($1)', relation)
			USING section_ids;
	END LOOP;
	DELETE FROM list_gaps l WHERE l.section_id = ANY (section_ids);
	-- The pages are read as for the first time.
	UPDATE @extschema@.frontier f SET section_id = NULL, etag = NULL, last_modified = NULL,
		content_hash = NULL,
		next_fetch_at = CASE WHEN f.kind = 'listing' THEN NULL ELSE f.next_fetch_at END
	WHERE f.section_id = ANY (section_ids) AND f.kind IN ('listing', 'statistics', 'activity');
	UPDATE @extschema@.sections s SET activities_platform_slug = NULL, activities_url = NULL,
		can_scrape_activities = NULL, last_scraped = NULL, last_validated_activities_slug = NULL
	WHERE s.id = ANY (section_ids);
END $$;
COMMENT ON FUNCTION esn_take_slugs_away(integer[]) IS
	'Takes their slugs away from sections, with the statistics and activities that were read under '
	'them. The next run over accounts looks their slugs up again. section_ids: the sections.';

-- Names that fit exactly one section count. A section may keep the slug of a former name of its
-- own, but not one whose links name another section and never this one. A link that names the owner
-- shows that activities.esn.org knows it, whatever a lookup found.
CREATE OR REPLACE FUNCTION esn_internal.esn_named_slugs(pages jsonb)
RETURNS TABLE (slug text, section_id integer, owner_id integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH link AS (
		SELECT o->>'slug' AS slug, o->>'name' AS name
		FROM jsonb_path_query(pages, '$[*].page.data.organisers[*]') o
		UNION
		SELECT c->>'organiser', c->>'organiser_name'
		FROM jsonb_path_query(pages, '$[*].page.data.cards[*]') c
	), named AS (
		-- Most links have the owner's exact name. Then no slug has to be computed.
		SELECT l.slug, l.name, o.id AS owner_id, bool_or(l.name = o.name
			OR @extschema@.esn_slugify(l.name) = @extschema@.esn_slugify(o.name::text))
			OVER (PARTITION BY l.slug) AS names_owner,
			o.can_scrape_activities IS NOT TRUE AND o.removed_at IS NULL AS is_lost
		FROM link l LEFT JOIN @extschema@.sections o ON o.activities_platform_slug = l.slug
		WHERE l.name <> '' AND length(l.slug) <= 255
	), unclear AS MATERIALIZED (
		SELECT DISTINCT n.slug, @extschema@.esn_slugify(n.name) AS key, n.owner_id
		FROM named n WHERE n.names_owner IS NOT TRUE
	)
	SELECT u.slug, min(s.id), min(u.owner_id)
	-- Most links name a section that has its slug, or none: national organisations.
	FROM unclear u JOIN @extschema@.sections s
		ON (u.owner_id IS NOT NULL OR s.can_scrape_activities IS NOT TRUE)
		AND s.removed_at IS NULL AND @extschema@.esn_slugify(s.name::text) = u.key
	GROUP BY u.slug HAVING count(*) = 1
	UNION
	SELECT n.slug, n.owner_id, NULL FROM named n WHERE n.names_owner AND n.is_lost;
END $$;
COMMENT ON FUNCTION esn_named_slugs(jsonb) IS
	'The slugs that links on activities and cards pair with the name of one section that does not '
	'have it, or has it without being known to activities.esn.org: that section, and the other one '
	'that has the slug (NULL: none). pages: array of activity pages or listings.';

CREATE OR REPLACE FUNCTION esn_internal.esn_learn_slugs(pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	named record;
BEGIN
	SELECT array_agg(n.slug) AS slugs, array_agg(n.section_id) AS sections,
		array_agg(DISTINCT n.owner_id) FILTER (WHERE n.owner_id IS NOT NULL) AS owners
	INTO named FROM esn_named_slugs(pages) n;
	IF named.owners IS NOT NULL THEN
		PERFORM esn_take_slugs_away(named.owners);
	END IF;
	-- Nearly always there is none. An UPDATE without rows fires triggers, too.
	IF named.slugs IS NOT NULL THEN
		UPDATE @extschema@.sections s SET activities_platform_slug = n.slug,
			last_validated_activities_slug = now(), can_scrape_activities = true,
			activities_url = current_setting('esn_pulse.activities_url') || '/organisation/'
				|| esn_url_part(n.slug)
		FROM (SELECT DISTINCT ON (u.id) u.id, u.slug
			FROM unnest(named.sections, named.slugs) AS u(id, slug) ORDER BY u.id, u.slug) n
		WHERE s.id = n.id AND s.can_scrape_activities IS NOT TRUE;
	END IF;
END $$;
COMMENT ON FUNCTION esn_learn_slugs(jsonb) IS
	'Corrects the slugs of sections by what esn_named_slugs() finds: takes them away from the '
	'sections that have them, and gives them to those that have none, or whose slug was not known '
	'to activities.esn.org when it was looked up. pages: array of activity pages or listings.';

-- Of two sections with one slug, that which has it keeps it, else the first gets it.
CREATE OR REPLACE FUNCTION esn_internal.esn_store_slug_lookups(run bigint, pages jsonb)
	RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.failed_scrapes k SET resolved_at = now()
	FROM jsonb_to_recordset(pages) AS p(tried_urls jsonb), jsonb_array_elements_text(p.tried_urls) a
	WHERE k.url = left(a, 500) AND k.resolved_at IS NULL;

	WITH found AS MATERIALIZED (
		SELECT k.id, p.slug, p.activities_url, first_value(k.id) OVER (PARTITION BY p.slug
			ORDER BY k.activities_platform_slug IS NOT DISTINCT FROM p.slug DESC, k.id) AS first
		FROM jsonb_to_recordset(pages) AS p(section text, slug text, activities_url text)
		JOIN @extschema@.sections k ON k.accounts_platform_slug = p.section
	), owned AS MATERIALIZED (
		SELECT f.*, o.id AS owner_id FROM found f
		LEFT JOIN LATERAL (SELECT coalesce((SELECT o.id FROM @extschema@.sections o
				WHERE o.activities_platform_slug = f.slug), f.first) AS id) o ON f.slug IS NOT NULL
	), wrong AS (
		INSERT INTO @extschema@.validation_errors (section_id, field_name, error_message, raw_data,
			run_id, url)
		SELECT f.id, 'activities_platform_slug',
			'belongs to another section: ' || o.accounts_platform_slug, to_jsonb(f.slug), run,
			f.activities_url
		FROM owned f JOIN @extschema@.sections o ON o.id = f.owner_id
		WHERE f.owner_id <> f.id
		ON CONFLICT (url, field_name) WHERE resolved_at IS NULL DO UPDATE SET
			section_id = excluded.section_id, error_message = excluded.error_message,
			run_id = excluded.run_id
	), right_now AS (
		UPDATE @extschema@.validation_errors v SET resolved_at = now()
		FROM owned f
		WHERE v.section_id = f.id AND v.field_name = 'activities_platform_slug'
			AND v.resolved_at IS NULL AND f.owner_id IS NOT DISTINCT FROM f.id
	)
	UPDATE @extschema@.sections k SET can_scrape_activities = n.slug IS NOT NULL,
		activities_platform_slug = coalesce(n.slug, k.activities_platform_slug),
		activities_url = coalesce(n.activities_url, k.activities_url),
		last_validated_activities_slug = CASE WHEN n.slug IS NULL
			THEN k.last_validated_activities_slug ELSE now() END
	FROM (SELECT f.id, CASE WHEN f.owner_id = f.id THEN f.slug END AS slug,
			CASE WHEN f.owner_id = f.id THEN f.activities_url END AS activities_url
		FROM owned f) n
	WHERE k.id = n.id;
END $$;
COMMENT ON FUNCTION esn_store_slug_lookups(bigint, jsonb) IS
	'Stores the slugs under which activities.esn.org knows sections, and closes the failures of '
	'the requested addresses. A slug of another section is an error of the section that was looked '
	'up. run: the run. pages: array of {"section": slug on accounts.esn.org, "slug": slug that was '
	'answered with 200, or null, "activities_url", "tried_urls": addresses that were answered}.';
