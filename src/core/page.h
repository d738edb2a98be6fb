/*
 * page.h: one page in, one struct out. Bytes from the network, a URL and the rules go in; what the page says comes out, checked,
 * together with what is wrong with it. No I/O, no PostgreSQL.
 */
#ifndef ESN_PAGE_H
#define ESN_PAGE_H

#include "core/arena.h"
#include "core/rules.h"
#include "core/slug.h"
#include "core/text.h"

/* To be raised when the same bytes yield another page than before: what was parsed with a lower one is then parsed again. */
#define PAGE_PARSER_VERSION 3

typedef struct StringList
{
	int count;
	const char **items;
} StringList;

/* A link: what it is called and the slug it leads to. */
typedef struct NamedSlug
{
	const char *name;
	const char *slug;
	const char *url; /* absolute */
} NamedSlug;

typedef struct NamedSlugList
{
	int count;
	NamedSlug *items;
} NamedSlugList;

/* A field that is wrong. The value in the record is then NULL, or what of it could be used. */
typedef struct FieldError
{
	const char *field;   /* the column's name */
	const char *message; /* what is wrong, lower case, without a full stop */
	const char *raw;     /* the value as found, redacted; NULL: there was none */
} FieldError;

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
} CountryPage;

/* accounts.esn.org/section/<slug>. NULL: the page doesn't say. */
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
	int is_online;            /* 1, 0; -1: the card doesn't say */
	NamedSlug organiser;      /* all NULL: none */
} Card;

/* activities.esn.org/organisation/<slug>/activities?page=N, /activities?page=N */
typedef struct ListingPage
{
	int card_count;
	Card *cards;
	int last_page; /* number of the last page, from 0, as the pager says; -1: there is no such link */
} ListingPage;

/* activities.esn.org/activity/<event_slug>. NULL: the page doesn't say. */
typedef struct ActivityPage
{
	const char *event_slug; /* from the URL asked for */
	const char *url; /* .url's href where it is of the same activity, else the URL asked for */
	const char *title;
	const char *description; /* paragraphs parted by '\n' */
	bool has_start_date;
	bool has_end_date;
	Date start_date;
	Date end_date; /* none where only one date is written */
	bool is_online;
	const char *city;
	const char *country_name;
	int participants; /* -1: none */
	const char *activity_type;
	NamedSlugList organisers;
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
	const char *json; /* the JSON text that holds the object, unchecked; NULL: the page has none */
} StatisticsPage;

typedef struct SitePage
{
	PageKind kind;
	const char *url; /* absolute, as given to page_parse() */
	const char
		*problem; /* why this is no page of its kind (then all else is empty); NULL: it is one */
	union
	{
		HomePage home;
		CountryPage country;
		SectionPage section;
		ListingPage listing;
		ActivityPage activity;
		StatisticsPage statistics;
	};
	int error_count;
	FieldError *errors;
} SitePage;

typedef struct PageOptions
{
	const RuleSet *rules;
	bool redact; /* e-mail addresses and telephone numbers in free text */
	RuleTally *
		tally; /* brought up to date with each page that is one of its kind; NULL: nothing is counted */
} PageOptions;

/*
 * Parses and validates one page. bytes may be anything; charset is the Content-Type header's or NULL. The result lives in the
 * arena and is never NULL, but where memory ran out (then nothing is leaked).
 */
extern SitePage *page_parse(Arena *arena, const PageOptions *options, PageKind kind,
							const char *url, const char *bytes, size_t len, const char *charset);

/*
 * The page as JSON text, ASCII escapes as RFC 8259 asks: {"kind": ..., "url": ..., "data": {...}, "errors": [{"field", "message",
 * "raw"}]}, or {"kind", "url", "problem"} for no page of its kind. Keys of data are the columns' names. This is what is stored.
 * NULL only where memory ran out.
 */
extern char *page_to_json(Arena *arena, const SitePage *page);

#endif
