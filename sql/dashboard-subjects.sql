-- The pages of the dashboard: the network, a country, a section, and the description of the API.

CREATE OR REPLACE FUNCTION esn_internal.esn_page_downloads(lang text, paths text[]) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat('<section aria-labelledby="data-title"><h2 id="data-title">',
		esn_html(esn_say(lang, 'Data')), '</h2><p>', string_agg(format('<a download href="%s">%s'
		'</a>', esn_html(p.path), esn_html(p.path)), '<br>' ORDER BY p.n), '</p></section>')
	FROM unnest(paths) WITH ORDINALITY AS p(path, n)
$$;
COMMENT ON FUNCTION esn_page_downloads(text, text[]) IS
	'Links to the data of a page. lang: en or tr. paths: of the API.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_network(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	given jsonb := esn_api_values(request);
	lang text := CASE WHEN given->>'lang' = 'tr' THEN 'tr' ELSE 'en' END;
	data jsonb := @extschema@.esn_report_data();
BEGIN
	http_status := 200;
	headers := esn_page_headers();
	content := esn_page_head(request, lang, esn_say(lang, 'The whole network'))
		|| format('<header><p>Erasmus Student Network</p><h1>%s</h1></header>',
			esn_html(esn_say(lang, 'The whole network')))
		|| esn_page_figures(lang, jsonb_build_array(
			jsonb_build_array('activities', 'activities', data #> '{figures,activities}'),
			esn_page_year_figure(lang, data->'figures'),
			jsonb_build_array('participants', 'participants', data #> '{figures,participants}'),
			jsonb_build_array('upcoming', 'activities to come', data #> '{figures,upcoming}'),
			jsonb_build_array('sections', 'sections', jsonb_array_length(data
				#> '{sections,rows}')),
			jsonb_build_array('countries', 'countries', jsonb_array_length(data
				#> '{countries,rows}')),
			jsonb_build_array('usage', 'requests in 30 days', (SELECT sum(u.requests)
				FROM @extschema@.esn_usage u WHERE u.hour > now() - interval '30 days'))))
		|| coalesce(esn_page_comparison(request, lang, given), '')
		|| esn_page_charts(lang, data)
		|| esn_page_sections(request, lang, given) || esn_page_countries(request, lang)
		|| esn_page_years(lang, 'network', NULL) || esn_page_silent(request, lang, NULL)
		|| esn_page_runs(lang)
		|| esn_page_downloads(lang, '{/api/v1/countries.csv,/api/v1/sections.csv,'
			'/api/v1/activities.csv,/api/v1/runs.csv}')
		|| esn_page_foot(lang);
END $$;
COMMENT ON FUNCTION esn_page_network(jsonb) IS
	'Answers with the page of the network. request: as esn_api() makes it. Returns status, headers '
	'and body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_country(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	given jsonb := esn_api_values(request);
	lang text := CASE WHEN given->>'lang' = 'tr' THEN 'tr' ELSE 'en' END;
	subject record;
	data jsonb;
BEGIN
	SELECT o.* INTO subject FROM @extschema@.esn_country_overview o
	WHERE o.country_code = given->>'country';
	data := @extschema@.esn_report_data(subject.country_code::text);
	http_status := 200;
	headers := esn_page_headers();
	content := esn_page_head(request, lang, subject.country)
		|| format('<header><p><a href="%s">%s</a></p><h1>%s</h1></header>',
			esn_link(request, '/'), esn_html(esn_say(lang, 'The whole network')),
			esn_html(subject.country))
		|| esn_page_figures(lang, jsonb_build_array(
			jsonb_build_array('activities', 'activities', subject.activities),
			esn_page_year_figure(lang, data->'figures'),
			jsonb_build_array('participants', 'participants', subject.participants),
			jsonb_build_array('sections', 'sections', subject.sections),
			jsonb_build_array('rank', 'rank in the network', subject.rank_in_network),
			jsonb_build_array('international', 'from abroad', round(100.0
				* subject.international_students / nullif(subject.local_students
				+ subject.international_students, 0)), ' %')))
		|| coalesce(esn_page_comparison(request, lang, given), '')
		|| esn_page_charts(lang, data)
		|| esn_page_sections(request, lang, given) || esn_page_years(lang, 'country',
			subject.country_code) || esn_page_silent(request, lang, subject.country_code)
		|| esn_page_downloads(lang, ARRAY[format('/api/v1/countries/%s/sections.csv',
			esn_url_part(subject.country_code)), format('/api/v1/activities.csv?country=%s',
			esn_url_part(subject.country_code))])
		|| esn_page_foot(lang);
END $$;
COMMENT ON FUNCTION esn_page_country(jsonb) IS
	'Answers with the page of a country. request: as esn_api() makes it. Returns status, headers '
	'and body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_section(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	given jsonb := esn_api_values(request);
	lang text := CASE WHEN given->>'lang' = 'tr' THEN 'tr' ELSE 'en' END;
	subject record;
	data jsonb;
BEGIN
	SELECT v.* INTO subject FROM esn_api_sections v WHERE v.id = (given->>'section')::integer;
	data := @extschema@.esn_report_data(subject.slug::text);
	http_status := 200;
	headers := esn_page_headers();
	content := esn_page_head(request, lang, subject.name)
		|| format('<header><p><a href="%s">%s</a></p><h1>%s</h1><p>%s</p><p>%s</p></header>',
			esn_link(request, CASE WHEN subject.country_code IS NULL THEN '/'
				ELSE '/countries/' || esn_url_part(subject.country_code) END),
			esn_html(coalesce(subject.country, esn_say(lang, 'The whole network'))),
			esn_html(subject.name), esn_html(concat_ws(' · ', subject.city, subject.university)),
			(SELECT string_agg(format('<a rel="noreferrer" href="%1$s">%1$s</a>', esn_html(u.url)),
				' · ') FROM unnest(ARRAY[subject.website, subject.accounts_url::text,
				subject.activities_url]) AS u(url) WHERE u.url ~* '^https?://'))
		|| esn_page_figures(lang, jsonb_build_array(
			jsonb_build_array('activities', 'activities', subject.activities),
			esn_page_year_figure(lang, data->'figures'),
			jsonb_build_array('participants', 'participants', subject.participants),
			jsonb_build_array('upcoming', 'activities to come', subject.upcoming),
			jsonb_build_array('rank', 'rank in the network', subject.rank_in_network),
			jsonb_build_array('country_rank', 'rank in the country', subject.rank_in_country),
			jsonb_build_array('international', 'from abroad', round(100.0
				* subject.international_students / nullif(subject.local_students
				+ subject.international_students, 0)), ' %')))
		|| coalesce(esn_page_plan(lang, data->'plan', subject.name, subject.slug), '')
		-- The suggestions stand above, also without JavaScript.
		|| esn_page_charts(lang, data || '{"plan": null}')
		|| esn_page_activities(request, lang, given)
		|| esn_page_years(lang, 'section', subject.slug)
		|| esn_page_downloads(lang, ARRAY[format('/api/v1/sections/%s/activities.csv',
			esn_url_part(subject.slug)), format('/api/v1/sections/%s/statistics',
			esn_url_part(subject.slug))])
		|| esn_page_foot(lang);
END $$;
COMMENT ON FUNCTION esn_page_section(jsonb) IS
	'Answers with the page of a section. request: as esn_api() makes it. Returns status, headers '
	'and body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_api(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	given jsonb := esn_api_values(request);
	lang text := CASE WHEN given->>'lang' = 'tr' THEN 'tr' ELSE 'en' END;
BEGIN
	http_status := 200;
	headers := esn_page_headers();
	content := esn_page_head(request, lang, esn_say(lang, 'For programs'))
		|| format('<header><h1>%s</h1><p><a href="/api/v1/openapi.json">openapi.json</a></p>'
			'</header>', esn_html(esn_say(lang, 'For programs')))
		|| (SELECT esn_page_table(lang, 'Routes', '{Address,Meaning}', string_agg(format(
			'<tr><th scope="row"><code>%s %s</code></th><td>%s%s</td></tr>', r.method,
			esn_html(r.pattern || CASE WHEN r.is_list THEN ' (.csv)' ELSE '' END),
			esn_html(r.summary), (SELECT string_agg(format('<br><code>%s</code> %s',
				esn_html(p->>'name'), esn_html(p->>'description')), '')
				FROM jsonb_array_elements(esn_api_path_schema(r.pattern, r.relation, r.is_list))
					p)), '' ORDER BY r.method, r.pattern))
			FROM api_routes r WHERE r.pattern LIKE '/api/v1/%')
		|| esn_page_foot(lang);
END $$;
COMMENT ON FUNCTION esn_page_api(jsonb) IS
	'Answers with the page that lists the routes of the API. request: as esn_api() makes it. '
	'Returns status, headers and body.';
