-- esn_parse(): one page of each kind, in both known markups, and invalid pages.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;
\pset format unaligned
\pset tuples_only on

-- accounts.esn.org/: countries, and the map of sections. Ignored links: "all", an empty one, and a
-- repeated one.
SELECT jsonb_pretty(esn_parse('home', $html$
	<!DOCTYPE html><html><body>
	<nav><a href="/country/all">All countries</a></nav>
	<ul><li><a href="/country/al">ESN Albania</a></li><li>
		<a href="https://accounts.example/country/tr">T&uuml;rkiye</a></li>
	<li><a href="/country/al">Albania</a></li></ul>
	<div class="geolocation-location" data-lat="39.9" data-lng="32.8">
		<h2 class="field-content location-title">
			<a href="/section/tr-anka-met">ESN METU</a></h2></div>
	<div class="geolocation-location"><h2 class="field-content location-title">
		<a href="">ESN Nowhere</a></h2></div>
	</body></html>$html$, 'https://accounts.example/'));

-- accounts.esn.org/country/<code>, in both markups. A country may have no section.
SELECT jsonb_pretty(esn_parse('country', $html$
	<div class="views-view-grid"><a href=""></a><a href="/section/tr-anka-met">
		<img src="/logo.png"></a>
	<a href="/section/tr-anka-met"> ESN
		METU </a></div>$html$, 'https://accounts.example/country/tr')->'data');
SELECT jsonb_pretty(esn_parse('country', $html$
	<span class="field-content"><a href="/section/tr-ista-yil">ESN Yıldız</a></span>$html$,
	'https://accounts.example/country/tr')->'data');
SELECT esn_parse('country', '<div class="view"><div class="view-empty">No sections.</div></div>',
	'https://accounts.example/country/va')->'data';

-- accounts.esn.org/section/<slug>. The section's public address is kept; a person's name in the
-- postal address is removed.
SELECT jsonb_pretty(esn_parse('section', $html$
	<h1 class="page-header">ESN METU</h1>
	<div class="field--name-field-email"><div class="field--item">info@metu.example</div></div>
	<a title="Website of the organisation" href="http://metu.example">Our site</a>
	<div class="field--name-field-university-name">
		<div class="field--item">Middle East Technical University</div></div>
	<div class="field--name-field-city"><div class="field--item">Ankara</div></div>
	<div class="field--name-field-address"><div class="field--item"><p class="address">
		<span class="given-name">A Person</span><span class="country">Türkiye</span>
			<span class="address-line1">Dumlupınar 1</span>
		<span class="address-line2">Block B</span><span class="postal-code">06800</span>
			<span class="locality">Ankara</span></p></div></div>
	<div class="geolocation-location" data-lat="39.89123456" data-lng="32.7"></div>
	<img class="center-block img-responsive" alt="Logo of METU" src="/logo.png">
	<a title="Facebook profile" href="https://facebook.example/metu"></a>
	<a title="X profile" href="https://x.example/metu"></a>$html$,
	'https://accounts.example/section/tr-anka-met'));
SELECT jsonb_pretty(esn_parse('section', $html$
	<h1 class="page-header">ESN Yıldız</h1><a href="/">Home</a>
		<a href="https://yildiz.example/">Website</a>
	<div class="field--name-field-university-website">
		<a href="https://u.example">Yıldız Technical University</a></div>
	<div class="group__field-pseudo-group-logo"><img src="/files/logo.png"></div>$html$,
	'https://accounts.example/section/tr-ista-yil'));

-- activities.esn.org/organisation/<slug>/activities: cards and pager.
SELECT jsonb_pretty(esn_parse('listing', $html$
	<article class="activities-mini-preview ct-physical-activity"><div class="eg-c-card-title">
		<a href="/activity/boat-party-20885">Boat party</a></div>
		<span class="act-date">03/05/2026</span>
			<span class="act-location-city">Lofoten Islands</span>
				<span class="act-location-rest">, NO</span>
		<a href="/organisation/esn-metu">ESN METU</a></article>
	<article class="activities-mini-preview ct-online-activity"><a href="/activity/talk-2">
		<img src="/a.png"></a><a href="/activity/talk-2">Talk</a>
		<span class="act-date">11/05/2026 - 16/05/2026</span></article>
	<article class="activities-mini-preview">A card that leads nowhere</article>
	<nav><a href="?page=1" title="Go to next page">Next</a>
		<a href="?page=27" title="Go to last page">Last</a></nav>$html$,
	'https://activities.example/organisation/esn-metu/activities?page=0'));
SELECT esn_parse('listing',
	'<div class="view"></div><ul><li class="pager__item--last">
		<a href="?page=3">Last</a></li></ul>',
	'https://activities.example/organisation/esn-metu/activities?page=3')->'data';

