/*
 * schema.c: see schema.h.
 */
#include "page/schema.h"

#include <assert.h>
#include <string.h>

/* A name that only rules use. */
#define RULES(field_name)    \
	{                        \
		.name = (field_name) \
	}

/* A field that is filled by its rules. */
#define READ(field_type, page, member, ...)                                                \
	{                                                                                      \
		.name = #member, .type = field_type, .offset = offsetof(page, member), __VA_ARGS__ \
	}

/* A field that is filled by the parser of the kind, with the help of rules of its name. */
#define PARSED(field_type, page, member, ...) \
	READ(field_type, page, member, .by_parser = true, __VA_ARGS__)

/* A field that is filled by the parser of the kind, without rules of its name. */
#define DERIVED(field_type, page, member, ...) \
	PARSED(field_type, page, member, .without_rules = true, __VA_ARGS__)

#define MAX_TITLE 255
#define MAX_NAME 255
#define MAX_PLACE 100
#define MAX_CAUSE 100
#define MAX_OBJECTIVE 200

static const char *const description_labels[] = {"Description", "Description of the activity",
												 "Activity description", NULL};
static const char *const goal_labels[] = {"Goal of the activity",
										  "Goals of the activity",
										  "Objective / Goal of the activity",
										  "Objective/Goal of the activity",
										  "Activity goal",
										  "Goal",
										  "Goals",
										  NULL};
static const char *const outcome_labels[] = {"Result of the activity",
											 "Results of the activity",
											 "Outcome of the activity",
											 "Outcomes of the activity",
											 "Result",
											 "Results",
											 "Outcome",
											 "Outcomes",
											 NULL};

/* What stands above the parts of an activity's page. */
static const char *const activity_labels[] = {"Description",
											  "Goal of the activity",
											  "Objective / Goal of the activity",
											  "Result of the activity",
											  "Results of the activity",
											  "Objectives",
											  "Outcomes",
											  "Causes covered by this activity",
											  "Type of activity",
											  "Sustainable Development Goals",
											  "Link to Activity (Registration and Participation)",
											  "Learning Objective for the participants",
											  "This activity was organised by",
											  "This activity is part of the project",
											  NULL};

static const PageField home_fields[] = {
	RULES("container"),
	PARSED(FIELD_LINKS, HomePage, countries, .marker = "country"),
	PARSED(FIELD_LINKS, HomePage, sections, .marker = "section"),
};

static const PageField country_fields[] = {
	RULES("container"),
	DERIVED(FIELD_TEXT, CountryPage, slug),
	PARSED(FIELD_LINKS, CountryPage, sections, .marker = "section"),
	RULES("labelled_website"),
	READ(FIELD_EMAIL, CountryPage, email),
	PARSED(FIELD_WEBSITE, CountryPage, website),
	PARSED(FIELD_PROFILES, CountryPage, social_media),
};

static const PageField section_fields[] = {
	RULES("label"),
	RULES("labelled_website"),
	RULES("coordinates"),
	DERIVED(FIELD_TEXT, SectionPage, slug),
	READ(FIELD_TEXT, SectionPage, name, .max_chars = MAX_NAME),
	READ(FIELD_EMAIL, SectionPage, email),
	PARSED(FIELD_WEBSITE, SectionPage, website),
	READ(FIELD_TEXT, SectionPage, university_name),
	READ(FIELD_TEXT, SectionPage, city, .max_chars = MAX_PLACE),
	PARSED(FIELD_TEXT, SectionPage, address),
	DERIVED(FIELD_DEGREES, SectionPage, latitude),
	DERIVED(FIELD_DEGREES, SectionPage, longitude),
	READ(FIELD_URL, SectionPage, logo_url),
	PARSED(FIELD_PROFILES, SectionPage, social_media),
};

static const PageField listing_fields[] = {
	RULES("container"),
	RULES("empty"),
	RULES("card"),
	RULES("card_title"),
	RULES("card_date"),
	RULES("card_city"),
	RULES("card_country"),
	RULES("card_organiser"),
	DERIVED(FIELD_CARDS, ListingPage, cards),
	PARSED(FIELD_COUNT, ListingPage, last_page),
	RULES("pager"),
	RULES("next_page"),
	RULES("activity_link"),
	DERIVED(FIELD_TEXT, ListingPage, incomplete),
};

