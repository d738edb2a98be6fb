-- Extraction rules: invalid rules are rejected, and a user's rule precedes the shipped one.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;

-- An invalid selector is rejected with the position of the error.
\set VERBOSITY default
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h1[');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, '');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h1, ');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h1 > > a');
UPDATE extraction_rules SET selector = '..title'
WHERE page_kind = 'activity' AND field = 'title' AND position = 1;
\set VERBOSITY terse
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'a:hover');
\set VERBOSITY sqlstate
SELECT esn_internal.esn_selector_is_valid('a[href');

-- The supported selectors: what the two sites need, and a little more.
SELECT selector, esn_internal.esn_selector_is_valid(selector)
FROM (VALUES
	(1, 'h1'), (2, '.page-header'), (3, '#main'), (4, 'a[href]'), (5, 'a[title="Go to last page"]'),
	(6, 'a[title*=''profile'']'), (7, 'a[href^="/activity/"]'), (8, 'img[src$=".png"]'),
	(9, 'p[class~=lead]'), (10, 'p[lang|=en]'), (11, 'ul > li'), (12, 'h2 + p'), (13, 'h2 ~ p'),
	(14, 'li:nth-child(2n+1)'), (15, 'a:not(.x)'), (16, 'h1, h2 span'), (17, '*'))
	AS v (n, selector)
ORDER BY n;

-- Unknown fields and kinds of page, and rules with an invalid position or attribute.
\set VERBOSITY terse
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'colour', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('forum', 'title', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('home', 'title', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 0, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector, attribute)
VALUES ('activity', 'title', 1, 'h1', '');
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h1'), ('activity', 'title', 1, 'h2');
SELECT esn_internal.esn_rule_is_known('activity', 'title') AS known;
\set VERBOSITY default
SELECT esn_internal.esn_rule_is_known('listing', '');
\set VERBOSITY terse
SELECT count(*) AS rules_of_mine FROM extraction_rules WHERE NOT shipped;

-- One page, parsed by changing rules.
CREATE FUNCTION page(field text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT esn_parse('activity', $html$
		<article class="node ct-physical-activity ct-physical-activity--full"
			data-name="by attribute">
			<h1 class="page-header">as shipped</h1>
			<h2 class="mine">first of mine</h2>
			<h3 class="mine">second of mine</h3>
			<div class="tags"><i>North</i><i>South</i></div>
		</article>$html$, 'https://activities.example/activity/boat-party-1')->'data'->field
$$;
SELECT page('title');

BEGIN;
-- A user's rule precedes a shipped rule of the same position that matches, too.
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h2.mine');
SELECT page('title');
-- The first user's rule by position that finds a value wins, regardless of the order of insertion.
UPDATE extraction_rules SET position = 5 WHERE NOT shipped;
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 2, 'h3.mine');
SELECT page('title');
-- If a rule finds nothing, the next one is tried.
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h4.mine');
SELECT page('title');
-- The value may be in an attribute.
UPDATE extraction_rules SET selector = 'article', attribute = 'data-name'
WHERE NOT shipped AND position = 1;
SELECT page('title');
ROLLBACK;
SELECT page('title');

BEGIN;
-- A field with several values gets all that the first matching rule finds.
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'causes', 1, '.tags i');
SELECT page('causes');
ROLLBACK;

BEGIN;
-- A page that lacks a required field is not a page of its kind.
DELETE FROM extraction_rules WHERE page_kind = 'activity' AND field = 'container';
INSERT INTO extraction_rules (page_kind, field, position, selector, required)
VALUES ('activity', 'container', 1, 'main', true);
SELECT esn_parse('activity', '<article class="node"></article>',
	'https://activities.example/activity/a-1')->>'problem';
SELECT esn_parse('activity', '<main></main>',
	'https://activities.example/activity/a-1') ? 'data' AS is_a_page;
ROLLBACK;

DROP FUNCTION page(text);
