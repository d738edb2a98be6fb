-- Sections side by side: those that ?compare= names, on the pages of the network and of a country.

-- The checkboxes of the table of sections belong to it, wherever they stand.
CREATE OR REPLACE FUNCTION esn_internal.esn_page_compare_form(request jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat('<form id="compare" action="#comparison">', (SELECT string_agg(format(
			'<input type="hidden" name="%s" value="%s">', esn_html(t.key), esn_html(t.value)), ''
			ORDER BY t.key) FROM jsonb_each_text(request->'query') t
			WHERE t.key IN ('lang', 'q', 'year') AND t.value <> ''), '</form>')
$$;
COMMENT ON FUNCTION esn_page_compare_form(jsonb) IS
	'The form that compares the chosen sections. request: as esn_api() makes it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_choice(lang text, slug text, name text,
	chosen boolean) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('<input type="checkbox" form="compare" name="compare" value="%s" '
		'aria-label="%s: %s"%s> ', esn_html(slug), esn_html(esn_say(lang, 'Compare')),
		esn_html(name), CASE WHEN chosen THEN ' checked' ELSE '' END)
$$;
COMMENT ON FUNCTION esn_page_choice(text, text, text, boolean) IS
	'The checkbox that chooses a section. lang: en or tr. slug: of the section. name: its name. '
	'chosen: whether it is.';

-- With a year: what they did in it, against the year before, as esn_sections_by_year compares it;
-- without: the last twelve months.
CREATE OR REPLACE FUNCTION esn_internal.esn_page_comparison(request jsonb, lang text, given jsonb)
	RETURNS text
LANGUAGE sql STABLE AS $$
	WITH chosen AS (
		SELECT c.id::integer, c.n FROM unnest(string_to_array(given->>'compare', ','))
			WITH ORDINALITY AS c(id, n)
	), spans AS (
		SELECT current_date - 364 AS first, current_date AS last,
			current_date - 729 AS first_before, current_date - 365 AS last_before,
			NULL::date AS begun_by
		WHERE given->>'year' IS NULL
		UNION ALL
		SELECT make_date(y.year, 1, 1), y.last, make_date(y.year - 1, 1, 1),
			(y.last - interval '1 year')::date, make_date(y.year - 1, 1, 31)
		FROM (SELECT g.year, least(make_date(g.year, 12, 31), current_date) AS last
			FROM (SELECT least(greatest((given->>'year')::integer, 1900), 9999) AS year) g) y
		WHERE given->>'year' IS NOT NULL
	), counts AS (
		SELECT c.id, c.n,
			count(*) FILTER (WHERE a.start_date BETWEEN s.first AND s.last) AS now,
			count(*) FILTER (WHERE a.start_date BETWEEN s.first_before AND s.last_before) AS then,
			sum(a.participants) FILTER (WHERE a.start_date BETWEEN s.first AND s.last)
				AS participants, coalesce(min(a.start_date) <= s.begun_by, true) AS is_comparable
		FROM chosen c CROSS JOIN spans s
		LEFT JOIN LATERAL esn_report_activities(ARRAY[c.id]) a ON a.start_date <= current_date
		GROUP BY c.id, c.n, s.begun_by
	)
	SELECT esn_page_table(lang, 'Comparison', ARRAY['Section', 'Country', '#Activities',
			CASE WHEN given->>'year' IS NULL THEN '#In 12 months' ELSE '#In the year' END,
			'#Before', '#Change', '#Participants then', '#From abroad', 'Main cause',
			'Last activity', '#Rank'], string_agg(concat('<tr><th scope="row">',
			esn_page_choice(lang, v.slug, v.name, true), '<a href="',
			esn_link(request, '/sections/' || esn_url_part(v.slug)), '">',
			esn_html(v.name), '</a></th><td>',
			esn_html(v.country), '</td>',
			esn_cell(v.activities, lang), esn_cell(c.now, lang), esn_cell(c.then, lang),
			esn_change_cell(CASE WHEN c.is_comparable
				THEN round(100.0 * (c.now - c.then) / nullif(c.then, 0), 1) END),
			esn_cell(c.participants, lang), esn_cell(round(100.0 * v.international_students
				/ nullif(v.local_students + v.international_students, 0)), lang, ' %'), '<td>',
			esn_html(split_part(o.causes, ', ', 1)), '</td><td>', v.last_activity, '</td>',
			esn_cell(v.rank_in_network, lang), '</tr>'), '' ORDER BY c.n),
		format('<a href="%s">%s</a>', coalesce(nullif(esn_link(request, '', '{"compare": null}'),
			''), esn_html(request->>'address')), esn_html(esn_say(lang, 'Compare none'))))
	FROM counts c
	JOIN esn_api_sections v ON v.id = c.id
	JOIN @extschema@.esn_section_overview o ON o.section_slug = v.slug
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION esn_page_comparison(jsonb, text, jsonb) IS
	'The table of the chosen sections, in the order of the address, with what they did the year '
	'before: by the same days, if the year is the current one. NULL: none is chosen. request: as '
	'esn_api() makes it. lang: en or tr. given: the checked parameters; compare and year count.';
