-- What a database of version 1.0 needs before the functions and views of 1.1.

CREATE SCHEMA esn_internal;
REVOKE ALL ON SCHEMA esn_internal FROM PUBLIC;
COMMENT ON SCHEMA esn_internal IS 'What esn_pulse needs and users do not call.';
SET LOCAL search_path = @extschema@, esn_internal;

-- What somebody's objects, or constraints, may depend on moves; what only a run called is made
-- anew.
ALTER FUNCTION esn_country_key(text) SET SCHEMA esn_internal;
ALTER FUNCTION esn_selector_is_valid(text) SET SCHEMA esn_internal;
ALTER FUNCTION esn_rule_is_known(text, text) SET SCHEMA esn_internal;
DROP FUNCTION esn_rules(), esn_begin_run(text, text, text), esn_find_sections(text),
	esn_due_sections(integer), esn_redact(text),
	esn_claim_pages(bigint, text, text[], bigint, boolean), esn_finish_sections(integer[]),
	esn_store_home(bigint, jsonb, text), esn_store_countries(bigint, jsonb),
	esn_store_sections(bigint, jsonb), esn_store_probes(bigint, jsonb),
	esn_learn_slugs(jsonb, text), esn_link_organisers(),
	esn_store_activities(bigint, jsonb, text), esn_statistics_pairs(jsonb),
	esn_statistics_object(jsonb), esn_store_statistics(bigint, jsonb),
	esn_store_errors(bigint, jsonb), esn_store_fetches(bigint, text, jsonb),
	esn_store_failures(bigint, jsonb);

ALTER TABLE failed_scrapes ADD COLUMN kind text;
COMMENT ON COLUMN failed_scrapes.kind IS
	'The kind of page: home, country, section, probe (of a slug), listing, activity, statistics '
	'or robots (robots.txt).';
UPDATE failed_scrapes SET kind = CASE WHEN scraper_module = 'AccountsScraper' THEN
		CASE WHEN url LIKE '%/country/%' THEN 'country' WHEN url LIKE '%/section/%' THEN 'section'
			WHEN url LIKE '%/organisation/%' THEN 'probe' ELSE 'home' END
	WHEN url LIKE '%/activity/%' THEN 'activity' WHEN url LIKE '%/statistics' THEN 'statistics'
		ELSE 'listing' END;

-- 1.0 took a refusal (403, a redirect to a maintenance page) for the end of the page.
UPDATE failed_scrapes SET will_retry = true
WHERE NOT will_retry AND resolved_at IS NULL
	AND http_status_code IS DISTINCT FROM 404 AND http_status_code IS DISTINCT FROM 410;

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

DELETE FROM extraction_rules WHERE shipped;

-- Addresses are percent-encoded now; a run finds those of sections again.
UPDATE sections SET activities_url = NULL WHERE activities_url ~ '[^!-~]';

ALTER TABLE scraper_status ADD COLUMN since timestamptz NOT NULL DEFAULT now(),
	ADD COLUMN planned_requests bigint,
	ADD COLUMN is_unfinished boolean NOT NULL DEFAULT false,
	ADD COLUMN first_run bigint,
	ADD COLUMN resume_at timestamptz,
	DROP CONSTRAINT scraper_status_status_check,
	ADD CONSTRAINT scraper_status_status_check
		CHECK (status IN
			('waiting', 'running', 'completed', 'partial', 'failed', 'cancelled')),
	ADD COLUMN taken_by bigint,
	DROP CONSTRAINT scraper_status_ended,
	ADD CONSTRAINT scraper_status_ended
		CHECK ((status IN ('waiting', 'running')) = (completed_at IS NULL));
COMMENT ON COLUMN scraper_status.status IS
	'waiting: for the run in progress, which may read its section. running. completed. partial: it '
	'ended before its work was done. failed. cancelled.';
CREATE INDEX scraper_status_waiting_idx ON scraper_status (id) WHERE status = 'waiting';
COMMENT ON COLUMN scraper_status.taken_by IS
	'The run over the whole network that has read, or reads, the section for which this run waits '
	'or has waited; the requests are counted there. NULL: none.';
UPDATE scraper_status SET since = started_at;
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

