-- The tables of the dashboard's pages.

CREATE OR REPLACE FUNCTION esn_internal.esn_page_countries(request jsonb, lang text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_page_table(lang, 'Countries', '{Country,#Sections,#Activities,#Participants,'
		'Last activity,#Rank}', coalesce(string_agg(concat('<tr><th scope="row"><a href="',
			esn_link(request, '/countries/' || esn_url_part(o.country_code)), '">',
			esn_html(o.country), '</a></th>', esn_cell(o.sections, lang), esn_cell(o.activities,
			lang), esn_cell(o.participants, lang), '<td>', o.last_activity, '</td>',
			esn_cell(o.rank_in_network, lang), '</tr>'), '' ORDER BY o.country), ''))
	FROM @extschema@.esn_country_overview o
$$;
COMMENT ON FUNCTION esn_page_countries(jsonb, text) IS
	'The table of all countries. request: as esn_api() makes it. lang: en or tr.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_years(lang text, kind text, subject text)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_page_table(lang, 'Years', '{Year,#Activities,#Change,#Participants,#Online}',
		coalesce(string_agg(concat('<tr><th scope="row">', y.year, '</th>',
			esn_cell(y.activities, lang), esn_change_cell(y.activities_change_percent),
			esn_cell(y.participants, lang), esn_cell(y.online, lang), '</tr>'), ''
			ORDER BY y.year DESC), ''))
	FROM (SELECT n.year, n.activities, n.activities_change_percent, n.participants, n.online
		FROM @extschema@.esn_activities_by_year n WHERE kind = 'network'
		UNION ALL SELECT n.year, n.activities, n.activities_change_percent, n.participants, n.online
		FROM @extschema@.esn_countries_by_year n WHERE kind = 'country' AND n.country_code = subject
		UNION ALL SELECT n.year, n.activities, n.activities_change_percent, n.participants, n.online
		FROM @extschema@.esn_sections_by_year n WHERE kind = 'section'
			AND n.section_slug = subject) y
$$;
COMMENT ON FUNCTION esn_page_years(text, text, text) IS
	'The table of years. lang: en or tr. kind: network, country or section. subject: the '
	'country''s code or the section''s slug.';

-- With a year: what they did in it, and the change from the year before.
CREATE OR REPLACE FUNCTION esn_internal.esn_page_sections(request jsonb, lang text, given jsonb)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT esn_page_compare_form(request) || esn_page_table(lang, 'Sections',
		CASE WHEN given->>'year' IS NULL
			THEN '{Section,Country,#Activities,#In 12 months,#Participants,Last activity,#Rank}'
			ELSE '{Section,Country,#Activities,#Change,#Participants,Last activity,#Rank}'
			END::text[], coalesce(string_agg(concat('<tr><th scope="row">',
			-- Those that are compared have theirs there.
			CASE WHEN s.id::text <> ALL (string_to_array(coalesce(given->>'compare', ''), ','))
				THEN esn_page_choice(lang, o.section_slug, o.section, false) END, '<a href="',
			esn_link(request, '/sections/' || esn_url_part(o.section_slug)), '">',
			esn_html(o.section), '</a></th><td>', esn_html(o.country), '</td>',
			esn_cell(CASE WHEN y.year IS NOT NULL OR given->>'year' IS NOT NULL
				THEN coalesce(y.activities, 0) ELSE o.activities END, lang),
			CASE WHEN given->>'year' IS NULL THEN esn_cell(o.activities_12_months, lang)
				ELSE esn_change_cell(y.activities_change_percent) END,
			esn_cell(CASE WHEN given->>'year' IS NULL THEN o.participants
				ELSE y.participants END, lang), '<td>', o.last_activity, '</td>',
			esn_cell(o.rank_in_network, lang), '</tr>'), '' ORDER BY o.section, o.section_slug),
			''),
		(SELECT string_agg(concat('<a', CASE WHEN l.year::text = given->>'year'
			THEN ' aria-current="true"' ELSE '' END, ' href="', coalesce(nullif(esn_link(request,
			'', jsonb_build_object('year', l.year)), ''), esn_html(request->>'address')), '">',
			coalesce(l.year::text, esn_html(esn_say(lang, 'all'))), '</a>'), ' '
			ORDER BY l.year DESC NULLS FIRST)
			FROM (SELECT n.year FROM @extschema@.esn_activities_by_year n UNION SELECT NULL) l)
		|| format('<br><button form="compare">%s</button> %s', esn_html(esn_say(lang, 'Compare')),
			esn_html(esn_say(lang, 'the chosen sections, up to eight.'))))
	FROM @extschema@.esn_section_overview o
	JOIN @extschema@.sections s ON s.accounts_platform_slug = o.section_slug
	LEFT JOIN @extschema@.esn_sections_by_year y ON y.section_slug = o.section_slug
		AND y.year = (given->>'year')::integer
	WHERE (given->>'country' IS NULL OR o.country_code = given->>'country')
		AND (given->>'q' IS NULL OR strpos(esn_fold_case(concat_ws(' ', o.section, o.city,
			o.university, o.country)), esn_fold_case(given->>'q')) > 0));
