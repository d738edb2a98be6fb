-- openapi.json: the description of the web gateway, made of its routes, parameters and views.

CREATE OR REPLACE FUNCTION esn_internal.esn_api_type(type regtype) RETURNS jsonb
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT CASE type::text
		WHEN 'integer' THEN '{"type": ["integer", "null"]}'::jsonb
		WHEN 'bigint' THEN '{"type": ["integer", "null"]}'
		WHEN 'numeric' THEN '{"type": ["number", "null"]}'
		WHEN 'boolean' THEN '{"type": ["boolean", "null"]}'
		WHEN 'date' THEN '{"type": ["string", "null"], "format": "date"}'
		WHEN 'timestamp with time zone' THEN '{"type": ["string", "null"], "format": "date-time"}'
		WHEN 'jsonb' THEN '{"type": ["object", "null"]}'
		WHEN 'integer[]' THEN '{"type": "array", "items": {"type": "integer"}}'
		WHEN 'text[]' THEN '{"type": "array", "items": {"type": "string"}}'
		ELSE '{"type": ["string", "null"]}' END;
END;
COMMENT ON FUNCTION esn_api_type(regtype) IS
	'A type of a column, as JSON Schema. type: the type.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_schema(relation name) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('type', 'object', 'description',
		obj_description(format('esn_internal.%I', esn_api_schema.relation)::regclass, 'pg_class'),
		'properties', jsonb_object_agg(c.name, esn_api_type(c.type)
			|| jsonb_build_object('description', col_description(
				format('esn_internal.%I', esn_api_schema.relation)::regclass, c.n))))
	FROM esn_api_columns(esn_api_schema.relation) c
$$;
COMMENT ON FUNCTION esn_api_schema(name) IS
	'The rows of a view, as JSON Schema. relation: the view.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_path_schema(pattern text, relation name,
	is_list boolean) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'in', CASE WHEN i.is_path
			THEN 'path' ELSE 'query' END, 'required', i.is_path, 'description', p.description,
			'schema', CASE p.kind WHEN 'integer' THEN '{"type": "integer"}'::jsonb
				WHEN 'boolean' THEN '{"type": "boolean"}'
				WHEN 'date' THEN '{"type": "string", "format": "date"}'
				ELSE '{"type": "string"}' END) ORDER BY i.is_path DESC, p.relation = '', p.name),
		'[]')
	FROM api_parameters p
	CROSS JOIN LATERAL (SELECT strpos(esn_api_path_schema.pattern, '{' || p.name || '}') > 0
		AS is_path) i
	WHERE p.relation = esn_api_path_schema.relation
			AND (i.is_path OR esn_api_path_schema.is_list)
		OR p.relation = '' AND esn_api_path_schema.is_list
$$;
COMMENT ON FUNCTION esn_api_path_schema(text, name, boolean) IS
	'The parameters of a route, as in OpenAPI. pattern: as in api_routes. relation: likewise. '
	'is_list: likewise.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_responses(route jsonb, is_csv boolean)
	RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object(CASE WHEN route->>'function' = 'esn_api_trigger' THEN '202'
			ELSE '200' END, jsonb_build_object('description', route->>'summary', 'content',
			jsonb_build_object(CASE WHEN is_csv THEN 'text/csv'
			WHEN route->>'function' = 'esn_api_events' THEN 'text/event-stream'
			ELSE 'application/json' END,
			jsonb_build_object('schema', CASE WHEN is_csv
				OR route->>'function' = 'esn_api_events' THEN '{"type": "string"}'::jsonb
				WHEN (route->>'is_list')::boolean THEN jsonb_build_object('type', 'object',
					'properties', jsonb_build_object('total', '{"type": "integer"}'::jsonb, 'page',
						'{"type": "integer"}'::jsonb, 'limit', '{"type": "integer"}'::jsonb,
						'items', jsonb_build_object('type', 'array', 'items', r.ref)))
				WHEN route->>'function' = 'esn_api_one' THEN r.ref
				ELSE '{"type": "object"}' END)))) || problems.list
		|| CASE WHEN route->>'scope' = 'operate' THEN jsonb_build_object('403',
			problems.list->'400', '409', problems.list->'400') ELSE '{}' END
	FROM (SELECT jsonb_build_object('$ref', '#/components/schemas/' || coalesce(
			route->>'keyed_relation', route->>'relation')) AS ref) r,
		(SELECT jsonb_object_agg(status, '{"$ref": "#/components/responses/problem"}'::jsonb)
			AS list FROM unnest(ARRAY['400', '401', '404', '429', '503']) AS status) problems
