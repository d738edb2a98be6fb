-- Every row of the data tables, with ids and times, but without when and by which run a thing was
-- last seen.
TABLE countries ORDER BY 1;
SELECT to_jsonb(s) - 'last_scraped' FROM sections s ORDER BY id;
TABLE activities ORDER BY id;
TABLE activity_causes ORDER BY 1;
TABLE objectives ORDER BY 1;
TABLE activity_section_organisers ORDER BY 1, 2;
TABLE activity_to_cause ORDER BY 1, 2;
TABLE activity_to_sdg ORDER BY 1, 2;
TABLE activity_to_objective ORDER BY 1, 2;
TABLE section_overall_statistics ORDER BY 1;
TABLE section_cause_statistics ORDER BY 1, 2;
TABLE section_type_statistics ORDER BY 1, 2;
TABLE section_participant_statistics ORDER BY 1, 2;
SELECT to_jsonb(v) - 'run_id' FROM validation_errors v ORDER BY id;
SELECT to_jsonb(f) - 'run_id' - 'retry_count' - 'last_attempt' FROM failed_scrapes f ORDER BY id;
