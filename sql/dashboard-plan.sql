-- What the planner says of a section, on its page: suggestions with the figures behind them, and
-- the participants to expect.

CREATE OR REPLACE FUNCTION esn_internal.esn_page_share(label text, value text, percent numeric,
	class text) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT format('<div><dt>%s</dt><dd>%s</dd><dd class="bar"><svg aria-hidden="true">'
		'<rect class="%s" width="%s%%" height="100%%"/></svg></dd></div>', esn_html(label),
		esn_html(value), class, least(round(percent, 1), 100));
END;
COMMENT ON FUNCTION esn_page_share(text, text, numeric, text) IS
	'A share with its bar. label: whose it is. value: the share in words. percent: its length. '
	'class: of the bar.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_suggestion(lang text, idea jsonb, name text)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT concat('<li class="',
		CASE WHEN (idea->>'is_gap')::boolean THEN 'gap' ELSE 'idea' END, '"><h3>',
		esn_html(esn_say(lang, CASE WHEN (idea->>'is_gap')::boolean THEN 'Gap'
			ELSE 'Idea' END)), ': ', esn_html(CASE WHEN lang = 'tr'
			THEN esn_turkish(idea #>> '{names,tr}') ELSE concat(idea #>> '{names,en}', (SELECT ' ('
				|| split_part(g.description, ':', 1) || ')' FROM @extschema@.sdgs g
				WHERE idea->>'kind' = 'sdg' AND g.name = idea #>> '{names,en}')) END),
		' <small>', esn_html(esn_say(lang, CASE idea->>'kind' WHEN 'cause' THEN 'Cause'
			WHEN 'type' THEN 'Type' WHEN 'month' THEN 'Month' ELSE 'Goal' END)), '</small></h3><p>',
		esn_html(idea->'reasons'->>lang), '</p><dl>',
		CASE WHEN idea->>'own_percent' IS NOT NULL THEN esn_page_share(name, format('%s (%s / %s)',
			esn_percent((idea->>'own_percent')::double precision / 100, lang), idea->>'own',
			idea->>'own_activities'), (idea->>'own_percent')::numeric, 'own') END,
		esn_page_share(format('%s (%s)', esn_say(lang, 'comparable sections'),
			idea->>'comparable_sections'), esn_percent((idea->>'comparable_percent')::double
			precision / 100, lang), (idea->>'comparable_percent')::numeric, 'theirs'),
		(SELECT string_agg(format('<div><dt>%s</dt><dd>%s</dd></div>', esn_html(esn_say(lang,
			f.label)), f.value), '' ORDER BY f.n) FROM (VALUES
			(1, CASE WHEN idea->>'own_percent' IS NULL THEN 'did it at first'
				ELSE 'do it more' END,
				format('%s / %s', idea->>'sections_doing_more', idea->>'comparable_sections')),
			(2, 'could be chance: at most', CASE WHEN (idea->>'is_gap')::boolean
				THEN esn_percent((idea->>'chance')::double precision, lang) END),
			(3, 'usual participants there', esn_figure(nullif((idea->>'participants')::numeric,
				0), lang))) AS f(n, label, value) WHERE f.value IS NOT NULL AND f.value <> '–'),
		'</dl>', (SELECT concat('<p class="meta">', esn_html(esn_say(lang,
			'Drew many participants:')), '</p><ul>',
			string_agg(format('<li>%s <span class="meta">%s, %s, %s %s</span></li>', CASE
				WHEN e.item->>'link' ~* '^https?://' THEN format('<a rel="noreferrer" href="%s">'
					'<bdi>%s</bdi></a>', esn_html(e.item->>'link'), esn_html(e.item->>'title'))
				ELSE '<bdi>' || esn_html(e.item->>'title') || '</bdi>' END,
				esn_html(e.item->>'section'), esn_html(e.item->>'date'),
				esn_figure((e.item->>'participants')::numeric, lang),
				esn_html(esn_say(lang, 'participants'))), '' ORDER BY e.n), '</ul>')
			FROM jsonb_array_elements(idea->'examples') WITH ORDINALITY AS e(item, n)
			HAVING count(*) > 0), '</li>'));
END $$;
COMMENT ON FUNCTION esn_page_suggestion(text, jsonb, text) IS
	'A suggestion: why, the shares that it compares, and examples. lang: en or tr. idea: as in '
	'esn_report_plan(). name: of the section.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_expectations(lang text, rows jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_page_table(lang, 'How many may come', '{Type,#Expected,#From,#To,#Own activities}',
		string_agg(concat('<tr><th scope="row">', esn_html(e.item->>'type'), '</th>',
			esn_cell((e.item->>'expected')::numeric, lang), esn_cell((e.item->>'low')::numeric,
			lang), esn_cell((e.item->>'high')::numeric, lang),
			esn_cell((e.item->>'own_of_type')::numeric, lang), '</tr>'), '' ORDER BY e.n),
		esn_html(esn_say(lang, 'Four of five activities of a type lie between from and to.')))
	FROM jsonb_array_elements(rows) WITH ORDINALITY AS e(item, n)
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION esn_page_expectations(text, jsonb) IS
	'The table of participants to expect. NULL: there are none. lang: en or tr. rows: as in '
	'esn_report_plan().';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_plan(lang text, plan jsonb, name text, slug text)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat('<section id="suggestions" aria-labelledby="suggestions-title">'
		'<h2 id="suggestions-title">', esn_html(esn_say(lang, 'Suggestions')), '</h2>'
		'<p class="lead">', esn_html(esn_say(lang, CASE
			WHEN bool_and(i.item->>'own_percent' IS NULL)
				THEN 'What other sections began with.'
			WHEN bool_or((i.item->>'is_gap')::boolean) THEN 'Gaps: done less than half as often as '
				'at comparable sections, and too rarely to be chance. The others are ideas.'
			ELSE 'No gaps: what is done less than at comparable sections may be chance. These are '
				'ideas.' END)), '</p><ol class="suggestions">',
		string_agg(esn_page_suggestion(lang, i.item, name), '' ORDER BY i.n),
		format('</ol><p><a href="/api/v1/sections/%s/suggestions">JSON</a></p></section>',
			esn_url_part(slug)), esn_page_expectations(lang, plan->'expectations'))
	FROM jsonb_array_elements(plan->'suggestions') WITH ORDINALITY AS i(item, n)
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION esn_page_plan(text, jsonb, text, text) IS
	'What the planner suggests to a section. NULL: nothing. lang: en or tr. plan: as of '
	'esn_report_plan(). name: of the section. slug: its slug.';
