/*
 * jsonlog.h: the log of runs: JSON lines in scrape_YYYY-MM-DD.log below esn_pulse.log_directory. Nothing personal goes in.
 */
#ifndef ESN_JSONLOG_H
#define ESN_JSONLOG_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"

/* Begins a line: {"time": ..., "run": ..., "event": ... */
extern void jsonlog_begin(StringInfo line, int64 run, const char *event);

/* Adds a member. A NULL text adds none. */
extern void jsonlog_text(StringInfo line, const char *name, const char *value);
extern void jsonlog_number(StringInfo line, const char *name, int64 value);

/* Ends the line and writes it. A log that can't be written is said once in the server's log, and stops no run. */
extern void jsonlog_end(StringInfo line);

/* Milliseconds since a moment. */
extern int64 jsonlog_since(TimestampTz begin);

#endif
