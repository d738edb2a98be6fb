/*
 * settings.c: see settings.h. Validates values but does not act on them.
 */
#include "postgres.h"

#include <math.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "pg/settings.h"

#define DEFAULT_USER_AGENTS        \
	"esn_pulse/" EXTENSION_VERSION \
	" (PostgreSQL extension; public statistics of the Erasmus Student Network)"

#define MAKE_INT(name, ...) int setting_##name;
#define MAKE_REAL(name, ...) double setting_##name;
#define MAKE_STRING(name, ...) char *setting_##name;
#define MAKE_BOOL(name, ...) bool setting_##name;

INT_SETTINGS(MAKE_INT)
UNIT_SETTINGS(MAKE_INT)
REAL_SETTINGS(MAKE_REAL)
STRING_SETTINGS(MAKE_STRING)
BOOL_SETTINGS(MAKE_BOOL)
ENUM_SETTINGS(MAKE_INT)

#define ALL_SETTINGS(S) \
	INT_SETTINGS(S)     \
	UNIT_SETTINGS(S) REAL_SETTINGS(S) STRING_SETTINGS(S) BOOL_SETTINGS(S) ENUM_SETTINGS(S)

#define SETTING_ID(name, ...) SETTING_##name,
#define SETTING_NAME(name, ...) {"esn_pulse." #name},

typedef enum SettingId
{
	ALL_SETTINGS(SETTING_ID)
} SettingId;

/*
 * What became of the values that were there when the library was loaded. PostgreSQL gives those
 * that it rejects a WARNING, and puts the default in their place.
 */
static struct
{
	const char *name;
	bool was_there; /* when the library was loaded */
	int assigned;   /* how often a value was put into effect; the first one is the default */
} chosen[] = {ALL_SETTINGS(SETTING_NAME)};

#define ASSIGN_HOOK(name, type)                        \
	static void assign_##name(type value, void *extra) \
	{                                                  \
		chosen[SETTING_##name].assigned++;             \
	}
#define ASSIGN_INT(name, ...) ASSIGN_HOOK(name, int)
#define ASSIGN_REAL(name, ...) ASSIGN_HOOK(name, double)
#define ASSIGN_STRING(name, ...) ASSIGN_HOOK(name, const char *)
#define ASSIGN_BOOL(name, ...) ASSIGN_HOOK(name, bool)
#define ASSIGN_UNIT(name, ...)                           \
	static double unit_##name;                           \
	static void assign_##name(double value, void *extra) \
	{                                                    \
		chosen[SETTING_##name].assigned++;               \
		setting_##name = (int) rint(value);              \
	}

INT_SETTINGS(ASSIGN_INT)
UNIT_SETTINGS(ASSIGN_UNIT)
REAL_SETTINGS(ASSIGN_REAL)
STRING_SETTINGS(ASSIGN_STRING)
BOOL_SETTINGS(ASSIGN_BOOL)
ENUM_SETTINGS(ASSIGN_INT)

#define LEAST_DELAY_MS 200
#define MAX_CONTACT 100

static const struct config_enum_entry keep_pages_options[] = {
	{"off", KEEP_PAGES_OFF, false},
	{"invalid", KEEP_PAGES_INVALID, false},
	{"all", KEEP_PAGES_ALL, false},
	{NULL, 0, false},
};

/*
 * Whether the host of a base address is this machine, whatever its resolver says. libcurl resolves
 * localhost, and all names below it (RFC 6761), to the loopback address itself.
 */
static bool
is_loopback(const char *url)
{
	static const char below[] = ".localhost";
	const char *host = strstr(url, "://") + 3;
	size_t len = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	size_t tail = sizeof(below) - 1;

	if (len > tail && pg_strncasecmp(host + len - tail, below, tail) == 0)
		return true;

	if (strncmp(host, "127.", 4) == 0)
		return strspn(host, "0123456789.") == len;
	return (len == 9 && pg_strncasecmp(host, "localhost", len) == 0) ||
		   (len == 5 && strncmp(host, "[::1]", len) == 0);
}

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
	if (rest == *newval + 7 && !is_loopback(*newval))
	{
		GUC_check_errdetail("Only an address of this machine may begin with http://.");
		return false;
	}
	return true;
}

/* Half a unit is a unit that somebody has left out. */
static bool
check_whole(double *newval, void **extra, GucSource source)
{
	if (fabs(*newval - rint(*newval)) < 1e-6)
		return true;
	GUC_check_errdetail("It must be a whole number of its smallest unit. Write the unit, such as "
						"\"500ms\" or \"0.5s\".");
	return false;
}

static bool
check_contact(char **newval, void **extra, GucSource source)
{
	size_t len = strlen(*newval);

	for (size_t i = 0; i < len; i++)
	{
		if ((unsigned char) (*newval)[i] < 0x20 || (unsigned char) (*newval)[i] > 0x7e ||
			strchr("()\\", (*newval)[i]) != NULL)
			len = MAX_CONTACT + 1;
	}
	if (len > MAX_CONTACT)
		GUC_check_errdetail("It must be printable ASCII without parentheses, of at most %d "
							"characters.",
							MAX_CONTACT);
	return len <= MAX_CONTACT;
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
				"A User-Agent must be printable ASCII. Separate several by line feeds.");
			return false;
		}
		named = named || *c != ' ';
	}
	if (!named)
		GUC_check_errdetail("At least one User-Agent is required.");
	return named;
}

