/*
 * slug.h: the slugs that the two platforms make of a name, and one key for a country's many names. Transliteration is ICU's.
 */
#ifndef ESN_SLUG_H
#define ESN_SLUG_H

#include "core/arena.h"

typedef struct Slugger Slugger;

#define SLUG_MAX_CANDIDATES 3

/* A slugger, dear to make (ICU compiles its rules): make one and keep it. NULL on failure, the reason in *error (static). */
extern Slugger *slugger_open(const char **error);
extern void slugger_close(Slugger *slugger);

/* The user's rule: lower case, transliterated, everything else to single hyphens, "esn-" in front where missing. */
extern char *slug_make(Slugger *slugger, Arena *arena, const char *name);

/* What Drupal's pathauto makes: nothing put in front, punctuation removed rather than hyphenated, stop words dropped. */
extern char *slug_pathauto(Slugger *slugger, Arena *arena, const char *name);

/*
 * The slugs to try on activities.esn.org, most probable first, without repeats: pathauto's, the user's, pathauto's with "-0". None is longer
 * than 255 bytes. Returns how many; 0 for a name without a letter or digit.
 */
extern int slug_candidates(Slugger *slugger, Arena *arena, const char *name,
						   char *candidates[SLUG_MAX_CANDIDATES]);

/*
 * A key that is equal for all names of one country on the two sites and over time (Türkiye/Turkey, Czechia/Czech
 * Republic, UK/United Kingdom, the Netherlands/Netherlands, North Macedonia, "ESN Albania"/Albania): an unprefixed slug.
 */
extern char *country_key(Slugger *slugger, Arena *arena, const char *name);

/*
 * The last part of a URL's path, without query and fragment, if the path has "/<marker>/" right before it ("organisation",
 * "activity", "section", "country"); else NULL. Percent-encoding is undone where the result is UTF-8. NULL also for what would not lead
 * back to the same address: longer than 255 bytes, or with '/', a control character or one that addresses must encode in it.
 * "/organisation/esn-x/activities" has no such last part and gives NULL.
 */
extern char *slug_from_url(Arena *arena, const char *url, const char *marker);

#endif
