-- The one function that the web gateway calls. It finds the route, checks the key, and has the
-- route's function answer.

CREATE OR REPLACE FUNCTION esn_internal.esn_api_problem(http_status integer, problem text,
	parameter text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('type', 'about:blank', 'title', CASE http_status
		WHEN 400 THEN 'Bad Request' WHEN 401 THEN 'Unauthorized' WHEN 403 THEN 'Forbidden'
		WHEN 404 THEN 'Not Found' WHEN 405 THEN 'Method Not Allowed' WHEN 409 THEN 'Conflict' END,
		'status', http_status, 'detail', problem, 'parameter', nullif(parameter, '')))::text
$$;
COMMENT ON FUNCTION esn_api_problem(integer, text, text) IS
	'The body of an error (RFC 9457). http_status: its status. problem: what is wrong. parameter: '
	'the name of the parameter that is; empty: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_allowed(allowed text[], is_open boolean)
	RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format(E'Allow: %s\n', m.list) || CASE WHEN is_open
		THEN format(E'Access-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: %s\n'
			'Access-Control-Allow-Headers: Authorization, If-None-Match\n'
			'Access-Control-Max-Age: 86400\n', array_to_string(array_remove(m.methods, 'POST'),
			', ')) ELSE '' END
	FROM (SELECT array_to_string(m.methods, ', ') AS list, m.methods FROM (SELECT allowed
		|| CASE WHEN 'GET' = ANY (allowed) THEN '{HEAD,OPTIONS}'::text[] ELSE '{OPTIONS}' END
		AS methods) m) m
$$;
COMMENT ON FUNCTION esn_api_allowed(text[], boolean) IS
	'The headers of an answer to OPTIONS. allowed: the methods of the path. is_open: whether pages '
	'of other origins may read it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_authorise(key text, scope text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	found jsonb := CASE WHEN key <> '' THEN esn_api_key(key) END;
BEGIN
	IF key <> '' AND found IS NULL THEN
		PERFORM esn_api_fail(401, 'the key is unknown, expired or revoked');
	ELSIF scope = 'operate' AND found IS NULL THEN
		PERFORM esn_api_fail(401, 'this needs a key');
	ELSIF scope = 'operate' AND found->>'scope' <> 'operate' THEN
		PERFORM esn_api_fail(403, 'the key may only read');
	END IF;
	RETURN found;
END $$;
COMMENT ON FUNCTION esn_api_authorise(text, text) IS
	'What a key allows, as esn_api_key(). NULL: there is none, and none is needed. key: the key. '
	'scope: that of the route.';

