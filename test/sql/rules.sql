-- Where a field stands on a page is data: rules that cannot work are refused, a user's rule comes before the shipped one.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;

-- A selector that cannot be compiled says where it fails.
\set VERBOSITY default
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1[');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, '');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1, ');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1 > > a');
UPDATE extraction_rules SET selector = '..title' WHERE page_kind = 'activity' AND field = 'title' AND position = 1;
\set VERBOSITY terse
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'a:hover');
\set VERBOSITY sqlstate
SELECT esn_selector_is_valid('a[href');

-- What is understood: what the two sites need, and somewhat more.
SELECT selector, esn_selector_is_valid(selector)
FROM (VALUES
	(1, 'h1'), (2, '.page-header'), (3, '#main'), (4, 'a[href]'), (5, 'a[title="Go to last page"]'),
	(6, 'a[title*=''profile'']'), (7, 'a[href^="/activity/"]'), (8, 'img[src$=".png"]'), (9, 'p[class~=lead]'),
	(10, 'p[lang|=en]'), (11, 'ul > li'), (12, 'h2 + p'), (13, 'h2 ~ p'), (14, 'li:nth-child(2n+1)'),
	(15, 'a:not(.x)'), (16, 'h1, h2 span'), (17, '*'))
	AS v (n, selector)
ORDER BY n;

-- Fields and kinds of page that the parser does not know, and rules without order or attribute.
\set VERBOSITY terse
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'colour', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('forum', 'title', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('home', 'title', 1, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 0, 'h1');
INSERT INTO extraction_rules (page_kind, field, position, selector, attribute) VALUES ('activity', 'title', 1, 'h1', '');
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1'), ('activity', 'title', 1, 'h2');
SELECT esn_rule_is_known('activity', 'title') AS known;
\set VERBOSITY default
SELECT esn_rule_is_known('listing', '');
\set VERBOSITY terse
SELECT count(*) AS rules_of_mine FROM extraction_rules WHERE NOT shipped;

-- One page, read by rules that change.
CREATE FUNCTION page(field text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT esn_parse('activity', $html$
		<article class="node ct-physical-activity ct-physical-activity--full" data-name="by attribute">
			<h1 class="page-header">as shipped</h1>
			<h2 class="mine">first of mine</h2>
			<h3 class="mine">second of mine</h3>
			<div class="tags"><i>North</i><i>South</i></div>
		</article>$html$, 'https://activities.example/activity/boat-party-1')->'data'->field
$$;
SELECT page('title');

BEGIN;
-- Mine comes first, although the shipped rules have the same position and match, too.
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h2.mine');
SELECT page('title');
-- Of mine the first that yields something wins, whatever the order of insertion.
UPDATE extraction_rules SET position = 5 WHERE NOT shipped;
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 2, 'h3.mine');
SELECT page('title');
-- One that finds nothing leaves the field to the next.
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h4.mine');
SELECT page('title');
-- The value may stand in an attribute.
UPDATE extraction_rules SET selector = 'article', attribute = 'data-name' WHERE NOT shipped AND position = 1;
SELECT page('title');
ROLLBACK;
SELECT page('title');

BEGIN;
-- A field of which there may be several takes all that its first fruitful rule finds.
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'causes', 1, '.tags i');
SELECT page('causes');
ROLLBACK;

BEGIN;
-- What is required and cannot be found makes it no page of its kind.
DELETE FROM extraction_rules WHERE page_kind = 'activity' AND field = 'container';
INSERT INTO extraction_rules (page_kind, field, position, selector, required) VALUES ('activity', 'container', 1, 'main', true);
SELECT esn_parse('activity', '<article class="node"></article>', 'https://activities.example/activity/a-1')->>'problem';
SELECT esn_parse('activity', '<main></main>', 'https://activities.example/activity/a-1') ? 'data' AS is_a_page;
ROLLBACK;

DROP FUNCTION page(text);
