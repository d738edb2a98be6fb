-- What a database of version 1.0 needs before the functions and views of 1.1.

ALTER TABLE failed_scrapes ADD COLUMN kind text;
COMMENT ON COLUMN failed_scrapes.kind IS 'What was asked for: home, country, section, probe (of a slug), listing, activity, statistics or robots (robots.txt).';
UPDATE failed_scrapes SET kind = CASE WHEN scraper_module = 'AccountsScraper' THEN
		CASE WHEN url LIKE '%/country/%' THEN 'country' WHEN url LIKE '%/section/%' THEN 'section' WHEN url LIKE '%/organisation/%' THEN 'probe' ELSE 'home' END
	WHEN url LIKE '%/activity/%' THEN 'activity' WHEN url LIKE '%/statistics' THEN 'statistics' ELSE 'listing' END;

COMMENT ON COLUMN fetched_pages.kind IS 'home, country, section, listing, activity, statistics or robots (robots.txt).';

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

DROP FUNCTION esn_rules();
DROP FUNCTION esn_finish_sections(integer[]);
DELETE FROM extraction_rules WHERE shipped;

ALTER TABLE scraper_status ADD COLUMN since timestamptz NOT NULL DEFAULT now(), ADD COLUMN planned_requests bigint,
	ADD COLUMN is_unfinished boolean NOT NULL DEFAULT false;
UPDATE scraper_status SET since = started_at;
COMMENT ON COLUMN scraper_status.since IS 'Pages that were read since then are not asked for again: when the run began, or the unfinished one that it goes on with.';
COMMENT ON COLUMN scraper_status.planned_requests IS 'What esn_plan() said when the run began. NULL: there was no plan.';
COMMENT ON COLUMN scraper_status.is_unfinished IS 'Whether it ended with work left: stopped, interrupted or out of time. The next such run within a day goes on with it.';

ALTER TABLE fetched_pages ADD COLUMN gone_at timestamptz, ADD COLUMN lied_at timestamptz;
CREATE INDEX fetched_pages_lied_at_idx ON fetched_pages (lied_at) WHERE lied_at IS NOT NULL;
CREATE INDEX fetched_pages_gone_at_idx ON fetched_pages (gone_at) WHERE gone_at IS NOT NULL;
ALTER TABLE activities ADD COLUMN fields_filled integer GENERATED ALWAYS AS ((title IS NOT NULL)::integer + (description IS NOT NULL)::integer + (start_date IS NOT NULL)::integer
	+ (participants IS NOT NULL)::integer + (activity_type IS NOT NULL)::integer
	+ (coalesce(is_online, false) OR city IS NOT NULL)::integer + (coalesce(is_online, false) OR country_name IS NOT NULL)::integer) STORED;
COMMENT ON COLUMN activities.fields_filled IS 'How many there are of the seven that one expects: title, description, start_date, participants, activity_type and, unless it is online, city and country_name.';
CREATE INDEX activities_filled_idx ON activities (is_valid, fields_filled) WHERE removed_at IS NULL AND fields_filled >= 0;
CREATE INDEX activities_ends_idx ON activities ((coalesce(end_date, start_date)));
CREATE INDEX activities_future_idx ON activities (start_date, id) WHERE is_future_event;
CREATE INDEX activities_figures_idx ON activities (start_date) INCLUDE (country_code, participants) WHERE is_valid AND removed_at IS NULL;
ALTER TABLE sections SET (fillfactor = 50);
ALTER TABLE activities SET (fillfactor = 90);
ALTER TABLE fetched_pages SET (fillfactor = 50);
COMMENT ON COLUMN fetched_pages.gone_at IS 'When the site answered 404 or 410 in its place. NULL: not since it was last read.';
COMMENT ON COLUMN fetched_pages.lied_at IS 'When its content was found to have changed under the same ETag or Last-Modified. For 30 days no page is then asked for conditionally.';

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

INSERT INTO listed_activities (event_slug, url, section_id, changed_at, days_over, calm_until, read_at, ends)
SELECT DISTINCT ON (f.activity_event_slug) f.activity_event_slug, f.url, f.section_id, f.fetched_at, o.days, f.fetched_at + make_interval(days => 4 * o.days),
	CASE WHEN a.id IS NOT NULL AND a.removed_at IS NULL THEN f.fetched_at END, coalesce(a.end_date, a.start_date)
FROM fetched_pages f LEFT JOIN activities a ON a.event_slug = f.activity_event_slug
CROSS JOIN LATERAL (SELECT CASE WHEN f.fetched_at::date - coalesce(a.end_date, a.start_date) > 61
	THEN f.fetched_at::date - coalesce(a.end_date, a.start_date) END AS days) o
WHERE f.kind = 'activity' AND f.activity_event_slug IS NOT NULL
ORDER BY f.activity_event_slug, f.fetched_at DESC;

DROP FUNCTION esn_find_sections(text);
DROP FUNCTION esn_due_sections(integer);
COMMENT ON COLUMN scraper_status.sections_failed IS 'Sections whose own pages (not single activities) failed, or were not asked for because the site said stop.';
COMMENT ON COLUMN fetched_pages.rules_hash IS 'Hash of the extraction rules and settings in force when it was read: under others it is asked for without condition.';
