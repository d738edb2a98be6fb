-- What the tables and columns of tables.sql mean, where a name is not enough.

COMMENT ON TABLE countries IS
	'The countries that have sections of the Erasmus Student Network, from accounts.esn.org.';
COMMENT ON COLUMN countries.country_code IS
	'The two-letter code that accounts.esn.org uses, in upper case.';
COMMENT ON COLUMN countries.name IS
	'English name as accounts.esn.org writes it, without "ESN " in front.';
COMMENT ON COLUMN countries.slug IS 'Last part of the address: the code in lower case.';
COMMENT ON COLUMN countries.url IS 'The country''s page on accounts.esn.org.';
COMMENT ON COLUMN countries.section_count IS
	'Number of sections that the country''s page lists. NULL: the page has not been read yet.';

COMMENT ON TABLE sections IS
	'The sections (local associations) of the network, from accounts.esn.org.';
COMMENT ON COLUMN sections.name IS 'Name as the section''s page writes it.';
COMMENT ON COLUMN sections.accounts_platform_slug IS
	'Last part of the section''s address on accounts.esn.org, such as tr-anka-met.';
COMMENT ON COLUMN sections.activities_platform_slug IS
	'Last part of the section''s address on activities.esn.org, such as esn-metu. NULL: not known.';
COMMENT ON COLUMN sections.accounts_url IS 'The section''s page on accounts.esn.org.';
COMMENT ON COLUMN sections.activities_url IS 'The section''s page on activities.esn.org.';
COMMENT ON COLUMN sections.email IS 'The section''s own public address.';
COMMENT ON COLUMN sections.longitude IS 'Degrees east, WGS 84, six decimals.';
COMMENT ON COLUMN sections.latitude IS 'Degrees north, WGS 84, six decimals.';
COMMENT ON COLUMN sections.social_media IS
	'Object: network in lower case to address of the profile.';
COMMENT ON COLUMN sections.can_scrape_activities IS
	'Whether activities.esn.org knows the section. NULL: not checked yet.';
COMMENT ON COLUMN sections.last_validated_activities_slug IS
	'When activities.esn.org last confirmed activities_platform_slug. NULL: never.';
COMMENT ON COLUMN sections.last_scraped IS
	'When the section''s list of activities and its statistics were last read completely.';
COMMENT ON COLUMN sections.removed_at IS
	'When the site was found not to show the section any more. NULL: it is shown.';

COMMENT ON TABLE activities IS
	'Every activity that activities.esn.org shows. For figures take WHERE is_valid AND removed_at '
	'IS NULL.';
COMMENT ON COLUMN activities.event_slug IS
	'Last part of the activity''s address, such as boat-party-20885.';
COMMENT ON COLUMN activities.title IS
	'Title; a longer one is cut at 255 characters, and reported.';
COMMENT ON COLUMN activities.description IS
	'Paragraphs, separated by line feeds; personal data redacted.';
COMMENT ON COLUMN activities.start_date IS 'First day.';
COMMENT ON COLUMN activities.end_date IS 'Last day; where the site writes one date only, that one.';
COMMENT ON COLUMN activities.is_future_event IS
	'Whether it begins after the day of the last run or daily maintenance, which update it. Views '
	'have is_upcoming, which is always of today.';
COMMENT ON COLUMN activities.city IS 'City as written; NULL for online activities.';
COMMENT ON COLUMN activities.country_code IS 'The country, where it is one that has sections.';
COMMENT ON COLUMN activities.participants IS 'Number of participants. NULL: not said.';
COMMENT ON COLUMN activities.is_valid IS
	'Whether it has a title, url, description and start_date. Other fields that are invalid are '
	'NULL, and reported in validation_errors.';
COMMENT ON COLUMN activities.created_at IS 'When the row was created.';
COMMENT ON COLUMN activities.updated_at IS
	'When something in the row or its relations last changed.';
COMMENT ON COLUMN activities.is_online IS 'True: online. False: on site.';
COMMENT ON COLUMN activities.country_name IS
	'Country as the activity''s page writes it, also one without sections.';
COMMENT ON COLUMN activities.activity_goal IS
	'Goal, one list item per line; personal data redacted.';
COMMENT ON COLUMN activities.outcomes IS
	'Outcomes, one list item per line; personal data redacted.';
COMMENT ON COLUMN activities.unmatched_organisers IS
	'Organisers that are not linked with a section: the slug of one that is not known as a '
	'section, which is linked once it is; the name of one to which the page has no link.';
COMMENT ON COLUMN activities.removed_at IS
	'When the site was found not to show the activity any more. NULL: it is shown.';

COMMENT ON TABLE activity_causes IS 'The causes that activities serve.';

COMMENT ON TABLE sdgs IS
	'The Sustainable Development Goals of the United Nations; all 17 come with the extension, '
	'each under its own number.';