END $$;
COMMENT ON FUNCTION esn_page_sections(jsonb, text, jsonb) IS
	'The table of sections. request: as esn_api() makes it. lang: en or tr. given: the checked '
	'parameters; country, q and year select, compare is chosen.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_silent(request jsonb, lang text, country text)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN count(*) > 0 THEN esn_page_table(lang, 'Silent sections',
		'{Section,Country,#Activities,Last activity}', string_agg(concat('<tr><th scope="row">'
			'<a href="', esn_link(request, '/sections/' || esn_url_part(o.section_slug)), '">',
			esn_html(o.section), '</a></th><td>', esn_html(o.country), '</td>',
			esn_cell(o.activities, lang), '<td>', o.last_activity, '</td></tr>'), ''
			ORDER BY o.last_activity DESC NULLS LAST, o.section, o.section_slug),
		esn_html(esn_say(lang, 'No activity in the last 365 days'))) ELSE '' END
	FROM @extschema@.esn_section_overview o
	WHERE o.can_scrape_activities AND o.activities_12_months = 0
		AND (esn_page_silent.country IS NULL OR o.country_code = esn_page_silent.country)
$$;
COMMENT ON FUNCTION esn_page_silent(jsonb, text, text) IS
	'The table of sections without an activity in a year. request: as esn_api() makes it. lang: en '
	'or tr. country: the code of a country. NULL: of all.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_runs(lang text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_page_table(lang, 'Runs', '{Request,State,Began,#Sections,#New,#Changed,#Requests}',
		coalesce(string_agg(concat('<tr data-run="', r.id, '"><th scope="row">',
			esn_html(r.request), '</th><td>', esn_html(esn_say(lang, r.status)), '</td><td>',
			to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), '</td>',
			esn_cell(r.sections_processed, lang), esn_cell(r.activities_new, lang),
			esn_cell(r.activities_changed, lang), esn_cell(r.requests, lang), '</tr>'), ''
			ORDER BY r.id DESC), ''))
	FROM (SELECT * FROM esn_api_runs v ORDER BY v.id DESC LIMIT 10) r
$$;
COMMENT ON FUNCTION esn_page_runs(text) IS 'The table of the last ten runs. lang: en or tr.';

