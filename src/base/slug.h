/*
 * slug.h: makes the slugs that the two platforms make of a name, and one key for all names of a
 * country. ICU transliterates.
 */
#ifndef ESN_SLUG_H
#define ESN_SLUG_H

#include "base/arena.h"

typedef struct Slugger Slugger;

#define SLUG_MAX_CANDIDATES 3

/*
 * Opens a slugger. ICU compiles its rules, which is slow: open one and keep it. Returns NULL on
 * failure, with the reason in *error (static).
 */
extern Slugger *slugger_open(const char **error);
extern void slugger_close(Slugger *slugger);

/*
 * The user's rule: lower case, transliterated, every other character a single hyphen, and "esn-" in
 * front unless it is there.
 */
extern char *slug_make(Slugger *slugger, Arena *arena, const char *name);

/*
 * The slug as Drupal's pathauto makes it: nothing in front, punctuation removed rather than
 * hyphenated, stop words dropped.
 */
extern char *slug_pathauto(Slugger *slugger, Arena *arena, const char *name);

/*
 * The slugs to try on activities.esn.org, most probable first, without repeats: pathauto's, the
 * user's, pathauto's with "-0". None is longer than 255 bytes. Returns how many; 0 for a name
 * without a letter or digit.
 */
extern int slug_candidates(Slugger *slugger, Arena *arena, const char *name,
						   char *candidates[SLUG_MAX_CANDIDATES]);

/*
 * A key that is equal for all names of one country on the two sites and over time (Türkiye/Turkey,
 * Czechia/Czech Republic, UK/United Kingdom, the Netherlands/Netherlands, North Macedonia, "ESN
 * Albania"/Albania): an unprefixed slug.
 */
extern char *country_key(Slugger *slugger, Arena *arena, const char *name);

/*
 * The slug that somebody has typed or pasted: the text itself without blanks around it, or, of the
 * address of a page of a section or a country, the part after /organisation/, /section/ or
 * /country/, whatever follows it. Percent-encoding is undone. Returns NULL if that cannot be a
 * slug, as slug_from_url() does.
 */
extern char *slug_from_text(Arena *arena, const char *text);

/*
 * The last part of a URL's path, without query and fragment, if "/<marker>/" stands right before it
 * ("organisation", "activity", "section", "country"); otherwise NULL. Percent-encoding is undone if
 * the result is UTF-8.
 * Returns NULL also for a part that would not lead back to the same address: longer than 255 bytes,
 * or containing '/', a control character or one that addresses must encode.
 * "/organisation/esn-x/activities" has no such last part.
 */
extern char *slug_from_url(Arena *arena, const char *url, const char *marker);

#endif
