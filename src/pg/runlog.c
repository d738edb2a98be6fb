/*
 * runlog.c: see runlog.h. Writes the files and removes old ones. The callers decide what to log.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands/dbcommands.h"
#include "common/file_perm.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "pg/runlog.h"
#include "pg/settings.h"

#define PREFIX "scrape_"
#define SUFFIX ".log"

extern PGDLLEXPORT Datum esn_remove_old_logs(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(esn_remove_old_logs);

static char *database = NULL;

void
runlog_open(void)
{
	char *name;

	if (database != NULL)
		return;
	name = get_database_name(MyDatabaseId);
	if (name != NULL)
		database = MemoryContextStrdup(TopMemoryContext, name);
}

void
runlog_begin(StringInfo line, LogLevel level, int64 run, const char *event)
{
	static const char *const levels[] = {"debug", "info", "warning", "error"};
	struct timespec now;
	struct tm utc;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	initStringInfo(line);
	appendStringInfo(line, "{\"time\": \"%s.%03ldZ\", \"level\": \"%s\"", stamp,
					 now.tv_nsec / 1000000, levels[level]);
	runlog_text(line, "database", database);
	if (run == 0)
		appendStringInfoString(line, ", \"run\": null");
	else
		runlog_number(line, "run", run);
	runlog_text(line, "event", event);
}

void
runlog_text(StringInfo line, const char *name, const char *value)
{
	if (value == NULL)
		return;
	appendStringInfo(line, ", \"%s\": ", name);
	escape_json(line, value);
}

void
runlog_number(StringInfo line, const char *name, int64 value)
{
	appendStringInfo(line, ", \"%s\": " INT64_FORMAT, name, value);
}

void
runlog_refusal(const char *request, const char *requested_by)
{
	MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
	ErrorData *error = CopyErrorData();
	StringInfoData line;

	runlog_begin(&line, RUNLOG_WARNING, 0, "refusal");
	runlog_text(&line, "request", request);
	runlog_text(&line, "requested_by", requested_by);
	runlog_text(&line, "error",
				psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message));
	runlog_end(&line);
	FreeErrorData(error);
	MemoryContextSwitchTo(before);
}

int64
runlog_since(TimestampTz begin)
{
	return TimestampDifferenceMilliseconds(begin, GetCurrentTimestamp());
}

/* Opens today's file. Returns -1 with errno on failure. */
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
	if (snprintf(path, sizeof(path), "%s/" PREFIX "%s" SUFFIX, setting_log_directory, day) >=
		(int) sizeof(path))
	{
		errno = ENAMETOOLONG;
		return -1;
	}
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, pg_file_create_mode);
	if (file < 0 && errno == ENOENT && MakePGDirectory(setting_log_directory) == 0)
		file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, pg_file_create_mode);
	return file;
}

/* Appends to today's file. Returns false with errno on failure. */
static bool
append(const char *data, size_t len)
{
	int file = open_log();
	ssize_t written;
	int reason;

	if (file < 0)
		return false;
	errno = 0;
	written = write(file, data, len);
	/* The first sign of a full disk is that less is written, without an error. */
	reason = errno != 0 ? errno : ENOSPC;
	close(file);
	errno = reason;
	return written == (ssize_t) len;
}

void
runlog_end(StringInfo line)
{
	static bool complained = false;

	Assert(line->data[0] == '{');
	appendStringInfoString(line, "}\n");
	if (*setting_log_directory != '\0' && !append(line->data, line->len) && !complained)
	{
		complained = true;
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not write to the log of runs in \"%s\": %m", setting_log_directory),
				 errhint("See esn_pulse.log_directory.")));
	}
	pfree(line->data);
}

/* Whether the name is that of a log file of a day before first_kept. */
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
	int problem = 0;
	char kept_file[MAXPGPATH * 2] = "";

	settings_require_chosen();
	gmtime_r(&kept, &utc);
	strftime(first_kept, sizeof(first_kept), "%Y-%m-%d", &utc);
	if (*setting_log_directory == '\0' || access(setting_log_directory, F_OK) != 0)
		PG_RETURN_INT32(0);
	directory = AllocateDir(setting_log_directory);
	while ((entry = ReadDir(directory, setting_log_directory)) != NULL)
	{
		char path[MAXPGPATH * 2];

		if (!is_old_log(entry->d_name, first_kept))
			continue;
		snprintf(path, sizeof(path), "%s/%s", setting_log_directory, entry->d_name);
		if (unlink(path) == 0)
			removed++;
		else if (problem == 0)
		{
			problem = errno;
			strlcpy(kept_file, path, sizeof(kept_file));
		}
	}
	FreeDir(directory);
	/* Only now, so that one file does not keep all others. */
	errno = problem;
	if (problem != 0)
		ereport(ERROR,
				(errcode_for_file_access(), errmsg("could not remove \"%s\": %m", kept_file)));
	PG_RETURN_INT32(removed);
}
