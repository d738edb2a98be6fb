-- The tables that people read: the network, its activities, its statistics. What a run keeps
-- for itself is in run-tables.sql.
--
-- A fillfactor leaves room on a row's page for its next version. An update that touches no index
-- then writes to none. Half a page is left where a run over everything updates row after row.

CREATE TABLE countries (
	country_code	varchar(10) PRIMARY KEY,
	name			varchar(100) NOT NULL,
	slug			varchar(100) NOT NULL,
	url				varchar(255) NOT NULL,
	section_count	integer CHECK (section_count >= 0)
);
COMMENT ON TABLE countries IS
	'The countries that have sections of the Erasmus Student Network, from accounts.esn.org.';
COMMENT ON COLUMN countries.country_code IS
	'The two-letter code that accounts.esn.org uses, in upper case.';
COMMENT ON COLUMN countries.name IS
	'English name as accounts.esn.org writes it, without "ESN " in front.';
COMMENT ON COLUMN countries.slug IS 'Last part of the address: the code in lower case.';
COMMENT ON COLUMN countries.url IS 'The country''s page on accounts.esn.org.';
COMMENT ON COLUMN countries.section_count IS
	'Number of sections that the country''s page lists. NULL: the page has not been read yet.';

CREATE TABLE sections (
	id							serial PRIMARY KEY,
	country_code				varchar(10) REFERENCES countries ON UPDATE CASCADE ON DELETE
		SET NULL,
	name						varchar(255) NOT NULL,
	accounts_platform_slug		varchar(255) NOT NULL UNIQUE,
	activities_platform_slug	varchar(255),
	accounts_url				text NOT NULL,
	activities_url				text,
	city						varchar(100),
	address						text,
	email						varchar(255),
	website						text,
	university_name				text,
	longitude					numeric(9,6) CHECK (longitude BETWEEN -180 AND 180),
	latitude					numeric(9,6) CHECK (latitude BETWEEN -90 AND 90),
	social_media				jsonb NOT NULL DEFAULT '{}',
	logo_url					text,
	can_scrape_activities		boolean DEFAULT NULL,
	last_validated_activities_slug varchar(255),
	last_scraped				timestamptz,
	removed_at					timestamptz,
	removed_reason				text
) WITH (fillfactor = 50);
CREATE INDEX sections_can_scrape_idx ON sections (id) WHERE can_scrape_activities;
CREATE INDEX sections_last_scraped_idx ON sections (last_scraped ASC NULLS FIRST);
CREATE INDEX sections_country_code_idx ON sections (country_code);
CREATE UNIQUE INDEX sections_activities_platform_slug_idx ON sections (activities_platform_slug);
COMMENT ON TABLE sections IS
	'The sections (local associations) of the network, from accounts.esn.org.';
COMMENT ON COLUMN sections.name IS 'Name as the section''s page writes it.';
COMMENT ON COLUMN sections.accounts_platform_slug IS
	'Last part of the section''s address on accounts.esn.org, such as tr-anka-met.';
COMMENT ON COLUMN sections.activities_platform_slug IS
	'Last part of the section''s address on activities.esn.org, such as esn-metu. NULL: not known.';
COMMENT ON COLUMN sections.accounts_url IS 'The section''s page on accounts.esn.org.';
COMMENT ON COLUMN sections.activities_url IS 'The section''s page on activities.esn.org.';
COMMENT ON COLUMN sections.email IS 'The section''s own public address.';
COMMENT ON COLUMN sections.longitude IS 'Degrees east, WGS 84, six decimals.';
COMMENT ON COLUMN sections.latitude IS 'Degrees north, WGS 84, six decimals.';
COMMENT ON COLUMN sections.social_media IS
	'Object: network in lower case to address of the profile.';
COMMENT ON COLUMN sections.can_scrape_activities IS
	'Whether activities.esn.org knows the section. NULL: not checked yet.';
COMMENT ON COLUMN sections.last_validated_activities_slug IS
	'The slug that activities.esn.org last answered 200 to.';
COMMENT ON COLUMN sections.last_scraped IS
	'When the section''s list of activities and its statistics were last read completely.';
COMMENT ON COLUMN sections.removed_at IS
	'When the site was found not to show the section any more. NULL: it is shown.';
COMMENT ON COLUMN sections.removed_reason IS
	'Why it was marked: gone, or moved to another slug.';

