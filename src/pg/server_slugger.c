/*
 * server_slugger.c: see server_slugger.h.
 */
#include "postgres.h"

#include "pg/server_slugger.h"

/* Kept for the life of the process: ICU compiles its rules, which is slow. */
static Slugger *slugger = NULL;

Slugger *
server_slugger(void)
{
	const char *error = NULL;

	if (slugger == NULL)
		slugger = slugger_open(&error);
	if (slugger == NULL)
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not prepare transliteration: %s", error)));
	return slugger;
}
