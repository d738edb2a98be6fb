/*
 * records.h: the records of the next batch: what a run has read and not yet stored.
 */
#ifndef ESN_RECORDS_H
#define ESN_RECORDS_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "store/batch.h"

typedef struct Records
{
	MemoryContext context; /* lasts until the records are stored */
	List *list;            /* of Record */
	TimestampTz since;     /* of the oldest */
	Size bytes;            /* of their JSON */
} Records;

extern void records_init(Records *records, MemoryContext parent);
extern void records_add(Records *records, RecordKind kind, PageKind page, const char *json);

/* Whether there are enough for a batch, or one is older than max_age_ms. */
extern bool records_are_due(const Records *records, int max_age_ms);

/* Forgets all records after they were stored. */
extern void records_reset(Records *records);

/* Appends ", "name": value" to a JSON object that has a member. A NULL value becomes null. */
extern void records_append_member(StringInfo json, const char *name, const char *value);

#endif
