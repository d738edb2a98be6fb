/*
 * esn_pulse.c: loads the library into the server: magic block and initialisation, nothing else.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/settings.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_define();
}
