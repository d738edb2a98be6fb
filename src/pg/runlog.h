/*
 * runlog.h: the log of runs: JSON lines in scrape_YYYY-MM-DD.log in esn_pulse.log_directory. It
 * contains no personal data.
 */
#ifndef ESN_RUNLOG_H
#define ESN_RUNLOG_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"

/* Begins a line: {"time": ..., "run": ..., "event": ... */
extern void runlog_begin(StringInfo line, int64 run, const char *event);

/* Adds a member. A NULL text adds nothing. */
extern void runlog_text(StringInfo line, const char *name, const char *value);
extern void runlog_number(StringInfo line, const char *name, int64 value);

/*
 * Ends the line and writes it. A failure is reported once in the server log and does not stop a
 * run.
 */
extern void runlog_end(StringInfo line);

/* Milliseconds since a moment. */
extern int64 runlog_since(TimestampTz begin);

#endif
