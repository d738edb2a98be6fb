-- The pages of the dashboard: what is alike on all of them. They stand without JavaScript; the
-- scripts of the report draw the charts from the same data (report/), and tables can be sorted.

CREATE OR REPLACE FUNCTION esn_internal.esn_html(value text) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT replace(replace(replace(replace(replace(coalesce(value, ''), '&', '&amp;'), '<', '&lt;'),
		'>', '&gt;'), '"', '&quot;'), '''', '&#39;');
END;
COMMENT ON FUNCTION esn_html(text) IS 'A text as HTML, also in attributes. value: the text.';

CREATE OR REPLACE FUNCTION esn_internal.esn_say(lang text, word text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT w.tr FROM api_words w
		WHERE w.word = esn_say.word AND esn_say.lang = 'tr'), esn_say.word)
$$;
COMMENT ON FUNCTION esn_say(text, text) IS
	'A word of the dashboard. lang: en or tr. word: the word in English.';

CREATE OR REPLACE FUNCTION esn_internal.esn_figure(value numeric, lang text) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT CASE WHEN value IS NULL THEN '–' WHEN lang = 'tr'
		THEN replace(to_char(value, 'FM999,999,999,999'), ',', '.')
		ELSE to_char(value, 'FM999,999,999,999') END;
END;
COMMENT ON FUNCTION esn_figure(numeric, text) IS
	'A whole number as people read it. value: the number. lang: en or tr.';

CREATE OR REPLACE FUNCTION esn_internal.esn_cell(value numeric, lang text, unit text DEFAULT '')
	RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT '<td class="n" data-v="' || coalesce(value::text, '') || '">' || esn_figure(value, lang)
		|| CASE WHEN value IS NULL THEN '' ELSE unit END || '</td>';
END;
COMMENT ON FUNCTION esn_cell(numeric, text, text) IS
	'A cell of a table with a number, which sorts by it. value: the number. lang: en or tr. unit: '
	'what follows the number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_change_cell(percent numeric) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT concat('<td class="n" data-v="', percent, '">',
		coalesce(to_char(percent, 'FMSG999990') || ' %', '–'), '</td>');
END;
COMMENT ON FUNCTION esn_change_cell(numeric) IS
	'A cell of a table with a change. percent: the change; NULL: not known.';

-- Parameters that say how a page is shown stay with each link.
CREATE OR REPLACE FUNCTION esn_internal.esn_link(request jsonb, path text, changes jsonb
	DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_html(path || coalesce('?' || string_agg(t.key || '=' || esn_url_part(t.value), '&'
		ORDER BY t.key), ''))
	FROM jsonb_each_text(jsonb_strip_nulls(CASE WHEN path = '' THEN request->'query'
		ELSE jsonb_build_object('lang', request #>> '{query,lang}') END || changes)) t
$$;
COMMENT ON FUNCTION esn_link(jsonb, text, jsonb) IS
	'The address of a page, in the language of this one, as HTML. request: as esn_api() makes it. '
	'path: its path; empty: this page, with its parameters. changes: other values of parameters; '
	'null: it has none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_table(lang text, name text, heads text[],
	body text, note text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('<section aria-labelledby="%1$s-title"><h2 id="%1$s-title">%2$s</h2>%5$s'
		'<div class="scroll"><table id="%1$s" class="sortable"><thead><tr>%3$s</tr></thead>'
		'<tbody>%4$s</tbody></table></div></section>',
		esn_html(replace(lower(name COLLATE "C"), ' ', '-')), esn_html(esn_say(lang, name)),
		(SELECT string_agg(format('<th scope="col"%s>%s</th>', CASE WHEN h.head LIKE '#%'
			THEN ' class="n"' ELSE '' END, esn_html(esn_say(lang, ltrim(h.head, '#')))), ''
			ORDER BY h.n) FROM unnest(heads) WITH ORDINALITY AS h(head, n)),
		body, coalesce('<p class="lead">' || note || '</p>', ''))
$$;
COMMENT ON FUNCTION esn_page_table(text, text, text[], text, text) IS
	'A section of a page with a table. lang: en or tr. name: its title, in English. heads: of the '
	'columns, in English; # before those of numbers. body: its rows, as HTML. note: HTML above '
	'it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_figures(lang text, figures jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT '<dl class="figures">' || string_agg(format('<div data-figure="%s"><dt>%s</dt>'
		'<dd class="value">%s</dd>%s</div>', esn_html(f.item->>0), esn_html(esn_say(lang,
		f.item->>1)), esn_figure((f.item->>2)::numeric, lang)
		|| esn_html(coalesce(f.item->>3, '')), '<dd class="note">' || esn_html(f.item->>4)
		|| '</dd>'), '' ORDER BY f.n) || '</dl>'
	FROM jsonb_array_elements(figures) WITH ORDINALITY AS f(item, n)
	WHERE f.item->>2 IS NOT NULL
$$;
COMMENT ON FUNCTION esn_page_figures(text, jsonb) IS
	'Headline figures of a page. lang: en or tr. figures: array of name, word in English, number, '
	'what follows it, and a note. One that is not known is left out.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_year_figure(lang text, figures jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_array('year_activities', 'activities in 12 months',
		(figures->>'year_activities')::bigint, '', concat(esn_figure(f.before, lang), ' ',
			esn_say(lang, 'in the 12 months before'), ' (' || to_char(100.0
			* ((figures->>'year_activities')::bigint - f.before) / nullif(f.before, 0),
			'FMSG999990') || ' %)'))
	FROM (SELECT (figures->>'year_before_activities')::numeric AS before) f
$$;
COMMENT ON FUNCTION esn_page_year_figure(text, jsonb) IS
	'The activities of the last twelve months against those before, for esn_page_figures(). lang: '
	'en or tr. figures: of esn_report_data().';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_head(request jsonb, lang text, title text)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('<!DOCTYPE html><html lang="%1$s"><head><meta charset="utf-8">'
		'<meta name="viewport" content="width=device-width, initial-scale=1">'
		'<meta name="color-scheme" content="light dark"><meta name="referrer" '
		'content="no-referrer"><title>%2$s – ESN Pulse</title><link rel="icon" href="data:,">'
		'<link rel="stylesheet" href="/assets/report.css"><link rel="stylesheet" '
		'href="/assets/dashboard.css"></head><body><a class="skip" href="#main">%3$s</a>'
		'<nav><a class="home" href="%4$s">ESN Pulse</a><form action="/" role="search">%5$s'
		'<input type="search" name="q" aria-label="%6$s" placeholder="%6$s" value="%7$s"> '
		'<button>%8$s</button></form><a href="%9$s">%10$s</a> <a hreflang="%11$s" lang="%11$s" '
		'href="%12$s">%13$s</a></nav><main id="main">', lang, esn_html(title),
		esn_html(esn_say(lang, 'Skip to the figures')), esn_link(request, '/'),
		CASE WHEN lang = 'tr' THEN '<input type="hidden" name="lang" value="tr">' ELSE '' END,
		esn_html(esn_say(lang, 'Section')), esn_html(request #>> '{query,q}'),
		esn_html(esn_say(lang, 'Search')), esn_link(request, '/api'),
		esn_html(esn_say(lang, 'For programs')), CASE WHEN lang = 'tr' THEN 'en' ELSE 'tr' END,
		coalesce(nullif(esn_link(request, '', jsonb_build_object('lang', CASE WHEN lang = 'tr'
			THEN NULL ELSE 'tr' END)), ''), esn_html(request->>'address')),
		CASE WHEN lang = 'tr' THEN 'English' ELSE 'Türkçe' END)
$$;
COMMENT ON FUNCTION esn_page_head(jsonb, text, text) IS
	'The beginning of a page. request: as esn_api() makes it. lang: en or tr. title: its title.';

-- In a script element no text may end it: see esn_report().
CREATE OR REPLACE FUNCTION esn_internal.esn_page_charts(lang text, data jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('<div id="report" data-without="header, dl.figures:not(.four), footer, '
		'#sections, .notice"></div><script type="application/json" id="data">%s</script>'
		'<script src="/assets/report.js" defer></script>', replace((data || jsonb_build_object(
		'lang', lang, 'words', (SELECT coalesce(jsonb_object_agg(w.word, w.tr), '{}')
			FROM api_words w WHERE lang = 'tr')))::text, '<', E'\\u003c'))
$$;
COMMENT ON FUNCTION esn_page_charts(text, jsonb) IS
	'The charts of a page, which the script of the report draws, and their data. lang: en or tr. '
	'data: as of esn_report_data().';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_foot(lang text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat('<footer><p>', esn_html(esn_say(lang, 'Only valid activities that are still on '
		'the site count.')), ' ESN Pulse ', (SELECT esn_html(e.extversion) FROM pg_extension e
			WHERE e.extname = 'esn_pulse'), ', ', to_char(now() AT TIME ZONE 'UTC',
		'YYYY-MM-DD HH24:MI'), ' UTC.</p></footer></main>'
		'<script src="/assets/dashboard.js" defer></script></body></html>')
$$;
COMMENT ON FUNCTION esn_page_foot(text) IS 'The end of a page. lang: en or tr.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_headers() RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT E'Content-Type: text/html; charset=utf-8\n'
		'Content-Security-Policy: default-src ''none''; style-src ''self''; script-src ''self''; '
		'img-src ''self'' data:; connect-src ''self''; '
		'form-action ''self''; base-uri ''none''; frame-ancestors ''none''\n'
		'Referrer-Policy: no-referrer\n';
END;
COMMENT ON FUNCTION esn_page_headers() IS
	'The headers of a page: it loads nothing from elsewhere, and runs no script within its text.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_problem(problem text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT esn_page_head('{"query": {}, "address": "/"}', 'en', 'Not found')
		|| '<header><h1>' || esn_html(problem) || '</h1></header>' || esn_page_foot('en')
$$;
COMMENT ON FUNCTION esn_page_problem(text) IS
	'The page that says what is wrong with a request. problem: what is wrong.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_asset(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	file text := request #>> '{path,file}';
BEGIN
	content := CASE file
		WHEN 'report.css' THEN substring(esn_report_page() FROM '<style>(.*?)</style>')
		WHEN 'report.js' THEN substring(esn_report_page() FROM '.*<script>(.*)</script>')
		WHEN 'dashboard.css' THEN esn_dashboard_style()
		WHEN 'dashboard.js' THEN esn_dashboard_script() END;
	IF content IS NULL THEN
		PERFORM esn_api_fail(404, 'nothing is here');
	END IF;
	http_status := 200;
	headers := CASE WHEN file LIKE '%.css' THEN E'Content-Type: text/css; charset=utf-8\n'
		ELSE E'Content-Type: text/javascript; charset=utf-8\n' END;
END $$;
COMMENT ON FUNCTION esn_page_asset(jsonb) IS
	'Answers with a style or a script: those of the report, and those of the dashboard. request: '
	'as esn_api() makes it. Returns status, headers and body.';