-- The filters of a list, as a form that works without JavaScript.
CREATE OR REPLACE FUNCTION esn_internal.esn_page_filters(request jsonb, lang text, given jsonb)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT concat('<form class="filters" action="#activities">',
		CASE WHEN lang = 'tr' THEN '<input type="hidden" name="lang" value="tr">' END,
		(SELECT string_agg(concat('<label>', esn_html(esn_say(lang, c.head)), ' <select name="',
			c.name, '"><option value="">', esn_html(esn_say(lang, 'all')), '</option>', c.options,
			'</select></label> '), '' ORDER BY c.n) FROM (
			SELECT 1 AS n, 'Cause' AS head, 'cause' AS name, (SELECT string_agg(concat('<option',
				CASE WHEN k.name = given->>'cause' THEN ' selected' END, '>', esn_html(k.name),
				'</option>'), '' ORDER BY k.name) FROM @extschema@.activity_causes k) AS options
			UNION ALL SELECT 2, 'Type', 'type', (SELECT string_agg(concat('<option',
				CASE WHEN t.name = given->>'type' THEN ' selected' END, '>', esn_html(t.name),
				'</option>'), '' ORDER BY t.name) FROM @extschema@.activity_types t)
			UNION ALL SELECT 3, p.head, p.name, (SELECT string_agg(format('<option value="%s"%s>%s'
				'</option>', b.value, CASE WHEN b.value = given->>p.name THEN ' selected'
				ELSE '' END, esn_html(esn_say(lang, b.word))), '')
				FROM (VALUES ('true', 'yes'), ('false', 'no')) AS b(value, word))
			FROM (VALUES ('Online', 'online'), ('To come', 'upcoming')) AS p(head, name)) c),
		(SELECT string_agg(format('<label>%s <input type="date" name="%s" value="%s"></label> ',
			esn_html(esn_say(lang, d.head)), d.name, esn_html(given->>d.name)), '' ORDER BY d.n)
			FROM (VALUES (1, 'from', 'start_date'), (2, 'to', 'end_date')) AS d(n, head, name)),
		'<button>', esn_html(esn_say(lang, 'Show')), '</button></form>'));
END $$;
COMMENT ON FUNCTION esn_page_filters(jsonb, text, jsonb) IS
	'The form that selects activities. request: as esn_api() makes it. lang: en or tr. given: the '
	'checked parameters.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_activities(request jsonb, lang text, given jsonb)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	condition text := esn_api_condition('esn_api_activities', given);
	page bigint := greatest(1, (given->>'page')::bigint);
	total bigint;
	body text;
BEGIN
	EXECUTE format('SELECT count(*) FROM esn_api_activities v WHERE %s', condition)
		INTO total USING given;
	EXECUTE format($q$SELECT string_agg(concat('<tr><td>', x.start_date, '</td><th scope="row">',
			CASE WHEN x.url ~* '^https?://' THEN '<a rel="noreferrer" href="' || esn_html(x.url)
				|| '"><bdi>' || esn_html(x.title) || '</bdi></a>' ELSE esn_html(x.title) END,
			'</th><td>', esn_html(array_to_string(x.types, ', ')), '</td><td>',
			esn_html(array_to_string(x.causes, ', ')), '</td><td>', esn_html(CASE WHEN x.is_online
				THEN esn_say($2, 'Online') ELSE concat_ws(', ', x.city, x.country) END), '</td>',
			esn_cell(x.participants, $2), '</tr>'), '')
		FROM (SELECT v.* FROM esn_api_activities v WHERE %s ORDER BY v.start_date DESC, v.id DESC
			LIMIT 50 OFFSET %s) x$q$, condition, 50 * (page - 1)) INTO body USING given, lang;
	RETURN esn_page_filters(request, lang, given) || esn_page_table(lang, 'Activities',
		'{Begins,Title,Type,Cause,Place,#Participants}', coalesce(body, ''), concat(
			esn_figure(total, lang), ' ', esn_html(esn_say(lang, 'found')), '. ',
			(SELECT string_agg(format('<a href="%s#activities">%s</a> ', esn_link(request, '',
				jsonb_build_object('page', l.page)), esn_html(esn_say(lang, l.word))), ''
				ORDER BY l.n) FROM (VALUES (1, 'previous', nullif(page - 1, 0)), (2, 'next',
				CASE WHEN 50 * page < total THEN page + 1 END)) AS l(n, word, page)
			WHERE l.page IS NOT NULL)));
END $$;
COMMENT ON FUNCTION esn_page_activities(jsonb, text, jsonb) IS
	'The activities of a section, fifty on a page, with a form to select them. request: as '
	'esn_api() makes it. lang: en or tr. given: the checked parameters.';
