-- The tables, with the columns of version 1.0: the network, its activities, its statistics, then
-- what says how the data came about: runs, faults, rules. tables-1.1.sql adds what is new since
-- then, and table-comments.sql says what each means.
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
	last_validated_activities_slug timestamptz,
	last_scraped				timestamptz,
	removed_at					timestamptz
) WITH (fillfactor = 50);
CREATE INDEX sections_can_scrape_idx ON sections (id) WHERE can_scrape_activities;
CREATE INDEX sections_last_scraped_idx ON sections (last_scraped ASC NULLS FIRST);
CREATE INDEX sections_country_code_idx ON sections (country_code);
CREATE UNIQUE INDEX sections_activities_platform_slug_idx ON sections (activities_platform_slug);

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
CREATE INDEX activities_unmatched_idx ON activities USING gin (unmatched_organisers)
	WHERE unmatched_organisers <> '{}';

CREATE TABLE activity_causes (
	id		serial PRIMARY KEY,
	name	varchar(100) NOT NULL UNIQUE
);

CREATE TABLE sdgs (
	id			serial PRIMARY KEY,
	name		varchar(100) NOT NULL UNIQUE,
	description	text
);

CREATE TABLE objectives (
	id		serial PRIMARY KEY,
	name	varchar(200) NOT NULL UNIQUE
);

CREATE TABLE activity_section_organisers (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	section_id	integer REFERENCES sections ON DELETE CASCADE,
	PRIMARY KEY (activity_id, section_id)
);
CREATE INDEX activity_section_organisers_section_idx ON activity_section_organisers (section_id);

CREATE TABLE activity_to_cause (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	cause_id	integer REFERENCES activity_causes ON DELETE CASCADE,
	PRIMARY KEY (activity_id, cause_id)
);
CREATE INDEX activity_to_cause_cause_idx ON activity_to_cause (cause_id);

CREATE TABLE activity_to_sdg (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	sdg_id		integer REFERENCES sdgs ON DELETE CASCADE,
	PRIMARY KEY (activity_id, sdg_id)
);
CREATE INDEX activity_to_sdg_sdg_idx ON activity_to_sdg (sdg_id);

CREATE TABLE activity_to_objective (
	activity_id		bigint REFERENCES activities ON DELETE CASCADE,
	objective_id	integer REFERENCES objectives ON DELETE CASCADE,
	PRIMARY KEY (activity_id, objective_id)
);
CREATE INDEX activity_to_objective_objective_idx ON activity_to_objective (objective_id);

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

CREATE TABLE section_cause_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	cause_name		varchar(100) NOT NULL,
	total_count		integer,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, cause_name)
);

CREATE TABLE section_type_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	activity_type	varchar(100) NOT NULL,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, activity_type)
);

CREATE TABLE section_participant_statistics (
	id					serial PRIMARY KEY,
	section_id			integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	participant_type	varchar(100) NOT NULL,
	physical_count		integer,
	online_count		integer,
	UNIQUE (section_id, participant_type)
);

CREATE TABLE scraper_status (
	id						bigserial PRIMARY KEY,
	scraper_module			text NOT NULL
		CHECK (scraper_module IN ('AccountsScraper', 'ActivitiesAndStatisticsScraper')),
	status					text NOT NULL DEFAULT 'running'
		CHECK (status IN
			('waiting', 'running', 'completed', 'partial', 'failed', 'cancelled')),
	started_at				timestamptz NOT NULL DEFAULT now(),
	completed_at			timestamptz,
	sections_processed		integer NOT NULL DEFAULT 0,
	sections_failed			integer NOT NULL DEFAULT 0,
	error_message			text,
	requested_by			text NOT NULL,
	request					text NOT NULL,
	requests				bigint NOT NULL DEFAULT 0,
	not_modified			bigint NOT NULL DEFAULT 0,
	bytes_received			bigint NOT NULL DEFAULT 0,
	pages_failed			integer NOT NULL DEFAULT 0,
	activities_new			integer NOT NULL DEFAULT 0,
	activities_changed		integer NOT NULL DEFAULT 0,
	activities_unchanged	integer NOT NULL DEFAULT 0,
	activities_invalid		integer NOT NULL DEFAULT 0,
	worker_pid				integer,
	CONSTRAINT scraper_status_ended
		CHECK ((status IN ('waiting', 'running')) = (completed_at IS NULL))
);
CREATE INDEX scraper_status_started_at_idx ON scraper_status (started_at);
CREATE UNIQUE INDEX scraper_status_running_idx ON scraper_status ((true)) WHERE status = 'running';

CREATE TABLE validation_errors (
	id					bigserial PRIMARY KEY,
	section_id			integer REFERENCES sections ON DELETE CASCADE,
	activity_event_slug	varchar(255),
	field_name			varchar(100) NOT NULL,
	error_message		text NOT NULL,
	raw_data			jsonb,
	created_at			timestamptz NOT NULL DEFAULT now(),
	run_id				bigint REFERENCES scraper_status ON DELETE SET NULL,
	url					text NOT NULL,
	resolved_at			timestamptz
);
CREATE UNIQUE INDEX validation_errors_open_idx ON validation_errors (url, field_name)
	WHERE resolved_at IS NULL;
CREATE INDEX validation_errors_section_idx ON validation_errors (section_id);
CREATE INDEX validation_errors_slug_idx ON validation_errors (activity_event_slug);

CREATE TABLE failed_scrapes (
	id					bigserial PRIMARY KEY,
	url					varchar(500) NOT NULL,
	section_id			integer REFERENCES sections ON DELETE CASCADE,
	scraper_module		text NOT NULL,
	http_status_code	integer,
	error_message		text NOT NULL,
	retry_count			integer NOT NULL DEFAULT 0,
	last_attempt		timestamptz NOT NULL DEFAULT now(),
	will_retry			boolean NOT NULL DEFAULT true,
	run_id				bigint REFERENCES scraper_status ON DELETE SET NULL,
	resolved_at			timestamptz
);
CREATE UNIQUE INDEX failed_scrapes_open_idx ON failed_scrapes (url) WHERE resolved_at IS NULL;
CREATE INDEX failed_scrapes_will_retry_idx ON failed_scrapes (last_attempt) WHERE will_retry
	AND resolved_at IS NULL;
CREATE INDEX failed_scrapes_section_idx ON failed_scrapes (section_id);

CREATE TABLE extraction_rules (
	page_kind	text NOT NULL,
	field		text NOT NULL,
	position	integer NOT NULL CHECK (position > 0),
	selector	text NOT NULL CONSTRAINT extraction_rules_selector_compiles CHECK
		(esn_selector_is_valid(selector)),
	attribute	text CHECK (attribute <> ''),
	required	boolean NOT NULL DEFAULT false,
	shipped		boolean NOT NULL DEFAULT false,
	PRIMARY KEY (page_kind, field, shipped, position),
	CONSTRAINT extraction_rules_field_known CHECK (esn_rule_is_known(page_kind, field))
);
