# The extension itself, built and installed by PGXS; Makefile hands `all`, `install` and `uninstall` over to it. Also works from
# another directory: make -f <here>/pgxs.mk

EXTENSION = esn_pulse
EXTVERSION = 1.0
MODULE_big = esn_pulse
PGFILEDESC = "esn_pulse - a database of the Erasmus Student Network"

# Adding a file to the project is adding its name here.
SERVER = accounts activities api channel esn_pulse functions guc launch run runner sql store store_batch worker
CORE = arena css_compile css_match html http http_judge http_transfer json page page_accounts page_activities \
	page_activity page_fields page_json politeness redact rules slug text validate value
SQL = 00-pure-functions 10-tables 15-sdgs 20-rules 30-functions 40-store 50-views 90-privileges

OBJS = $(SERVER:%=src/%.o) $(CORE:%=src/core/%.o)
DATA_built = sql/$(EXTENSION)--$(EXTVERSION).sql
LIBRARIES = libcurl libxml-2.0 icu-i18n icu-uc

PG_CONFIG ?= pg_config
PKG_CONFIG ?= pkg-config
PGXS := $(shell $(PG_CONFIG) --pgxs)

# PostgreSQL's own headers and macros are not written for these four.
PG_CFLAGS = -std=gnu11 -fvisibility=hidden -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
	-Wno-sign-compare -Wno-ignored-attributes -Wno-declaration-after-statement $(WERROR)
PG_CPPFLAGS = -D_GNU_SOURCE '-DPGDLLEXPORT=__attribute__((visibility("default")))' -I$(srcdir)/src \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
SHLIB_LINK = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

include $(PGXS)

# Bitcode is for functions that a query calls a million times; there are none.
override with_llvm = no

$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/core/*.h) $(srcdir)/pgxs.mk

$(DATA_built): $(SQL:%=$(srcdir)/sql/install/%.sql) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  cat $(filter %.sql,$^); } > $@
