-- The rows that come with the extension: the Sustainable Development Goals, and the shipped
-- extraction rules. An upgrade adds goals that are missing, and replaces the shipped rules.

INSERT INTO sdgs (id, name, description) VALUES
	(1, 'SDG 1', 'No poverty: end poverty in all its forms everywhere'),
	(2, 'SDG 2', 'Zero hunger: end hunger, achieve food security and improved nutrition and '
		'promote sustainable agriculture'),
	(3, 'SDG 3', 'Good health and well-being: ensure healthy lives and promote well-being for all '
		'at all ages'),
	(4, 'SDG 4', 'Quality education: ensure inclusive and equitable quality education and promote '
		'lifelong learning opportunities for all'),
	(5, 'SDG 5', 'Gender equality: achieve gender equality and empower all women and girls'),
	(6, 'SDG 6', 'Clean water and sanitation: ensure availability and sustainable management of '
		'water and sanitation for all'),
	(7, 'SDG 7', 'Affordable and clean energy: ensure access to affordable, reliable, sustainable '
		'and modern energy for all'),
	(8, 'SDG 8', 'Decent work and economic growth: promote sustained, inclusive and sustainable '
		'economic growth, full and productive employment and decent work for all'),
	(9, 'SDG 9', 'Industry, innovation and infrastructure: build resilient infrastructure, promote '
		'inclusive and sustainable industrialization and foster innovation'),
	(10, 'SDG 10', 'Reduced inequalities: reduce inequality within and among countries'),
	(11, 'SDG 11', 'Sustainable cities and communities: make cities and human settlements '
		'inclusive, safe, resilient and sustainable'),
	(12, 'SDG 12', 'Responsible consumption and production: ensure sustainable consumption and '
		'production patterns'),
	(13, 'SDG 13', 'Climate action: take urgent action to combat climate change and its impacts'),
	(14, 'SDG 14', 'Life below water: conserve and sustainably use the oceans, seas and marine '
		'resources for sustainable development'),
	(15, 'SDG 15', 'Life on land: protect, restore and promote sustainable use of terrestrial '
		'ecosystems, and halt biodiversity loss'),
	(16, 'SDG 16', 'Peace, justice and strong institutions: promote peaceful and inclusive '
		'societies, provide access to justice for all and build effective institutions'),
	(17, 'SDG 17', 'Partnerships for the goals: strengthen the means of implementation and '
		'revitalize the global partnership for sustainable development')
ON CONFLICT DO NOTHING;
SELECT setval('sdgs_id_seq', greatest(17, last_value)) FROM sdgs_id_seq;

