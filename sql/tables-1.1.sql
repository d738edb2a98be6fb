-- What version 1.1 adds to the tables of 1.0, for a fresh installation and for an upgrade. A new
-- column, table, index or type stands here, with its comment.

ALTER TABLE countries
	ADD COLUMN email varchar(255),
	ADD COLUMN website text,
	ADD COLUMN social_media jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN countries.email IS 'The national organisation''s own public address.';
COMMENT ON COLUMN countries.website IS 'The national organisation''s website.';
COMMENT ON COLUMN countries.social_media IS
	'The national organisation''s profiles; object: network in lower case to address of the '
	'profile.';

ALTER TABLE sections ADD COLUMN removed_reason text;
COMMENT ON COLUMN sections.removed_reason IS
	'Why it was marked: gone, or moved to another slug.';

ALTER TABLE activities
	ADD COLUMN project_name varchar(255),
	ADD COLUMN project_slug varchar(255),
	ADD COLUMN removed_reason text,
	ADD COLUMN fields_filled integer GENERATED ALWAYS AS ((title IS NOT NULL)::integer
		+ (description IS NOT NULL)::integer + (start_date IS NOT NULL)::integer
		+ (participants IS NOT NULL)::integer + (activity_type IS NOT NULL)::integer
		+ (coalesce(is_online, false) OR city IS NOT NULL)::integer
			+ (coalesce(is_online, false) OR country_name IS NOT NULL)::integer) STORED;
-- The second condition is always true. Without it the worker, which prefers index scans while
-- tables are empty, might use this index to find all activities.
CREATE INDEX activities_filled_idx ON activities (is_valid, fields_filled) WHERE removed_at IS NULL
	AND fields_filled >= 0;
CREATE INDEX activities_ends_idx ON activities ((coalesce(end_date, start_date)));
CREATE INDEX activities_future_idx ON activities (start_date, id) WHERE is_future_event;
CREATE INDEX activities_figures_idx ON activities (start_date) INCLUDE (country_code, participants)
	WHERE is_valid AND removed_at IS NULL;
COMMENT ON COLUMN activities.project_name IS
	'The project that the activity is part of. NULL: none.';
COMMENT ON COLUMN activities.project_slug IS
	'Last part of the project''s address on activities.esn.org. NULL: none.';
COMMENT ON COLUMN activities.removed_reason IS
	'Why it was marked: gone, missing from its list, refused and missing from its list, or moved '
	'to another slug.';
COMMENT ON COLUMN activities.fields_filled IS
	'How many of the seven expected fields are filled: title, description, start_date, '
	'participants, activity_type and, unless it is online, city and country_name.';

CREATE TABLE activity_types (
	id		serial PRIMARY KEY,
	name	varchar(100) NOT NULL UNIQUE
);
COMMENT ON TABLE activity_types IS 'The types of activities.';

CREATE TABLE activity_to_type (
	activity_id	bigint REFERENCES activities ON DELETE CASCADE,
	type_id		integer REFERENCES activity_types ON DELETE CASCADE,
	PRIMARY KEY (activity_id, type_id)
);
CREATE INDEX activity_to_type_type_idx ON activity_to_type (type_id);
COMMENT ON TABLE activity_to_type IS
	'Which activity has which types; activities.activity_type is the first on its page.';

-- The figures of one section are its rows; each reading confirms them. The fillfactor is for that.
ALTER TABLE section_overall_statistics SET (fillfactor = 50),
	ALTER COLUMN physical_activities SET DEFAULT 0,
	ALTER COLUMN online_activities SET DEFAULT 0,
	ALTER COLUMN total_local_students SET DEFAULT 0,
	ALTER COLUMN total_international_students SET DEFAULT 0,
	ALTER COLUMN total_coordinators SET DEFAULT 0;
