/*
 * records.c: see records.h.
 */
#include "postgres.h"

#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "crawl/records.h"

#define BATCH_RECORDS 512
#define BATCH_BYTES (2 * 1024 * 1024)

void
records_init(Records *records, MemoryContext parent)
{
	records->context = AllocSetContextCreate(parent, "esn_pulse batch", ALLOCSET_DEFAULT_SIZES);
}

void
records_add(Records *records, RecordKind kind, PageKind page, const char *json)
{
	MemoryContext before = MemoryContextSwitchTo(records->context);
	Record *record = palloc0(sizeof(Record));

	Assert(kind < RECORD_KINDS && json[0] == '{' && json[strlen(json) - 1] == '}');
	record->kind = kind;
	record->page = page;
	record->json = pstrdup(json);
	if (records->list == NIL)
		records->since = GetCurrentTimestamp();
	records->bytes += strlen(json);
	records->list = lappend(records->list, record);
	MemoryContextSwitchTo(before);
}

bool
records_are_due(const Records *records, int max_age_ms)
{
	if (records->list == NIL)
		return false;
	return list_length(records->list) >= BATCH_RECORDS || records->bytes >= BATCH_BYTES ||
		   TimestampDifferenceExceeds(records->since, GetCurrentTimestamp(), max_age_ms);
}

void
records_reset(Records *records)
{
	records->list = NIL;
	records->bytes = 0;
	MemoryContextReset(records->context);
}

void
records_append_member(StringInfo json, const char *name, const char *value)
{
	Assert(json->len > 1 && json->data[json->len - 1] != '{');
	appendStringInfo(json, ", \"%s\": ", name);
	if (value == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, value);
}