-- Pages say their own type; everybody may read the API's answers from pages of their own.
CREATE OR REPLACE FUNCTION esn_internal.esn_api_headers(route jsonb, is_csv boolean, own text,
	content text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat(own, CASE WHEN coalesce(own, '') NOT LIKE '%Content-Type: %'
		THEN CASE WHEN is_csv AND (route->>'is_list')::boolean
			THEN E'Content-Type: text/csv; charset=utf-8; header=present\n'
			ELSE E'Content-Type: application/json\n' END END,
		CASE WHEN route->>'method' = 'GET' AND coalesce(own, '') NOT LIKE '%Cache-Control: %'
			THEN format(E'ETag: W/"%s"\nCache-Control: no-cache\n',
			left(encode(sha256(convert_to(content, 'UTF8')), 'hex'), 32)) END,
		CASE WHEN route->>'method' = 'GET' AND route->>'pattern' LIKE '/api/v1/%'
			THEN E'Access-Control-Allow-Origin: *\n'
			'Access-Control-Expose-Headers: ETag, Link, X-Total-Count\n' END)
$$;
COMMENT ON FUNCTION esn_api_headers(jsonb, boolean, text, text) IS
	'The headers of an answer. route: its row. is_csv: whether CSV was requested. own: the headers '
	'of the route''s function. content: the body.';

CREATE OR REPLACE FUNCTION esn_api(method text, path text, query text DEFAULT NULL,
	key text DEFAULT NULL, body text DEFAULT NULL, usage jsonb DEFAULT NULL,
	OUT http_status integer, OUT headers text, OUT content text, OUT route text,
	OUT lifetime integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE
	is_csv boolean := path LIKE '%.csv';
	methods text[];
	found record;
	granted jsonb;
	answer record;
	wrong_parameter text;
	is_page boolean;
BEGIN
	PERFORM esn_check_schema();
	lifetime := 0;
	http_status := 204;
	IF usage IS NOT NULL THEN
		PERFORM esn_store_usage(usage);
		RETURN;
	ELSIF path !~ '^/[-A-Za-z0-9._~!$&''()*+,;=:@%/]*$' OR path IS NULL OR method IS NULL THEN
		PERFORM esn_api_fail(400, 'the path is not that of an address');
	END IF;
	SELECT array_agg(r.method ORDER BY r.method), min(r.pattern) INTO methods, route
	FROM api_routes r WHERE path ~ esn_api_regexp(r.pattern, r.is_list);
	SELECT r.* INTO found FROM api_routes r
	WHERE r.pattern = route AND r.method = CASE esn_api.method WHEN 'HEAD' THEN 'GET'
		ELSE esn_api.method END;
	route := coalesce(esn_api.method || ' ' || route, 'none');
	IF methods IS NULL THEN
		PERFORM esn_api_fail(404, 'nothing is here');
	ELSIF method = 'OPTIONS' THEN
		headers := esn_api_allowed(methods, 'GET' = ANY (methods));
		RETURN;
	ELSIF found.pattern IS NULL THEN
		headers := esn_api_allowed(methods, false);
		PERFORM esn_api_fail(405, format('%s is not possible here', method));
	END IF;
	granted := esn_api_authorise(key, found.scope);
	EXECUTE format('SELECT * FROM %I($1)', found.function) INTO answer USING jsonb_build_object(
		'route', to_jsonb(found), 'address', path, 'path', esn_api_path(found.pattern, path),
		'query', esn_api_query(query), 'is_csv', is_csv, 'key', granted, 'body', body);
	http_status := answer.http_status;
	content := answer.content;
	headers := esn_api_headers(to_jsonb(found), is_csv, answer.headers, content);
	lifetime := least(found.lifetime, (granted->>'expires_in')::integer);
EXCEPTION WHEN SQLSTATE 'ESN00' THEN
	GET STACKED DIAGNOSTICS content = MESSAGE_TEXT, wrong_parameter = PG_EXCEPTION_DETAIL,
		http_status = PG_EXCEPTION_HINT;
	is_page := method IN ('GET', 'HEAD') AND path NOT LIKE '/api/%';
	content := CASE WHEN is_page THEN esn_page_problem(content)
		ELSE esn_api_problem(http_status, content, wrong_parameter) END;
	headers := concat(CASE WHEN http_status = 405 THEN headers END,
		CASE WHEN is_page THEN esn_page_headers()
			ELSE E'Content-Type: application/problem+json\n' END,
		CASE WHEN method IN ('GET', 'HEAD') THEN E'Access-Control-Allow-Origin: *\n' END,
		CASE WHEN http_status = 401 THEN E'WWW-Authenticate: Bearer\n' END);
END $$;
COMMENT ON FUNCTION esn_api(text, text, text, text, text, jsonb) IS
	'Answers a request to the web gateway. method: GET, HEAD, OPTIONS or POST; HEAD is answered '
	'as GET. path: the path of the address, percent-encoded. query: what stands behind the '
	'question mark. key: the key of esn_create_api_key(). body: of a POST. usage: instead of a '
	'request, what the gateway has answered, as esn_store_usage() takes it. Returns the HTTP '
	'status, the headers, one per line, the body, the route by which usage is counted, and for '
	'how many seconds the answer may be kept while nothing changes.';

CREATE OR REPLACE FUNCTION esn_grant_web(role regrole) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_check_schema();
	EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %s', role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION @extschema@.esn_api(text, text, text, text, text, '
		'jsonb) TO %s', role);
END $$;
COMMENT ON FUNCTION esn_grant_web(regrole) IS
	'Lets a role answer requests, for the web gateway: it may call esn_api(), and nothing else. '
	'role: the role. Only the owner of the extension or a superuser can call it.';
