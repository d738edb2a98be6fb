/*
 * schema.h: the kinds of page and their fields, as data: the members of a page's struct, which
 * fields have rules, how their values are read, and how they are written as JSON.
 *
 * A new field is a member of the struct and a row of the table in schema.c. A new kind of page is a
 * row of EACH_PAGE_KIND(), a struct, and a table.
 */
#ifndef ESN_SCHEMA_H
#define ESN_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "page/value.h"

/*
 * K(constant, name, struct, subject): the kinds of page, in the order in which a batch stores them,
 * so that the referents of a row come first. Of a kind named x,
 *   - "x" is the name in SQL: in the rules, in frontier, and in failures;
 *   - x_fields in schema.c lists the fields;
 *   - parse_x_page() reads a page (parsers.h), and x in SitePage is what it has read;
 *   - esn_store_x() in SQL stores pages;
 *   - the subject is what a page without its identifying element is reported to lack.
 */
#define EACH_PAGE_KIND(K)                                       \
	/* accounts: every country, and the map of every section */ \
	K(PAGE_HOME, home, HomePage, "list of countries")           \
	/* accounts: the sections of one country */                 \
	K(PAGE_COUNTRY, country, CountryPage, "country")            \
	/* accounts: one section */                                 \
	K(PAGE_SECTION, section, SectionPage, "section")            \
	/* activities: cards of activities and a pager */           \
	K(PAGE_LISTING, listing, ListingPage, "list of activities") \
	/* activities: one activity */                              \
	K(PAGE_ACTIVITY, activity, ActivityPage, "activity")        \
	/* activities: one section's statistics */                  \
	K(PAGE_STATISTICS, statistics, StatisticsPage, "statistics")

#define PAGE_KIND_CONSTANT(constant, name, type, subject) constant,

typedef enum PageKind
{
	EACH_PAGE_KIND(PAGE_KIND_CONSTANT) PAGE_KINDS
} PageKind;

/* accounts.esn.org/ */
typedef struct HomePage
{
	NamedSlugList countries; /* slug: two letters, lower case; name without "ESN " in front */
	NamedSlugList sections;  /* of the map */
} HomePage;

/* accounts.esn.org/country/<code> */
typedef struct CountryPage
{
	const char *slug; /* from the URL */
	NamedSlugList sections;
	const char *email; /* this and the rest: of the national organisation */
	const char *website;
	NamedSlugList social_media; /* as in SectionPage */
} CountryPage;

/* accounts.esn.org/section/<slug>. NULL: not on the page. */
typedef struct SectionPage
{
	const char *slug; /* from the URL: accounts_platform_slug */
	const char *name;
	const char *email;
	const char *website;
	const char *university_name;
	const char *city;
	const char *address;  /* parts joined by ", " */
	const char *latitude; /* six decimals */
	const char *longitude;
	const char *logo_url;
	NamedSlugList social_media; /* name: "facebook"; url: the profile; slug: NULL */
} SectionPage;

typedef struct Card
{
	const char *event_slug;
	const char *url; /* absolute */
	const char *title;
	const char *date; /* as written, NULL: none */
	const char *city;
	const char *country_code; /* upper case, as ", NO" says */
	int is_online;            /* 1, 0; -1: not on the card */
	NamedSlug organiser;      /* all NULL: none */
} Card;

/* activities.esn.org/organisation/<slug>/activities?page=N, /activities?page=N */
typedef struct ListingPage
{
	int card_count;
	Card *cards;
	int last_page; /* the highest number, from 0, of a page that the pager leads to; -1: none */
	bool last_is_known;     /* the pager names it as the last page */
	const char *incomplete; /* why the list cannot be read completely; NULL: it can */
} ListingPage;

/* activities.esn.org/activity/<event_slug>. NULL, or a date of year 0: not on the page. */
typedef struct ActivityPage
{
	const char *event_slug; /* from the requested URL */
	const char
		*url; /* the href of .url if it is of the same activity, otherwise the requested URL */
	const char *title;
	const char *description; /* paragraphs separated by '\n' */
	Date start_date;
	Date end_date; /* start_date if the page has one date only */
	bool is_online;
	const char *city;
	const char *country_name;
	int participants;          /* -1: none, or 0 on the page */
	const char *activity_type; /* the first of activity_types; NULL: none */
	StringList activity_types; /* all that the rules for "activity_type" find */
	const char *project_name;
	const char *project_slug;
	NamedSlugList organisers; /* slug and url are NULL where the page has no link */
	StringList causes;
	StringList sdgs; /* "SDG 3" */
	StringList objectives;
	const char *activity_goal;
	const char *outcomes;
	const char *image_url;
	const char *registration_url;
} ActivityPage;

/* activities.esn.org/organisation/<slug>/statistics */
typedef struct StatisticsPage
{
	const char *slug; /* from the URL */
	const char
		*json; /* the JSON text that contains the object, not validated; NULL: none on the page */
} StatisticsPage;

/*
 * The type of a field's member. It determines how the field is read from the page and written as
 * JSON.
 */
typedef enum FieldType
{
	FIELD_NONE,     /* no member: only rules use the name */
	FIELD_TEXT,     /* const char *: the text of the first element, in one line */
	FIELD_LINES,    /* const char *: the text of all elements, one line per block */
	FIELD_URL,      /* const char *: absolute; a relative address is resolved */
	FIELD_WEBSITE,  /* const char *: absolute, with a scheme or "//" on the page */
	FIELD_EMAIL,    /* const char * */
	FIELD_COUNT,    /* const char *, a number */
	FIELD_NAMES,    /* StringList, without repeats */
	FIELD_LINKS,    /* NamedSlugList of links to /<marker>/<slug> */
	FIELD_FLAG,     /* bool */
	FIELD_DATE,     /* Date, year 0: none */
	FIELD_DEGREES,  /* const char * that is a number */
	FIELD_PROFILES, /* NamedSlugList, written as an object of URLs by name */
	FIELD_CARDS     /* Card *, counted by the listing's card_count */
} FieldType;

typedef struct PageField
{
	const char *name; /* in rules, in JSON, and of the column */
	FieldType type;
	size_t offset;      /* of the member in the page's struct */
	bool by_parser;     /* the parser of the kind fills the member */
	bool without_rules; /* no rule may have the name */
	bool required;      /* a missing value is an error */
	bool redact;        /* anybody may have written personal data in it */
	int max_chars;      /* a longer value is cut with an error; 0: any length */
	const char *marker; /* of FIELD_LINKS */
	/*
	 * Words that pages write in front of values of the field, up to a NULL; NULL: none. A value of
	 * FIELD_LINES begins after them, and a FIELD_TEXT that is one of them has no value.
	 */
	const char *const *labels;
} PageField;

/* The name and the subject of a kind, as in EACH_PAGE_KIND(). */
extern const char *page_kind_name(PageKind kind);
extern bool page_kind_from_name(const char *name, PageKind *kind);
extern const char *page_kind_subject(PageKind kind);

/* The fields of a kind, in the order of their JSON members. *count is their number. */
extern const PageField *page_fields(PageKind kind, int *count);

/* The n-th field, from 0, that rules of a kind may name; NULL after the last. */
extern const char *page_rule_field(PageKind kind, int n);

/* Whether rules of a kind may name the field. */
extern bool page_has_rule_field(PageKind kind, const char *name);

#endif