-- activities.esn.org/activity/<event_slug>: every field. Personal data in texts is redacted.
SELECT jsonb_pretty(esn_parse('activity', $html$
	<div class="block--eg-activities-theme-page-title"><h1>
		<span>Boat &amp; party 🎉</span></h1></div>
	<article class="node ct-physical-activity ct-physical-activity--full">
	<a class="url" href="/activity/boat-party-20885"></a>
	<div class="ct-physical-activity__field-ct-act-description"><div class="field__item">
		<p>Ask ayse.k@mail.example or call +90 532 123 45 67.</p>
			<p>On 03/05/2026 at 18:30, 1,250 places.</p></div></div>
	<div class="field-top-wrapper ct-physical-activity__field-ct-act-dates">
		<div class="highlight-data-text">
		<span>03/05/2026</span> - <span>2026-05-04</span></div></div>
	<div class="field-top-wrapper ct-physical-activity__field-ct-act-location">
		<div class="highlight-data-text">
		<span>Tromsø,</span><span>Norway</span></div></div>
	<div class="highlight-data-number"><span class="highlight-data-text-big"> 1,250 </span></div>
	<div class="activity-types"><div class="activity-type"><a>Social inclusion</a></div></div>
	<div class="pseudo__organisers"><div class="pseudo__organiser">
		<a href="/organisation/esn-metu">ESN METU</a></div>
		<div class="pseudo__organiser"><a href="/organisation/esn-tromso">ESN Tromsø</a></div></div>
	<div class="activity-causes"><div class="activity-label"><a>Culture</a></div>
		<div class="activity-label"><a>Culture</a></div>
		<div class="activity-label"><a>Health</a></div></div>
	<div class="field-sdgs-wrapper"><img alt="SDG 13">
		<img alt="Icon" title="Goal 3: Good health and well-being"></div>
	<div class="activity__objectives"><div class="field__item"><span>Meet</span></div></div>
	<div class="ct-physical-activity__field-ct-act-goal-activity"><div class="field__item"><ul>
		<li>One</li><li>Two: b@mail.example</li></ul></div></div>
	<div class="ct-physical-activity__field-ct-act-res-pos-aspect">Tel: 0532 123 45 67</div>
	<picture><img class="img-fluid" src="/i.jpg"></picture>
	<div class="ct-physical-activity__field-ct-act-link-registrat">
		<a href="https://register.example/1">Register</a></div>
	</article>$html$, 'https://activities.example/activity/boat-party-20885'));

-- The other markup, online, broken HTML. The broad selector first finds a date, not a city.
SELECT jsonb_pretty(esn_parse('activity', $html$
	<article class="node ct-online-activity ct-online-activity--full">
		<h1 class="page-header">Talk</h1>
	<div class="activity__field-ct-act-description"><div class="field__item">
		<p>First<p>Second</div></div>
	<div class="highlight-dates-single"><p class="highlight-data-text">
		<span>8 Nov 2023</span></p></div>
	<p class="highlight-data-text"><span>08/11/2023</span>
	<div class="ct-online-activity__field-ct-act-types"><div class="field__item">
		<a>Training</a></div></div>
	<div class="pseudo__organisers"><a href="/organisation/esn-metu">ESN METU</a></div>
	<div class="activity-cause"><a>Education</a></div><div class="field-sdgs-wrapper">
		<img alt="Goal 4"></div>
	<div class="activity__objective"><span class="badge">Learn$html$,
	'https://activities.example/activity/talk-2'));

-- Without redaction the text is unchanged.
SET esn_pulse.redact_personal_data = off;
SELECT esn_parse('activity',
	$html$<article class="node ct-physical-activity ct-physical-activity--full">
	<div class="ct-physical-activity__field-ct-act-description">
		<div class="field__item">b@mail.example</div></div>$html$,
	'https://activities.example/activity/a-1')->'data'->'description';
RESET esn_pulse.redact_personal_data;

-- Dates in every format of the site, and an invalid one.
SELECT written, d->>'start_date' AS first, d->>'end_date' AS last
FROM (VALUES
	(1, '<span>03/05/2026</span>'), (2, '<span>03/05/2026</span><span>04/05/2026</span>'),
	(3, '<span>11/05/2026 - 16/05/2026</span>'), (4, '<span>2023-11-08</span>'),
	(5, '<span>2023-11-08T15:30:00Z</span>'), (6, '<span>8 Nov 2023</span>'),
	(7, '<span>November 8, 2023</span>'), (8, '<span>29/02/2024</span>'),
	(9, '<span>29/02/2023</span>'), (10, '<span>soon</span>'))
	AS v (n, written),
	LATERAL (SELECT esn_parse('activity',
		'<article class="node ct-physical-activity ct-physical-activity--full">'
		'<div class="highlight-dates-single">' || written || '</div></article>',
		'https://activities.example/activity/a-1')->'data') AS p (d)
ORDER BY n;

-- activities.esn.org/organisation/<slug>/statistics: an object in a script, a JSON body,
-- or neither.
SELECT jsonb_pretty(esn_parse('statistics',
	$html$<html><script type="application/json" data-drupal-selector="drupal-settings-json">
	{"activities_statistics": {"total_activities": {"values": [["<Physical>", 12]]}}}</script>
		</html>$html$,
	'https://activities.example/organisation/esn-metu/statistics'));
