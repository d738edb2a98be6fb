-- The answers of the web gateway that are rows of a view: lists with pages, filters and sorting, as
-- JSON or CSV, and single objects.

CREATE OR REPLACE FUNCTION esn_internal.esn_api_relation(request jsonb) RETURNS name
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN request #>> '{key,kind}' = 'network'
		THEN coalesce(request #>> '{route,keyed_relation}', request #>> '{route,relation}')
		ELSE request #>> '{route,relation}' END
$$;
COMMENT ON FUNCTION esn_api_relation(jsonb) IS
	'The view whose rows answer a request. request: as esn_api() makes it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_condition(relation name, given jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg('(' || p.condition || ')', ' AND ' ORDER BY p.name), 'true')
	FROM api_parameters p
	WHERE p.relation = esn_api_condition.relation AND jsonb_exists(given, p.name)
$$;
COMMENT ON FUNCTION esn_api_condition(name, jsonb) IS
	'The condition that selects the rows v of a view. relation: the view. given: the values of the '
	'parameters, which the condition refers to as $1.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_columns(relation name)
RETURNS TABLE (name name, type regtype, n smallint)
LANGUAGE sql STABLE AS $$
	SELECT a.attname, a.atttypid::regtype, a.attnum FROM pg_class c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relnamespace = 'esn_internal'::regnamespace AND c.relkind = 'v'
		AND c.relname = esn_api_columns.relation
$$;
COMMENT ON FUNCTION esn_api_columns(name) IS 'The columns of a view. relation: the view.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_order(relation name, sort text, sort_keys text)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	keys text[] := '{}';
	field text;
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY string_to_array(coalesce(sort, ''), ',') LOOP
		SELECT format('v.%I %s NULLS LAST', c.name, CASE WHEN wanted LIKE '-%' THEN 'DESC'
			ELSE 'ASC' END)
		INTO field FROM esn_api_columns(relation) c
		WHERE c.name::text = regexp_replace(wanted, '^-', '')
			AND c.type::text NOT LIKE '%[]' AND c.type <> 'jsonb'::regtype;
		IF field IS NULL OR cardinality(keys) = 5 THEN
			PERFORM esn_api_fail(400, CASE WHEN field IS NULL
				THEN format('cannot sort by "%s"', wanted)
				ELSE 'more than five fields' END, 'sort');
		END IF;
		keys := keys || field;
	END LOOP;
	RETURN array_to_string(keys || regexp_replace(sort_keys, '(^|, )', '\1v.', 'g'), ', ');
END $$;
COMMENT ON FUNCTION esn_api_order(name, text, text) IS
	'What a list is sorted by, for ORDER BY. relation: its view. sort: the parameter of that name. '
	'NULL: it was not given. sort_keys: as in api_routes.';

-- RFC 4180. Excel and others take what begins with one of =+-@ for a formula: an apostrophe before
-- it makes it text. Numbers stay as they are.
CREATE OR REPLACE FUNCTION esn_internal.esn_api_csv(relation name, OUT head text, OUT line text)
LANGUAGE sql STABLE AS $$
	SELECT string_agg(c.name::text, ',' ORDER BY c.n),
		string_agg(CASE WHEN c.type IN ('integer'::regtype, 'bigint', 'numeric', 'boolean', 'date',
				'timestamptz') THEN format('coalesce(to_jsonb(v.%I) #>> ''{}'', '''')', c.name)
			ELSE format($f$coalesce((SELECT CASE WHEN f.t ~ '[",\r\n]'
				THEN '"' || replace(f.t, '"', '""') || '"' ELSE f.t END
				FROM (SELECT CASE WHEN g.t ~ '^[=+@\t\r-]' THEN '''' || g.t ELSE g.t END
					FROM (SELECT %s) AS g(t)) AS f(t)), '')$f$, CASE WHEN c.type::text LIKE '%[]'
				THEN format('array_to_string(v.%I, '', '')', c.name)
				ELSE format('v.%I::text', c.name) END) END, ' || '','' || ' ORDER BY c.n)
	FROM esn_api_columns(relation) c
