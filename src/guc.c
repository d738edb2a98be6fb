/*
 * guc.c: the settings esn_pulse.*: names, units, ranges, checks; nothing that acts on them.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "guc.h"

#define DEFAULT_USER_AGENTS \
	"esn_pulse/1.0 (PostgreSQL extension; public statistics of the Erasmus Student Network)"

char *guc_accounts_url;
char *guc_activities_url;
int guc_request_delay;
int guc_max_parallel_requests;
int guc_request_timeout;
int guc_max_retries;
int guc_retry_base_delay;
int guc_max_page_size;
char *guc_user_agents;
int guc_accounts_time_limit;
int guc_activities_time_limit;
int guc_accounts_max_age;
int guc_recent_days;
int guc_refresh_days;
double guc_min_success_ratio;
double guc_max_removed_ratio;
int guc_keep_pages;
bool guc_redact_personal_data;
bool guc_respect_robots;
char *guc_ca_file;
char *guc_log_directory;

static const struct config_enum_entry keep_pages_options[] = {{"off", KEEP_PAGES_OFF, false},
															  {"invalid", KEEP_PAGES_INVALID,
															   false},
															  {"all", KEEP_PAGES_ALL, false},
															  {NULL, 0, false}};

typedef struct IntSetting
{
	const char *name;
	int *value;
	int boot;
	int min;
	int max;
	GucContext context;
	int flags;
	const char *description;
	const char *detail;
} IntSetting;

/* How hard the sites are asked is the superuser's to say; how patient a run is, also its caller's. */
static const IntSetting int_settings[] = {
	{"esn_pulse.request_delay", &guc_request_delay, 500, 0, 600000, PGC_SUSET, GUC_UNIT_MS,
	 "Least time between the starts of two requests to one host.", NULL},
	{"esn_pulse.max_parallel_requests", &guc_max_parallel_requests, 10, 1, 64, PGC_SUSET, 0,
	 "Most requests that are open at once, over all hosts.", NULL},
	{"esn_pulse.request_timeout", &guc_request_timeout, 30000, 100, 600000, PGC_USERSET,
	 GUC_UNIT_MS, "Longest time that one request may take, from its start to its last byte.", NULL},
	{"esn_pulse.max_retries", &guc_max_retries, 3, 0, 10, PGC_USERSET, 0,
	 "How often a request that failed is made again.",
	 "Only for what can heal: time-outs, resets, 408, 425, 429 and 5xx."},
	{"esn_pulse.retry_base_delay", &guc_retry_base_delay, 2000, 1, 600000, PGC_USERSET, GUC_UNIT_MS,
	 "Wait before the first retry; it doubles with each further one.", NULL},
	{"esn_pulse.max_page_size", &guc_max_page_size, 5120, 16, 65536, PGC_SUSET, GUC_UNIT_KB,
	 "Largest page that is read, counted after decompression.", NULL},
	{"esn_pulse.accounts_time_limit", &guc_accounts_time_limit, 3600, 1, INT_MAX, PGC_USERSET,
	 GUC_UNIT_S, "Longest time that a run over accounts may take.", NULL},
	{"esn_pulse.activities_time_limit", &guc_activities_time_limit, 7200, 1, INT_MAX, PGC_USERSET,
	 GUC_UNIT_S, "Longest time that a run over activities may take.",
	 "What is left comes first in the next run."},
	{"esn_pulse.accounts_max_age", &guc_accounts_max_age, 30 * 24 * 60, 0, INT_MAX, PGC_USERSET,
	 GUC_UNIT_MIN, "Age of the last good accounts run at which esn_scrape_all() makes a new one.",
	 NULL},
	{"esn_pulse.recent_days", &guc_recent_days, 60, 0, 36500, PGC_USERSET, 0,
	 "Days for which an activity that has ended is read again in each run.", NULL},
	{"esn_pulse.refresh_days", &guc_refresh_days, 90, 1, 36500, PGC_USERSET, 0,
	 "Days after which an older activity is read again at the earliest.",
	 "The longer ago it ended, the later; each section's list is read whole within twice as long."},
};

static bool
check_base_url(char **newval, void **extra, GucSource source)
{
	const char *rest;
	size_t len = strlen(*newval);

	if (strncmp(*newval, "https://", 8) == 0)
		rest = *newval + 8;
	else if (strncmp(*newval, "http://", 7) == 0)
		rest = *newval + 7;
	else
		rest = "";
	if (*rest == '\0' || strcspn(rest, "/?#@ ") != strlen(rest) || len > 200)
	{
		GUC_check_errdetail("It must be http:// or https://, a host and, where needed, a port, "
							"without a path, such as \"https://activities.esn.org\".");
		return false;
	}
	return true;
}

