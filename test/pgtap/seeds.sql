-- The rows that come with the extension.
BEGIN;
SELECT no_plan();

-- The goals.
SELECT results_eq('SELECT id, name::text FROM sdgs ORDER BY id',
	$$SELECT n, 'SDG ' || n FROM generate_series(1, 17) n$$, 'each goal has its own number');
SELECT is_empty($$SELECT name FROM sdgs WHERE coalesce(length(description), 0) < 20$$,
	'each goal has a description');
SELECT is((SELECT count(DISTINCT description)::integer FROM sdgs), 17,
	'descriptions of goals are distinct');
SELECT lives_ok($$INSERT INTO sdgs (name) VALUES ('SDG 18')$$,
	'a new goal gets its own number');

-- The shipped rules.
SELECT is_empty('SELECT * FROM extraction_rules WHERE NOT shipped',
	'an upgrade replaces every rule of the extension');
SELECT is_empty($$
	SELECT kind
	FROM unnest(ARRAY['home', 'country', 'section', 'listing', 'activity', 'statistics']) kind
	WHERE kind NOT IN (SELECT page_kind FROM extraction_rules WHERE required)$$,
	'each kind of page has a rule that identifies it');
SELECT is_empty(
	$$SELECT * FROM extraction_rules
		WHERE NOT esn_selector_is_valid(selector) OR NOT esn_rule_is_known(page_kind, field)$$,
	'each rule is valid');
SELECT set_has('SELECT page_kind, field FROM extraction_rules', $$
	VALUES ('home', 'countries'), ('home', 'sections'), ('country', 'sections'),
		('section', 'name'), ('section', 'email'), ('section', 'website'),
		('section', 'university_name'), ('section', 'city'), ('section', 'address'),
		('section', 'coordinates'), ('section', 'logo_url'), ('section', 'social_media'),
		('listing', 'card'), ('listing', 'card_title'), ('listing', 'card_date'),
		('listing', 'card_city'), ('listing', 'card_country'), ('listing', 'card_organiser'),
		('listing', 'last_page'), ('activity', 'title'), ('activity', 'description'),
		('activity', 'dates'), ('activity', 'location'), ('activity', 'participants'),
		('activity', 'activity_type'), ('activity', 'organisers'), ('activity', 'causes'),
		('activity', 'sdgs'), ('activity', 'objectives'), ('activity', 'activity_goal'),
		('activity', 'outcomes'), ('activity', 'image_url'),
		('activity', 'registration_url')$$, 'each field has a rule');

SELECT * FROM finish();
ROLLBACK;
