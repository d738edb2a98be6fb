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

DROP FUNCTION esn_rules();
DELETE FROM extraction_rules WHERE shipped;
