-- The tables that say how the data came about: runs, faults, pages, rules, changes. See
-- tables.sql for the data themselves, and for what the fillfactors are for.

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
	since					timestamptz NOT NULL DEFAULT now(),
	planned_requests		bigint,
	is_unfinished			boolean NOT NULL DEFAULT false,
	first_run				bigint,
	resume_at				timestamptz,
	taken_by				bigint,
	CONSTRAINT scraper_status_ended
		CHECK ((status IN ('waiting', 'running')) = (completed_at IS NULL))
);
CREATE INDEX scraper_status_started_at_idx ON scraper_status (started_at);
CREATE UNIQUE INDEX scraper_status_running_idx ON scraper_status ((true)) WHERE status = 'running';
CREATE INDEX scraper_status_waiting_idx ON scraper_status (id) WHERE status = 'waiting';
COMMENT ON TABLE scraper_status IS
	'One row per run. The view esn_runs also recognises a run whose worker is gone; '
	'esn_recent_runs is short enough for a terminal.';
COMMENT ON COLUMN scraper_status.status IS
	'waiting: for the run in progress, which may read its section. running. completed. partial: it '
	'ended before its work was done. failed. cancelled.';
COMMENT ON COLUMN scraper_status.requested_by IS 'The role that requested the run.';
COMMENT ON COLUMN scraper_status.request IS 'What was requested.';
COMMENT ON COLUMN scraper_status.sections_processed IS 'Sections that were read completely.';
COMMENT ON COLUMN scraper_status.sections_failed IS
	'Sections whose own pages (not single activities) failed, or were not requested because the '
	'site blocked the run.';
COMMENT ON COLUMN scraper_status.requests IS 'Requests made, retries and redirects included.';
COMMENT ON COLUMN scraper_status.not_modified IS 'Pages that the site said had not changed (304).';
COMMENT ON COLUMN scraper_status.bytes_received IS
	'Bytes of page bodies as transferred, compressed.';
COMMENT ON COLUMN scraper_status.pages_failed IS 'Pages that finally failed: see failed_scrapes.';
COMMENT ON COLUMN scraper_status.activities_invalid IS
	'Of the new, changed and unchanged ones: those with an invalid field, see validation_errors.';
COMMENT ON COLUMN scraper_status.worker_pid IS 'Process of the background worker.';
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
COMMENT ON TABLE validation_errors IS
	'One row per invalid field of a page; at most one open row for each page and field.';
COMMENT ON COLUMN validation_errors.section_id IS
	'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN validation_errors.raw_data IS
	'The value as found, redacted: a string, or an array of several invalid values of the field. '
	'NULL: there was none.';
COMMENT ON COLUMN validation_errors.run_id IS 'The run that saw it last.';
COMMENT ON COLUMN validation_errors.resolved_at IS
	'When the page was read without the error. NULL: the error is open.';

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
CREATE INDEX failed_scrapes_will_retry_idx ON failed_scrapes (last_attempt) WHERE will_retry
	AND resolved_at IS NULL;
CREATE INDEX failed_scrapes_section_idx ON failed_scrapes (section_id);
COMMENT ON TABLE failed_scrapes IS
	'One row per address that could not be read; at most one open row for each address.';
COMMENT ON COLUMN failed_scrapes.http_status_code IS
	'Status of the last answer. NULL: there was none.';
COMMENT ON COLUMN failed_scrapes.retry_count IS 'The number of retries, over all runs.';
COMMENT ON COLUMN failed_scrapes.will_retry IS
	'Whether a retry can succeed: not if the page is gone (404, 410), or robots.txt disallows it.';
COMMENT ON COLUMN failed_scrapes.run_id IS 'The run that failed on it last.';
COMMENT ON COLUMN failed_scrapes.kind IS
	'The kind of page: home, country, section, probe (of a slug), listing, activity, statistics '
	'or robots (robots.txt).';
COMMENT ON COLUMN failed_scrapes.resolved_at IS
	'When it was read in the end. NULL: it still fails.';

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
	'home, country, section, listing, activity, statistics or robots (robots.txt).';
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
COMMENT ON TABLE extraction_rules IS
	'Where each field is on a page. Your rules (shipped = false) are tried before the shipped '
	'ones; the first that finds something wins.';
COMMENT ON COLUMN extraction_rules.page_kind IS
	'home, country, section, listing, activity or statistics.';
COMMENT ON COLUMN extraction_rules.position IS 'Order in which a field''s rules are tried.';
COMMENT ON COLUMN extraction_rules.selector IS 'CSS selector; an invalid one is rejected.';
COMMENT ON COLUMN extraction_rules.attribute IS
	'The attribute that holds the value. NULL: the element''s text.';
COMMENT ON COLUMN extraction_rules.required IS
	'A page on which none of the field''s rules match is not a page of this kind.';
COMMENT ON COLUMN extraction_rules.shipped IS
	'True: came with the extension and is replaced by upgrades. Leave it false for your rules.';

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
COMMENT ON COLUMN extraction_rule_usage.pages IS 'Pages of the kind that the run read.';
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