SELECT jsonb_pretty(esn_parse('statistics', '{"total_activities": {}}',
	'https://activities.example/organisation/esn-metu/statistics'));
SELECT jsonb_pretty(esn_parse('statistics', '<a href="/organisation/esn-metu">ESN METU</a>',
	'https://activities.example/organisation/esn-metu/statistics'));

-- An invalid field is reported with its value as found. Valid fields are kept, and nothing is
-- invented.
SELECT jsonb_pretty(
	esn_parse('activity',
		$html$<article class="node ct-physical-activity ct-physical-activity--full">
		<div class="highlight-dates-single"><span>31/02/2024</span><span>soon</span></div>
		<div class="highlight-data-number"><b class="highlight-data-text-big">-5</b></div>
		<div class="field-sdgs-wrapper"><img alt="SDG 18"></div>
		<div class="ct-physical-activity__field-ct-act-link-registrat">
			<a href="mailto:b@mail.example">Register</a></div>$html$,
		'https://activities.example/activity/a-1'));
SELECT written, p->'data'->'participants' AS participants,
	p->'errors' @> '[{"field": "participants"}]' AS wrong
FROM (VALUES
	(1, '160'), (2, ' 160 '), (3, '1,250'), (4, '0'), (5, 'about forty'), (6, '-5'),
	(7, '99999999999'))
	AS v (n, written),
	LATERAL (SELECT esn_parse('activity',
		'<article class="node ct-physical-activity ct-physical-activity--full">'
		'<div class="highlight-data-number"><b class="highlight-data-text-big">' || written
		|| '</b></div></article>', 'https://activities.example/activity/a-1')) AS a (p)
ORDER BY n;
SELECT e
FROM jsonb_array_elements(
	esn_parse('activity', '<article class="node ct-physical-activity ct-physical-activity--full">'
		'<div class="highlight-dates-single"><span>05/03/2024 - 04/03/2024</span></div>',
		'https://activities.example/activity/a-1')->'errors') e;
SELECT length(p->'data'->>'title'), e->>'message', length(e->>'raw')
FROM esn_parse('activity',
	'<article class="node ct-physical-activity ct-physical-activity--full"><h1 class="page-header">'
	|| repeat('ı', 300)
	|| '</h1>', 'https://activities.example/activity/a-1') p, jsonb_array_elements(p->'errors') e
WHERE e->>'field' = 'title';
SELECT jsonb_pretty(esn_parse('section', $html$<h1 class="page-header">ESN X</h1>
	<div class="field--name-field-email"><div class="field--item">nobody</div></div>
		<a href="x.example">Website</a>
	<div class="geolocation-location" data-lat="139" data-lng="east"></div>$html$,
	'https://accounts.example/section/x')->'errors');

-- Not a page of its kind: an error page, an empty body, another URL.
SELECT kind, esn_parse(kind, html, url)->>'problem'
FROM (VALUES
	(1, 'home', '<h1>We are down for maintenance</h1>', 'https://accounts.example/'),
	(2, 'country', '<h1>We are down for maintenance</h1>', 'https://accounts.example/country/tr'),
	(3, 'section', '<h1>Access denied</h1>', 'https://accounts.example/section/x'),
	(4, 'listing', '<h1>We are down for maintenance</h1>',
		'https://activities.example/organisation/esn-x/activities'),
	(5, 'activity', '<h1>We are down for maintenance</h1>',
		'https://activities.example/activity/a-1'),
	(6, 'statistics', '<h1>We are down for maintenance</h1>',
		'https://activities.example/organisation/esn-x/statistics'),
	(7, 'activity', '', 'https://activities.example/activity/a-1'),
	(8, 'activity', E' \n ', 'https://activities.example/activity/a-1'),
	(9, 'activity', '<article class="node ct-physical-activity ct-physical-activity--full">',
		'https://activities.example/activities'),
	(10, 'statistics', '{}', 'https://activities.example/statistics'))
	AS v (n, kind, html, url)
ORDER BY n;

-- Wrong arguments.
SELECT esn_parse('forum', '<p>', 'https://activities.example/');
SELECT esn_parse('Home', '<p>', 'https://activities.example/');
SELECT esn_parse('home', '<p>', '/activity/a-1');
SET esn_pulse.max_page_size = '16kB';
SELECT esn_parse('home', repeat(' ', 16 * 1024) || '<p>', 'https://activities.example/');
RESET esn_pulse.max_page_size;
\set VERBOSITY sqlstate
SELECT esn_parse('home', '<p>', 'ftp://activities.example/');
SELECT esn_parse('home', '<p>', '');
SELECT num_nulls(esn_parse(NULL, '<p>', 'https://a.example/'),
	esn_parse('home', NULL, 'https://a.example/'), esn_parse('home', '<p>', NULL));