-- Two sections of one name could have one slug. The next run over accounts looks the other's up.
DELETE FROM activity_section_organisers o USING sections s, sections f
WHERE o.section_id = s.id AND f.activities_platform_slug = s.activities_platform_slug
	AND f.id < s.id;
UPDATE sections s SET activities_platform_slug = NULL, activities_url = NULL,
	can_scrape_activities = NULL, last_validated_activities_slug = NULL
WHERE EXISTS (SELECT FROM sections f
	WHERE f.activities_platform_slug = s.activities_platform_slug AND f.id < s.id);
DROP INDEX sections_activities_platform_slug_idx;
CREATE UNIQUE INDEX sections_activities_platform_slug_idx ON sections (activities_platform_slug);
-- 1.0 left the end of a single day away, and took any invalid field for an invalid activity.
UPDATE activities SET is_future_event = start_date > current_date,
	end_date = CASE WHEN end_date IS NULL THEN start_date
		WHEN end_date >= start_date THEN end_date END,
	is_valid = (nullif(title, ''), url, description, start_date) IS NOT NULL;
ALTER TABLE sections ADD COLUMN removed_reason text;
ALTER TABLE activities ADD COLUMN removed_reason text,
	ADD COLUMN fields_filled integer GENERATED ALWAYS
	AS ((title IS NOT NULL)::integer + (description IS NOT NULL)::integer
	+ (start_date IS NOT NULL)::integer
	+ (participants IS NOT NULL)::integer + (activity_type IS NOT NULL)::integer
	+ (coalesce(is_online, false) OR city IS NOT NULL)::integer
		+ (coalesce(is_online, false) OR country_name IS NOT NULL)::integer) STORED;
COMMENT ON COLUMN activities.fields_filled IS
	'How many of the seven expected fields are filled: title, description, start_date, '
	'participants, activity_type and, unless it is online, city and country_name.';
CREATE INDEX activities_filled_idx ON activities (is_valid, fields_filled) WHERE removed_at IS NULL
	AND fields_filled >= 0;
CREATE INDEX activities_ends_idx ON activities ((coalesce(end_date, start_date)));
CREATE INDEX activities_future_idx ON activities (start_date, id) WHERE is_future_event;
CREATE INDEX activities_figures_idx ON activities (start_date) INCLUDE (country_code, participants)
	WHERE is_valid AND removed_at IS NULL;
ALTER TABLE sections SET (fillfactor = 50);
ALTER TABLE activities SET (fillfactor = 90);
-- What was fetched is carried over.
ALTER TABLE fetched_pages RENAME TO frontier;
ALTER TABLE frontier RENAME COLUMN activity_event_slug TO event_slug;
ALTER TABLE frontier RENAME CONSTRAINT fetched_pages_pkey TO frontier_pkey;
ALTER TABLE frontier RENAME CONSTRAINT fetched_pages_section_id_fkey TO frontier_section_id_fkey;
ALTER INDEX fetched_pages_section_idx RENAME TO frontier_section_idx;
ALTER TABLE frontier SET (fillfactor = 70), ALTER COLUMN fetched_at DROP NOT NULL,
	ALTER COLUMN fetched_at DROP DEFAULT,
	ADD COLUMN status text NOT NULL DEFAULT 'discovered'
		CHECK (status IN ('discovered', 'fetched', 'failing', 'gone')),
	ADD COLUMN next_fetch_at timestamptz,
	ADD COLUMN reason text,
	ADD COLUMN priority integer NOT NULL DEFAULT 1,
	ADD COLUMN tried_at timestamptz,
	ADD COLUMN card_hash bigint,
	ADD COLUMN missing_count integer NOT NULL DEFAULT 0,
	ADD COLUMN missing_at timestamptz,
	ADD COLUMN validator_broken_at timestamptz;
CREATE INDEX frontier_next_fetch_at_idx ON frontier (next_fetch_at);
CREATE INDEX frontier_event_slug_idx ON frontier (event_slug);
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

-- The first run sees that these were computed by no settings, and computes them again.
UPDATE frontier f SET status = 'fetched', tried_at = f.fetched_at,
	next_fetch_at = CASE WHEN f.kind IN ('activity', 'statistics') THEN CASE
		WHEN a.removed_at IS NULL THEN f.fetched_at ELSE '9999-01-01Z' END END,
	reason = CASE f.kind WHEN 'statistics' THEN 'each run'
		WHEN 'activity' THEN CASE WHEN a.removed_at IS NULL THEN 'old' ELSE 'gone' END END
