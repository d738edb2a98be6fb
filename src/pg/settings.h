/*
 * settings.h: the settings esn_pulse.*. A run uses those in effect in the session that requested
 * it.
 *
 * A new setting is one row below. It defines the variable setting_<name>, the setting
 * esn_pulse.<name>, and the copy that the worker gets.
 */
#ifndef ESN_SETTINGS_H
#define ESN_SETTINGS_H

#include <limits.h>

#include "lib/stringinfo.h"

typedef enum KeepPages
{
	KEEP_PAGES_OFF,
	KEEP_PAGES_INVALID,
	KEEP_PAGES_ALL
} KeepPages;

/*
 * Only a superuser may change how much load a run puts on the sites (PGC_SUSET). Its caller may
 * change how patient it is (PGC_USERSET).
 *
 * S(name, default, least, greatest, context, description, detail)
 */
#define INT_SETTINGS(S)                                                                          \
	S(max_parallel_requests, 10, 1, 64, PGC_SUSET,                                               \
	  "Most requests that are open at once, over all hosts.", NULL)                              \
	S(max_retries, 3, 0, 10, PGC_USERSET, "How often a failed request is retried.",              \
	  "Only after retryable failures: time-outs, resets, 408, 425, 429 and 5xx.")                \
	S(recent_days, 60, 0, 36500, PGC_USERSET,                                                    \
	  "Days for which each run reads an ended activity again.", NULL)                            \
	S(refresh_days, 90, 1, 36500, PGC_USERSET,                                                   \
	  "Days after which an older activity is read again at the earliest.",                       \
	  "The interval grows with the time since it ended. Each section's list is read in full "    \
	  "within twice as long.")                                                                   \
	S(max_recount_requests, 200, 0, INT_MAX, PGC_USERSET,                                        \
	  "Most requests per run for lists that are read in full because of their statistics.",      \
	  "That is where the statistics count more or fewer activities than before, and no more or " \
	  "fewer are known.")

/*
 * Whole numbers of a unit. PostgreSQL would round an integer setting, and read 0.5, by which
 * somebody means half a second, as 0 milliseconds.
 *
 * S(name, default, least, greatest, context, unit, description, detail)
 */
#define UNIT_SETTINGS(S)                                                                         \
	S(request_delay, 500, 0, 600000, PGC_SUSET, GUC_UNIT_MS,                                     \
	  "Least time between the starts of two requests to one host.",                              \
	  "Below 200 ms only if both sites are on this machine.")                                    \
	S(request_timeout, 30000, 100, 600000, PGC_USERSET, GUC_UNIT_MS,                             \
	  "Longest time that one request may take, from its start to its last byte.", NULL)          \
	S(retry_base_delay, 2000, 1, 600000, PGC_USERSET, GUC_UNIT_MS,                               \
	  "Wait before the first retry; it doubles with each further one.", NULL)                    \
	S(max_page_size, 5120, 16, 65536, PGC_SUSET, GUC_UNIT_KB,                                    \
	  "Largest page that is read, counted after decompression.", NULL)                           \
	S(accounts_time_limit, 3600, 1, INT_MAX, PGC_USERSET, GUC_UNIT_S,                            \
	  "Longest time that a run over accounts may take.", NULL)                                   \
	S(activities_time_limit, 7200, 1, INT_MAX, PGC_USERSET, GUC_UNIT_S,                          \
	  "Longest time that a run over activities may take.", "The next run takes the rest first.") \
	S(accounts_max_age, 30 * 24 * 60, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MIN,                     \
	  "Age of the last successful accounts run at which esn_scrape_all() makes a new one.", NULL)

/* S(name, default, least, greatest, description, detail) */
#define REAL_SETTINGS(S)                                                        \
	S(min_success_ratio, 0.8, 0.0, 1.0,                                         \
	  "Share of sections that must succeed for a run to end without an alert.", \
	  "Below it a run ends with a WARNING and a NOTIFY on esn_pulse_alert.")    \
	S(max_removed_ratio, 0.05, 0.0, 1.0,                                        \
	  "Largest share of the requested pages that a run may find gone.",         \
	  "If more are gone, none of these is marked as removed and the run fails.")

/* S(name, default, check function, description, detail) */
#define STRING_SETTINGS(S)                                                                      \
	S(accounts_url, "https://accounts.esn.org", check_base_url,                                 \
	  "Base address of the site that lists countries and sections.", NULL)                      \
	S(activities_url, "https://activities.esn.org", check_base_url,                             \
	  "Base address of the site that lists activities and statistics.", NULL)                   \
	S(user_agents, DEFAULT_USER_AGENTS, check_user_agents,                                      \
	  "User-Agents, one per line, used in turn.", "They should identify the crawler honestly.") \
	S(contact, "", check_contact, "How the sites can reach you: an e-mail or web address.",     \
	  "It goes into the User-Agent.")                                                           \
	S(ca_file, "", NULL, "PEM file of the certificate authorities to trust.",                   \
	  "If empty, those of the operating system are trusted.")                                   \
	S(log_directory, "esn_pulse_log", NULL,                                                     \
	  "Directory of the logs of runs, scrape_YYYY-MM-DD.log.",                                  \
	  "Relative to the data directory. If empty, there is no log.")

/* S(name, default, description, detail) */
#define BOOL_SETTINGS(S)                                                                       \
	S(redact_personal_data, true, "Replaces e-mail addresses and telephone numbers in texts.", \
	  NULL)                                                                                    \
	S(respect_robots, true, "Obeys the sites' robots.txt.",                                    \
	  "This includes Crawl-delay if it is longer than esn_pulse.request_delay.")

/* S(name, default, options, description) */
#define ENUM_SETTINGS(S) \
	S(keep_pages, KEEP_PAGES_OFF, keep_pages_options, "Which pages frontier keeps in full.")

#define DECLARE_INT(name, ...) extern int setting_##name;
#define DECLARE_REAL(name, ...) extern double setting_##name;
#define DECLARE_STRING(name, ...) extern char *setting_##name;
#define DECLARE_BOOL(name, ...) extern bool setting_##name;

INT_SETTINGS(DECLARE_INT)
UNIT_SETTINGS(DECLARE_INT)
REAL_SETTINGS(DECLARE_REAL)
STRING_SETTINGS(DECLARE_STRING)
BOOL_SETTINGS(DECLARE_BOOL)
ENUM_SETTINGS(DECLARE_INT)

/* Defines the settings. Called once, when the library is loaded. */
extern void settings_define(void);

/*
 * ERROR if a value that somebody has chosen for this session is not in effect, so that a run never
 * uses a default in its place.
 */
extern void settings_require_chosen(void);

/* As settings_require_chosen(); also if the settings do not go together, or do not exist. */
extern void settings_check(void);

/* Appends "name\0value\0" of each setting, and an empty name last. */
extern void settings_serialize(StringInfo out);

/*
 * Puts the settings that settings_serialize() wrote into effect, in a transaction. ERROR if one is
 * rejected.
 */
extern void settings_restore(const char *settings);

#endif