ALTER TABLE section_cause_statistics SET (fillfactor = 50),
	ALTER COLUMN total_count SET DEFAULT 0,
	ALTER COLUMN physical_count SET DEFAULT 0,
	ALTER COLUMN online_count SET DEFAULT 0,
	ADD COLUMN scraped_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE section_type_statistics SET (fillfactor = 50),
	ALTER COLUMN physical_count SET DEFAULT 0,
	ALTER COLUMN online_count SET DEFAULT 0,
	ADD COLUMN scraped_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE section_participant_statistics SET (fillfactor = 50),
	ALTER COLUMN physical_count SET DEFAULT 0,
	ALTER COLUMN online_count SET DEFAULT 0,
	ADD COLUMN scraped_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN section_cause_statistics.scraped_at IS
	'When the section''s statistics page last confirmed it.';
COMMENT ON COLUMN section_type_statistics.scraped_at IS
	'When the section''s statistics page last confirmed it.';
COMMENT ON COLUMN section_participant_statistics.scraped_at IS
	'When the section''s statistics page last confirmed it.';

ALTER TABLE scraper_status
	ADD COLUMN since timestamptz NOT NULL DEFAULT now(),
	ADD COLUMN planned_requests bigint,
	ADD COLUMN is_unfinished boolean NOT NULL DEFAULT false,
	ADD COLUMN first_run bigint,
	ADD COLUMN resume_at timestamptz,
	ADD COLUMN taken_by bigint,
	ADD COLUMN cpu_seconds numeric(12,2),
	ADD COLUMN peak_memory bigint;
CREATE INDEX scraper_status_waiting_idx ON scraper_status (id) WHERE status = 'waiting';
COMMENT ON COLUMN scraper_status.since IS
	'Pages read since then are not requested again: the start of the run, or of the unfinished '
	'one that it resumes.';
COMMENT ON COLUMN scraper_status.planned_requests IS
	'The estimate of esn_plan() at the start. NULL: there was no plan.';
COMMENT ON COLUMN scraper_status.is_unfinished IS
	'Whether it ended with work left: stopped, interrupted or out of time. The next such run '
	'within a day resumes it.';
COMMENT ON COLUMN scraper_status.first_run IS
	'The first of the runs that resumed each other, of which this is one. NULL: it resumed none.';
COMMENT ON COLUMN scraper_status.resume_at IS
	'Of an unfinished run: the time before which the site asked not to be requested, or is left '
	'alone because it refused everything. NULL: at any time.';
COMMENT ON COLUMN scraper_status.taken_by IS
	'The run over the whole network that has read, or reads, the section for which this run waits '
	'or has waited; the requests are counted there. NULL: none.';
COMMENT ON COLUMN scraper_status.cpu_seconds IS
	'CPU time of the run''s process. NULL: it has not ended, or its process died.';
COMMENT ON COLUMN scraper_status.peak_memory IS
	'The most memory that the run''s process has had, in bytes, including what it has used of the '
	'server''s shared memory. NULL: likewise.';

ALTER TABLE failed_scrapes ADD COLUMN kind text;
COMMENT ON COLUMN failed_scrapes.kind IS
	'The kind of page: as in extraction_rules, or slug_lookup, or robots (robots.txt).';

CREATE TABLE frontier (
	url					text PRIMARY KEY,
	kind				text NOT NULL,
	section_id			integer REFERENCES sections ON DELETE SET NULL,
	event_slug			varchar(255),
	http_status			integer,
	etag				text,
	last_modified		text,
	content_hash		bigint,
	rules_hash			bigint,
	fetched_at			timestamptz,
	body				bytea,
	status				text NOT NULL DEFAULT 'discovered'
		CHECK (status IN ('discovered', 'fetched', 'failing', 'gone')),
	next_fetch_at		timestamptz,
	reason				text,
	priority			integer NOT NULL DEFAULT 1,
	tried_at			timestamptz,
	card_hash			bigint,
	missing_count		integer NOT NULL DEFAULT 0,
	missing_at			timestamptz,
	validator_broken_at	timestamptz
) WITH (fillfactor = 70);
CREATE INDEX frontier_next_fetch_at_idx ON frontier (next_fetch_at);
CREATE INDEX frontier_event_slug_idx ON frontier (event_slug);
CREATE INDEX frontier_section_idx ON frontier (section_id);
CREATE INDEX frontier_gone_idx ON frontier (tried_at) WHERE status = 'gone';
CREATE INDEX frontier_missing_idx ON frontier (missing_at) WHERE missing_count > 1;
CREATE INDEX frontier_validator_broken_at_idx ON frontier (validator_broken_at)
	WHERE validator_broken_at IS NOT NULL;
