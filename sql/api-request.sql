-- What a request to the web gateway says: its path, its query, its key. Values from outside are
-- only ever parameters of statements; names from outside are looked up before they are used.
-- Neither a code nor a slug depends on the locale of the database: in Turkish, the lower case of I
-- is not i. The collation of the column is given back to them, because its index has that one.

CREATE OR REPLACE FUNCTION esn_internal.esn_fold_case(value text) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT lower(translate(value, 'İı', 'Ii') COLLATE "und-x-icu");
END;
COMMENT ON FUNCTION esn_fold_case(text) IS
	'A text in lower case, to compare names by. It is the same in each locale, and takes the '
	'Turkish İ and ı for i. value: the text.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_fail(http_status integer, problem text,
	parameter text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'ESN00', MESSAGE = problem, DETAIL = coalesce(parameter, ''),
		HINT = http_status;
END $$;
COMMENT ON FUNCTION esn_api_fail(integer, text, text) IS
	'Ends a request with an error, which esn_api() turns into an answer. http_status: its status. '
	'problem: what is wrong. parameter: the name of the parameter that is. NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_decode(encoded text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	decoded text := encoded;
BEGIN
	IF strpos(encoded, '%') > 0 THEN
		IF encoded ~ '%(?![0-9A-Fa-f]{2})' THEN
			RETURN NULL;
		END IF;
		SELECT convert_from(decode(string_agg(CASE WHEN m.part[1] ~ '^%'
				THEN substr(m.part[1], 2) ELSE encode(convert_to(m.part[1], 'UTF8'), 'hex') END, ''
				ORDER BY m.n), 'hex'), 'UTF8')
		INTO decoded FROM regexp_matches(encoded, '%..|[^%]+', 'g') WITH ORDINALITY AS m(part, n);
	END IF;
	RETURN CASE WHEN decoded !~ '[\x01-\x1f\x7f]' THEN decoded END;
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_api_decode(text) IS
	'A percent-encoded part of an address, decoded. NULL: it is not the encoding of UTF-8, or it '
	'has control characters. encoded: the part.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_query(query text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	found jsonb := '{}';
	part text;
	name text;
	value text;
BEGIN
	FOREACH part IN ARRAY string_to_array(replace(coalesce(query, ''), '+', ' '), '&') LOOP
		CONTINUE WHEN part = '';
		name := esn_api_decode(split_part(part, '=', 1));
		value := esn_api_decode(substr(part, length(split_part(part, '=', 1)) + 2));
		IF name IS NULL THEN
			PERFORM esn_api_fail(400, 'the query is not percent-encoded UTF-8');
		ELSIF value IS NULL THEN
			PERFORM esn_api_fail(400, 'the value is not percent-encoded UTF-8', name);
		ELSIF length(value) > 255 THEN
			PERFORM esn_api_fail(400, 'the value is longer than 255 characters', name);
		ELSIF jsonb_exists(found, name) AND NOT EXISTS (SELECT FROM api_parameters p
			WHERE p.name = name AND p.kind = 'sections')
		THEN
			PERFORM esn_api_fail(400, 'the parameter is given twice', name);
		END IF;
		-- Each checkbox of a form sends its own.
		found := found || jsonb_build_object(name, concat_ws(',', found->>name, value));
	END LOOP;
	RETURN found;
END $$;
COMMENT ON FUNCTION esn_api_query(text) IS
	'The parameters of a query, as an object. query: what stands behind the question mark. An '
	'error ends the request, as esn_api_fail().';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_path(pattern text, path text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	names text[] := ARRAY(SELECT m.name[1] FROM regexp_matches(pattern, '\{(\w+)\}', 'g') AS
		m(name));
	segments text[] := regexp_match(path, esn_api_regexp(pattern, path LIKE '%.csv'));
	found jsonb := '{}';
	value text;
BEGIN
	FOR n IN 1 .. cardinality(names) LOOP
		value := esn_api_decode(segments[n]);
		IF value IS NULL OR length(value) > 255 THEN
			PERFORM esn_api_fail(404, 'nothing is here');
		END IF;
		found := found || jsonb_build_object(names[n], value);
	END LOOP;
	RETURN found;
END $$;
COMMENT ON FUNCTION esn_api_path(text, text) IS
	'The parameters in a path, as an object. pattern: as in api_routes. path: the path.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_regexp(pattern text, is_list boolean) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT '^' || regexp_replace(replace(pattern, '.', '\.'), '\{\w+\}', '([^/]+)', 'g')
		|| CASE WHEN is_list THEN '(?:\.csv)?$' ELSE '$' END;
END;
COMMENT ON FUNCTION esn_api_regexp(text, boolean) IS
	'The regular expression of the paths that a pattern fits. pattern: as in api_routes. is_list: '
	'whether .csv may stand behind them.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_section(name text) RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT s.id FROM @extschema@.sections s, (SELECT lower(esn_api_section.name COLLATE "C")
		COLLATE "default" AS slug) w
	WHERE s.removed_at IS NULL AND (
		s.id = CASE WHEN esn_api_section.name ~ '^[0-9]{1,9}$'
			THEN esn_api_section.name::integer END
		OR s.accounts_platform_slug = w.slug OR s.activities_platform_slug = w.slug)
	ORDER BY s.accounts_platform_slug = w.slug DESC,
		s.activities_platform_slug = w.slug DESC NULLS LAST, s.id LIMIT 1