$$;
COMMENT ON FUNCTION esn_api_responses(jsonb, boolean) IS
	'What a route answers, as in OpenAPI. route: its row. is_csv: whether it is the list as CSV.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_operation(route jsonb, is_csv boolean)
	RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('summary', route->>'summary',
		'operationId', lower(route->>'method' COLLATE "C")
			|| regexp_replace(route->>'pattern', '\W+', '_', 'g')
			|| CASE WHEN is_csv THEN '_csv' ELSE '' END,
		'parameters', esn_api_path_schema(route->>'pattern', (route->>'relation')::name,
			(route->>'is_list')::boolean),
		'security', CASE WHEN route->>'scope' = 'public' THEN '[{}, {"key": []}]'::jsonb
			ELSE '[{"key": []}]' END,
		'requestBody', CASE WHEN route->>'function' = 'esn_api_trigger' THEN '{"content":
			{"application/json": {"schema": {"type": "object", "properties": {"module":
			{"type": "string", "enum": ["accounts", "activities", "all", "retry-failed",
			"fix-validation-errors"]}, "section": {"type": "string", "description":
			"A section, by its number or slug."}, "full": {"type": "boolean", "description":
			"Whether every page is requested again."}}}}}}'::jsonb END,
		'responses', esn_api_responses(route, is_csv)))
$$;
COMMENT ON FUNCTION esn_api_operation(jsonb, boolean) IS
	'A route, as an operation of OpenAPI. route: its row. is_csv: whether it is the list as CSV.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_openapi(request jsonb, OUT http_status integer,
	OUT headers text, OUT content text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_api_values(request);
	http_status := 200;
	content := jsonb_build_object('openapi', '3.1.0', 'info', jsonb_build_object('title',
			'ESN Pulse', 'version', (SELECT x.extversion FROM pg_extension x
				WHERE x.extname = 'esn_pulse'), 'description',
			'The sections of the Erasmus Student Network and their activities.',
			'license', '{"name": "PostgreSQL License", "identifier": "PostgreSQL"}'::jsonb),
		'servers', '[{"url": "/"}]'::jsonb,
		'paths', (SELECT jsonb_object_agg(p.path, p.operations) FROM (
			SELECT r.pattern || f.suffix AS path, jsonb_object_agg(lower(r.method COLLATE "C"),
				esn_api_operation(to_jsonb(r), f.suffix <> '')) AS operations
			FROM api_routes r JOIN (VALUES (''), ('.csv')) AS f(suffix)
				ON f.suffix = '' OR r.is_list WHERE r.pattern LIKE '/api/v1/%' GROUP BY 1) p),
		'components', jsonb_build_object(
			'securitySchemes', '{"key": {"type": "http", "scheme": "bearer"}}'::jsonb,
			'responses', '{"problem": {"description": "What is wrong (RFC 9457).", "content":
				{"application/problem+json": {"schema": {"type": "object", "properties":
				{"type": {"type": "string"}, "title": {"type": "string"}, "status":
				{"type": "integer"}, "detail": {"type": "string"}, "parameter":
				{"type": "string"}}}}}}}'::jsonb,
			'schemas', (SELECT jsonb_object_agg(v.relation, esn_api_schema(v.relation))
				FROM (SELECT coalesce(r.keyed_relation, r.relation) AS relation FROM api_routes r
					WHERE r.function IN ('esn_api_list', 'esn_api_one') GROUP BY 1) v)))::text;
END $$;
COMMENT ON FUNCTION esn_api_openapi(jsonb) IS
	'Answers with the description of all routes. request: as esn_api() makes it. Returns status, '
	'headers and body.';
