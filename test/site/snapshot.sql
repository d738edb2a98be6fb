-- Every row of the data tables, with ids and times, but without when and by which run a thing was
-- last seen.
TABLE countries ORDER BY 1;
SELECT to_jsonb(s) - 'last_scraped' - 'last_validated_activities_slug' FROM sections s ORDER BY id;
TABLE activities ORDER BY id;
TABLE activity_types ORDER BY 1;
TABLE activity_causes ORDER BY 1;
TABLE objectives ORDER BY 1;
TABLE activity_section_organisers ORDER BY 1, 2;
TABLE activity_to_type ORDER BY 1, 2;
TABLE activity_to_cause ORDER BY 1, 2;
TABLE activity_to_sdg ORDER BY 1, 2;
TABLE activity_to_objective ORDER BY 1, 2;
SELECT to_jsonb(x) - 'scraped_at' FROM section_overall_statistics x ORDER BY id;
SELECT to_jsonb(x) - 'scraped_at' FROM section_cause_statistics x ORDER BY id;
SELECT to_jsonb(x) - 'scraped_at' FROM section_type_statistics x ORDER BY id;
SELECT to_jsonb(x) - 'scraped_at' FROM section_participant_statistics x ORDER BY id;
SELECT to_jsonb(v) - 'run_id' FROM validation_errors v ORDER BY id;
SELECT to_jsonb(f) - 'run_id' - 'retry_count' - 'last_attempt' FROM failed_scrapes f ORDER BY id;
