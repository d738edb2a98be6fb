/*
 * settings.c: see settings.h. Validates values but does not act on them.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "pg/settings.h"

#define DEFAULT_USER_AGENTS        \
	"esn_pulse/" EXTENSION_VERSION \
	" (PostgreSQL extension; public statistics of the Erasmus Student Network)"

#define MAKE_INT(name, ...) int setting_##name;
#define MAKE_REAL(name, ...) double setting_##name;
#define MAKE_STRING(name, ...) char *setting_##name;
#define MAKE_BOOL(name, ...) bool setting_##name;

INT_SETTINGS(MAKE_INT)
REAL_SETTINGS(MAKE_REAL)
STRING_SETTINGS(MAKE_STRING)
BOOL_SETTINGS(MAKE_BOOL)
ENUM_SETTINGS(MAKE_INT)

static const struct config_enum_entry keep_pages_options[] = {
	{"off", KEEP_PAGES_OFF, false},
	{"invalid", KEEP_PAGES_INVALID, false},
	{"all", KEEP_PAGES_ALL, false},
	{NULL, 0, false},
};

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
	return true;
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

#define DEFINE_INT(name, boot, least, greatest, context, unit, description, detail)                \
	DefineCustomIntVariable("esn_pulse." #name, description, detail, &setting_##name, boot, least, \
							greatest, context, unit, NULL, NULL, NULL);
#define DEFINE_REAL(name, boot, least, greatest, description, detail)                        \
	DefineCustomRealVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							 least, greatest, PGC_USERSET, 0, NULL, NULL, NULL);
#define DEFINE_STRING(name, boot, check, description, detail)                                  \
	DefineCustomStringVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							   PGC_SUSET, 0, check, NULL, NULL);
#define DEFINE_BOOL(name, boot, description, detail)                                         \
	DefineCustomBoolVariable("esn_pulse." #name, description, detail, &setting_##name, boot, \
							 PGC_SUSET, 0, NULL, NULL, NULL);
#define DEFINE_ENUM(name, boot, options, description)                                      \
	DefineCustomEnumVariable("esn_pulse." #name, description, NULL, &setting_##name, boot, \
							 options, PGC_SUSET, 0, NULL, NULL, NULL);

void
settings_define(void)
{
	INT_SETTINGS(DEFINE_INT)
	REAL_SETTINGS(DEFINE_REAL)
	STRING_SETTINGS(DEFINE_STRING)
	BOOL_SETTINGS(DEFINE_BOOL)
	ENUM_SETTINGS(DEFINE_ENUM)
	MarkGUCPrefixReserved("esn_pulse");
}

static void
serialize_one(StringInfo out, const char *name)
{
	const char *value = GetConfigOption(name, false, false);

	appendBinaryStringInfo(out, name, strlen(name) + 1);
	appendBinaryStringInfo(out, value, strlen(value) + 1);
}

#define SERIALIZE(name, ...) serialize_one(out, "esn_pulse." #name);

void
settings_serialize(StringInfo out)
{
	INT_SETTINGS(SERIALIZE)
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
