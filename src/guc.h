/*
 * guc.h: the settings esn_pulse.*. A run works with those in effect where it was asked for.
 */
#ifndef ESN_GUC_H
#define ESN_GUC_H

#include "lib/stringinfo.h"

typedef enum KeepPages
{
	KEEP_PAGES_OFF,
	KEEP_PAGES_INVALID,
	KEEP_PAGES_ALL
} KeepPages;

extern char *guc_accounts_url;
extern char *guc_activities_url;
extern int guc_request_delay; /* ms */
extern int guc_max_parallel_requests;
extern int guc_request_timeout; /* ms */
extern int guc_max_retries;
extern int guc_retry_base_delay;      /* ms */
extern int guc_max_page_size;         /* kB */
extern char *guc_user_agents;         /* one a line */
extern int guc_accounts_time_limit;   /* s */
extern int guc_activities_time_limit; /* s */
extern int guc_accounts_max_age;      /* min */
extern int guc_recent_days;           /* days */
extern int guc_refresh_days;          /* days */
extern double guc_min_success_ratio;
extern double guc_max_removed_ratio;
extern int guc_keep_pages; /* KeepPages */
extern bool guc_redact_personal_data;
extern bool guc_respect_robots;
extern char *guc_ca_file;
extern char *guc_log_directory; /* relative to the data directory; "": none */

/* Defines them; called once, when the library is loaded. */
extern void guc_define(void);

/* Appends "name\0value\0" of each setting, an empty name last. */
extern void guc_serialize(StringInfo out);

/* Puts settings into effect that guc_serialize() wrote, in a transaction. ERROR where one is refused. */
extern void guc_restore(const char *settings);

#endif
