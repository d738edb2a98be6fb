-- The routes of the web gateway, and their parameters. A new route is a row here, and an internal
-- function: esn_api_list() and esn_api_one() answer from a view of api-views.sql.

DELETE FROM esn_internal.api_routes;
INSERT INTO esn_internal.api_routes (method, pattern, function, relation, keyed_relation, is_list,
	sort_keys, scope, lifetime, summary) VALUES
	('GET', '/api/v1/countries', 'esn_api_list', 'esn_api_countries', NULL, true, 'name, code',
		'public', 300, 'All countries.'),
	('GET', '/api/v1/countries/{country}', 'esn_api_one', 'esn_api_countries', NULL, false, NULL,
		'public', 300, 'A country.'),
	('GET', '/api/v1/countries/{country}/sections', 'esn_api_list', 'esn_api_sections', NULL, true,
		'name, id', 'public', 300, 'The sections of a country.'),
	('GET', '/api/v1/sections', 'esn_api_list', 'esn_api_sections', NULL, true, 'name, id',
		'public', 300, 'All sections.'),
	('GET', '/api/v1/sections/{section}', 'esn_api_one', 'esn_api_sections', NULL, false, NULL,
		'public', 300, 'A section.'),
	('GET', '/api/v1/sections/{section}/activities', 'esn_api_list', 'esn_api_activities', NULL,
		true, 'start_date DESC, id DESC', 'public', 300, 'The activities of a section.'),
	('GET', '/api/v1/sections/{section}/statistics', 'esn_api_statistics', 'esn_api_sections',
		NULL, false, NULL, 'public', 300, 'The figures of a section: by year, cause and type.'),
	('GET', '/api/v1/activities', 'esn_api_list', 'esn_api_activities', NULL, true,
		'start_date DESC, id DESC', 'public', 300, 'All activities.'),
	('GET', '/api/v1/activities/{activity}', 'esn_api_one', 'esn_api_activity', NULL, false, NULL,
		'public', 300, 'An activity.'),
	('GET', '/api/v1/runs', 'esn_api_list', 'esn_api_runs', 'esn_api_runs_keyed', true, 'id DESC',
		'public', 5, 'The runs; with a key for the network, also why they failed.'),
	('GET', '/api/v1/runs/{run}', 'esn_api_one', 'esn_api_runs', 'esn_api_runs_keyed', false, NULL,
		'public', 5, 'A run; with a key for the network, also why it failed.'),
	('GET', '/api/v1/health', 'esn_api_health', NULL, NULL, false, NULL, 'public', 30,
		'The health check; with a key for the network, also its figures.'),
	('GET', '/api/v1/openapi.json', 'esn_api_openapi', NULL, NULL, false, NULL, 'public', 300,
		'This description.'),
	('POST', '/api/v1/trigger/scraper', 'esn_api_trigger', NULL, NULL, false, NULL, 'operate', 0,
		'Starts a run.'),
	('POST', '/api/v1/runs/{run}/cancel', 'esn_api_cancel', 'esn_api_runs', NULL, false, NULL,
		'operate', 0, 'Stops a run; for who has a key for the network.');

DELETE FROM esn_internal.api_parameters;
INSERT INTO esn_internal.api_parameters (relation, name, kind, condition, description) VALUES
	('', 'page', 'integer', NULL, 'The page, from 1 on.'),
	('', 'limit', 'integer', NULL,
		'Rows per page, at most 1000; by default 100, and in CSV all rows.'),
	('', 'sort', 'text', NULL,
		'Fields to sort by, separated by commas; a minus sign before one reverses it.'),
	('esn_api_countries', 'country', 'country', 'v.code = ($1->>''country'')',
		'A country, by its code or name.'),
	('esn_api_sections', 'section', 'section', 'v.id = ($1->>''section'')::integer',
		'A section, by its number or its slug on either platform.'),
	('esn_api_sections', 'country', 'country', 'v.country_code = ($1->>''country'')',
		'Its country, by code or name.'),
	('esn_api_sections', 'city', 'text', 'lower(v.city) = lower($1->>''city'')', 'Its city.'),
	('esn_api_sections', 'q', 'text', 'strpos(lower(v.name), lower($1->>''q'')) > 0',
		'A part of its name.'),
	('esn_api_activities', 'section', 'section', 'EXISTS (SELECT FROM '
		'@extschema@.activity_section_organisers o WHERE o.activity_id = v.id '
		'AND o.section_id = ($1->>''section'')::integer)',
		'A section that organises it, by its number or its slug on either platform.'),
	('esn_api_activities', 'start_date', 'date', 'v.start_date >= ($1->>''start_date'')::date',
		'It begins on this day or later.'),
	('esn_api_activities', 'end_date', 'date', 'v.start_date <= ($1->>''end_date'')::date',
		'It begins on this day or earlier.'),
	('esn_api_activities', 'upcoming', 'boolean', 'v.is_upcoming = ($1->>''upcoming'')::boolean',
		'Whether it begins after today.'),
	('esn_api_activities', 'online', 'boolean', 'v.is_online = ($1->>''online'')::boolean',
		'Whether it is online.'),
	('esn_api_activities', 'cause', 'text', 'EXISTS (SELECT FROM @extschema@.activity_to_cause r '
		'JOIN @extschema@.activity_causes k ON k.id = r.cause_id '
		'WHERE r.activity_id = v.id AND lower(k.name) = lower($1->>''cause''))',
		'A cause that it serves.'),
	('esn_api_activities', 'type', 'text', 'EXISTS (SELECT FROM @extschema@.activity_to_type r '
		'JOIN @extschema@.activity_types t ON t.id = r.type_id '
		'WHERE r.activity_id = v.id AND lower(t.name) = lower($1->>''type''))',
		'One of its types.'),
	('esn_api_activities', 'country', 'country', 'v.country_code = ($1->>''country'')',
		'Where it takes place, by code or name.'),
	('esn_api_activities', 'q', 'text', 'strpos(lower(v.title), lower($1->>''q'')) > 0',
		'A part of its title.'),
	('esn_api_activity', 'activity', 'text', 'v.slug = ($1->>''activity'')',
		'Its slug, such as boat-party-20885.'),
	('esn_api_runs', 'run', 'integer', 'v.id = ($1->>''run'')::bigint', 'Its number.'),
	('esn_api_runs', 'status', 'text', 'v.status = ($1->>''status'')', 'How it stands.');
