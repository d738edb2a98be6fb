-- The keys of the web gateway: made, revoked, and checked.

CREATE OR REPLACE VIEW esn_api_keys AS
SELECT k.name, k.scope, CASE WHEN k.section_id IS NOT NULL THEN 'section'
		WHEN k.country_code IS NOT NULL THEN 'country' ELSE 'network' END AS kind,
	coalesce(s.accounts_platform_slug, k.country_code) AS subject,
	CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired'
		ELSE 'valid' END AS status,
	k.created_at, k.expires_at, k.revoked_at
FROM esn_internal.api_keys k LEFT JOIN sections s ON s.id = k.section_id
ORDER BY k.name, k.created_at;
COMMENT ON VIEW esn_api_keys IS
	'The keys of the web gateway that esn_create_api_key() has made, but not the keys themselves.';

CREATE OR REPLACE FUNCTION esn_create_api_key(name text, scope text DEFAULT 'read',
	subject text DEFAULT NULL, expires timestamptz DEFAULT now() + interval '1 year') RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	target record := esn_report_subject(subject);
	key_id text := left(replace(gen_random_uuid()::text, '-', ''), 12);
	key text := format('esn_%s_%s', key_id,
		replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
BEGIN
	IF scope NOT IN ('read', 'operate') THEN
		RAISE EXCEPTION 'invalid scope: "%"', scope USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Valid scopes are read and operate.';
	ELSIF coalesce(btrim(name), '') = '' THEN
		RAISE EXCEPTION 'a key needs a name' USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Name who or what uses it, such as ''ESN METU''. By it, the key is revoked.';
	ELSIF expires <= now() THEN
		RAISE EXCEPTION 'the key would have expired already, at %', expires
			USING ERRCODE = 'invalid_parameter_value', HINT = 'NULL: it never expires.';
	ELSIF EXISTS (SELECT FROM api_keys k WHERE k.name = name AND k.revoked_at IS NULL) THEN
		RAISE EXCEPTION 'there is a key of the name "%"', name USING ERRCODE = 'duplicate_object',
			HINT = 'Revoke that one with esn_revoke_api_key(), or give this one another name.';
	END IF;
	INSERT INTO api_keys (key_id, hash, name, scope, country_code, section_id, expires_at)
	VALUES (key_id, sha256(convert_to(key, 'UTF8')), name, scope,
		CASE WHEN target.kind = 'country' THEN target.country END, target.section, expires);
	RETURN key;
END $$;
COMMENT ON FUNCTION esn_create_api_key(text, text, text, timestamptz) IS
	'Makes a key for the web gateway and returns it; only its SHA-256 is kept, so it cannot be '
	'shown again. name: who or what uses it. scope: read, or operate, which also starts runs. '
	'subject: what it is for: a section or a country, as in esn_report(); NULL: the whole '
	'network. expires: from when on it is refused, by default in a year; NULL: never. Errors: '
	'invalid_parameter_value, duplicate_object if there is a key of that name, undefined_object '
	'for an unknown subject.';

CREATE OR REPLACE FUNCTION esn_revoke_api_key(name text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM esn_check_schema();
	UPDATE api_keys k SET revoked_at = now() WHERE k.name = name AND k.revoked_at IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no key of the name "%", or it is revoked', name
			USING ERRCODE = 'undefined_object',
				HINT = 'To list the keys, run SELECT * FROM esn_api_keys;';
	END IF;
END $$;
COMMENT ON FUNCTION esn_revoke_api_key(text) IS
	'Revokes a key of the web gateway, at once. name: its name. Errors: undefined_object if there '
	'is no such key.';

-- All bytes are compared, however early they differ.
CREATE OR REPLACE FUNCTION esn_internal.esn_api_same(a bytea, b bytea) RETURNS boolean
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT length(a) = length(b) AND bit_or(get_byte(a, n) # get_byte(b, n)) = 0
	FROM generate_series(0, least(length(a), length(b)) - 1) AS n;
END;
COMMENT ON FUNCTION esn_api_same(bytea, bytea) IS
	'Whether two hashes are the same; takes equally long whichever bytes differ. a: the first. b: '
	'the second.';

CREATE OR REPLACE FUNCTION esn_internal.esn_api_key(key text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_build_object('scope', k.scope, 'kind', CASE
			WHEN k.section_id IS NOT NULL THEN 'section'
			WHEN k.country_code IS NOT NULL THEN 'country' ELSE 'network' END,
			'section', k.section_id, 'country', k.country_code, 'expires_in',
			least(extract(epoch FROM k.expires_at - now()), 86400)::integer)
		FROM api_keys k
		WHERE k.key_id = substring(key FROM '^esn_([0-9a-f]{12})_[0-9a-f]{64}$')
			AND esn_api_same(k.hash, sha256(convert_to(key, 'UTF8')))
			AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true));
END $$;
COMMENT ON FUNCTION esn_api_key(text) IS
	'What a key allows: its scope, and the kind of its subject, with its section or country. NULL: '
	'it is not valid. key: the key.';
