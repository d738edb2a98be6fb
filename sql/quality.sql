-- Figures about the data and the runs, which the health check uses, too. Rates have a declared
-- scale: without one, JDBC reports that they have no decimals.

CREATE OR REPLACE VIEW esn_run_quality AS
SELECT r.id, r.scraper_module, r.request, r.status, r.started_at,
	date_trunc('second', coalesce(r.completed_at, now()) - r.started_at) AS duration,
	r.sections_processed, r.sections_failed,
	(r.sections_processed::numeric / nullif(r.sections_processed + r.sections_failed,
		0))::numeric(12,4) AS success_rate,
	(r.sections_processed * 3600 / nullif(extract(epoch
		FROM coalesce(r.completed_at, now()) - r.started_at), 0))::numeric(16,1)
		AS sections_per_hour,
	r.requests, (r.pages_failed::numeric / nullif(r.requests, 0))::numeric(12,4) AS error_rate,
	(r.not_modified::numeric / nullif(r.requests, 0))::numeric(12,4) AS not_modified_rate,
	r.activities_new, r.activities_changed, r.activities_unchanged,
	(r.activities_invalid::numeric / nullif(r.activities_new + r.activities_changed
		+ r.activities_unchanged, 0))::numeric(12,4) AS invalid_rate,
	r.bytes_received, r.cpu_seconds, r.peak_memory
FROM esn_runs r;
COMMENT ON VIEW esn_run_quality IS
	'Rates of each run, newest first, between 0 and 1. NULL: nothing to count.';

CREATE OR REPLACE VIEW esn_quality AS
WITH a AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE is_valid) AS valid,
		avg(fields_filled) / 7 AS completeness
	FROM activities WHERE removed_at IS NULL AND fields_filled >= 0
), s AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE can_scrape_activities) AS scrapable,
		count(*) FILTER (WHERE can_scrape_activities
			AND last_scraped > now() - interval '7 days 6 hours') AS fresh,
		avg((city IS NOT NULL)::integer + (email IS NOT NULL)::integer
			+ (university_name IS NOT NULL)::integer
			+ (latitude IS NOT NULL)::integer + (website IS NOT NULL)::integer) / 5 AS completeness
	FROM sections WHERE removed_at IS NULL
)
SELECT s.n AS sections, (s.scrapable::numeric / nullif(s.n, 0))::numeric(12,4) AS coverage,
	(s.fresh::numeric / nullif(s.scrapable, 0))::numeric(12,4) AS freshness,
		s.completeness::numeric(12,4) AS section_completeness,
	a.n AS activities, (a.valid::numeric / nullif(a.n, 0))::numeric(12,4) AS validity,
		a.completeness::numeric(12,4) AS activity_completeness,
	((s.fresh::numeric / nullif(s.scrapable, 0) + a.valid::numeric / nullif(a.n, 0)
		+ a.completeness) / 3)::numeric(12,4) AS data_quality_score
FROM a, s;
COMMENT ON VIEW esn_quality IS
	'One row about all of the data, with rates between 0 and 1. coverage: the share of sections '
	'that activities.esn.org knows. freshness: of those, the share read within a week. validity: '
	'the share of activities whose title, address, description and start date are known. '
	'completeness: the share of expected fields that have a value. data_quality_score: the mean of '
	'freshness, validity and the completeness of activities.';

-- Runs that resumed each other are one reading: each of them sees other pages. Retries, fixes and
-- runs of one section see pages of one kind, so they are compared with nothing.
CREATE OR REPLACE VIEW esn_rule_match_rates AS
WITH reading AS (
	SELECT u.page_kind, u.field, u.position, u.shipped, max(u.run_id) AS run_id,
		sum(u.pages) AS pages, sum(u.matched) AS matched
	FROM extraction_rule_usage u JOIN scraper_status r ON r.id = u.run_id
	WHERE esn_is_whole_run(r.request)
	GROUP BY u.page_kind, u.field, u.position, u.shipped, coalesce(r.first_run, r.id)
), recent AS (
	SELECT page_kind, run_id
	FROM (SELECT page_kind, run_id, row_number() OVER (PARTITION BY page_kind
		ORDER BY run_id DESC) AS n
		FROM (SELECT DISTINCT page_kind, run_id FROM reading WHERE pages >= 20) d) r
	WHERE n <= 11
)
SELECT page_kind, field, position, shipped, run_id, pages, share, before
FROM (
	SELECT u.page_kind, u.field, u.position, u.shipped, u.run_id, u.pages::integer AS pages,
		(u.matched::numeric / u.pages)::numeric(12,4) AS share,
		((sum(u.matched) OVER earlier)::numeric / sum(u.pages) OVER earlier)::numeric(12,4)
			AS before,
		row_number() OVER (PARTITION BY u.page_kind, u.field, u.position, u.shipped
			ORDER BY u.run_id DESC) AS n
	FROM reading u JOIN recent r ON r.page_kind = u.page_kind AND r.run_id = u.run_id
	WINDOW earlier AS (PARTITION BY u.page_kind, u.field, u.position, u.shipped
		ORDER BY u.run_id ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING)
) shares
WHERE n = 1;
COMMENT ON VIEW esn_rule_match_rates IS
	'The share of the pages on which each rule matched: in the last run that read at least 20 of '
	'them, and in the ten such runs before. Runs that resumed each other count as one. If it fell '
	'by half, the site''s markup has changed.';
