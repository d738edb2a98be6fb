/*
 * jsonlog.c: see jsonlog.h. Files, and the removal of old ones; what is worth a line is decided where it happens.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/file_perm.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "jsonlog.h"

#define PREFIX "scrape_"
#define SUFFIX ".log"

extern PGDLLEXPORT Datum esn_remove_old_logs(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(esn_remove_old_logs);

void
jsonlog_begin(StringInfo line, int64 run, const char *event)
{
	struct timespec now;
	struct tm utc;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	initStringInfo(line);
	appendStringInfo(line, "{\"time\": \"%s.%03ldZ\", \"run\": " INT64_FORMAT, stamp,
					 now.tv_nsec / 1000000, run);
	jsonlog_text(line, "event", event);
}

void
jsonlog_text(StringInfo line, const char *name, const char *value)
{
	if (value == NULL)
		return;
	appendStringInfo(line, ", \"%s\": ", name);
	escape_json(line, value);
}

void
jsonlog_number(StringInfo line, const char *name, int64 value)
{
	appendStringInfo(line, ", \"%s\": " INT64_FORMAT, name, value);
}

int64
jsonlog_since(TimestampTz begin)
{
	return TimestampDifferenceMilliseconds(begin, GetCurrentTimestamp());
}

/* Opens today's file; -1 with errno where that fails. */
static int
open_log(void)
{
	char path[MAXPGPATH];
	time_t now = time(NULL);
	struct tm utc;
	char day[16];
	int file;

	gmtime_r(&now, &utc);
	strftime(day, sizeof(day), "%Y-%m-%d", &utc);
	if (snprintf(path, sizeof(path), "%s/" PREFIX "%s" SUFFIX, guc_log_directory, day) >=
		(int) sizeof(path))
	{
		errno = ENAMETOOLONG;
		return -1;
	}
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, pg_file_create_mode);
	if (file < 0 && errno == ENOENT && MakePGDirectory(guc_log_directory) == 0)
		file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, pg_file_create_mode);
	return file;
}

void
jsonlog_end(StringInfo line)
{
	static bool complained = false;
	int file;

	appendStringInfoString(line, "}\n");
	if (*guc_log_directory != '\0')
	{
		file = open_log();
		if ((file < 0 || write(file, line->data, line->len) != line->len) && !complained)
		{
			complained = true;
			ereport(LOG,
					(errcode_for_file_access(),
					 errmsg("could not write to the log of runs in \"%s\": %m", guc_log_directory),
					 errhint("See esn_pulse.log_directory.")));
		}
		if (file >= 0)
			close(file);
	}
	pfree(line->data);
}

/* Whether a name is that of a log file, and of a day before the given one. */
static bool
is_old_log(const char *name, const char *first_kept)
{
	size_t day = strlen("YYYY-MM-DD");

	return strlen(name) == strlen(PREFIX) + day + strlen(SUFFIX) &&
		   strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
		   strcmp(name + strlen(PREFIX) + day, SUFFIX) == 0 &&
		   strspn(name + strlen(PREFIX), "0123456789-") == day &&
		   strncmp(name + strlen(PREFIX), first_kept, day) < 0;
}

Datum
esn_remove_old_logs(PG_FUNCTION_ARGS)
{
	time_t kept = time(NULL) - (time_t) PG_GETARG_INT32(0) * 86400;
	struct tm utc;
	char first_kept[16];
	DIR *directory;
	struct dirent *entry;
	int removed = 0;

	gmtime_r(&kept, &utc);
	strftime(first_kept, sizeof(first_kept), "%Y-%m-%d", &utc);
	if (*guc_log_directory == '\0' || access(guc_log_directory, F_OK) != 0)
		PG_RETURN_INT32(0);
	directory = AllocateDir(guc_log_directory);
	while ((entry = ReadDir(directory, guc_log_directory)) != NULL)
	{
		char path[MAXPGPATH * 2];

		if (!is_old_log(entry->d_name, first_kept))
			continue;
		snprintf(path, sizeof(path), "%s/%s", guc_log_directory, entry->d_name);
		if (unlink(path) != 0)
			ereport(ERROR,
					(errcode_for_file_access(), errmsg("could not remove \"%s\": %m", path)));
		removed++;
	}
	FreeDir(directory);
	PG_RETURN_INT32(removed);
}
