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
CREATE INDEX changes_run_idx ON changes USING brin (run_id) WITH (autosummarize = on);
COMMENT ON TABLE changes IS 'One row for each change of an activity or a section: the fields that changed, and no others. The view esn_history shows a row a field.';
COMMENT ON COLUMN changes.changed_at IS 'When the transaction that changed it began.';
COMMENT ON COLUMN changes.run_id IS 'The run that changed it. NULL: somebody did by hand, or the run is past its time.';
COMMENT ON COLUMN changes.activity_id IS 'The activity that changed. NULL: it was a section.';
COMMENT ON COLUMN changes.section_id IS 'The section that changed. NULL: it was an activity.';
COMMENT ON COLUMN changes.old_values IS 'Object: field to value before. Relations (organisers, causes, sdgs, objectives) are sorted arrays of slugs or names.';
COMMENT ON COLUMN changes.new_values IS 'Object: the same fields to their values after.';

DROP FUNCTION esn_rules();
DELETE FROM extraction_rules WHERE shipped;