FROM frontier g LEFT JOIN activities a ON a.event_slug = g.event_slug
WHERE g.url = f.url;

COMMENT ON COLUMN scraper_status.sections_failed IS
	'Sections whose own pages (not single activities) failed, or were not requested because the '
	'site blocked the run.';
-- What the comments of older tables say now.
COMMENT ON COLUMN sections.last_scraped IS
	'When the section''s list of activities and its statistics were last read completely.';
COMMENT ON COLUMN sections.removed_at IS
	'When the site was found not to show the section any more. NULL: it is shown.';
COMMENT ON COLUMN sections.removed_reason IS
	'Why it was marked: gone, or moved to another slug.';
COMMENT ON COLUMN activities.title IS
	'Title; a longer one is cut at 255 characters, and reported.';
COMMENT ON COLUMN activities.description IS
	'Paragraphs, separated by line feeds; personal data redacted.';
COMMENT ON COLUMN activities.end_date IS 'Last day; where the site writes one date only, that one.';
COMMENT ON COLUMN activities.is_future_event IS
	'Whether it begins after today. Every run, and the daily maintenance, updates it.';
COMMENT ON COLUMN activities.is_valid IS
	'Whether it has a title, url, description and start_date. Other fields that are invalid are '
	'NULL, and reported in validation_errors.';
COMMENT ON COLUMN activities.created_at IS 'When the row was created.';
COMMENT ON COLUMN activities.is_online IS 'True: online. False: on site.';
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
COMMENT ON TABLE section_overall_statistics IS
	'The totals on each section''s statistics page; zeros for a section without statistics.';
COMMENT ON COLUMN section_overall_statistics.scraped_at IS
	'When these figures were first read; frontier has when they were last confirmed.';
COMMENT ON TABLE section_cause_statistics IS
	'Activities of each section by cause, from its statistics page.';
COMMENT ON TABLE section_type_statistics IS
	'Activities of each section by type, from its statistics page.';
COMMENT ON TABLE section_participant_statistics IS
	'Participants of each section by type, from its statistics page.';
COMMENT ON TABLE scraper_status IS
	'One row per run. The view esn_runs also recognises a run whose worker is gone; '
	'esn_recent_runs is short enough for a terminal.';
COMMENT ON COLUMN scraper_status.requested_by IS 'The role that requested the run.';
COMMENT ON COLUMN scraper_status.request IS 'What was requested.';
COMMENT ON COLUMN scraper_status.sections_processed IS 'Sections that were read completely.';
COMMENT ON COLUMN scraper_status.activities_invalid IS
	'Of the new, changed and unchanged ones: those with an invalid field, see validation_errors.';
COMMENT ON TABLE validation_errors IS
	'One row per invalid field of a page; at most one open row for each page and field.';
COMMENT ON COLUMN validation_errors.raw_data IS
	'The value as found, redacted: a string, or an array of several invalid values of the field. '
	'NULL: there was none.';
COMMENT ON COLUMN validation_errors.resolved_at IS
	'When the page was read without the error. NULL: the error is open.';
COMMENT ON TABLE failed_scrapes IS
	'One row per address that could not be read; at most one open row for each address.';
COMMENT ON COLUMN failed_scrapes.retry_count IS 'The number of retries, over all runs.';
COMMENT ON COLUMN failed_scrapes.will_retry IS
	'Whether a retry can succeed: not if the page is gone (404, 410), or robots.txt disallows it.';
COMMENT ON COLUMN failed_scrapes.resolved_at IS
	'When it was read in the end. NULL: it still fails.';
COMMENT ON TABLE extraction_rules IS
	'Where each field is on a page. Your rules (shipped = false) are tried before the shipped '
	'ones; the first that finds something wins.';
COMMENT ON COLUMN extraction_rules.selector IS 'CSS selector; an invalid one is rejected.';
COMMENT ON COLUMN extraction_rules.required IS
	'A page on which none of the field''s rules match is not a page of this kind.';
COMMENT ON COLUMN extraction_rules.shipped IS
	'True: came with the extension and is replaced by upgrades. Leave it false for your rules.';