$$;
COMMENT ON FUNCTION esn_api_section(text) IS
	'The id of a section. NULL: there is none. name: its id, or its slug on either platform.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_country(name text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT c.country_code FROM @extschema@.countries c
	WHERE c.country_code = upper(esn_api_country.name COLLATE "C") COLLATE "default"
		OR esn_country_key(esn_api_country.name) = esn_country_key(c.name)
	ORDER BY c.country_code = upper(esn_api_country.name COLLATE "C") DESC, c.country_code LIMIT 1
$$;
COMMENT ON FUNCTION esn_api_country(text) IS
	'The code of a country. NULL: there is none. name: its code or name.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_sections_value(name text, given text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	wanted text[] := ARRAY(SELECT w.name FROM unnest(string_to_array(given, ',')) WITH ORDINALITY
		AS w(name, n) WHERE w.name <> '' ORDER BY w.n LIMIT 100);
	ids text[] := '{}';
	id text;
	slug text;
BEGIN
	FOREACH slug IN ARRAY wanted LOOP
		id := esn_api_section(slug);
		IF id IS NULL THEN
			PERFORM esn_api_fail(400, format('no section is known as "%s"', slug), name);
		ELSIF id <> ALL (ids) THEN
			ids := ids || id;
		END IF;
	END LOOP;
	IF cardinality(ids) > 8 THEN
		PERFORM esn_api_fail(400, 'more than eight sections', name);
	END IF;
	RETURN array_to_string(ids, ',');
END $$;
COMMENT ON FUNCTION esn_api_sections_value(text, text) IS
	'The numbers of sections, each once, separated by commas. name: of the parameter. given: their '
	'numbers or slugs, likewise. An error ends the request, as esn_api_fail().';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_value(kind text, name text, given text,
	http_status integer) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	value text;
BEGIN
	CASE kind
		WHEN 'text' THEN value := nullif(given, '');
		WHEN 'integer' THEN value := substring(given FROM '^0*([0-9]{1,9})$');
		WHEN 'boolean' THEN value := CASE WHEN lower(given COLLATE "C") IN ('true', '1') THEN 'true'
			WHEN lower(given COLLATE "C") IN ('false', '0') THEN 'false' END;
		WHEN 'date' THEN
			BEGIN
				value := CASE WHEN given ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
					THEN to_char(given::date, 'YYYY-MM-DD') END;
			EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
				value := NULL;
			END;
		WHEN 'country' THEN value := esn_api_country(given);
		WHEN 'section' THEN value := esn_api_section(given);
		WHEN 'sections' THEN value := esn_api_sections_value(name, given);
	END CASE;
	IF value IS NULL THEN
		PERFORM esn_api_fail(http_status, format(CASE kind
			WHEN 'text' THEN 'the value is empty'
			WHEN 'integer' THEN 'not a number: "%s"'
			WHEN 'boolean' THEN 'neither true nor false: "%s"'
			WHEN 'date' THEN 'not a date such as 2025-09-30: "%s"'
			ELSE 'no ' || kind || ' is known as "%s"' END, given), name);
	END IF;
	RETURN value;
END $$;
COMMENT ON FUNCTION esn_api_value(text, text, text, integer) IS
	'The value of a parameter, checked. kind: as in api_parameters. name: its name. given: the '
	'value as it was given. http_status: of the answer if it is invalid.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_values(request jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	relation text := request #>> '{route,relation}';
	found jsonb := '{}';
	given record;
BEGIN
	FOR given IN
		SELECT g.name, g.value, g.http_status, p.kind
		FROM (SELECT t.key AS name, t.value, 404 AS http_status
				FROM jsonb_each_text(request->'path') t
			UNION ALL
			SELECT t.key, t.value, 400 FROM jsonb_each_text(request->'query') t) g
		LEFT JOIN api_parameters p ON p.name = g.name AND (p.relation = relation
				AND (g.http_status = 404 OR relation = 'page'
					OR (request #>> '{route,is_list}')::boolean)
			OR p.relation = '' AND (request #>> '{route,is_list}')::boolean)
		ORDER BY g.http_status DESC, g.name
	LOOP
		-- A form sends what was left empty, too.
		CONTINUE WHEN relation = 'page' AND given.value = '';
		IF given.kind IS NULL THEN
			PERFORM esn_api_fail(400, 'unknown parameter', given.name);
		ELSIF jsonb_exists(found, given.name) THEN
			PERFORM esn_api_fail(400, 'the path has this parameter', given.name);
		END IF;
		found := found || jsonb_build_object(given.name,
			esn_api_value(given.kind, given.name, given.value, given.http_status));
	END LOOP;
	RETURN found;
END $$;
COMMENT ON FUNCTION esn_api_values(jsonb) IS
	'The values of a request''s parameters, checked, as an object. request: as esn_api() makes it.';
