\echo Use "CREATE EXTENSION esn_pulse" to load this file. \quit
-- Pure functions: no table is read or written. Some of them guard the tables that follow.

CREATE FUNCTION esn_slugify(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slugify(text) IS
'The slug of a section''s name by the plain rule: lower case, transliterated to ASCII, everything else one hyphen, "esn-" in front where missing. name: the name as people write it. ''ESN Yıldız'' gives ''esn-yildiz''.';

CREATE FUNCTION esn_slug_candidates(name text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_slug_candidates(text) IS
'The slugs under which activities.esn.org may know a section, most probable first: as Drupal''s pathauto makes them, by the plain rule of esn_slugify(), and with "-0" behind. name: the name as people write it. An empty array for a name without letters and digits.';

CREATE FUNCTION esn_country_key(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_country_key(text) IS
'A key that is the same for all names of one country: Türkiye and Turkey, Czechia and Czech Republic, UK and United Kingdom. name: the country''s English name, with or without "ESN " in front. Compare keys, don''t show them.';

CREATE FUNCTION esn_selector_is_valid(selector text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_selector_is_valid(text) IS
'True for a CSS selector that the extension understands; otherwise an error (invalid_text_representation) that says where it fails. selector: CSS, a comma-separated list is allowed.';

CREATE FUNCTION esn_rule_is_known(page_kind text, field text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_rule_is_known(text, text) IS
'Whether pages of this kind have such a field. page_kind: home, country, section, listing, activity or statistics. field: as in extraction_rules.';
-- The tables that people read, and those that say how the data came about.

CREATE TABLE countries (
	country_code	varchar(10) PRIMARY KEY,
	name			varchar(100) NOT NULL,
	slug			varchar(100) NOT NULL,
	url				varchar(255) NOT NULL,
	section_count	integer CHECK (section_count >= 0)
);
COMMENT ON TABLE countries IS 'The countries that have sections of the Erasmus Student Network, from accounts.esn.org.';
COMMENT ON COLUMN countries.country_code IS 'The two-letter code that accounts.esn.org uses, in upper case.';
COMMENT ON COLUMN countries.name IS 'English name as accounts.esn.org writes it, without "ESN " in front.';
COMMENT ON COLUMN countries.slug IS 'Last part of the address: the code in lower case.';
COMMENT ON COLUMN countries.url IS 'The country''s page on accounts.esn.org.';
COMMENT ON COLUMN countries.section_count IS 'Number of sections that the country''s page lists. NULL: the page has not been read yet.';

CREATE TABLE sections (
	id							serial PRIMARY KEY,
	country_code				varchar(10) REFERENCES countries ON UPDATE CASCADE ON DELETE SET NULL,
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
	removed_at					timestamptz
);
CREATE INDEX sections_can_scrape_idx ON sections (id) WHERE can_scrape_activities;
CREATE INDEX sections_last_scraped_idx ON sections (last_scraped ASC NULLS FIRST);
CREATE INDEX sections_country_code_idx ON sections (country_code);
CREATE INDEX sections_activities_platform_slug_idx ON sections (activities_platform_slug);
COMMENT ON TABLE sections IS 'The sections (local associations) of the network, from accounts.esn.org.';
COMMENT ON COLUMN sections.name IS 'Name as the section''s page writes it.';
COMMENT ON COLUMN sections.accounts_platform_slug IS 'Last part of the section''s address on accounts.esn.org, such as tr-anka-met.';
COMMENT ON COLUMN sections.activities_platform_slug IS 'Last part of the section''s address on activities.esn.org, such as esn-metu. NULL: not known.';
COMMENT ON COLUMN sections.accounts_url IS 'The section''s page on accounts.esn.org.';
COMMENT ON COLUMN sections.activities_url IS 'The section''s page on activities.esn.org.';
COMMENT ON COLUMN sections.email IS 'The section''s own public address.';
COMMENT ON COLUMN sections.longitude IS 'Degrees east, WGS 84, six decimals.';
COMMENT ON COLUMN sections.latitude IS 'Degrees north, WGS 84, six decimals.';
COMMENT ON COLUMN sections.social_media IS 'Object: network in lower case to address of the profile.';
COMMENT ON COLUMN sections.can_scrape_activities IS 'Whether activities.esn.org knows the section. NULL: not checked yet.';
COMMENT ON COLUMN sections.last_validated_activities_slug IS 'The slug that activities.esn.org last answered 200 to.';
COMMENT ON COLUMN sections.last_scraped IS 'When the section''s list of activities and its statistics last came in whole.';
COMMENT ON COLUMN sections.removed_at IS 'When the site was found to show the section no more. NULL: it is there.';

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
	CONSTRAINT activities_valid_end_date CHECK (NOT is_valid OR end_date IS NULL OR end_date >= start_date),
	CONSTRAINT activities_valid_participants CHECK (participants IS NULL OR participants >= 0)
);
CREATE INDEX activities_is_valid_idx ON activities (id) WHERE NOT is_valid;
CREATE INDEX activities_start_date_idx ON activities (start_date);
CREATE INDEX activities_country_code_idx ON activities (country_code);
CREATE INDEX activities_unmatched_idx ON activities USING gin (unmatched_organisers)
	WHERE unmatched_organisers <> '{}';
COMMENT ON TABLE activities IS 'Every activity that activities.esn.org shows. For figures take WHERE is_valid AND removed_at IS NULL.';
COMMENT ON COLUMN activities.event_slug IS 'Last part of the activity''s address, such as boat-party-20885.';
COMMENT ON COLUMN activities.title IS 'Title; a longer one is cut at 255 characters and the row is not valid.';
COMMENT ON COLUMN activities.description IS 'Paragraphs parted by line feeds; personal data redacted.';
COMMENT ON COLUMN activities.start_date IS 'First day.';
COMMENT ON COLUMN activities.end_date IS 'Last day; NULL where the site writes one date only.';
COMMENT ON COLUMN activities.is_future_event IS 'Whether it ends (or, with one date, takes place) today or later. Kept right by every run.';
COMMENT ON COLUMN activities.city IS 'City as written; NULL for online activities.';
COMMENT ON COLUMN activities.country_code IS 'The country, where it is one that has sections.';
COMMENT ON COLUMN activities.participants IS 'Number of participants. NULL: not said.';
COMMENT ON COLUMN activities.is_valid IS 'False where a field was wrong: see validation_errors. The fields that were right are kept.';
COMMENT ON COLUMN activities.created_at IS 'When the row was made.';
COMMENT ON COLUMN activities.updated_at IS 'When something in the row or its relations last changed.';
COMMENT ON COLUMN activities.is_online IS 'True: online. False: people meet.';
COMMENT ON COLUMN activities.country_name IS 'Country as the activity''s page writes it, also one without sections.';
COMMENT ON COLUMN activities.activity_goal IS 'Goal, list items one a line; personal data redacted.';
COMMENT ON COLUMN activities.outcomes IS 'Outcomes, list items one a line; personal data redacted.';
COMMENT ON COLUMN activities.unmatched_organisers IS 'Slugs of organisers that are no known section; each is linked as soon as the section is known.';
COMMENT ON COLUMN activities.removed_at IS 'When the site was found to show the activity no more. NULL: it is there.';

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
COMMENT ON TABLE sdgs IS 'The Sustainable Development Goals of the United Nations; all 17 come with the extension, each under its own number.';

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
COMMENT ON TABLE section_overall_statistics IS 'What each section''s statistics page sums up; zeros for a section without statistics.';
COMMENT ON COLUMN section_overall_statistics.scraped_at IS 'When these figures were first seen as they are; fetched_pages says when they were last confirmed.';

CREATE TABLE section_cause_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	cause_name		varchar(100) NOT NULL,
	total_count		integer,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, cause_name)
);
COMMENT ON TABLE section_cause_statistics IS 'Activities of each section by cause, as its statistics page says.';

CREATE TABLE section_type_statistics (
	id				serial PRIMARY KEY,
	section_id		integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	activity_type	varchar(100) NOT NULL,
	physical_count	integer,
	online_count	integer,
	UNIQUE (section_id, activity_type)
);
COMMENT ON TABLE section_type_statistics IS 'Activities of each section by type, as its statistics page says.';

CREATE TABLE section_participant_statistics (
	id					serial PRIMARY KEY,
	section_id			integer NOT NULL REFERENCES sections ON DELETE CASCADE,
	participant_type	varchar(100) NOT NULL,
	physical_count		integer,
	online_count		integer,
	UNIQUE (section_id, participant_type)
);
COMMENT ON TABLE section_participant_statistics IS 'Participants of each section by type, as its statistics page says.';

CREATE TABLE scraper_status (
	id						bigserial PRIMARY KEY,
	scraper_module			text NOT NULL
		CHECK (scraper_module IN ('AccountsScraper', 'ActivitiesAndStatisticsScraper')),
	status					text NOT NULL DEFAULT 'running'
		CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
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
	CONSTRAINT scraper_status_ended CHECK ((status = 'running') = (completed_at IS NULL))
);
CREATE INDEX scraper_status_started_at_idx ON scraper_status (started_at);
CREATE UNIQUE INDEX scraper_status_running_idx ON scraper_status ((true)) WHERE status = 'running';
COMMENT ON TABLE scraper_status IS 'One row a run. The view esn_runs shows the same and tells a run that died from one that goes on.';
COMMENT ON COLUMN scraper_status.requested_by IS 'The role that asked for the run.';
COMMENT ON COLUMN scraper_status.request IS 'What was asked for.';
COMMENT ON COLUMN scraper_status.sections_processed IS 'Sections that came in whole.';
COMMENT ON COLUMN scraper_status.sections_failed IS 'Sections whose own pages (not single activities) failed.';
COMMENT ON COLUMN scraper_status.requests IS 'Requests made, retries and redirects included.';
COMMENT ON COLUMN scraper_status.not_modified IS 'Pages that the site said had not changed (304).';
COMMENT ON COLUMN scraper_status.bytes_received IS 'Bytes of page bodies as transferred, compressed.';
COMMENT ON COLUMN scraper_status.pages_failed IS 'Pages that finally failed: see failed_scrapes.';
COMMENT ON COLUMN scraper_status.activities_invalid IS 'Of the new, changed and unchanged ones: those with a wrong field, see validation_errors.';
COMMENT ON COLUMN scraper_status.worker_pid IS 'Process of the background worker.';

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
CREATE UNIQUE INDEX validation_errors_open_idx ON validation_errors (url, field_name) WHERE resolved_at IS NULL;
CREATE INDEX validation_errors_section_idx ON validation_errors (section_id);
CREATE INDEX validation_errors_slug_idx ON validation_errors (activity_event_slug);
COMMENT ON TABLE validation_errors IS 'One row for each field of a page that is wrong; at most one open row for each page and field.';
COMMENT ON COLUMN validation_errors.section_id IS 'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN validation_errors.raw_data IS 'The value as found, redacted: a string, or an array where several values of one field are wrong. NULL: there was none.';
COMMENT ON COLUMN validation_errors.run_id IS 'The run that saw it last.';
COMMENT ON COLUMN validation_errors.resolved_at IS 'When the page was seen without the error. NULL: it stands.';

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
CREATE INDEX failed_scrapes_will_retry_idx ON failed_scrapes (last_attempt) WHERE will_retry AND resolved_at IS NULL;
CREATE INDEX failed_scrapes_section_idx ON failed_scrapes (section_id);
COMMENT ON TABLE failed_scrapes IS 'One row for each address that could not be read; at most one open row for each address.';
COMMENT ON COLUMN failed_scrapes.http_status_code IS 'Status of the last answer. NULL: there was none.';
COMMENT ON COLUMN failed_scrapes.retry_count IS 'How often it was tried again, over all runs.';
COMMENT ON COLUMN failed_scrapes.will_retry IS 'Whether trying again can help.';
COMMENT ON COLUMN failed_scrapes.run_id IS 'The run that failed on it last.';
COMMENT ON COLUMN failed_scrapes.resolved_at IS 'When it was read after all. NULL: it still fails.';

CREATE TABLE fetched_pages (
	url					text PRIMARY KEY,
	kind				text NOT NULL,
	section_id			integer REFERENCES sections ON DELETE SET NULL,
	activity_event_slug	varchar(255),
	http_status			integer,
	etag				text,
	last_modified		text,
	content_hash		bigint,
	rules_hash			bigint,
	fetched_at			timestamptz NOT NULL DEFAULT now(),
	body				bytea
);
CREATE INDEX fetched_pages_section_idx ON fetched_pages (section_id);
COMMENT ON TABLE fetched_pages IS 'Where each row came from: the last good answer of each page, and what a conditional request needs.';
COMMENT ON COLUMN fetched_pages.kind IS 'home, country, section, listing, activity or statistics.';
COMMENT ON COLUMN fetched_pages.section_id IS 'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN fetched_pages.content_hash IS 'Hash of what was extracted, not of the page with its changing tokens.';
COMMENT ON COLUMN fetched_pages.rules_hash IS 'Hash of the extraction rules and settings in force: when they change, pages are read anew.';
COMMENT ON COLUMN fetched_pages.fetched_at IS 'When the site last answered 200 or 304.';
COMMENT ON COLUMN fetched_pages.body IS 'The page itself, redacted, where esn_pulse.keep_pages says so.';

CREATE TABLE extraction_rules (
	page_kind	text NOT NULL,
	field		text NOT NULL,
	position	integer NOT NULL CHECK (position > 0),
	selector	text NOT NULL CONSTRAINT extraction_rules_selector_compiles CHECK (esn_selector_is_valid(selector)),
	attribute	text CHECK (attribute <> ''),
	required	boolean NOT NULL DEFAULT false,
	shipped		boolean NOT NULL DEFAULT false,
	PRIMARY KEY (page_kind, field, shipped, position),
	CONSTRAINT extraction_rules_field_known CHECK (esn_rule_is_known(page_kind, field))
);
COMMENT ON TABLE extraction_rules IS 'Where on a page each field stands. Rules of yours (shipped = false) are tried before the shipped ones; of all, the first that yields something wins.';
COMMENT ON COLUMN extraction_rules.page_kind IS 'home, country, section, listing, activity or statistics.';
COMMENT ON COLUMN extraction_rules.position IS 'Order in which a field''s rules are tried.';
COMMENT ON COLUMN extraction_rules.selector IS 'CSS selector; one that cannot be compiled is refused.';
COMMENT ON COLUMN extraction_rules.attribute IS 'The attribute that holds the value. NULL: the element''s text.';
COMMENT ON COLUMN extraction_rules.required IS 'A page on which none of the field''s rules match is no page of this kind.';
COMMENT ON COLUMN extraction_rules.shipped IS 'True: came with the extension and is replaced by upgrades. Leave it false for rules of yours.';
-- The 17 Sustainable Development Goals (United Nations, resolution A/RES/70/1), each under its own number.

INSERT INTO sdgs (id, name, description) VALUES
	(1, 'SDG 1', 'No poverty: end poverty in all its forms everywhere'),
	(2, 'SDG 2', 'Zero hunger: end hunger, achieve food security and improved nutrition and promote sustainable agriculture'),
	(3, 'SDG 3', 'Good health and well-being: ensure healthy lives and promote well-being for all at all ages'),
	(4, 'SDG 4', 'Quality education: ensure inclusive and equitable quality education and promote lifelong learning opportunities for all'),
	(5, 'SDG 5', 'Gender equality: achieve gender equality and empower all women and girls'),
	(6, 'SDG 6', 'Clean water and sanitation: ensure availability and sustainable management of water and sanitation for all'),
	(7, 'SDG 7', 'Affordable and clean energy: ensure access to affordable, reliable, sustainable and modern energy for all'),
	(8, 'SDG 8', 'Decent work and economic growth: promote sustained, inclusive and sustainable economic growth, full and productive employment and decent work for all'),
	(9, 'SDG 9', 'Industry, innovation and infrastructure: build resilient infrastructure, promote inclusive and sustainable industrialization and foster innovation'),
	(10, 'SDG 10', 'Reduced inequalities: reduce inequality within and among countries'),
	(11, 'SDG 11', 'Sustainable cities and communities: make cities and human settlements inclusive, safe, resilient and sustainable'),
	(12, 'SDG 12', 'Responsible consumption and production: ensure sustainable consumption and production patterns'),
	(13, 'SDG 13', 'Climate action: take urgent action to combat climate change and its impacts'),
	(14, 'SDG 14', 'Life below water: conserve and sustainably use the oceans, seas and marine resources for sustainable development'),
	(15, 'SDG 15', 'Life on land: protect, restore and promote sustainable use of terrestrial ecosystems, and halt biodiversity loss'),
	(16, 'SDG 16', 'Peace, justice and strong institutions: promote peaceful and inclusive societies, provide access to justice for all and build effective institutions'),
	(17, 'SDG 17', 'Partnerships for the goals: strengthen the means of implementation and revitalize the global partnership for sustainable development');
SELECT setval('sdgs_id_seq', 17);
-- Where on the two sites' pages each field stands, as shipped. Of several rules for a field the first that yields something wins.
-- A user's own rules are rows beside these (shipped = false) and come before them; an upgrade replaces only these.

INSERT INTO extraction_rules (shipped, page_kind, field, position, selector, attribute, required) VALUES
	-- accounts.esn.org/
	(true, 'home', 'countries', 1, 'a[href*="/country/"]', NULL, true),
	(true, 'home', 'sections', 1, 'div.geolocation-location h2.field-content.location-title a', NULL, false),
	-- accounts.esn.org/country/<code>: a country without sections has an empty list
	(true, 'country', 'container', 1, '.views-view-grid', NULL, true),
	(true, 'country', 'container', 2, 'span.field-content a[href*="/section/"]', NULL, true),
	(true, 'country', 'container', 3, '.view .view-empty', NULL, true),
	(true, 'country', 'sections', 1, '.views-view-grid a[href*="/section/"]', NULL, false),
	(true, 'country', 'sections', 2, 'span.field-content a[href*="/section/"]', NULL, false),
	-- accounts.esn.org/section/<slug>
	(true, 'section', 'name', 1, 'h1.page-header', NULL, true),
	(true, 'section', 'email', 1, '.field--name-field-email .field--item', NULL, false),
	(true, 'section', 'website', 1, 'a[title="Website of the organisation"]', 'href', false),
	(true, 'section', 'labelled_website', 1, 'a', 'href', false),
	(true, 'section', 'university_name', 1, '.field--name-field-university-name .field--item', NULL, false),
	(true, 'section', 'university_name', 2, '.field--name-field-university-website a', NULL, false),
	(true, 'section', 'city', 1, '.field--name-field-city .field--item', NULL, false),
	(true, 'section', 'address', 1, '.field--name-field-address .field--item .address span', NULL, false),
	(true, 'section', 'coordinates', 1, '.geolocation-location[data-lat]', NULL, false),
	(true, 'section', 'logo_url', 1, 'img.center-block.img-responsive[alt*="Logo"]', 'src', false),
	(true, 'section', 'logo_url', 2, '.group__field-pseudo-group-logo img', 'src', false),
	(true, 'section', 'social_media', 1, 'a[title*="profile"]', NULL, false),
	-- activities.esn.org/organisation/<slug>/activities and /activities: a section without activities has an empty list
	(true, 'listing', 'container', 1, 'article.activities-mini-preview', NULL, true),
	(true, 'listing', 'container', 2, '.view', NULL, true),
	(true, 'listing', 'container', 3, 'a[href*="/organisation/"]', NULL, true),
	(true, 'listing', 'card', 1, 'article.activities-mini-preview', NULL, false),
	(true, 'listing', 'card_title', 1, '.eg-c-card-title a', NULL, false),
	(true, 'listing', 'card_title', 2, 'a[href*="/activity/"]', NULL, false),
	(true, 'listing', 'card_date', 1, '.act-date', NULL, false),
	(true, 'listing', 'card_city', 1, '.act-location-city', NULL, false),
	(true, 'listing', 'card_country', 1, '.act-location-rest', NULL, false),
	(true, 'listing', 'card_organiser', 1, 'a[href*="/organisation/"]', NULL, false),
	(true, 'listing', 'last_page', 1, 'nav a[title="Go to last page"]', NULL, false),
	(true, 'listing', 'last_page', 2, '.pager__item--last a', NULL, false),
	-- activities.esn.org/activity/<event_slug>
	(true, 'activity', 'container', 1, 'article.node.ct-physical-activity.ct-physical-activity--full', NULL, true),
	(true, 'activity', 'container', 2, 'article.node.ct-online-activity.ct-online-activity--full', NULL, true),
	(true, 'activity', 'online', 1, 'article.node.ct-online-activity.ct-online-activity--full', NULL, false),
	(true, 'activity', 'title', 1, '.block--eg-activities-theme-page-title h1 span', NULL, false),
	(true, 'activity', 'title', 2, 'h1.page-header', NULL, false),
	(true, 'activity', 'title', 3, '.field__item h1', NULL, false),
	(true, 'activity', 'title', 4, '.activity-label:not(.activity-causes .activity-label)', NULL, false),
	(true, 'activity', 'url', 1, '.url', NULL, false),
	(true, 'activity', 'description', 1, '.ct-physical-activity__field-ct-act-description .field__item, .ct-online-activity__field-ct-act-description .field__item', NULL, false),
	(true, 'activity', 'description', 2, '.activity__field-ct-act-description .field__item', NULL, false),
	(true, 'activity', 'dates', 1, '.field-top-wrapper.ct-physical-activity__field-ct-act-dates .highlight-data-text span, .field-top-wrapper.ct-online-activity__field-ct-act-dates .highlight-data-text span', NULL, false),
	(true, 'activity', 'dates', 2, '.highlight-dates-single span', NULL, false),
	(true, 'activity', 'location', 1, '.field-top-wrapper.ct-physical-activity__field-ct-act-location .highlight-data-text span, .field-top-wrapper.ct-online-activity__field-ct-act-location .highlight-data-text span', NULL, false),
	(true, 'activity', 'location', 2, '.highlight-data-text span', NULL, false),
	(true, 'activity', 'participants', 1, '.highlight-data-number .highlight-data-text-big', NULL, false),
	(true, 'activity', 'activity_type', 1, '.activity-types .activity-type a', NULL, false),
	(true, 'activity', 'activity_type', 2, '.ct-physical-activity__field-ct-act-types .field__item a, .ct-online-activity__field-ct-act-types .field__item a', NULL, false),
	(true, 'activity', 'organisers', 1, '.pseudo__organisers .pseudo__organiser a', NULL, false),
	(true, 'activity', 'organisers', 2, '.pseudo__organisers a', NULL, false),
	(true, 'activity', 'causes', 1, '.activity-causes .activity-label a', NULL, false),
	(true, 'activity', 'causes', 2, '.activity-cause a', NULL, false),
	(true, 'activity', 'sdgs', 1, '.field-sdgs-wrapper img', 'alt', false),
	(true, 'activity', 'sdgs', 2, '.field-sdgs-wrapper img', 'title', false),
	(true, 'activity', 'objectives', 1, '.activity__objectives .field__item span', NULL, false),
	(true, 'activity', 'objectives', 2, '.activity__objective span.badge', NULL, false),
	(true, 'activity', 'activity_goal', 1, '.ct-physical-activity__field-ct-act-goal-activity .field__item, .ct-online-activity__field-ct-act-goal-activity .field__item', NULL, false),
	(true, 'activity', 'outcomes', 1, '.ct-physical-activity__field-ct-act-res-pos-aspect, .ct-online-activity__field-ct-act-res-pos-aspect', NULL, false),
	(true, 'activity', 'image_url', 1, 'picture img.img-fluid', 'src', false),
	(true, 'activity', 'registration_url', 1, '.ct-physical-activity__field-ct-act-link-registrat a, .ct-online-activity__field-ct-act-link-registrat a', 'href', false),
	-- activities.esn.org/organisation/<slug>/statistics: the object stands in a script, but not every page has it
	(true, 'statistics', 'container', 1, 'script[type="application/json"][data-drupal-selector="drupal-settings-json"]', NULL, true),
	(true, 'statistics', 'container', 2, 'a[href*="/organisation/"]', NULL, true),
	(true, 'statistics', 'settings', 1, 'script[type="application/json"][data-drupal-selector="drupal-settings-json"]', NULL, false);
-- The calls that start and stop runs. Each runs in a background worker of its own; none reads or writes a table in the caller's session.

CREATE FUNCTION esn_scrape_accounts(wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_accounts(boolean) IS
'Reads countries and sections from accounts.esn.org and checks each section''s slug on activities.esn.org. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Limit: esn_pulse.accounts_time_limit. Errors: object_in_use while another run goes on, read_only_sql_transaction on a standby, insufficient_resources without a free worker slot, feature_not_supported in a database that is not UTF8.';

CREATE FUNCTION esn_scrape_section(slug text, "full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_section(text, boolean, boolean) IS
'Reads one section''s activities and statistics. slug: its slug on either platform, such as esn-metu or tr-anka-met. full: true asks for each page anew even if the site could say that it has not changed. wait: true shows the progress and returns when the run has ended, false returns at once. Returns the run''s row of scraper_status. Errors: undefined_object for an unknown slug, with the nearest known ones as hint; else as esn_scrape_accounts.';

CREATE FUNCTION esn_scrape_activities(max_sections integer DEFAULT NULL, "full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_activities(integer, boolean, boolean) IS
'Reads activities and statistics of every section that activities.esn.org knows, those not read for longest first; reads accounts first where no section is known. max_sections: at most so many sections, NULL: all. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Limit: esn_pulse.activities_time_limit; what is left comes first next time. Errors: as esn_scrape_accounts, and invalid_parameter_value for max_sections under 1.';

CREATE FUNCTION esn_scrape_all("full" boolean DEFAULT false, wait boolean DEFAULT true) RETURNS scraper_status
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_scrape_all(boolean, boolean) IS
'Reads accounts where no section is known or the last good reading is older than esn_pulse.accounts_max_age, then activities. If accounts fails, activities still runs for the sections that are known. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the row of scraper_status of the last of its runs. Errors: as esn_scrape_accounts.';

CREATE FUNCTION esn_cancel(run_id bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_cancel(bigint) IS
'Stops a run; what is committed stays. run_id: scraper_status.id. True: it was running and has stopped. False: it had ended before. Errors: undefined_object where there is no such run.';

CREATE FUNCTION esn_parse(kind text, html text, url text) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp
AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_parse(text, text, text) IS
'What a run would store of one page: {"kind", "url", "data", "errors"}, or "problem" instead of the latter two where it is no page of that kind. kind: home, country, section, listing, activity or statistics. html: the page. url: its address; relative links are resolved against it. Errors: invalid_parameter_value for an unknown kind or an address that is none.';

-- What the worker asks for at a run's start and end.

CREATE FUNCTION esn_rules() RETURNS TABLE (page_kind text, field text, selector text, attribute text, required boolean)
LANGUAGE sql STABLE AS $$
	SELECT page_kind, field, selector, attribute, required
	FROM extraction_rules
	ORDER BY page_kind, field, shipped, position
$$;
COMMENT ON FUNCTION esn_rules() IS 'The extraction rules in the order in which they are tried.';

CREATE FUNCTION esn_begin_run(module text, requested_by text, request text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	run bigint;
BEGIN
	UPDATE scraper_status s SET status = 'failed', completed_at = now(), error_message = 'interrupted: its worker process is gone'
	WHERE s.status = 'running';
	UPDATE activities a SET is_future_event = coalesce(end_date, start_date) >= current_date
	WHERE is_future_event IS DISTINCT FROM (coalesce(end_date, start_date) >= current_date);
	INSERT INTO scraper_status (scraper_module, requested_by, request, worker_pid)
	VALUES (module, esn_begin_run.requested_by, esn_begin_run.request, pg_backend_pid())
	RETURNING id INTO run;
	RETURN run;
END $$;
COMMENT ON FUNCTION esn_begin_run(text, text, text) IS
'Opens a run''s row, marks runs that died as failed, and sets is_future_event right for today. module: as in scraper_status. requested_by: the role that asked. request: what for. Only whoever holds the extension''s advisory lock may call it.';

CREATE FUNCTION esn_find_sections(slug text) RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name
	FROM sections
	WHERE slug IN (accounts_platform_slug, activities_platform_slug)
	ORDER BY accounts_platform_slug = slug DESC, id
	LIMIT 1
$$;
COMMENT ON FUNCTION esn_find_sections(text) IS 'The section of a slug. slug: of either platform.';

CREATE FUNCTION esn_due_sections(max_sections integer) RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name
	FROM sections
	WHERE can_scrape_activities AND removed_at IS NULL AND activities_platform_slug IS NOT NULL
	ORDER BY last_scraped ASC NULLS FIRST, id
	LIMIT max_sections
$$;
COMMENT ON FUNCTION esn_due_sections(integer) IS 'The sections whose activities can be read, those not read for longest first. max_sections: at most so many, NULL: all.';

CREATE FUNCTION esn_redact(value text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_redact(text) IS
'The text with e-mail addresses and telephone numbers replaced, where esn_pulse.redact_personal_data says so. value: the text.';

-- Which of these pages are still to be read in this run, and what a conditional request for them needs.
CREATE FUNCTION esn_claim_pages(run bigint, page_kind text, urls text[], rules_hash bigint, "full" boolean)
RETURNS TABLE (url text, etag text, last_modified text)
LANGUAGE sql STABLE AS $$
	SELECT u.url, CASE WHEN valid THEN k.etag END, CASE WHEN valid THEN k.last_modified END
	FROM unnest(urls) WITH ORDINALITY AS u(url, n)
	JOIN scraper_status r ON r.id = run
	LEFT JOIN fetched_pages k ON k.url = u.url
	CROSS JOIN LATERAL (SELECT NOT "full" AND k.rules_hash IS NOT DISTINCT FROM esn_claim_pages.rules_hash AND k.url IS NOT NULL
		AND CASE page_kind
			WHEN 'activity' THEN EXISTS (SELECT FROM activities a
				WHERE a.event_slug = k.activity_event_slug AND a.removed_at IS NULL)
			WHEN 'section' THEN EXISTS (SELECT FROM sections s
				WHERE s.accounts_url = u.url AND s.removed_at IS NULL)
			WHEN 'statistics' THEN EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = k.section_id)
			ELSE false END AS valid) v
	WHERE page_kind <> 'activity'
		OR NOT (coalesce(k.fetched_at >= r.started_at, false)
			OR EXISTS (SELECT FROM failed_scrapes f WHERE f.url = left(u.url, 500) AND f.run_id = run AND f.resolved_at IS NULL))
	ORDER BY u.n
$$;
COMMENT ON FUNCTION esn_claim_pages(bigint, text, text[], bigint, boolean) IS
'Of these pages those that this run has still to read, with the validators of a conditional request. run: the run. page_kind: their kind. urls: their addresses. rules_hash: of the rules in force; a page read by other rules is asked for anew. full: no validators.';

CREATE FUNCTION esn_finish_sections(section_ids integer[]) RETURNS void
LANGUAGE sql AS $$
	UPDATE sections SET last_scraped = now() WHERE id = ANY (section_ids)
$$;
COMMENT ON FUNCTION esn_finish_sections(integer[]) IS 'Moves last_scraped of sections whose list and statistics came in. section_ids: those sections.';
-- How pages become rows. Each function takes the pages of one kind, as the parser's JSON with what is known of the fetch:
--   {"url", "section": slug on accounts.esn.org, "fetch": {"status", "etag", "last_modified", "attempts", "rules_hash"},
--    "page": {"kind", "url", "data": {...}, "errors": [...]}}
-- and writes only what differs. They run in the worker, one short transaction for a batch; nobody else may call them.

CREATE FUNCTION esn_store_home(run bigint, pages jsonb, only_section text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (upper(c->>'slug' COLLATE "C")) upper(c->>'slug' COLLATE "C") AS code, left(c->>'name', 100) AS name,
			c->>'slug' AS slug, left(c->>'url', 255) AS url
		FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'countries') c
		ORDER BY 1
	), changed AS (
		UPDATE countries k SET name = l.name, slug = l.slug, url = l.url
		FROM listed l
		WHERE k.country_code = l.code AND (k.name, k.slug, k.url) IS DISTINCT FROM (l.name, l.slug, l.url)
	)
	INSERT INTO countries (country_code, name, slug, url)
	SELECT code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM countries k WHERE k.country_code = l.code);

	-- The map names every section; a country's page says more, so that a section already known stays as it is.
	INSERT INTO sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255), s->>'slug', s->>'url'
	FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'sections') s
	LEFT JOIN countries k ON k.slug = split_part(s->>'slug', '-', 1)
	WHERE length(s->>'slug') <= 255
		AND (only_section IS NULL OR s->>'slug' = only_section)
		AND NOT EXISTS (SELECT FROM sections k WHERE k.accounts_platform_slug = s->>'slug')
	ORDER BY s->>'slug';
END $$;
COMMENT ON FUNCTION esn_store_home(bigint, jsonb, text) IS
'Stores home pages of accounts.esn.org. run: the run. pages: array of pages. only_section: the one section of the map to store, NULL: all.';

CREATE FUNCTION esn_store_countries(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE countries k SET section_count = jsonb_array_length(p->'page'->'data'->'sections')
	FROM jsonb_array_elements(pages) p
	WHERE k.slug = p->'page'->'data'->>'slug'
		AND k.section_count IS DISTINCT FROM jsonb_array_length(p->'page'->'data'->'sections');

	-- A section's own page says its name; the list's name counts until that page has been read.
	WITH listed AS MATERIALIZED (
		SELECT DISTINCT ON (s->>'slug') k.country_code, left(s->>'name', 255) AS name, s->>'slug' AS slug, s->>'url' AS url
		FROM jsonb_array_elements(pages) p
		JOIN countries k ON k.slug = p->'page'->'data'->>'slug',
			jsonb_array_elements(p->'page'->'data'->'sections') s
		WHERE length(s->>'slug') <= 255
		ORDER BY s->>'slug'
	), changed AS (
		UPDATE sections k SET country_code = l.country_code, accounts_url = l.url
		FROM listed l
		WHERE k.accounts_platform_slug = l.slug
			AND (k.country_code, k.accounts_url) IS DISTINCT FROM (l.country_code, l.url)
	)
	INSERT INTO sections (country_code, name, accounts_platform_slug, accounts_url)
	SELECT country_code, name, slug, url FROM listed l
	WHERE NOT EXISTS (SELECT FROM sections k WHERE k.accounts_platform_slug = l.slug);
END $$;
COMMENT ON FUNCTION esn_store_countries(bigint, jsonb) IS
'Stores pages of countries: their sections. run: the run. pages: array of pages.';

CREATE FUNCTION esn_store_sections(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE sections k SET name = d.name, email = d.email, website = d.website, university_name = d.university_name,
		city = d.city, address = d.address, latitude = d.latitude, longitude = d.longitude, logo_url = d.logo_url,
		social_media = d.social_media, removed_at = NULL
	FROM jsonb_array_elements(pages) p,
		jsonb_to_record(p->'page'->'data') AS d(slug text, name text, email text, website text, university_name text,
			city text, address text, latitude numeric, longitude numeric, logo_url text, social_media jsonb)
	WHERE k.accounts_platform_slug = d.slug
		AND (k.name, k.email, k.website, k.university_name, k.city, k.address, k.latitude, k.longitude, k.logo_url,
			k.social_media, k.removed_at)
			IS DISTINCT FROM (d.name, d.email, d.website, d.university_name, d.city, d.address, d.latitude,
			d.longitude, d.logo_url, d.social_media, NULL);
END $$;
COMMENT ON FUNCTION esn_store_sections(bigint, jsonb) IS
'Stores pages of sections that are already known from a list. run: the run. pages: array of pages.';

CREATE FUNCTION esn_store_probes(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE failed_scrapes k SET resolved_at = now()
	FROM jsonb_to_recordset(pages) AS p(asked jsonb), jsonb_array_elements_text(p.asked) a
	WHERE k.url = left(a, 500) AND k.resolved_at IS NULL;

	UPDATE sections k SET can_scrape_activities = p.slug IS NOT NULL,
		activities_platform_slug = coalesce(p.slug, k.activities_platform_slug),
		activities_url = coalesce(p.activities_url, k.activities_url),
		last_validated_activities_slug = coalesce(p.slug, k.last_validated_activities_slug)
	FROM jsonb_to_recordset(pages) AS p(section text, slug text, activities_url text)
	WHERE k.accounts_platform_slug = p.section
		AND (k.can_scrape_activities, k.activities_platform_slug, k.activities_url, k.last_validated_activities_slug)
			IS DISTINCT FROM (p.slug IS NOT NULL, coalesce(p.slug, k.activities_platform_slug),
			coalesce(p.activities_url, k.activities_url), coalesce(p.slug, k.last_validated_activities_slug));
END $$;
COMMENT ON FUNCTION esn_store_probes(bigint, jsonb) IS
'Stores under which slug activities.esn.org knows sections, and closes the failures of what was asked for. run: the run. pages: array of {"section": slug on accounts.esn.org, "slug": slug that was answered 200 or null, "activities_url", "asked": addresses that were answered}.';

-- Organisers that activities and cards name by slug and name: a section whose slug could not be guessed is known by its name.
CREATE FUNCTION esn_learn_slugs(pages jsonb, activities_base text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH named AS MATERIALIZED (
		SELECT DISTINCT o->>'slug' AS slug, esn_slugify(o->>'name') AS key
		FROM (
			SELECT jsonb_array_elements(p->'page'->'data'->'organisers') FROM jsonb_array_elements(pages) p
			UNION ALL
			SELECT jsonb_build_object('slug', c->'organiser', 'name', c->'organiser_name')
			FROM jsonb_array_elements(pages) p, jsonb_array_elements(p->'page'->'data'->'cards') c
		) named(o)
		WHERE o->>'name' <> '' AND length(o->>'slug') <= 255
			AND NOT EXISTS (SELECT FROM sections s WHERE s.activities_platform_slug = o->>'slug')
	), fitting AS (
		SELECT n.slug, min(s.id) AS id
		FROM named n JOIN sections s ON esn_slugify(s.name) = n.key
		WHERE s.can_scrape_activities IS NOT TRUE
		GROUP BY n.slug HAVING count(*) = 1
	), one AS (
		SELECT DISTINCT ON (id) id, slug FROM fitting ORDER BY id, slug
	)
	UPDATE sections s SET activities_platform_slug = o.slug, last_validated_activities_slug = o.slug, can_scrape_activities = true,
		activities_url = activities_base || '/organisation/' || o.slug
	FROM one o WHERE s.id = o.id;
END $$;
COMMENT ON FUNCTION esn_learn_slugs(jsonb, text) IS
'Takes the slug of a section that activities.esn.org knows under another one than was guessed from an activity or a card that names the section. pages: array of activity pages or listings. activities_base: base address of activities.esn.org.';

CREATE FUNCTION esn_link_organisers() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	linked bigint;
BEGIN
	WITH found AS MATERIALIZED (
		SELECT a.id AS activity_id, s.id AS section_id
		FROM activities a JOIN sections s ON s.activities_platform_slug = ANY (a.unmatched_organisers)
		WHERE a.unmatched_organisers <> '{}'
	), link AS (
		INSERT INTO activity_section_organisers (activity_id, section_id)
		SELECT activity_id, section_id FROM found ON CONFLICT DO NOTHING
	)
	UPDATE activities a SET updated_at = now(), unmatched_organisers = ARRAY(
		SELECT u.slug FROM unnest(a.unmatched_organisers) WITH ORDINALITY u(slug, n)
		WHERE NOT EXISTS (SELECT FROM sections s WHERE s.activities_platform_slug = u.slug) ORDER BY u.n)
	WHERE a.id IN (SELECT activity_id FROM found);
	GET DIAGNOSTICS linked = ROW_COUNT;
	RETURN linked;
END $$;
COMMENT ON FUNCTION esn_link_organisers() IS
'Links activities with organisers that have become known sections. Returns how many activities changed.';

CREATE FUNCTION esn_store_activities(run bigint, pages jsonb, activities_base text,
	OUT added integer, OUT changed integer, OUT unchanged integer, OUT invalid integer)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_learn_slugs(pages, activities_base);

	INSERT INTO activity_causes (name)
	SELECT DISTINCT v FROM jsonb_array_elements(pages) p, jsonb_array_elements_text(p->'page'->'data'->'causes') v
	WHERE NOT EXISTS (SELECT FROM activity_causes c WHERE c.name = v)
	ON CONFLICT DO NOTHING;
	INSERT INTO objectives (name)
	SELECT DISTINCT v FROM jsonb_array_elements(pages) p, jsonb_array_elements_text(p->'page'->'data'->'objectives') v
	WHERE NOT EXISTS (SELECT FROM objectives o WHERE o.name = v)
	ON CONFLICT DO NOTHING;

	WITH country AS MATERIALIZED (
		SELECT DISTINCT ON (key) esn_country_key(name) AS key, country_code FROM countries ORDER BY key, country_code
	), raw AS MATERIALIZED (
		SELECT DISTINCT ON (d.event_slug) d.*, jsonb_array_length(p->'page'->'errors') = 0 AS is_valid
		FROM jsonb_array_elements(pages) p,
			jsonb_to_record(p->'page'->'data') AS d(event_slug text, url text, title text, description text,
				start_date date, end_date date, is_online boolean, city text, country_name text,
				participants integer, activity_type text, activity_goal text, outcomes text, image_url text,
				registration_url text, organisers jsonb, causes jsonb, sdgs jsonb, objectives jsonb)
		ORDER BY d.event_slug
	), organiser AS MATERIALIZED (
		SELECT r.event_slug, o.item->>'slug' AS slug, s.id AS section_id, min(o.n) AS n
		FROM raw r, jsonb_array_elements(r.organisers) WITH ORDINALITY o(item, n)
		LEFT JOIN sections s ON s.activities_platform_slug = o.item->>'slug'
		GROUP BY 1, 2, 3
	), page AS MATERIALIZED (
		SELECT r.*, c.country_code, coalesce(r.end_date, r.start_date) >= current_date AS is_future_event,
			ARRAY(SELECT o.slug FROM organiser o WHERE o.event_slug = r.event_slug AND o.section_id IS NULL
				ORDER BY o.n) AS unmatched,
			a.id, a.id IS NULL AS is_new
		FROM raw r
		LEFT JOIN country c ON c.key = esn_country_key(r.country_name)
		LEFT JOIN activities a ON a.event_slug = r.event_slug
	), ins AS (
		INSERT INTO activities (event_slug, url, title, description, start_date, end_date, is_future_event, city,
			country_code, participants, activity_type, is_valid, is_online, country_name, activity_goal, outcomes,
			registration_url, image_url, unmatched_organisers)
		SELECT event_slug, url, title, description, start_date, end_date, is_future_event, city,
			country_code, participants, activity_type, is_valid, is_online, country_name, activity_goal, outcomes,
			registration_url, image_url, unmatched
		FROM page WHERE is_new
		RETURNING id, event_slug
	), target AS MATERIALIZED (
		SELECT p.event_slug, p.causes, p.sdgs, p.objectives, coalesce(p.id, i.id) AS id, p.is_new
		FROM page p LEFT JOIN ins i USING (event_slug)
	),
	-- The four relations: what the page names, against what is there.
	want_section AS MATERIALIZED (
		SELECT DISTINCT t.id, o.section_id FROM target t JOIN organiser o USING (event_slug) WHERE o.section_id IS NOT NULL
	), want_cause AS MATERIALIZED (
		SELECT DISTINCT t.id, c.id AS cause_id
		FROM target t, jsonb_array_elements_text(t.causes) v JOIN activity_causes c ON c.name = v
	), want_sdg AS MATERIALIZED (
		SELECT DISTINCT t.id, s.id AS sdg_id
		FROM target t, jsonb_array_elements_text(t.sdgs) v JOIN sdgs s ON s.name = v
	), want_objective AS MATERIALIZED (
		SELECT DISTINCT t.id, o.id AS objective_id
		FROM target t, jsonb_array_elements_text(t.objectives) v JOIN objectives o ON o.name = v
	), del_section AS (
		DELETE FROM activity_section_organisers r USING page p
		WHERE r.activity_id = p.id AND NOT EXISTS
			(SELECT FROM want_section w WHERE w.id = r.activity_id AND w.section_id = r.section_id)
		RETURNING r.activity_id
	), ins_section AS (
		INSERT INTO activity_section_organisers SELECT w.id, w.section_id FROM want_section w WHERE NOT EXISTS
			(SELECT FROM activity_section_organisers r WHERE r.activity_id = w.id AND r.section_id = w.section_id)
		RETURNING activity_id
	), del_cause AS (
		DELETE FROM activity_to_cause r USING page p
		WHERE r.activity_id = p.id AND NOT EXISTS
			(SELECT FROM want_cause w WHERE w.id = r.activity_id AND w.cause_id = r.cause_id)
		RETURNING r.activity_id
	), ins_cause AS (
		INSERT INTO activity_to_cause SELECT w.id, w.cause_id FROM want_cause w WHERE NOT EXISTS
			(SELECT FROM activity_to_cause r WHERE r.activity_id = w.id AND r.cause_id = w.cause_id)
		RETURNING activity_id
	), del_sdg AS (
		DELETE FROM activity_to_sdg r USING page p
		WHERE r.activity_id = p.id AND NOT EXISTS
			(SELECT FROM want_sdg w WHERE w.id = r.activity_id AND w.sdg_id = r.sdg_id)
		RETURNING r.activity_id
	), ins_sdg AS (
		INSERT INTO activity_to_sdg SELECT w.id, w.sdg_id FROM want_sdg w WHERE NOT EXISTS
			(SELECT FROM activity_to_sdg r WHERE r.activity_id = w.id AND r.sdg_id = w.sdg_id)
		RETURNING activity_id
	), del_objective AS (
		DELETE FROM activity_to_objective r USING page p
		WHERE r.activity_id = p.id AND NOT EXISTS
			(SELECT FROM want_objective w WHERE w.id = r.activity_id AND w.objective_id = r.objective_id)
		RETURNING r.activity_id
	), ins_objective AS (
		INSERT INTO activity_to_objective SELECT w.id, w.objective_id FROM want_objective w WHERE NOT EXISTS
			(SELECT FROM activity_to_objective r WHERE r.activity_id = w.id AND r.objective_id = w.objective_id)
		RETURNING activity_id
	), related AS (
		SELECT activity_id FROM del_section UNION SELECT activity_id FROM ins_section
		UNION SELECT activity_id FROM del_cause UNION SELECT activity_id FROM ins_cause
		UNION SELECT activity_id FROM del_sdg UNION SELECT activity_id FROM ins_sdg
		UNION SELECT activity_id FROM del_objective UNION SELECT activity_id FROM ins_objective
	), upd AS (
		UPDATE activities a SET url = p.url, title = p.title, description = p.description, start_date = p.start_date,
			end_date = p.end_date, is_future_event = p.is_future_event, city = p.city, country_code = p.country_code,
			participants = p.participants, activity_type = p.activity_type, is_valid = p.is_valid,
			is_online = p.is_online, country_name = p.country_name, activity_goal = p.activity_goal,
			outcomes = p.outcomes, registration_url = p.registration_url, image_url = p.image_url,
			unmatched_organisers = p.unmatched, removed_at = NULL, updated_at = now()
		FROM page p
		WHERE a.id = p.id AND ((a.url, a.title, a.description, a.start_date, a.end_date, a.is_future_event, a.city,
				a.country_code, a.participants, a.activity_type, a.is_valid, a.is_online, a.country_name,
				a.activity_goal, a.outcomes, a.registration_url, a.image_url, a.unmatched_organisers, a.removed_at)
			IS DISTINCT FROM (p.url, p.title, p.description, p.start_date, p.end_date, p.is_future_event, p.city,
				p.country_code, p.participants, p.activity_type, p.is_valid, p.is_online, p.country_name,
				p.activity_goal, p.outcomes, p.registration_url, p.image_url, p.unmatched, NULL)
			OR a.id IN (SELECT activity_id FROM related))
		RETURNING a.id
	)
	SELECT (SELECT count(*) FROM ins), (SELECT count(*) FROM upd),
		count(*) - (SELECT count(*) FROM ins) - (SELECT count(*) FROM upd), count(*) FILTER (WHERE NOT p.is_valid)
	INTO added, changed, unchanged, invalid
	FROM page p;
END $$;
COMMENT ON FUNCTION esn_store_activities(bigint, jsonb, text) IS
'Upserts activities and replaces their relations; rows that are already so stay untouched. run: the run. pages: array of pages. activities_base: base address of activities.esn.org.';

-- The pairs of one list of the statistics: [["Culture", 12], ...]; a label that comes twice counts once.
CREATE FUNCTION esn_statistics_pairs(list jsonb) RETURNS TABLE (label text, value integer, n bigint, raw jsonb)
LANGUAGE sql IMMUTABLE AS $$
	SELECT DISTINCT ON (label) label,
		CASE WHEN digits ~ '^\d{1,9}$' THEN digits::integer END, n, raw
	FROM (
		SELECT left(btrim(pair->>0), 100) AS label, ord AS n, pair->1 AS raw,
			CASE jsonb_typeof(pair->1)
				WHEN 'number' THEN CASE WHEN (pair->>1)::numeric BETWEEN 0 AND 999999999 THEN trunc((pair->>1)::numeric)::text END
				WHEN 'string' THEN regexp_replace(btrim(pair->>1), '[,. ](?=\d{3}(\D|$))', '', 'g')
				WHEN 'null' THEN '0'
			END AS digits
		FROM jsonb_array_elements(CASE jsonb_typeof(list->'values') WHEN 'array' THEN list->'values' ELSE '[]' END)
			WITH ORDINALITY AS e(pair, ord)
		WHERE jsonb_typeof(pair) = 'array' AND btrim(coalesce(pair->>0, '')) <> ''
	) pairs
	ORDER BY label, n
$$;
COMMENT ON FUNCTION esn_statistics_pairs(jsonb) IS
'Label, count (NULL where it is none), place and raw count of each pair of a list {"values": [[label, count], ...]}. list: such an object; anything else gives no rows.';

-- Statistics as JSON: the object itself, or a document that holds it.
CREATE FUNCTION esn_statistics_object(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN jsonb_typeof(document->'activities_statistics') = 'object' THEN document->'activities_statistics'
		WHEN jsonb_typeof(document) = 'object' THEN document
		ELSE '{}' END
$$;
COMMENT ON FUNCTION esn_statistics_object(jsonb) IS
'The statistics within a JSON document; an empty object where it can hold none. document: what a page of statistics holds.';

CREATE FUNCTION esn_store_statistics(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH item AS MATERIALIZED (
		SELECT DISTINCT ON (s.id) s.id AS section_id, esn_statistics_object((p->'page'->'data'->>'json')::jsonb) AS figures
		FROM jsonb_array_elements(pages) p JOIN sections s ON s.accounts_platform_slug = p->>'section'
		ORDER BY s.id
	), pair AS MATERIALIZED (
		SELECT i.section_id, l.list, q.label, q.value, q.n
		FROM item i, unnest(ARRAY['total_activities', 'total_participants', 'total_causes', 'physical_causes', 'online_causes',
			'physical_types', 'online_types', 'physical_participants', 'online_participants']) AS l(list),
			esn_statistics_pairs(i.figures->l.list) q
	),
	-- Sums are found by label, else by place, where the label there is no other sum's; what is not said is 0, what is no count NULL.
	sum_of (list, place, pattern) AS (
		VALUES ('total_activities', 1, 'physical|in.person|offline'), ('total_activities', 2, 'online|virtual'),
			('total_participants', 1, '\mlocal'), ('total_participants', 2, 'international|foreign'),
			('total_participants', 3, 'coordinator|organi[sz]er')
	), sums AS MATERIALIZED (
		SELECT i.section_id,
			max(CASE WHEN q.said THEN q.value ELSE 0 END) FILTER (WHERE w.list = 'total_activities' AND w.place = 1) AS physical,
			max(CASE WHEN q.said THEN q.value ELSE 0 END) FILTER (WHERE w.list = 'total_activities' AND w.place = 2) AS online,
			max(CASE WHEN q.said THEN q.value ELSE 0 END) FILTER (WHERE w.list = 'total_participants' AND w.place = 1) AS local,
			max(CASE WHEN q.said THEN q.value ELSE 0 END) FILTER (WHERE w.list = 'total_participants' AND w.place = 2) AS international,
			max(CASE WHEN q.said THEN q.value ELSE 0 END) FILTER (WHERE w.list = 'total_participants' AND w.place = 3) AS coordinators
		FROM item i CROSS JOIN sum_of w
		LEFT JOIN LATERAL (
			SELECT true AS said, q.value
			FROM esn_statistics_pairs(i.figures->w.list) q
			WHERE q.label ~* (w.pattern COLLATE "C") OR q.n = w.place
				AND NOT EXISTS (SELECT FROM sum_of other WHERE other.list = w.list AND q.label ~* (other.pattern COLLATE "C"))
			ORDER BY q.label ~* (w.pattern COLLATE "C") DESC, q.n
			LIMIT 1) q ON true
		GROUP BY i.section_id
	), sums_upd AS (
		UPDATE section_overall_statistics o SET physical_activities = physical, online_activities = online,
			total_local_students = local, total_international_students = international,
			total_coordinators = coordinators, scraped_at = now()
		FROM sums n
		WHERE o.section_id = n.section_id AND (physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
			IS DISTINCT FROM (physical, online, local, international, coordinators)
	), sums_ins AS (
		INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
		SELECT section_id, physical, online, local, international, coordinators FROM sums n
		WHERE NOT EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = n.section_id)
	),
	-- A label that one of the lists lacks counts 0 there.
	cause AS MATERIALIZED (
		SELECT section_id, label, CASE WHEN bool_or(list = 'total_causes') THEN max(value) FILTER (WHERE list = 'total_causes')
				ELSE coalesce(sum(value), 0)::integer END AS total,
			CASE WHEN bool_or(list = 'physical_causes') THEN max(value) FILTER (WHERE list = 'physical_causes') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_causes') THEN max(value) FILTER (WHERE list = 'online_causes') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_causes' GROUP BY section_id, label
	), cause_del AS (
		DELETE FROM section_cause_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM cause n WHERE n.section_id = s.section_id AND n.label = s.cause_name)
	), cause_upd AS (
		UPDATE section_cause_statistics s SET total_count = total, physical_count = physical, online_count = online
		FROM cause n WHERE s.section_id = n.section_id AND s.cause_name = n.label
			AND (total_count, physical_count, online_count) IS DISTINCT FROM (total, physical, online)
	), cause_ins AS (
		INSERT INTO section_cause_statistics (section_id, cause_name, total_count, physical_count, online_count)
		SELECT section_id, label, total, physical, online FROM cause n
		WHERE NOT EXISTS (SELECT FROM section_cause_statistics s WHERE s.section_id = n.section_id AND s.cause_name = n.label)
	), type AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_types') THEN max(value) FILTER (WHERE list = 'physical_types') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_types') THEN max(value) FILTER (WHERE list = 'online_types') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_types' GROUP BY section_id, label
	), type_del AS (
		DELETE FROM section_type_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM type n WHERE n.section_id = s.section_id AND n.label = s.activity_type)
	), type_upd AS (
		UPDATE section_type_statistics s SET physical_count = physical, online_count = online
		FROM type n WHERE s.section_id = n.section_id AND s.activity_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	), type_ins AS (
		INSERT INTO section_type_statistics (section_id, activity_type, physical_count, online_count)
		SELECT section_id, label, physical, online FROM type n
		WHERE NOT EXISTS (SELECT FROM section_type_statistics s WHERE s.section_id = n.section_id AND s.activity_type = n.label)
	), participant AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_participants') THEN max(value) FILTER (WHERE list = 'physical_participants') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_participants') THEN max(value) FILTER (WHERE list = 'online_participants') ELSE 0 END AS online
		FROM pair WHERE list IN ('physical_participants', 'online_participants') GROUP BY section_id, label
	), participant_del AS (
		DELETE FROM section_participant_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM participant n WHERE n.section_id = s.section_id AND n.label = s.participant_type)
	), participant_upd AS (
		UPDATE section_participant_statistics s SET physical_count = physical, online_count = online
		FROM participant n WHERE s.section_id = n.section_id AND s.participant_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	)
	INSERT INTO section_participant_statistics (section_id, participant_type, physical_count, online_count)
	SELECT section_id, label, physical, online FROM participant n
	WHERE NOT EXISTS (SELECT FROM section_participant_statistics s
		WHERE s.section_id = n.section_id AND s.participant_type = n.label);

	-- A count that is none is a fault of the page like any other.
	PERFORM esn_store_errors(run, jsonb_agg(jsonb_set(p, '{page,errors}', coalesce((
		SELECT jsonb_agg(jsonb_build_object('field', f.key, 'message', 'not a count', 'raw', esn_redact(q.label || ': ' || q.raw)))
		FROM jsonb_each(esn_statistics_object((p->'page'->'data'->>'json')::jsonb)) f, esn_statistics_pairs(f.value) q
		WHERE q.value IS NULL), '[]'))))
	FROM jsonb_array_elements(pages) p;
END $$;
COMMENT ON FUNCTION esn_store_statistics(bigint, jsonb) IS
'Makes the four tables of statistics say what pages say; what a section no longer reports leaves them. run: the run. pages: array of pages; data.json is JSON text, or null for a section without statistics.';

CREATE FUNCTION esn_store_errors(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, p->'page'->'errors' AS errors
		FROM jsonb_array_elements(pages) p
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		ORDER BY p->>'url'
	), wrong AS MATERIALIZED (
		SELECT p.url, p.section_id, p.event_slug, e.field, string_agg(DISTINCT e.message, '; ') AS message,
			CASE WHEN count(e.raw) > 1 THEN jsonb_agg(e.raw ORDER BY e.raw) ELSE to_jsonb(min(e.raw)) END AS raw
		FROM page p, jsonb_to_recordset(p.errors) AS e(field text, message text, raw text)
		GROUP BY 1, 2, 3, 4
	), mended AS (
		UPDATE validation_errors v SET resolved_at = now()
		FROM page p
		WHERE v.url = p.url AND v.resolved_at IS NULL
			AND NOT EXISTS (SELECT FROM wrong w WHERE w.url = v.url AND w.field = v.field_name)
	), still AS (
		UPDATE validation_errors v SET error_message = w.message, raw_data = w.raw, run_id = run
		FROM wrong w
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL
	)
	INSERT INTO validation_errors (section_id, activity_event_slug, field_name, error_message, raw_data, run_id, url)
	SELECT section_id, event_slug, field, message, raw, run, url FROM wrong w
	WHERE NOT EXISTS (SELECT FROM validation_errors v
		WHERE v.url = w.url AND v.field_name = w.field AND v.resolved_at IS NULL);
END $$;
COMMENT ON FUNCTION esn_store_errors(bigint, jsonb) IS
'Records each wrong field of pages as one open row, and closes those that are right now. run: the run. pages: array of pages.';

CREATE FUNCTION esn_store_fetches(run bigint, page_kind text, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, s.id AS section_id,
			left(p->'page'->'data'->>'event_slug', 255) AS event_slug, (f.status = 304) AS not_modified, f.*,
			CASE WHEN f.status <> 304 THEN hashtextextended(p->'page'->>'data', 0) END AS content_hash,
			decode(p->>'body', 'base64') AS body
		FROM jsonb_array_elements(pages) p CROSS JOIN jsonb_to_record(p->'fetch')
			AS f(status integer, etag text, last_modified text, rules_hash bigint)
		LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		ORDER BY p->>'url'
	), upd AS (
		UPDATE fetched_pages k SET http_status = p.status, fetched_at = now(),
			kind = page_kind, section_id = coalesce(p.section_id, k.section_id),
			activity_event_slug = CASE WHEN not_modified THEN k.activity_event_slug ELSE p.event_slug END,
			etag = CASE WHEN not_modified THEN k.etag ELSE p.etag END,
			last_modified = CASE WHEN not_modified THEN k.last_modified ELSE p.last_modified END,
			content_hash = CASE WHEN not_modified THEN k.content_hash ELSE p.content_hash END,
			rules_hash = CASE WHEN not_modified THEN k.rules_hash ELSE p.rules_hash END,
			body = CASE WHEN not_modified THEN k.body ELSE p.body END
		FROM page p
		WHERE k.url = p.url
	), ins AS (
		INSERT INTO fetched_pages (url, kind, section_id, activity_event_slug, http_status, etag, last_modified,
			content_hash, rules_hash, body)
		SELECT p.url, page_kind, section_id, event_slug, status, etag, last_modified, content_hash, rules_hash, body
		FROM page p
		WHERE NOT EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url)
	)
	UPDATE failed_scrapes k SET resolved_at = now()
	FROM page p WHERE k.url = left(p.url, 500) AND k.resolved_at IS NULL;
END $$;
COMMENT ON FUNCTION esn_store_fetches(bigint, text, jsonb) IS
'Records pages that were read, and closes their failures. run: the run. page_kind: home, country, section, listing, activity or statistics. pages: array of pages.';

CREATE FUNCTION esn_store_failures(run bigint, pages jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	failures integer;
BEGIN
	-- An activity or section that is known and whose own page is gone is removed: that is news, no failure.
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (left(p.url, 500)) left(p.url, 500) AS url, s.id AS section_id, p.kind, p.subject, p.status,
			p.message, greatest(p.attempts, 1) AS attempts, p.will_retry,
			coalesce(p.status IN (404, 410), false) AND p.kind IN ('activity', 'section')
				AND EXISTS (SELECT FROM fetched_pages k WHERE k.url = p.url) AS gone
		FROM jsonb_to_recordset(pages) AS p(url text, section text, kind text, subject text, status integer,
			message text, attempts integer, will_retry boolean)
		LEFT JOIN sections s ON s.accounts_platform_slug = p.section
		ORDER BY left(p.url, 500)
	), removed_activity AS (
		UPDATE activities a SET removed_at = now(), updated_at = now()
		FROM page p
		WHERE p.gone AND p.kind = 'activity' AND a.event_slug = p.subject AND a.removed_at IS NULL
	), removed_section AS (
		UPDATE sections s SET removed_at = now()
		FROM page p
		WHERE p.gone AND p.kind = 'section' AND s.accounts_platform_slug = p.subject AND s.removed_at IS NULL
	), closed AS (
		UPDATE failed_scrapes k SET resolved_at = now()
		FROM page p WHERE p.gone AND k.url = p.url AND k.resolved_at IS NULL
	), failure AS MATERIALIZED (
		SELECT p.*, CASE WHEN p.kind IN ('home', 'country', 'section', 'probe') THEN 'AccountsScraper'
			ELSE 'ActivitiesAndStatisticsScraper' END AS module
		FROM page p WHERE NOT p.gone
	), upd AS (
		UPDATE failed_scrapes k SET section_id = coalesce(k.section_id, f.section_id), scraper_module = f.module,
			http_status_code = f.status, error_message = f.message, retry_count = k.retry_count + f.attempts,
			last_attempt = now(), will_retry = f.will_retry, run_id = run
		FROM failure f
		WHERE k.url = f.url AND k.resolved_at IS NULL
	), ins AS (
		INSERT INTO failed_scrapes (url, section_id, scraper_module, http_status_code, error_message, retry_count,
			will_retry, run_id)
		SELECT url, section_id, module, status, message, attempts - 1, will_retry, run FROM failure f
		WHERE NOT EXISTS (SELECT FROM failed_scrapes k WHERE k.url = f.url AND k.resolved_at IS NULL)
	)
	SELECT count(*) INTO failures FROM failure;
	RETURN failures;
END $$;
COMMENT ON FUNCTION esn_store_failures(bigint, jsonb) IS
'Records pages that finally failed, one open row an address; marks known activities and sections whose page is gone as removed. run: the run. pages: array of {"url", "section", "kind", "subject": slug, "status", "message", "attempts", "will_retry"}. Returns how many failed.';
-- Views.

CREATE VIEW esn_runs AS
SELECT s.id, s.scraper_module, s.request,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'failed' ELSE s.status END AS status,
	s.started_at, s.completed_at, s.sections_processed, s.sections_failed,
	s.activities_new, s.activities_changed, s.activities_unchanged, s.activities_invalid,
	s.requests, s.not_modified, s.bytes_received, s.pages_failed,
	CASE WHEN s.status = 'running' AND NOT alive THEN 'interrupted: its worker process is gone'
		ELSE s.error_message END AS error_message,
	s.requested_by, s.worker_pid
FROM scraper_status s
CROSS JOIN LATERAL (
	SELECT s.status <> 'running' OR EXISTS (
		SELECT FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND l.classid = 1163087440 AND l.objid = 1 AND l.objsubid = 2 AND l.granted AND l.pid = s.worker_pid) AS alive
) a
ORDER BY s.id DESC;
COMMENT ON VIEW esn_runs IS 'The runs, newest first, as scraper_status has them; one that died without a word (server crash, power cut) shows as failed.';
-- Who may do what, and what a dump carries.

-- Only the pure functions are for everyone.
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN
		SELECT p.oid FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e'
			AND p.proname NOT IN ('esn_slugify', 'esn_slug_candidates', 'esn_country_key', 'esn_selector_is_valid',
				'esn_rule_is_known', 'esn_parse')
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
	END LOOP;
END $$;

-- A dump carries every row but those that CREATE EXTENSION makes itself.
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS rel, c.relname
		FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e' AND c.relkind IN ('r', 'S')
		ORDER BY c.oid
	LOOP
		PERFORM pg_extension_config_dump(r.rel, CASE r.relname
			WHEN 'sdgs' THEN 'WHERE id > 17'
			WHEN 'extraction_rules' THEN 'WHERE NOT shipped'
			ELSE '' END);
	END LOOP;
END $$;