CREATE TABLE activities (
	id						bigserial PRIMARY KEY,
	event_slug				varchar(255) NOT NULL UNIQUE,
	url						text,
	title					varchar(255),
	description				text,
	start_date				date,
	end_date				date,
	is_future_event			boolean,
	city					varchar(100),
	country_code			varchar(10) REFERENCES countries ON UPDATE CASCADE ON DELETE SET NULL,
	participants			integer,
	activity_type			varchar(100),
	is_valid				boolean NOT NULL DEFAULT true,
	created_at				timestamptz NOT NULL DEFAULT now(),
	updated_at				timestamptz NOT NULL DEFAULT now(),
	is_online				boolean,
	country_name			varchar(100),
	activity_goal			text,
	outcomes				text,
	registration_url		text,
	image_url				text,
	unmatched_organisers	text[] NOT NULL DEFAULT '{}',
	removed_at				timestamptz,
	removed_reason			text,
	fields_filled			integer GENERATED ALWAYS AS ((title IS NOT NULL)::integer
		+ (description IS NOT NULL)::integer + (start_date IS NOT NULL)::integer
		+ (participants IS NOT NULL)::integer + (activity_type IS NOT NULL)::integer
		+ (coalesce(is_online, false) OR city IS NOT NULL)::integer
			+ (coalesce(is_online, false) OR country_name IS NOT NULL)::integer) STORED,
	CONSTRAINT activities_valid_url CHECK (NOT is_valid OR url IS NOT NULL),
	CONSTRAINT activities_valid_title CHECK (NOT is_valid OR title <> '' AND title IS NOT NULL),
	CONSTRAINT activities_valid_description CHECK (NOT is_valid OR description IS NOT NULL),
	CONSTRAINT activities_valid_start_date CHECK (NOT is_valid OR start_date IS NOT NULL),
	CONSTRAINT activities_valid_is_future_event CHECK (NOT is_valid OR is_future_event IS NOT NULL),
	CONSTRAINT activities_valid_end_date CHECK (NOT is_valid OR end_date IS NULL
		OR end_date >= start_date),
	CONSTRAINT activities_valid_participants CHECK (participants IS NULL OR participants >= 0)
) WITH (fillfactor = 90);
CREATE INDEX activities_is_valid_idx ON activities (id) WHERE NOT is_valid;
CREATE INDEX activities_start_date_idx ON activities (start_date);
CREATE INDEX activities_country_code_idx ON activities (country_code);
-- The second condition is always true. Without it the worker, which prefers index scans while
-- tables are empty, might use this index to find all activities.
CREATE INDEX activities_filled_idx ON activities (is_valid, fields_filled) WHERE removed_at IS NULL
	AND fields_filled >= 0;
CREATE INDEX activities_ends_idx ON activities ((coalesce(end_date, start_date)));
CREATE INDEX activities_future_idx ON activities (start_date, id) WHERE is_future_event;
CREATE INDEX activities_figures_idx ON activities (start_date) INCLUDE (country_code, participants)
	WHERE is_valid AND removed_at IS NULL;
CREATE INDEX activities_unmatched_idx ON activities USING gin (unmatched_organisers)
	WHERE unmatched_organisers <> '{}';
COMMENT ON TABLE activities IS
	'Every activity that activities.esn.org shows. For figures take WHERE is_valid AND removed_at '
	'IS NULL.';
COMMENT ON COLUMN activities.event_slug IS
	'Last part of the activity''s address, such as boat-party-20885.';
COMMENT ON COLUMN activities.title IS
	'Title; a longer one is cut at 255 characters, and reported.';
COMMENT ON COLUMN activities.description IS
	'Paragraphs, separated by line feeds; personal data redacted.';
COMMENT ON COLUMN activities.start_date IS 'First day.';
COMMENT ON COLUMN activities.end_date IS 'Last day; where the site writes one date only, that one.';
COMMENT ON COLUMN activities.is_future_event IS
	'Whether it begins after today. Every run, and the daily maintenance, updates it.';
COMMENT ON COLUMN activities.city IS 'City as written; NULL for online activities.';
COMMENT ON COLUMN activities.country_code IS 'The country, where it is one that has sections.';
COMMENT ON COLUMN activities.participants IS 'Number of participants. NULL: not said.';
COMMENT ON COLUMN activities.is_valid IS
	'Whether it has a title, url, description and start_date. Other fields that are invalid are '
	'NULL, and reported in validation_errors.';
COMMENT ON COLUMN activities.created_at IS 'When the row was created.';
COMMENT ON COLUMN activities.updated_at IS
	'When something in the row or its relations last changed.';
COMMENT ON COLUMN activities.is_online IS 'True: online. False: on site.';
COMMENT ON COLUMN activities.country_name IS
	'Country as the activity''s page writes it, also one without sections.';