static const PageField activity_fields[] = {
	RULES("container"),
	RULES("label"),
	RULES("online"),
	RULES("dates"),
	RULES("location"),
	DERIVED(FIELD_TEXT, ActivityPage, event_slug, .max_chars = MAX_TITLE),
	PARSED(FIELD_URL, ActivityPage, url),
	READ(FIELD_TEXT, ActivityPage, title, .required = true, .redact = true, .max_chars = MAX_TITLE,
		 .labels = activity_labels),
	READ(FIELD_LINES, ActivityPage, description, .required = true, .redact = true,
		 .labels = description_labels),
	DERIVED(FIELD_DATE, ActivityPage, start_date),
	DERIVED(FIELD_DATE, ActivityPage, end_date),
	DERIVED(FIELD_FLAG, ActivityPage, is_online),
	DERIVED(FIELD_TEXT, ActivityPage, city, .redact = true, .max_chars = MAX_PLACE),
	DERIVED(FIELD_TEXT, ActivityPage, country_name, .redact = true, .max_chars = MAX_PLACE),
	READ(FIELD_COUNT, ActivityPage, participants),
	PARSED(FIELD_TEXT, ActivityPage, activity_type, .max_chars = MAX_CAUSE),
	DERIVED(FIELD_NAMES, ActivityPage, activity_types),
	RULES("project"),
	DERIVED(FIELD_TEXT, ActivityPage, project_name, .redact = true, .max_chars = MAX_NAME),
	DERIVED(FIELD_TEXT, ActivityPage, project_slug),
	READ(FIELD_LINKS, ActivityPage, organisers, .marker = "organisation"),
	RULES("unlinked_organiser"),
	READ(FIELD_NAMES, ActivityPage, causes, .max_chars = MAX_CAUSE),
	PARSED(FIELD_NAMES, ActivityPage, sdgs),
	READ(FIELD_NAMES, ActivityPage, objectives, .redact = true, .max_chars = MAX_OBJECTIVE),
	READ(FIELD_LINES, ActivityPage, activity_goal, .redact = true, .labels = goal_labels),
	READ(FIELD_LINES, ActivityPage, outcomes, .redact = true, .labels = outcome_labels),
	READ(FIELD_URL, ActivityPage, image_url),
	READ(FIELD_URL, ActivityPage, registration_url, .redact = true),
};

static const PageField statistics_fields[] = {
	RULES("container"),
	RULES("settings"),
	DERIVED(FIELD_TEXT, StatisticsPage, slug),
	DERIVED(FIELD_TEXT, StatisticsPage, json),
};

typedef struct Kind
{
	const char *name;
	const char *subject;
	const PageField *fields;
	int count;
} Kind;

#define KIND(constant, name, type, subject) \
	[constant] = {#name, subject, name##_fields, sizeof(name##_fields) / sizeof(name##_fields[0])},

static const Kind kinds[PAGE_KINDS] = {EACH_PAGE_KIND(KIND)};

const char *
page_kind_name(PageKind kind)
{
	assert(kind < PAGE_KINDS);
	return kinds[kind].name;
}

bool
page_kind_from_name(const char *name, PageKind *kind)
{
	for (int i = 0; i < PAGE_KINDS; i++)
	{
		if (strcmp(kinds[i].name, name) == 0)
		{
			*kind = (PageKind) i;
			return true;
		}
	}
	return false;
}

const char *
page_kind_subject(PageKind kind)
{
	assert(kind < PAGE_KINDS);
	return kinds[kind].subject;
}

const PageField *
page_fields(PageKind kind, int *count)
{
	assert(kind < PAGE_KINDS);
	*count = kinds[kind].count;
	return kinds[kind].fields;
}

const char *
page_rule_field(PageKind kind, int n)
{
	for (int i = 0; i < kinds[kind].count; i++)
	{
		if (!kinds[kind].fields[i].without_rules && n-- == 0)
			return kinds[kind].fields[i].name;
	}
	return NULL;
}

bool
page_has_rule_field(PageKind kind, const char *name)
{
	const char *field;

	for (int n = 0; (field = page_rule_field(kind, n)) != NULL; n++)
	{
		if (strcmp(field, name) == 0)
			return true;
	}
	return false;
}
