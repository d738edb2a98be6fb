/*
 * runlog.h: the log of runs: JSON lines in scrape_YYYY-MM-DD.log in esn_pulse.log_directory. It
 * contains no personal data.
 */
#ifndef ESN_RUNLOG_H
#define ESN_RUNLOG_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"

typedef enum LogLevel
{
	RUNLOG_DEBUG,   /* nothing new */
	RUNLOG_INFO,    /* as it should be */
	RUNLOG_WARNING, /* something is left for a later run, or somebody */
	RUNLOG_ERROR    /* a run has failed */
} LogLevel;

/* Looks up the name of the database, which all lines have. Needs a transaction. */
extern void runlog_open(void);

/* Begins a line: {"time", "level", "database", "run", "event". run: 0: none has begun. */
extern void runlog_begin(StringInfo line, LogLevel level, int64 run, const char *event);

/* Adds a member. A NULL text adds nothing. */
extern void runlog_text(StringInfo line, const char *name, const char *value);
extern void runlog_number(StringInfo line, const char *name, int64 value);

/*
 * Ends the line and writes it. A failure is reported once in the server log and does not stop a
 * run.
 */
extern void runlog_end(StringInfo line);

/* In a PG_CATCH block: logs that what was requested did not begin, and the error that says why. */
extern void runlog_refusal(const char *request, const char *requested_by);

/* Milliseconds since a moment. */
extern int64 runlog_since(TimestampTz begin);

#endif