static bool
check_user_agents(char **newval, void **extra, GucSource source)
{
	bool named = false;

	for (const char *c = *newval; *c != '\0'; c++)
	{
		if (*c == '\n')
			continue;
		if ((unsigned char) *c < 0x20 || (unsigned char) *c > 0x7e)
		{
			GUC_check_errdetail(
				"A User-Agent is printable ASCII; several are parted by line feeds.");
			return false;
		}
		named = named || *c != ' ';
	}
	if (!named)
		GUC_check_errdetail("At least one User-Agent is needed.");
	return named;
}

static void
define_strings(void)
{
	DefineCustomStringVariable("esn_pulse.accounts_url",
							   "Base address of the site that lists countries and sections.", NULL,
							   &guc_accounts_url, "https://accounts.esn.org", PGC_SUSET, 0,
							   check_base_url, NULL, NULL);
	DefineCustomStringVariable("esn_pulse.activities_url",
							   "Base address of the site that lists activities and statistics.",
							   NULL, &guc_activities_url, "https://activities.esn.org", PGC_SUSET,
							   0, check_base_url, NULL, NULL);
	DefineCustomStringVariable("esn_pulse.user_agents", "User-Agents, one a line, taken in turn.",
							   "They should say honestly who asks.", &guc_user_agents,
							   DEFAULT_USER_AGENTS, PGC_SUSET, 0, check_user_agents, NULL, NULL);
	DefineCustomStringVariable("esn_pulse.ca_file",
							   "PEM file of the certificate authorities to trust.",
							   "Empty: those of the operating system.", &guc_ca_file, "", PGC_SUSET,
							   0, NULL, NULL, NULL);
	DefineCustomStringVariable("esn_pulse.log_directory",
							   "Directory of the logs of runs, scrape_YYYY-MM-DD.log.",
							   "Relative to the data directory. Empty: no log.", &guc_log_directory,
							   "esn_pulse_log", PGC_SUSET, 0, NULL, NULL, NULL);
}

void
guc_define(void)
{
	for (int i = 0; i < lengthof(int_settings); i++)
	{
		const IntSetting *s = &int_settings[i];

		DefineCustomIntVariable(s->name, s->description, s->detail, s->value, s->boot, s->min,
								s->max, s->context, s->flags, NULL, NULL, NULL);
	}
	define_strings();
	DefineCustomRealVariable("esn_pulse.min_success_ratio",
							 "Share of sections that must come in for a run to pass without alarm.",
							 "Below it a run ends with a WARNING and a NOTIFY on esn_pulse_alert.",
							 &guc_min_success_ratio, 0.8, 0.0, 1.0, PGC_USERSET, 0, NULL, NULL,
							 NULL);
	DefineCustomRealVariable("esn_pulse.max_removed_ratio",
							 "Share of what was asked for that a run may find gone and believe it.",
							 "Where more is gone, nothing is marked as removed and the run fails.",
							 &guc_max_removed_ratio, 0.05, 0.0, 1.0, PGC_USERSET, 0, NULL, NULL,
							 NULL);
	DefineCustomEnumVariable("esn_pulse.keep_pages", "Which pages are kept whole in fetched_pages.",
							 NULL, &guc_keep_pages, KEEP_PAGES_OFF, keep_pages_options, PGC_SUSET,
							 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("esn_pulse.redact_personal_data",
							 "Replaces e-mail addresses and telephone numbers in texts.", NULL,
							 &guc_redact_personal_data, true, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("esn_pulse.respect_robots", "Obeys the sites' robots.txt.",
							 "Also its Crawl-delay, where it is longer than "
							 "esn_pulse.request_delay.",
							 &guc_respect_robots, true, PGC_SUSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("esn_pulse");
}

static void
serialize_one(StringInfo out, const char *name)
{
	const char *value = GetConfigOption(name, false, false);

	appendBinaryStringInfo(out, name, strlen(name) + 1);
	appendBinaryStringInfo(out, value, strlen(value) + 1);
}

void
guc_serialize(StringInfo out)
{
	static const char *const others[] = {
		"esn_pulse.accounts_url",   "esn_pulse.activities_url",
		"esn_pulse.user_agents",    "esn_pulse.ca_file",
		"esn_pulse.log_directory",  "esn_pulse.min_success_ratio",
		"esn_pulse.keep_pages",     "esn_pulse.redact_personal_data",
		"esn_pulse.respect_robots", "esn_pulse.max_removed_ratio"};

	for (int i = 0; i < lengthof(int_settings); i++)
		serialize_one(out, int_settings[i].name);
	for (int i = 0; i < lengthof(others); i++)
		serialize_one(out, others[i]);
	appendStringInfoChar(out, '\0');
}

void
guc_restore(const char *settings)
{
	while (*settings != '\0')
	{
		const char *name = settings;
		const char *value = name + strlen(name) + 1;

		SetConfigOption(name, value, PGC_SUSET, PGC_S_SESSION);
		settings = value + strlen(value) + 1;
	}
}