COMMENT ON TABLE objectives IS 'The objectives that activities name.';

COMMENT ON TABLE activity_section_organisers IS 'Which sections organise which activity.';

COMMENT ON TABLE activity_to_cause IS 'Which activity serves which causes.';

COMMENT ON TABLE activity_to_sdg IS 'Which activity serves which Sustainable Development Goals.';

COMMENT ON TABLE activity_to_objective IS 'Which activity names which objectives.';

COMMENT ON TABLE section_overall_statistics IS
	'The totals on each section''s statistics page; zeros for a section without statistics.';
COMMENT ON COLUMN section_overall_statistics.scraped_at IS
	'When the section''s statistics page last confirmed them.';

COMMENT ON TABLE section_cause_statistics IS
	'Activities of each section by cause, from its statistics page.';

COMMENT ON TABLE section_type_statistics IS
	'Activities of each section by type, from its statistics page.';

COMMENT ON TABLE section_participant_statistics IS
	'Participants of each section by type, from its statistics page.';

COMMENT ON TABLE scraper_status IS
	'One row per run. The view esn_runs also recognises a run whose worker is gone; '
	'esn_recent_runs is short enough for a terminal.';
COMMENT ON COLUMN scraper_status.status IS
	'waiting: for the run in progress, which may read its section. running. completed. partial: it '
	'ended before its work was done. failed. cancelled.';
COMMENT ON COLUMN scraper_status.requested_by IS 'The role that requested the run.';
COMMENT ON COLUMN scraper_status.request IS 'What was requested.';
COMMENT ON COLUMN scraper_status.sections_processed IS 'Sections that were read completely.';
COMMENT ON COLUMN scraper_status.sections_failed IS
	'Sections whose own pages (not single activities) failed, or were not requested because the '
	'site blocked the run.';
COMMENT ON COLUMN scraper_status.requests IS 'Requests made, retries and redirects included.';
COMMENT ON COLUMN scraper_status.not_modified IS 'Pages that the site said had not changed (304).';
COMMENT ON COLUMN scraper_status.bytes_received IS
	'Bytes of page bodies as transferred, compressed.';
COMMENT ON COLUMN scraper_status.pages_failed IS 'Pages that finally failed: see failed_scrapes.';
COMMENT ON COLUMN scraper_status.activities_invalid IS
	'Of the new, changed and unchanged ones: those with an invalid field, see validation_errors.';
COMMENT ON COLUMN scraper_status.worker_pid IS 'Process of the background worker.';

COMMENT ON TABLE validation_errors IS
	'One row per invalid field of a page; at most one open row for each page and field.';
COMMENT ON COLUMN validation_errors.section_id IS
	'The section that the page belongs to, or whose list led to it.';
COMMENT ON COLUMN validation_errors.raw_data IS
	'The value as found, redacted: a string, or an array of several invalid values of the field. '
	'NULL: there was none.';
COMMENT ON COLUMN validation_errors.run_id IS 'The run that saw it last.';
COMMENT ON COLUMN validation_errors.resolved_at IS
	'When the page was read without the error. NULL: the error is open.';

COMMENT ON TABLE failed_scrapes IS
	'One row per address that could not be read; at most one open row for each address.';
COMMENT ON COLUMN failed_scrapes.http_status_code IS
	'Status of the last answer. NULL: there was none.';
COMMENT ON COLUMN failed_scrapes.retry_count IS 'The number of retries, over all runs.';
COMMENT ON COLUMN failed_scrapes.will_retry IS
	'Whether a retry can succeed: not if the page is gone (404, 410), or robots.txt disallows it.';
COMMENT ON COLUMN failed_scrapes.run_id IS 'The run that failed on it last.';
COMMENT ON COLUMN failed_scrapes.resolved_at IS
	'When it was read in the end. NULL: it still fails.';

COMMENT ON TABLE extraction_rules IS
	'Where each field is on a page. Your rules (shipped = false) are tried before the shipped '
	'ones; the first that finds something wins.';
COMMENT ON COLUMN extraction_rules.page_kind IS
	'The kind of page, such as section or activity. For an unknown one, the hint lists the kinds.';
COMMENT ON COLUMN extraction_rules.position IS 'Order in which a field''s rules are tried.';
COMMENT ON COLUMN extraction_rules.selector IS 'CSS selector; an invalid one is rejected.';
COMMENT ON COLUMN extraction_rules.attribute IS
	'The attribute that holds the value. NULL: the element''s text.';
COMMENT ON COLUMN extraction_rules.required IS
	'A page on which none of the field''s rules match is not a page of this kind.';
COMMENT ON COLUMN extraction_rules.shipped IS
	'True: came with the extension and is replaced by upgrades. Leave it false for your rules.';