COMMENT ON COLUMN activities.activity_goal IS
	'Goal, one list item per line; personal data redacted.';
COMMENT ON COLUMN activities.outcomes IS
	'Outcomes, one list item per line; personal data redacted.';
COMMENT ON COLUMN activities.unmatched_organisers IS
	'Slugs of organisers that are not known as sections; each is linked once the section is known.';
COMMENT ON COLUMN activities.removed_at IS
	'When the site was found not to show the activity any more. NULL: it is shown.';
COMMENT ON COLUMN activities.removed_reason IS
	'Why it was marked: gone, missing from its list, refused and missing from its list, or moved '
	'to another slug.';
COMMENT ON COLUMN activities.fields_filled IS
	'How many of the seven expected fields are filled: title, description, start_date, '
	'participants, activity_type and, unless it is online, city and country_name.';

CREATE TABLE activity_causes (
	id		serial PRIMARY KEY,
	name	varchar(100) NOT NULL UNIQUE
);
COMMENT ON TABLE activity_causes IS 'The causes that activities serve.';

CREATE TABLE sdgs (
	id			serial PRIMARY KEY,
	name		varchar(100) NOT NULL UNIQUE,
	description	text
);
COMMENT ON TABLE sdgs IS
	'The Sustainable Development Goals of the United Nations; all 17 come with the extension, '
	'each under its own number.';

CREATE TABLE objectives (
	id		serial PRIMARY KEY,
	name	varchar(200) NOT NULL UNIQUE
);
COMMENT ON TABLE objectives IS 'The objectives that activities name.';

CREATE TABLE activity_section_organisers (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	section_id	integer REFERENCES sections ON DELETE CASCADE,
	PRIMARY KEY (activity_id, section_id)
);
CREATE INDEX activity_section_organisers_section_idx ON activity_section_organisers (section_id);
COMMENT ON TABLE activity_section_organisers IS 'Which sections organise which activity.';

CREATE TABLE activity_to_cause (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	cause_id	integer REFERENCES activity_causes ON DELETE CASCADE,
	PRIMARY KEY (activity_id, cause_id)
);
CREATE INDEX activity_to_cause_cause_idx ON activity_to_cause (cause_id);
COMMENT ON TABLE activity_to_cause IS 'Which activity serves which causes.';

CREATE TABLE activity_to_sdg (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	sdg_id		integer REFERENCES sdgs ON DELETE CASCADE,
	PRIMARY KEY (activity_id, sdg_id)
);
CREATE INDEX activity_to_sdg_sdg_idx ON activity_to_sdg (sdg_id);
COMMENT ON TABLE activity_to_sdg IS 'Which activity serves which Sustainable Development Goals.';

CREATE TABLE activity_to_objective (
	activity_id		bigint REFERENCES activities ON DELETE CASCADE,
	objective_id	integer REFERENCES objectives ON DELETE CASCADE,
	PRIMARY KEY (activity_id, objective_id)
);
CREATE INDEX activity_to_objective_objective_idx ON activity_to_objective (objective_id);
COMMENT ON TABLE activity_to_objective IS 'Which activity names which objectives.';

CREATE TABLE section_overall_statistics (
	id								serial PRIMARY KEY,
	section_id						integer NOT NULL UNIQUE REFERENCES sections ON DELETE CASCADE,
	physical_activities				integer,
	online_activities				integer,
	total_local_students			integer,
	total_international_students	integer,
	total_coordinators				integer,
	scraped_at						timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE section_overall_statistics IS
	'The totals on each section''s statistics page; zeros for a section without statistics.';
COMMENT ON COLUMN section_overall_statistics.scraped_at IS
	'When these figures were first read; frontier has when they were last confirmed.';

CREATE TABLE section_cause_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	cause_name		varchar(100) NOT NULL,
	total_count		integer,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, cause_name)
);
COMMENT ON TABLE section_cause_statistics IS
	'Activities of each section by cause, from its statistics page.';

CREATE TABLE section_type_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	activity_type	varchar(100) NOT NULL,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, activity_type)
);
COMMENT ON TABLE section_type_statistics IS
	'Activities of each section by type, from its statistics page.';

CREATE TABLE section_participant_statistics (
	id					serial PRIMARY KEY,
	section_id			integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	participant_type	varchar(100) NOT NULL,
	physical_count		integer,
	online_count		integer,
	UNIQUE (section_id, participant_type)
);
COMMENT ON TABLE section_participant_statistics IS
	'Participants of each section by type, from its statistics page.';
