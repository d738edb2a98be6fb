-- The tables of the web gateway: its routes and their parameters, who may use it, and how much it
-- is used. They are internal; esn_api_keys and esn_usage show what users need.

CREATE TABLE esn_internal.api_routes (
	method			text NOT NULL,
	pattern			text NOT NULL,
	function		name NOT NULL,
	relation		name,
	keyed_relation	name,
	is_list			boolean NOT NULL DEFAULT false,
	sort_keys		text,
	scope			text NOT NULL DEFAULT 'public' CHECK (scope IN ('public', 'operate')),
	lifetime		integer NOT NULL CHECK (lifetime >= 0),
	summary			text NOT NULL,
	CONSTRAINT api_routes_pkey PRIMARY KEY (pattern, method)
);
COMMENT ON TABLE api_routes IS
	'The addresses of the web gateway, one row per method and pattern. openapi.json is made of it.';
COMMENT ON COLUMN api_routes.method IS 'GET, which answers HEAD, too, or POST.';
COMMENT ON COLUMN api_routes.pattern IS
	'The path; a name in braces stands for one segment, a parameter of the relation.';
COMMENT ON COLUMN api_routes.function IS 'The internal function that answers.';
COMMENT ON COLUMN api_routes.relation IS
	'The internal view whose rows the answer shows, and whose parameters the path may have. NULL: '
	'none.';
COMMENT ON COLUMN api_routes.keyed_relation IS
	'The view instead of relation for anyone who has a key for the network. NULL: the same.';
COMMENT ON COLUMN api_routes.is_list IS
	'Whether the answer is a list: with pages, filters and sorting, and also as .csv.';
COMMENT ON COLUMN api_routes.sort_keys IS 'How a list is sorted; the last key is unique.';
COMMENT ON COLUMN api_routes.scope IS
	'Who may use it: public for everybody, operate for anyone who has such a key.';
COMMENT ON COLUMN api_routes.lifetime IS
	'For how many seconds the gateway may keep an answer if nothing changes. 0: not at all.';
COMMENT ON COLUMN api_routes.summary IS 'What it answers, in one line.';

CREATE TABLE esn_internal.api_parameters (
	relation	name NOT NULL,
	name		text NOT NULL,
	kind		text NOT NULL
		CHECK (kind IN ('text', 'integer', 'boolean', 'date', 'country', 'section', 'sections')),
	condition	text,
	description	text NOT NULL,
	CONSTRAINT api_parameters_pkey PRIMARY KEY (relation, name)
);
COMMENT ON TABLE api_parameters IS 'The parameters that routes have, in the path or the query.';
COMMENT ON COLUMN api_parameters.relation IS
	'The relation of the routes that have it. Empty: every list has it.';
COMMENT ON COLUMN api_parameters.kind IS 'What its value must be.';
COMMENT ON COLUMN api_parameters.condition IS
	'Which rows v of the relation it selects; $1 is the object of all values. NULL: it selects '
	'none.';
COMMENT ON COLUMN api_parameters.description IS 'What it selects, in one sentence.';

-- Without the section or country that it was for, a key is for nothing.
CREATE TABLE esn_internal.api_keys (
	key_id			text CONSTRAINT api_keys_pkey PRIMARY KEY,
	hash			bytea NOT NULL CHECK (length(hash) = 32),
	name			text NOT NULL,
	scope			text NOT NULL CHECK (scope IN ('read', 'operate')),
	country_code	varchar(10) REFERENCES countries ON UPDATE CASCADE ON DELETE CASCADE,
	section_id		integer REFERENCES sections ON DELETE CASCADE,
	created_at		timestamptz NOT NULL DEFAULT now(),
	expires_at		timestamptz,
	revoked_at		timestamptz,
	CONSTRAINT api_keys_of_one CHECK (num_nonnulls(country_code, section_id) <= 1)
);
CREATE UNIQUE INDEX api_keys_name_idx ON esn_internal.api_keys (name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_section_idx ON esn_internal.api_keys (section_id);
CREATE INDEX api_keys_country_idx ON esn_internal.api_keys (country_code);
COMMENT ON TABLE api_keys IS
	'The keys of esn_create_api_key(). The view esn_api_keys shows them without the hashes.';
COMMENT ON COLUMN api_keys.key_id IS 'The part of the key by which it is found.';
COMMENT ON COLUMN api_keys.hash IS 'SHA-256 of the key.';
COMMENT ON COLUMN api_keys.scope IS 'read or operate; operate includes read.';
COMMENT ON COLUMN api_keys.country_code IS 'The country that it is for. NULL: another subject.';
COMMENT ON COLUMN api_keys.section_id IS 'The section that it is for. NULL: another subject.';
COMMENT ON COLUMN api_keys.expires_at IS 'From when on it is refused. NULL: never.';
COMMENT ON COLUMN api_keys.revoked_at IS 'When it was revoked. NULL: it was not.';

CREATE TABLE esn_internal.api_usage_raw (
	batch			text NOT NULL,
	hour			timestamptz NOT NULL,
	route			text NOT NULL,
	status			integer NOT NULL,
	requests		bigint NOT NULL CHECK (requests >= 0),
	milliseconds	bigint NOT NULL CHECK (milliseconds >= 0),
	CONSTRAINT api_usage_raw_pkey PRIMARY KEY (hour, batch, route, status)
);
COMMENT ON TABLE api_usage_raw IS
	'How many requests a gateway answered, as it reported them. Neither addresses nor keys.';
COMMENT ON COLUMN api_usage_raw.batch IS
	'The report, so that one that is sent twice counts once.';
COMMENT ON COLUMN api_usage_raw.hour IS 'The beginning of the hour.';
COMMENT ON COLUMN api_usage_raw.route IS 'Method and pattern of the route.';
COMMENT ON COLUMN api_usage_raw.status IS 'The HTTP status.';
COMMENT ON COLUMN api_usage_raw.milliseconds IS 'The time of all of them, from request to answer.';

CREATE TABLE esn_internal.api_usage (
	hour			timestamptz NOT NULL,
	route			text NOT NULL,
	status			integer NOT NULL,
	requests		bigint NOT NULL,
	milliseconds	bigint NOT NULL,
	CONSTRAINT api_usage_pkey PRIMARY KEY (hour, route, status)
);
COMMENT ON TABLE api_usage IS
	'The sums of api_usage_raw by hour, for hours that are over. Read the view esn_usage.';
COMMENT ON COLUMN api_usage.hour IS 'The beginning of the hour.';
COMMENT ON COLUMN api_usage.route IS 'Method and pattern of the route.';
COMMENT ON COLUMN api_usage.status IS 'The HTTP status.';
COMMENT ON COLUMN api_usage.milliseconds IS 'The time of all of them, from request to answer.';

CREATE TABLE esn_internal.api_words (
	word	text CONSTRAINT api_words_pkey PRIMARY KEY,
	tr		text NOT NULL
);
COMMENT ON TABLE api_words IS 'The words of the dashboard.';
COMMENT ON COLUMN api_words.word IS 'In English.';
COMMENT ON COLUMN api_words.tr IS 'In Turkish.';