COMMENT ON TABLE frontier IS
	'One row per known address: when it is fetched next and why, what the last answer was, and '
	'what a conditional request needs.';
COMMENT ON COLUMN frontier.kind IS
	'The kind of page: as in extraction_rules, or robots (robots.txt).';
COMMENT ON COLUMN frontier.section_id IS
	'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN frontier.event_slug IS
	'The activity on the page. Before the page is fetched: as its card names it.';
COMMENT ON COLUMN frontier.http_status IS 'Status of the last good answer: 200, 203 or 304.';
COMMENT ON COLUMN frontier.content_hash IS
	'Hash of what was extracted, not of the page with its changing tokens.';
COMMENT ON COLUMN frontier.rules_hash IS
	'Hash of the extraction rules and settings in force when the page was read. Under others it '
	'is requested unconditionally.';
COMMENT ON COLUMN frontier.fetched_at IS 'When the site last answered 200 or 304. NULL: never.';
COMMENT ON COLUMN frontier.body IS
	'The page itself, redacted, where esn_pulse.keep_pages says so.';
COMMENT ON COLUMN frontier.status IS
	'discovered: never fetched. fetched: the last attempt succeeded. failing: it failed, see '
	'failed_scrapes. gone: it was answered 404 or 410 after the page had been fetched.';
COMMENT ON COLUMN frontier.next_fetch_at IS
	'From when on a run fetches it; set by esn_internal.esn_next_fetch(). 1970: at once. '
	'9999: not before a list shows it again. NULL: it is read together with other pages. Of '
	'the first page of a section''s list: when the list is next read completely.';
COMMENT ON COLUMN frontier.reason IS 'Why it is fetched then.';
COMMENT ON COLUMN frontier.priority IS
	'Of the pages that are due, those with the lowest come first.';
COMMENT ON COLUMN frontier.tried_at IS
	'When the last attempt ended, whatever came of it. NULL: there was none.';
COMMENT ON COLUMN frontier.card_hash IS
	'Hash of what its card on a list says: title, date, place. NULL: not seen since version 1.0.';
COMMENT ON COLUMN frontier.missing_count IS
	'On how many consecutive complete readings of its section''s list it was missing.';
COMMENT ON COLUMN frontier.missing_at IS 'When it was last found missing.';
COMMENT ON COLUMN frontier.validator_broken_at IS
	'When its content was found to have changed under the same ETag or Last-Modified. For 30 days '
	'no page is then requested conditionally.';

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
COMMENT ON TABLE extraction_rule_usage IS
	'On how many of the pages that a run read each rule matched. See the view '
	'esn_rule_match_rates.';
COMMENT ON COLUMN extraction_rule_usage.pages IS
	'Pages of the kind that the run read. Activities that began over a year before do not count: '
	'their pages have other fields.';
COMMENT ON COLUMN extraction_rule_usage.matched IS 'Of those, the ones on which the rule matched.';

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
COMMENT ON TABLE changes IS
	'One row per change of an activity or a section: the fields that changed, and no others. The '
	'view esn_history shows one row per field.';
COMMENT ON COLUMN changes.changed_at IS 'When the transaction that changed it began.';
COMMENT ON COLUMN changes.run_id IS
	'The run that changed it. NULL: it was changed by hand, or the run''s row has been removed.';
COMMENT ON COLUMN changes.activity_id IS 'The activity that changed. NULL: it was a section.';
COMMENT ON COLUMN changes.section_id IS 'The section that changed. NULL: it was an activity.';
COMMENT ON COLUMN changes.old_values IS
	'Object: field to value before. Relations (organisers, causes, sdgs, objectives) are sorted '
	'arrays of slugs or names.';
COMMENT ON COLUMN changes.new_values IS 'Object: the same fields to their values after.';

CREATE TABLE esn_internal.summaries (
	view	text PRIMARY KEY,
	as_of	date NOT NULL,
	rows	jsonb NOT NULL
);
COMMENT ON TABLE summaries IS
	'What the overviews showed when esn_refresh_summaries() last counted it. Read the views '
	'instead.';
