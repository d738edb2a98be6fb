# The extension itself, built and installed by PGXS; Makefile hands `all`, `install` and `uninstall` over to it. Also works from
# another directory: make -f <here>/pgxs.mk

EXTENSION = esn_pulse
EXTVERSION = 1.1
MODULE_big = esn_pulse
PGFILEDESC = "esn_pulse - a database of the Erasmus Student Network"

# Adding a file to the project is adding its name here.
SERVER = accounts activities api channel esn_pulse functions guc jsonlog launch mend probe robots_txt run runner sql store store_batch store_due store_rules tell worker
CORE = arena breaker css_compile css_match css_set html html_body html_doctype html_foreign html_formatting html_head html_raw html_reference \
	html_stack html_table html_token html_tree http http_judge http_origin http_transfer json page page_accounts page_activities page_activity \
	page_fields page_json politeness redact robots rules slug text url validate value
SQL = 00-pure-functions 10-tables 15-sdgs 20-rules 30-functions 35-refresh 40-store 41-store-fetches 42-store-statistics 45-history 50-views 54-figures 55-reading 56-report 57-report-page 60-schedule 70-quality 75-daily 90-privileges
# Versions from which one can come up to this one; for each the script of the version, and what it lacks (sql/upgrade/).
OLD_VERSIONS = 1.0

OBJS = $(SERVER:%=src/%.o) $(CORE:%=src/core/%.o)
SCRIPT = sql/$(EXTENSION)--$(EXTVERSION).sql
UPGRADES = $(OLD_VERSIONS:%=sql/$(EXTENSION)--%--$(EXTVERSION).sql)
DATA_built = $(SCRIPT) $(UPGRADES)
DATA = $(OLD_VERSIONS:%=sql/$(EXTENSION)--%.sql)
# What the report's page is made of (report/build.sh), and where Debian's packages have the modules of D3.
PAGE = sql/57-report-page.sql
PAGE_FILES = page.html page.css chart.js map.js page.js land.json d3-licence.txt build.sh
D3 = /usr/share/nodejs
EXTRA_CLEAN = $(PAGE) $(PAGE).part
LIBRARIES = libcurl icu-i18n icu-uc

PG_CONFIG ?= pg_config
PKG_CONFIG ?= pkg-config
PGXS := $(shell $(PG_CONFIG) --pgxs)

# PostgreSQL's own headers and macros are not written for these four.
PG_CFLAGS = -std=gnu11 -fvisibility=hidden -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
	-Wno-sign-compare -Wno-ignored-attributes -Wno-declaration-after-statement $(WERROR)
PG_CPPFLAGS = -D_GNU_SOURCE -DEXTENSION_VERSION='"$(EXTVERSION)"' '-DPGDLLEXPORT=__attribute__((visibility("default")))' -I$(srcdir)/src \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
SHLIB_LINK = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

# Bitcode is for functions that a query calls a million times; there are none.
override with_llvm = no

include $(PGXS)

$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/core/*.h) $(srcdir)/pgxs.mk

PARTS = $(patsubst $(srcdir)/sql/install/57-report-page.sql,$(PAGE),$(SQL:%=$(srcdir)/sql/install/%.sql))

# Made in whole or not at all.
$(PAGE): $(PAGE_FILES:%=$(srcdir)/report/%) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	$(SHELL) $(srcdir)/report/build.sh $(D3) >$@.part
	mv $@.part $@

$(SCRIPT): $(PARTS) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  cat $(PARTS); } > $@

# An upgrade is what the older version lacks, and then the parts that can be replaced: all but the tables and the rows of a standard.
$(UPGRADES): sql/$(EXTENSION)--%--$(EXTVERSION).sql: $(srcdir)/sql/upgrade/%--$(EXTVERSION).sql $(PARTS) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	{ printf '%s\n' '\echo Use "ALTER EXTENSION $(EXTENSION) UPDATE" to load this file. \quit'; \
	  cat $< $(filter-out %/10-tables.sql %/15-sdgs.sql,$(PARTS)); } > $@