INSERT INTO extraction_rules (shipped, page_kind, field, position, selector, attribute,
	required) VALUES
	-- accounts.esn.org/
	(true, 'home', 'countries', 1, 'a[href*="/country/"]', NULL, true),
	(true, 'home', 'sections', 1, 'div.geolocation-location h2.field-content.location-title a',
		NULL, false),
	-- accounts.esn.org/country/<code>: a country without sections has an empty list
	(true, 'country', 'container', 1, '.views-view-grid', NULL, true),
	(true, 'country', 'container', 2, 'span.field-content a[href*="/section/"]', NULL, true),
	(true, 'country', 'container', 3, '.view .view-empty', NULL, true),
	(true, 'country', 'sections', 1, '.views-view-grid a[href*="/section/"]', NULL, false),
	(true, 'country', 'sections', 2, 'span.field-content a[href*="/section/"]', NULL, false),
	-- and the contacts of the national organisation
	(true, 'country', 'email', 1, '.field--name-field-email .field--item', NULL, false),
	(true, 'country', 'website', 1, 'a[title="Website of the organisation"]', 'href', false),
	(true, 'country', 'labelled_website', 1, 'a', 'href', false),
	(true, 'country', 'social_media', 1, 'a[title*="profile" i]', NULL, false),
	-- accounts.esn.org/section/<slug>
	(true, 'section', 'label', 1, '.field--label, .field__label', NULL, false),
	(true, 'section', 'name', 1, 'h1.page-header', NULL, true),
	(true, 'section', 'email', 1, '.field--name-field-email .field--item', NULL, false),
	(true, 'section', 'website', 1, 'a[title="Website of the organisation"]', 'href', false),
	(true, 'section', 'labelled_website', 1, 'a', 'href', false),
	(true, 'section', 'university_name', 1, '.field--name-field-university-name .field--item', NULL,
		false),
	(true, 'section', 'university_name', 2, '.field--name-field-university-website a', NULL, false),
	(true, 'section', 'city', 1, '.field--name-field-city .field--item', NULL, false),
	(true, 'section', 'address', 1, '.field--name-field-address .field--item .address span', NULL,
		false),
	(true, 'section', 'coordinates', 1, '.geolocation-location[data-lat]', NULL, false),
	(true, 'section', 'logo_url', 1, 'img.center-block.img-responsive[alt*="Logo"]', 'data-src',
		false),
	(true, 'section', 'logo_url', 2,
		'img.center-block.img-responsive[alt*="Logo"]:not([src^="data:" i])', 'src', false),
	(true, 'section', 'logo_url', 3, '.group__field-pseudo-group-logo img', 'data-src', false),
	(true, 'section', 'logo_url', 4, '.group__field-pseudo-group-logo img:not([src^="data:" i])',
		'src', false),
	(true, 'section', 'social_media', 1, 'a[title*="profile" i]', NULL, false),
	-- activities.esn.org/organisation/<slug>/activities and /activities: a section without
	-- activities has an empty list
	(true, 'listing', 'container', 1, 'article.activities-mini-preview', NULL, true),
	(true, 'listing', 'container', 2, '.view', NULL, true),
	(true, 'listing', 'container', 3,
		'article.node.ct-physical-activity.ct-physical-activity--full, '
		'article.node.ct-online-activity.ct-online-activity--full', NULL, true),
	(true, 'listing', 'container', 4, 'a[href*="/organisation/"]', NULL, true),
	(true, 'listing', 'empty', 1, '.view .view-empty', NULL, false),
	(true, 'listing', 'card', 1, 'article.activities-mini-preview', NULL, false),
	(true, 'listing', 'card', 2, 'article.node.ct-physical-activity.ct-physical-activity--full, '
		'article.node.ct-online-activity.ct-online-activity--full', NULL, false),
	(true, 'listing', 'activity_link', 1,
		'a[href*="/activity/"]:not(header *, nav *, aside *, footer *)', NULL, false),
	(true, 'listing', 'card_title', 1, '.eg-c-card-title a', NULL, false),
	(true, 'listing', 'card_title', 2, '.activity-label:not(.activity-causes .activity-label)',
		NULL, false),
	(true, 'listing', 'card_title', 3, '.url', NULL, false),
	(true, 'listing', 'card_title', 4, 'a[href*="/activity/"]', NULL, false),
	(true, 'listing', 'card_date', 1, '.act-date', NULL, false),
	(true, 'listing', 'card_city', 1, '.act-location-city', NULL, false),
	(true, 'listing', 'card_country', 1, '.act-location-rest', NULL, false),
	(true, 'listing', 'card_organiser', 1, 'a[href*="/organisation/"]', NULL, false),
	(true, 'listing', 'last_page', 1, 'nav a[title="Go to last page"]', NULL, false),
	(true, 'listing', 'last_page', 2, '.pager__item--last a', NULL, false),
	-- some themes keep the link on the last page, but disable it
	(true, 'listing', 'next_page', 1,
		'[rel~="next"]:not(.disabled, .disabled *, [aria-disabled="true"])', NULL, false),
	(true, 'listing', 'next_page', 2,
		'.pager__item--next a:not(.disabled, .disabled *, [aria-disabled="true"])', NULL, false),
	(true, 'listing', 'next_page', 3,
		'.js-pager__items a:not(.disabled, .disabled *, [aria-disabled="true"])', NULL, false),
	(true, 'listing', 'pager', 1, 'a[href*="page="]', NULL, false),
	-- activities.esn.org/activity/<event_slug>
	(true, 'activity', 'container', 1,
		'article.node.ct-physical-activity.ct-physical-activity--full', NULL, true),
	(true, 'activity', 'container', 2, 'article.node.ct-online-activity.ct-online-activity--full',
		NULL, true),
	(true, 'activity', 'label', 1, '.field__label, .field--label', NULL, false),
	(true, 'activity', 'online', 1, 'article.node.ct-online-activity.ct-online-activity--full',
		NULL, false),
	(true, 'activity', 'title', 1, '.block--eg-activities-theme-page-title h1 span', NULL, false),
	(true, 'activity', 'title', 2, 'h1.page-header', NULL, false),
	(true, 'activity', 'title', 3, '.field__item h1:not([class*="field-ct-act-description"] *, '
		'[class*="field-ct-act-goal"] *, [class*="field-ct-act-res"] *)', NULL, false),
	(true, 'activity', 'title', 4, '.activity-label:not(.activity-causes .activity-label)', NULL,
		false),
	(true, 'activity', 'title', 5, 'h1:not([class*="field-ct-act-description"] *, '
		'[class*="field-ct-act-goal"] *, [class*="field-ct-act-res"] *, .site-name, .site-name *)',
		NULL, false),
	(true, 'activity', 'url', 1, '.url', NULL, false),
	(true, 'activity', 'description', 1, '.ct-physical-activity__field-ct-act-description '
		'.field__item, .ct-online-activity__field-ct-act-description .field__item', NULL, false),
	(true, 'activity', 'description', 2, '.activity__field-ct-act-description .field__item', NULL,
		false),
	(true, 'activity', 'dates', 1, '.field-top-wrapper.ct-physical-activity__field-ct-act-dates '
		'.highlight-data-text span, .field-top-wrapper.ct-online-activity__field-ct-act-dates '
		'.highlight-data-text span', NULL, false),
	(true, 'activity', 'dates', 2, '.highlight-dates-single span', NULL, false),
	(true, 'activity', 'dates', 3,
		'[class*="field-ct-act-dates"] time, .highlight-dates-single time', NULL, false),
	(true, 'activity', 'location', 1,
		'.field-top-wrapper.ct-physical-activity__field-ct-act-location .highlight-data-text span, '
		'.field-top-wrapper.ct-online-activity__field-ct-act-location .highlight-data-text span',
		NULL, false),
	(true, 'activity', 'location', 2, '[class*="field-ct-act-location"] .highlight-data-text span',
		NULL, false),
	-- in another box, a city and a country are two spans and nothing else
	(true, 'activity', 'location', 3, '.highlight-data-text span:first-child:has(+ '
		'span:last-child):not([class*="field-ct-act-"] *, .highlight-data-number *), '
		'.highlight-data-text span:first-child + span:last-child:not([class*="field-ct-act-"] *, '
		'.highlight-data-number *)', NULL, false),
	(true, 'activity', 'participants', 1, '.highlight-data-number .highlight-data-text-big', NULL,
		false),
	(true, 'activity', 'activity_type', 1, '.activity-types .activity-type a', NULL, false),
	(true, 'activity', 'activity_type', 2, '.ct-physical-activity__field-ct-act-types .field__item '
		'a, .ct-online-activity__field-ct-act-types .field__item a', NULL, false),
	(true, 'activity', 'project', 1, 'article [class*="field-ct-act-project"] a', NULL, false),
	(true, 'activity', 'project', 2, 'article a[href*="/project/"]:not('
		'[class*="field-ct-act-description"] *, [class*="field-ct-act-goal"] *, '
		'[class*="field-ct-act-res"] *, nav *, header *, footer *)', NULL, false),
	(true, 'activity', 'organisers', 1, '.pseudo__organisers .pseudo__organiser a', NULL, false),
	(true, 'activity', 'organisers', 2, '.pseudo__organisers a', NULL, false),
	(true, 'activity', 'unlinked_organiser', 1, '.pseudo__organisers .pseudo__organiser:not('
		':has(a)), .pseudo__organisers li:not(:has(a))', NULL, false),
	(true, 'activity', 'causes', 1, '.activity-causes .activity-label a', NULL, false),
	(true, 'activity', 'causes', 2, '.activity-cause a', NULL, false),
	(true, 'activity', 'sdgs', 1, '.field-sdgs-wrapper img', 'alt', false),
	(true, 'activity', 'sdgs', 2, '.field-sdgs-wrapper img', 'title', false),
	(true, 'activity', 'objectives', 1, '.activity__objectives .field__item span', NULL, false),
	(true, 'activity', 'objectives', 2, '.activity__objective span.badge', NULL, false),
	(true, 'activity', 'activity_goal', 1, '.ct-physical-activity__field-ct-act-goal-activity '
		'.field__item, .ct-online-activity__field-ct-act-goal-activity .field__item', NULL, false),
	(true, 'activity', 'outcomes', 1, '.ct-physical-activity__field-ct-act-res-pos-aspect, '
		'.ct-online-activity__field-ct-act-res-pos-aspect', NULL, false),
	-- an image that is loaded late has something else as its src, such as a data: URL
	(true, 'activity', 'image_url', 1, 'picture img.img-fluid', 'data-src', false),
	(true, 'activity', 'image_url', 2, 'picture img.img-fluid:not([src^="data:" i])', 'src', false),
	(true, 'activity', 'image_url', 3, 'picture img.img-fluid', 'srcset', false),
	(true, 'activity', 'image_url', 4, 'picture img.img-fluid', 'data-srcset', false),
	(true, 'activity', 'image_url', 5, 'picture:has(img.img-fluid) source', 'srcset', false),
	(true, 'activity', 'image_url', 6, 'picture:has(img.img-fluid) source', 'data-srcset', false),
	(true, 'activity', 'registration_url', 1, '.ct-physical-activity__field-ct-act-link-registrat '
		'a, .ct-online-activity__field-ct-act-link-registrat a', 'href', false),
	-- activities.esn.org/organisation/<slug>/statistics: the object is in a script, but not every
	-- page has it
	(true, 'statistics', 'container', 1,
		'script[type="application/json"][data-drupal-selector="drupal-settings-json"]', NULL, true),
	(true, 'statistics', 'container', 2, 'a[href*="/organisation/"]', NULL, true),
	(true, 'statistics', 'settings', 1,
		'script[type="application/json"][data-drupal-selector="drupal-settings-json"]', NULL,
		false);