$$;
COMMENT ON FUNCTION esn_api_csv(name) IS
	'The first line of a CSV file, and the expression that makes one of a row v. relation: the '
	'view.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_links(request jsonb, page bigint, pages bigint)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT 'Link: ' || string_agg(format('<%s?%spage=%s>; rel="%s"', request->>'address', q.kept,
		l.page, l.rel), ', ' ORDER BY l.n) || E'\n'
	FROM (SELECT coalesce(string_agg(esn_url_part(t.key) || '=' || esn_url_part(t.value) || '&', ''
			ORDER BY t.key), '') AS kept
		FROM jsonb_each_text(request->'query') t WHERE t.key <> 'page') q,
		(VALUES (1, 'first', 1), (2, 'prev', CASE WHEN page > 1 THEN least(page - 1, pages) END),
			(3, 'next', CASE WHEN page < pages THEN page + 1 END), (4, 'last', pages))
			AS l(n, rel, page)
	WHERE l.page IS NOT NULL
$$;
COMMENT ON FUNCTION esn_api_links(jsonb, bigint, bigint) IS
	'The header Link of a page of a list. request: as esn_api() makes it. page: the number of the '
	'page. pages: how many there are.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_list(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	relation name := esn_api_relation(request);
	given jsonb := esn_api_values(request);
	condition text := esn_api_condition(request #>> '{route,relation}', given);
	is_csv boolean := (request->>'is_csv')::boolean;
	page bigint := coalesce((given->>'page')::bigint, 1);
	page_rows bigint := (given->>'limit')::bigint;
	source text;
	form record;
	total bigint;
BEGIN
	IF page < 1 OR page_rows NOT BETWEEN 1 AND 1000 THEN
		PERFORM esn_api_fail(400, CASE WHEN page < 1 THEN 'pages begin at 1'
			ELSE 'not between 1 and 1000' END, CASE WHEN page < 1 THEN 'page' ELSE 'limit' END);
	ELSIF page > 1 AND page_rows IS NULL AND is_csv THEN
		PERFORM esn_api_fail(400, 'without limit there is one page', 'page');
	ELSIF NOT is_csv THEN
		page_rows := coalesce(page_rows, 100);
	END IF;
	source := format('SELECT v.* FROM %I v WHERE %s ORDER BY %s LIMIT %s OFFSET %s', relation,
		condition, esn_api_order(relation, given->>'sort', request #>> '{route,sort_keys}'),
		coalesce(page_rows::text, 'ALL'), (page - 1) * coalesce(page_rows, 0));
	EXECUTE format('SELECT count(*) FROM %I v WHERE %s', relation, condition)
		INTO total USING given;
	IF is_csv THEN
		SELECT c.head, c.line INTO form FROM esn_api_csv(relation) c;
		EXECUTE format('SELECT string_agg(x.line || E''\r\n'', '''') FROM (SELECT %s AS line '
			'FROM (%s) v) x', form.line, source) INTO content USING given;
		content := form.head || E'\r\n' || coalesce(content, '');
	ELSE
		EXECUTE format('SELECT string_agg(row_to_json(v)::text, '','') FROM (%s) v', source)
			INTO content USING given;
		content := format('{"total":%s,"page":%s,"limit":%s,"items":[%s]}', total, page, page_rows,
			content);
	END IF;
	http_status := 200;
	headers := format(E'X-Total-Count: %s\n', total)
		|| esn_api_links(request, page, greatest(1, ceil(total / coalesce(page_rows,
			greatest(total, 1))::numeric))::bigint)
		|| CASE WHEN is_csv THEN format(E'Content-Disposition: attachment; filename="%s.csv"\n',
			substring(request #>> '{route,pattern}' FROM '(\w+)$')) ELSE '' END;
END $$;
COMMENT ON FUNCTION esn_api_list(jsonb) IS
	'Answers with a page of a list. request: as esn_api() makes it. Returns status, headers and '
	'body.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_one(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	relation name := esn_api_relation(request);
	given jsonb := esn_api_values(request);
BEGIN
	EXECUTE format('SELECT row_to_json(v)::text FROM %I v WHERE %s', relation,
		esn_api_condition(request #>> '{route,relation}', given)) INTO content USING given;
	IF content IS NULL THEN
		PERFORM esn_api_fail(404, format('nothing is known as "%s"', (SELECT string_agg(t.value,
			', ') FROM jsonb_each_text(request->'path') t)));
	END IF;
	http_status := 200;
END $$;
COMMENT ON FUNCTION esn_api_one(jsonb) IS
	'Answers with one object. request: as esn_api() makes it. Returns status, headers and body.';
