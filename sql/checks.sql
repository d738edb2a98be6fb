-- Functions that only compute: slugs, countries, texts, and the checks that guard tables. They read
-- and write no table. Those in C are unsafe in parallel queries: loading the library in the middle
-- of one would lose the settings of the session.

CREATE OR REPLACE FUNCTION esn_slugify(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slugify(text) IS
	'The slug of a section''s name by the plain rule: lower case, transliterated to ASCII, hyphens '
	'for everything else, "esn-" in front unless it is there. name: the name as people write it. '
	'''ESN Yıldız'' gives ''esn-yildiz''.';

CREATE OR REPLACE FUNCTION esn_slug_candidates(name text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slug_candidates(text) IS
	'The slugs that activities.esn.org may use for a section, most probable first: as Drupal''s '
	'pathauto makes them, by the plain rule of esn_slugify(), and with "-0" appended. name: the '
	'name as people write it. Returns an empty array for a name without letters and digits.';

CREATE OR REPLACE FUNCTION esn_internal.esn_slug_of(given text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slug_of(text) IS
	'The slug in the address of a page of a section or a country on either platform, '
	'percent-encoding undone. given: the address, or a slug or name, which is returned as it is.';

CREATE OR REPLACE FUNCTION esn_internal.esn_country_key(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_country_key(text) IS
	'A key that is equal for all names of a country: Türkiye and Turkey, Czechia and Czech '
	'Republic, UK and United Kingdom. name: the country''s English name, with or without "ESN " '
	'in front. Keys are for comparison only.';

CREATE OR REPLACE FUNCTION esn_internal.esn_selector_is_valid(selector text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_selector_is_valid(text) IS
	'True for a CSS selector that the extension supports; otherwise an error '
	'(invalid_text_representation) that names the position. selector: CSS; a comma-separated list '
	'is allowed.';

CREATE OR REPLACE FUNCTION esn_internal.esn_rule_is_known(page_kind text, field text)
	RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_rule_is_known(text, text) IS
	'True if this kind of page has such a field; otherwise an error (invalid_parameter_value) '
	'whose hint lists the fields. page_kind: as in extraction_rules. field: likewise.';

CREATE OR REPLACE FUNCTION esn_internal.esn_page_fields(page_kind text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_page_fields(text) IS
	'The fields in the data that esn_parse() returns. page_kind: as in extraction_rules.';

CREATE OR REPLACE FUNCTION esn_redact_contacts(value text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact_contacts(text) IS
	'Replaces e-mail addresses by "[e-mail]" and telephone numbers by "[telephone]", regardless '
	'of esn_pulse.redact_personal_data. Use it for what you publish. value: the text.';

-- For the console views. In ASCII, as clients may use an encoding without an ellipsis.
CREATE OR REPLACE FUNCTION esn_internal.esn_shorten(value text, width integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN length(line) > width THEN rtrim(left(line, width - 3)) || '...' ELSE line END
	FROM (SELECT regexp_replace(value, '\s+', ' ', 'g') AS line) l;
END;
COMMENT ON FUNCTION esn_shorten(text, integer) IS
	'A text on one line, cut to a maximum length and marked with "..." where it was cut. value: '
	'the text. width: the maximum number of characters.';

CREATE OR REPLACE FUNCTION esn_internal.esn_wrap(value text, width integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT rtrim(regexp_replace(regexp_replace(value, format('(\S{%s})(?=\S)', width), '\1 ', 'g'),
		format('(.{1,%s})(\s+|$)', width), E'\\1\n', 'g'), E'\n');
END;
COMMENT ON FUNCTION esn_wrap(text, integer) IS
	'A text broken into lines, between words where possible. value: the text. width: the maximum '
	'number of characters per line.';

CREATE OR REPLACE FUNCTION esn_internal.esn_redact(value text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact(text) IS
	'Replaces e-mail addresses and telephone numbers if esn_pulse.redact_personal_data is on. '
	'value: the text.';
