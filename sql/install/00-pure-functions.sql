-- Pure functions: no table is read or written. Some of them guard the tables that follow.

CREATE OR REPLACE FUNCTION esn_slugify(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slugify(text) IS
'The slug of a section''s name by the plain rule: lower case, transliterated to ASCII, everything else one hyphen, "esn-" in front where missing. name: the name as people write it. ''ESN Yıldız'' gives ''esn-yildiz''.';

CREATE OR REPLACE FUNCTION esn_slug_candidates(name text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slug_candidates(text) IS
'The slugs under which activities.esn.org may know a section, most probable first: as Drupal''s pathauto makes them, by the plain rule of esn_slugify(), and with "-0" behind. name: the name as people write it. An empty array for a name without letters and digits.';

CREATE OR REPLACE FUNCTION esn_country_key(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_country_key(text) IS
'A key that is the same for all names of one country: Türkiye and Turkey, Czechia and Czech Republic, UK and United Kingdom. name: the country''s English name, with or without "ESN " in front. Compare keys, don''t show them.';

CREATE OR REPLACE FUNCTION esn_selector_is_valid(selector text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_selector_is_valid(text) IS
'True for a CSS selector that the extension understands; otherwise an error (invalid_text_representation) that says where it fails. selector: CSS, a comma-separated list is allowed.';

CREATE OR REPLACE FUNCTION esn_rule_is_known(page_kind text, field text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_rule_is_known(text, text) IS
'True where pages of this kind have such a field; otherwise an error (invalid_parameter_value) whose hint names those they have. page_kind: home, country, section, listing, activity or statistics. field: as in extraction_rules.';

CREATE OR REPLACE FUNCTION esn_redact_contacts(value text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact_contacts(text) IS
'The text with e-mail addresses replaced by "[e-mail]" and telephone numbers by "[telephone]", whatever esn_pulse.redact_personal_data says: for what is given to others. value: the text.';

-- For the views that are made for the eye.
CREATE OR REPLACE FUNCTION esn_shorten(value text, width integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN length(line) > width THEN rtrim(left(line, width - 1)) || '…' ELSE line END
	FROM (SELECT regexp_replace(value, '\s+', ' ', 'g') AS line) l
$$;
COMMENT ON FUNCTION esn_shorten(text, integer) IS 'A text as one line of at most so many characters, "…" where something was cut. value: the text. width: so many.';

CREATE OR REPLACE FUNCTION esn_wrap(value text, width integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT rtrim(regexp_replace(regexp_replace(value, format('(\S{%s})(?=\S)', width), '\1 ', 'g'), format('(.{1,%s})(\s+|$)', width), E'\\1\n', 'g'), E'\n')
$$;
COMMENT ON FUNCTION esn_wrap(text, integer) IS 'A text of one line on several, broken between words where it can be, none longer than so many characters. value: the text. width: so many.';