COMMENT ON COLUMN summaries.view IS 'The view that counts.';
COMMENT ON COLUMN summaries.as_of IS
	'The day for which it holds: some figures are of the last twelve months.';
COMMENT ON COLUMN summaries.rows IS 'Array of its rows.';

CREATE TABLE esn_internal.summaries_stale (
	xid		xid8 PRIMARY KEY
);
COMMENT ON TABLE summaries_stale IS
	'Transactions that have changed what the overviews count since the last count. While there '
	'are any, the overviews count anew.';
COMMENT ON COLUMN summaries_stale.xid IS 'The transaction.';

CREATE TABLE esn_internal.schedule_settings (
	recent_days		integer NOT NULL,
	refresh_days	integer NOT NULL
);
COMMENT ON TABLE schedule_settings IS
	'The settings by which frontier.next_fetch_at was computed. A run that finds others computes '
	'it again. At most one row.';
COMMENT ON COLUMN schedule_settings.recent_days IS 'esn_pulse.recent_days.';
COMMENT ON COLUMN schedule_settings.refresh_days IS 'esn_pulse.refresh_days, days.';

CREATE TABLE esn_internal.list_gaps (
	section_id	integer CONSTRAINT list_gaps_pkey PRIMARY KEY REFERENCES sections ON DELETE CASCADE,
	gap			integer NOT NULL,
	read_at		timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE list_gaps IS
	'By how many activities the statistics of a section counted more than were known, when its '
	'list was last read completely.';
COMMENT ON COLUMN list_gaps.gap IS 'Negative: they counted fewer.';
COMMENT ON COLUMN list_gaps.read_at IS 'When that was.';

CREATE TABLE esn_internal.sizes (
	day		date CONSTRAINT sizes_pkey PRIMARY KEY DEFAULT current_date,
	bytes	bigint NOT NULL
);
COMMENT ON TABLE sizes IS
	'How large the tables of the extension were: one row per day with esn_maintenance(). The view '
	'esn_growth shows the months.';
COMMENT ON COLUMN sizes.bytes IS 'All tables with their indexes.';

CREATE TABLE permissions (
	id			serial PRIMARY KEY,
	answered_on	date NOT NULL CHECK (answered_on <= current_date),
	reference	text NOT NULL CHECK (reference <> ''),
	is_granted	boolean NOT NULL DEFAULT true,
	conditions	text,
	valid_until	date CHECK (valid_until >= answered_on)
);
COMMENT ON TABLE permissions IS
	'What those who run the sites have answered when they were asked for permission to read them. '
	'The last answer counts: see esn_health_check().';
COMMENT ON COLUMN permissions.answered_on IS 'The date of the answer.';
COMMENT ON COLUMN permissions.reference IS
	'Where the answer is: the subject of an e-mail, the number of a decision, a file.';
COMMENT ON COLUMN permissions.is_granted IS 'Whether they allow it.';
COMMENT ON COLUMN permissions.conditions IS 'What they ask for. NULL: nothing.';
COMMENT ON COLUMN permissions.valid_until IS 'The last day of the permission. NULL: no end.';

-- Rows on their way from a page into several tables. Arrays of them pass from function to function.
CREATE TYPE esn_internal.activity_relations AS (
	id				bigint,
	section_ids		integer[],
	activity_types	text[],
	causes			text[],
	sdgs			text[],
	objectives		text[]
);
COMMENT ON TYPE activity_relations IS
	'The relations of an activity as its page names them: its organisers, and the names of its '
	'types, causes, goals and objectives, under the names of the page''s fields.';

CREATE TYPE esn_internal.statistics_pair AS (
	section_id	integer,
	list		text,
	label		text,
	value		integer,
	place		bigint
);
COMMENT ON TYPE statistics_pair IS
	'A count in the statistics of a section: the name of its list, its label, the count (NULL: '
	'invalid) and its place in the list. Without a label: the list is not a list.';

-- Otherwise a table of anybody could depend on them.
REVOKE ALL ON TYPE activity_relations, statistics_pair FROM PUBLIC;