#define DEFINE_INT(name, boot, least, greatest, context, description, detail)                      \
	DefineCustomIntVariable("esn_pulse." #name, description, detail, &setting_##name, boot, least, \
							greatest, context, 0, NULL, assign_##name, NULL);
#define DEFINE_UNIT(name, boot, least, greatest, context, unit, description, detail)             \
	DefineCustomRealVariable("esn_pulse." #name, description, detail, &unit_##name, boot, least, \
							 greatest, context, unit, check_whole, assign_##name, NULL);
#define DEFINE_REAL(name, boot, least, greatest, description, detail)                        \
	DefineCustomRealVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							 least, greatest, PGC_USERSET, 0, NULL, assign_##name, NULL);
#define DEFINE_STRING(name, boot, check, description, detail)                                  \
	DefineCustomStringVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							   PGC_SUSET, 0, check, assign_##name, NULL);
#define DEFINE_BOOL(name, boot, description, detail)                                         \
	DefineCustomBoolVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							 PGC_SUSET, 0, NULL, assign_##name, NULL);
#define DEFINE_ENUM(name, boot, options, description)                                      \
	DefineCustomEnumVariable("esn_pulse." #name, description, NULL, &setting_##name, boot, \
							 options, PGC_SUSET, 0, NULL, assign_##name, NULL);

void
settings_define(void)
{
	for (int i = 0; i < lengthof(chosen); i++)
		chosen[i].was_there = GetConfigOption(chosen[i].name, true, false) != NULL;
	INT_SETTINGS(DEFINE_INT)
	UNIT_SETTINGS(DEFINE_UNIT)
	REAL_SETTINGS(DEFINE_REAL)
	STRING_SETTINGS(DEFINE_STRING)
	BOOL_SETTINGS(DEFINE_BOOL)
	ENUM_SETTINGS(DEFINE_ENUM)
	MarkGUCPrefixReserved("esn_pulse");
}

static void
report_rejected(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the value that was set for \"%s\" is not in effect", name),
			 errdetail("It is invalid, this session may not set it, or the library was loaded in "
					   "the middle of a parallel query."),
			 errhint(
				 "Reconnect. If that does not help, SELECT esn_slugify('x') in a new session shows "
				 "the reason as a WARNING, and \\drds in psql what is set for databases and "
				 "roles.")));
}

void
settings_require_chosen(void)
{
	for (int i = 0; i < lengthof(chosen); i++)
	{
		if (chosen[i].was_there && chosen[i].assigned < 2)
			report_rejected(chosen[i].name);
	}
}

/* Checks one "name=value" of a database or role. */
static void
check_stored(const char *setting)
{
	size_t len = strcspn(setting, "=");

	if (pg_strncasecmp(setting, "esn_pulse.", strlen("esn_pulse.")) != 0)
		return;
	for (int i = 0; i < lengthof(chosen); i++)
	{
		if (strlen(chosen[i].name) != len || pg_strncasecmp(chosen[i].name, setting, len) != 0)
			continue;
		if (chosen[i].assigned < 2)
			report_rejected(chosen[i].name);
		return;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("unrecognized configuration parameter \"%.*s\"", (int) len, setting),
					errdetail("It is set for this database or role."),
					errhint("\\drds in psql shows where. Run ALTER DATABASE or ALTER ROLE … RESET "
							"\"%.*s\".",
							(int) len, setting)));
}

/* Checks what is stored for this session's database and role; see ALTER DATABASE, ALTER ROLE. */
static void
check_stored_settings(void)
{
	Relation relation = table_open(DbRoleSettingRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_db_role_setting row = (Form_pg_db_role_setting) GETSTRUCT(tuple);
		Datum config;
		Datum *settings;
		bool isnull;
		int count;

		if ((row->setdatabase != InvalidOid && row->setdatabase != MyDatabaseId) ||
			(row->setrole != InvalidOid && row->setrole != GetSessionUserId()))
			continue;
		config = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(relation),
							  &isnull);
		if (isnull)
			continue;
		deconstruct_array(DatumGetArrayTypeP(config), TEXTOID, -1, false, TYPALIGN_INT, &settings,
						  NULL, &count);
		for (int i = 0; i < count; i++)
			check_stored(TextDatumGetCString(settings[i]));
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
}

void
settings_check(void)
{
	settings_require_chosen();
	check_stored_settings();
	if (setting_request_delay < LEAST_DELAY_MS &&
		!(is_loopback(setting_accounts_url) && is_loopback(setting_activities_url)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("esn_pulse.request_delay must be at least %d ms, not %d",
							   LEAST_DELAY_MS, setting_request_delay),
						errdetail("Only sites on this machine may be requested faster."),
						errhint("Run ALTER DATABASE … SET esn_pulse.request_delay = '500ms'.")));
}

static void
serialize_one(StringInfo out, const char *name, const char *value)
{
	appendBinaryStringInfo(out, name, strlen(name) + 1);
	appendBinaryStringInfo(out, value, strlen(value) + 1);
}

#define SERIALIZE(name, ...) \
	serialize_one(out, "esn_pulse." #name, GetConfigOption("esn_pulse." #name, false, false));
/* Of a real number, PostgreSQL shows six digits. */
#define SERIALIZE_UNIT(name, ...) \
	serialize_one(out, "esn_pulse." #name, psprintf("%d", setting_##name));

void
settings_serialize(StringInfo out)
{
	INT_SETTINGS(SERIALIZE)
	UNIT_SETTINGS(SERIALIZE_UNIT)
	REAL_SETTINGS(SERIALIZE)
	STRING_SETTINGS(SERIALIZE)
	BOOL_SETTINGS(SERIALIZE)
	ENUM_SETTINGS(SERIALIZE)
	appendStringInfoChar(out, '\0');
}

void
settings_restore(const char *settings)
{
	while (*settings != '\0')
	{
		const char *name = settings;
		const char *value = name + strlen(name) + 1;

		SetConfigOption(name, value, PGC_SUSET, PGC_S_SESSION);
		settings = value + strlen(value) + 1;
	}
}
