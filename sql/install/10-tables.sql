-- The tables that people read, and those that say how the data came about. A fillfactor leaves room on a row's own page for its next version, so that
-- an update that touches no index writes to none: half a page where a run over everything updates one row after the other.

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
) WITH (fillfactor = 50);
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
	fields_filled			integer GENERATED ALWAYS AS ((title IS NOT NULL)::integer + (description IS NOT NULL)::integer + (start_date IS NOT NULL)::integer
		+ (participants IS NOT NULL)::integer + (activity_type IS NOT NULL)::integer
		+ (coalesce(is_online, false) OR city IS NOT NULL)::integer + (coalesce(is_online, false) OR country_name IS NOT NULL)::integer) STORED,
	CONSTRAINT activities_valid_url CHECK (NOT is_valid OR url IS NOT NULL),
	CONSTRAINT activities_valid_title CHECK (NOT is_valid OR title <> '' AND title IS NOT NULL),
	CONSTRAINT activities_valid_description CHECK (NOT is_valid OR description IS NOT NULL),
	CONSTRAINT activities_valid_start_date CHECK (NOT is_valid OR start_date IS NOT NULL),
	CONSTRAINT activities_valid_is_future_event CHECK (NOT is_valid OR is_future_event IS NOT NULL),
	CONSTRAINT activities_valid_end_date CHECK (NOT is_valid OR end_date IS NULL OR end_date >= start_date),
	CONSTRAINT activities_valid_participants CHECK (participants IS NULL OR participants >= 0)
) WITH (fillfactor = 90);
CREATE INDEX activities_is_valid_idx ON activities (id) WHERE NOT is_valid;
CREATE INDEX activities_start_date_idx ON activities (start_date);
CREATE INDEX activities_country_code_idx ON activities (country_code);
-- Its second condition is always true: without it the worker, which plans by index while tables are empty, might find all activities that are there by it.
CREATE INDEX activities_filled_idx ON activities (is_valid, fields_filled) WHERE removed_at IS NULL AND fields_filled >= 0;
CREATE INDEX activities_ends_idx ON activities ((coalesce(end_date, start_date)));
CREATE INDEX activities_future_idx ON activities (start_date, id) WHERE is_future_event;
CREATE INDEX activities_figures_idx ON activities (start_date) INCLUDE (country_code, participants) WHERE is_valid AND removed_at IS NULL;
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
COMMENT ON COLUMN activities.fields_filled IS 'How many there are of the seven that one expects: title, description, start_date, participants, activity_type and, unless it is online, city and country_name.';

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
	since					timestamptz NOT NULL DEFAULT now(),
	planned_requests		bigint,
	is_unfinished			boolean NOT NULL DEFAULT false,
	CONSTRAINT scraper_status_ended CHECK ((status = 'running') = (completed_at IS NULL))
);
CREATE INDEX scraper_status_started_at_idx ON scraper_status (started_at);
CREATE UNIQUE INDEX scraper_status_running_idx ON scraper_status ((true)) WHERE status = 'running';
COMMENT ON TABLE scraper_status IS 'One row a run. The view esn_runs shows the same and tells a run that died from one that goes on.';
COMMENT ON COLUMN scraper_status.requested_by IS 'The role that asked for the run.';
COMMENT ON COLUMN scraper_status.request IS 'What was asked for.';
COMMENT ON COLUMN scraper_status.sections_processed IS 'Sections that came in whole.';
COMMENT ON COLUMN scraper_status.sections_failed IS 'Sections whose own pages (not single activities) failed, or were not asked for because the site said stop.';
COMMENT ON COLUMN scraper_status.requests IS 'Requests made, retries and redirects included.';
COMMENT ON COLUMN scraper_status.not_modified IS 'Pages that the site said had not changed (304).';
COMMENT ON COLUMN scraper_status.bytes_received IS 'Bytes of page bodies as transferred, compressed.';
COMMENT ON COLUMN scraper_status.pages_failed IS 'Pages that finally failed: see failed_scrapes.';
COMMENT ON COLUMN scraper_status.activities_invalid IS 'Of the new, changed and unchanged ones: those with a wrong field, see validation_errors.';
COMMENT ON COLUMN scraper_status.worker_pid IS 'Process of the background worker.';
COMMENT ON COLUMN scraper_status.since IS 'Pages that were read since then are not asked for again: when the run began, or the unfinished one that it goes on with.';
COMMENT ON COLUMN scraper_status.planned_requests IS 'What esn_plan() said when the run began. NULL: there was no plan.';
COMMENT ON COLUMN scraper_status.is_unfinished IS 'Whether it ended with work left: stopped, interrupted or out of time. The next such run within a day goes on with it.';

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
	resolved_at			timestamptz,
	kind				text
);
CREATE UNIQUE INDEX failed_scrapes_open_idx ON failed_scrapes (url) WHERE resolved_at IS NULL;
CREATE INDEX failed_scrapes_will_retry_idx ON failed_scrapes (last_attempt) WHERE will_retry AND resolved_at IS NULL;
CREATE INDEX failed_scrapes_section_idx ON failed_scrapes (section_id);
COMMENT ON TABLE failed_scrapes IS 'One row for each address that could not be read; at most one open row for each address.';
COMMENT ON COLUMN failed_scrapes.http_status_code IS 'Status of the last answer. NULL: there was none.';
COMMENT ON COLUMN failed_scrapes.retry_count IS 'How often it was tried again, over all runs.';
COMMENT ON COLUMN failed_scrapes.will_retry IS 'Whether trying again can help.';
COMMENT ON COLUMN failed_scrapes.run_id IS 'The run that failed on it last.';
COMMENT ON COLUMN failed_scrapes.kind IS 'What was asked for: home, country, section, probe (of a slug), listing, activity, statistics or robots (robots.txt).';
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
	body				bytea,
	gone_at				timestamptz,
	lied_at				timestamptz
) WITH (fillfactor = 50);
CREATE INDEX fetched_pages_section_idx ON fetched_pages (section_id);
CREATE INDEX fetched_pages_gone_at_idx ON fetched_pages (gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX fetched_pages_lied_at_idx ON fetched_pages (lied_at) WHERE lied_at IS NOT NULL;
COMMENT ON TABLE fetched_pages IS 'Where each row came from: the last good answer of each page, and what a conditional request needs.';
COMMENT ON COLUMN fetched_pages.kind IS 'home, country, section, listing, activity, statistics or robots (robots.txt).';
COMMENT ON COLUMN fetched_pages.section_id IS 'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN fetched_pages.content_hash IS 'Hash of what was extracted, not of the page with its changing tokens.';
COMMENT ON COLUMN fetched_pages.rules_hash IS 'Hash of the extraction rules and settings in force when it was read: under others it is asked for without condition.';
COMMENT ON COLUMN fetched_pages.fetched_at IS 'When the site last answered 200 or 304.';
COMMENT ON COLUMN fetched_pages.body IS 'The page itself, redacted, where esn_pulse.keep_pages says so.';
COMMENT ON COLUMN fetched_pages.gone_at IS 'When the site answered 404 or 410 in its place. NULL: not since it was last read.';
COMMENT ON COLUMN fetched_pages.lied_at IS 'When its content was found to have changed under the same ETag or Last-Modified. For 30 days no page is then asked for conditionally.';

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

CREATE TABLE extraction_rule_usage (
	run_id		bigint NOT NULL REFERENCES scraper_status ON DELETE CASCADE,
	page_kind	text NOT NULL,
	field		text NOT NULL,
	position	integer NOT NULL,
	shipped		boolean NOT NULL,
	pages		integer NOT NULL CHECK (pages > 0),
	matched		integer NOT NULL CHECK (matched BETWEEN 0 AND pages),
	PRIMARY KEY (run_id, page_kind, field, shipped, position)
);
COMMENT ON TABLE extraction_rule_usage IS 'On how many of the pages that a run read each rule matched. See the view esn_rule_shares.';
COMMENT ON COLUMN extraction_rule_usage.pages IS 'Pages of the kind that the run read.';
COMMENT ON COLUMN extraction_rule_usage.matched IS 'Of those, the ones on which the rule matched.';

CREATE TABLE listed_activities (
	event_slug	varchar(255) PRIMARY KEY,
	url			text NOT NULL,
	section_id	integer REFERENCES sections ON DELETE SET NULL,
	card_hash	bigint,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	missed		integer NOT NULL DEFAULT 0,
	missed_at	timestamptz,
	days_over	integer,
	calm_until	timestamptz,
	read_at		timestamptz,
	ends		date
) WITH (fillfactor = 70);
CREATE INDEX listed_activities_section_idx ON listed_activities (section_id);
CREATE INDEX listed_activities_missed_idx ON listed_activities (missed_at) WHERE missed > 1;
CREATE INDEX listed_activities_days_over_idx ON listed_activities (days_over);
CREATE INDEX listed_activities_calm_until_idx ON listed_activities (calm_until);
COMMENT ON TABLE listed_activities IS 'The activities that lists have shown, whether or not their own pages have been read: what there is to ask for. See the view due_pages.';
COMMENT ON COLUMN listed_activities.url IS 'Address of the activity''s own page.';
COMMENT ON COLUMN listed_activities.section_id IS 'The section whose list showed it first. NULL: only the network''s own list did.';
COMMENT ON COLUMN listed_activities.card_hash IS 'Hash of what its card says: title, date, place. NULL: not seen since version 1.0.';
COMMENT ON COLUMN listed_activities.changed_at IS 'When a list first showed it, or showed another card than before.';
COMMENT ON COLUMN listed_activities.missed IS 'On how many complete readings of its section''s list, one after another, it was missing.';
COMMENT ON COLUMN listed_activities.missed_at IS 'When it was last found missing.';
COMMENT ON COLUMN listed_activities.days_over IS 'For how many days it had been over when its page was read, where that was too long for it to be recent. NULL: it was not, or something has happened since.';
COMMENT ON COLUMN listed_activities.calm_until IS 'Until when it is not due by its age, nor by anything else that is known; esn_due_activities() need not look at it. NULL as days_over.';
COMMENT ON COLUMN listed_activities.read_at IS 'When its page was last read; of one that is calm: at the latest when that was noted. NULL: something has happened since, look up what is known of it.';
COMMENT ON COLUMN listed_activities.ends IS 'With read_at: its last day. NULL: its page names none.';

CREATE TABLE section_lists (
	section_id	integer PRIMARY KEY REFERENCES sections ON DELETE CASCADE,
	read_at		timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE section_lists IS 'When each section''s list of activities was last read whole.';

CREATE TABLE changes (
	id			bigserial PRIMARY KEY,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	run_id		bigint REFERENCES scraper_status ON DELETE SET NULL,
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	section_id	integer REFERENCES sections ON DELETE CASCADE,
	old_values	jsonb NOT NULL,
	new_values	jsonb NOT NULL,
	CONSTRAINT changes_of_one CHECK (num_nonnulls(activity_id, section_id) = 1)
);
CREATE INDEX changes_activity_idx ON changes (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX changes_section_idx ON changes (section_id) WHERE section_id IS NOT NULL;
CREATE INDEX changes_changed_at_idx ON changes (changed_at);
CREATE INDEX changes_of_sections_idx ON changes (changed_at, id) WHERE section_id IS NOT NULL;
CREATE INDEX changes_run_idx ON changes USING brin (run_id) WITH (autosummarize = on);
COMMENT ON TABLE changes IS 'One row for each change of an activity or a section: the fields that changed, and no others. The view esn_history shows a row a field.';
COMMENT ON COLUMN changes.changed_at IS 'When the transaction that changed it began.';
COMMENT ON COLUMN changes.run_id IS 'The run that changed it. NULL: somebody did by hand, or the run is past its time.';
COMMENT ON COLUMN changes.activity_id IS 'The activity that changed. NULL: it was a section.';
COMMENT ON COLUMN changes.section_id IS 'The section that changed. NULL: it was an activity.';
COMMENT ON COLUMN changes.old_values IS 'Object: field to value before. Relations (organisers, causes, sdgs, objectives) are sorted arrays of slugs or names.';
COMMENT ON COLUMN changes.new_values IS 'Object: the same fields to their values after.';

CREATE TABLE figures_cache (
	view	text PRIMARY KEY,
	as_of	date NOT NULL,
	rows	jsonb NOT NULL
);
COMMENT ON TABLE figures_cache IS 'What the overviews showed when it was last counted, by esn_keep_figures(); not for reading: the views do that.';
COMMENT ON COLUMN figures_cache.view IS 'The view that counts.';
COMMENT ON COLUMN figures_cache.as_of IS 'The day for which it holds: some figures are of the last twelve months.';
COMMENT ON COLUMN figures_cache.rows IS 'Array of its rows.';

CREATE TABLE figures_cache_stale (
	xid		xid8 PRIMARY KEY
);
COMMENT ON TABLE figures_cache_stale IS 'Transactions that have changed what the overviews count since it was last counted. While there are any, the overviews count anew.';
COMMENT ON COLUMN figures_cache_stale.xid IS 'The transaction.';
