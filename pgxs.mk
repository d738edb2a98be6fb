# The extension itself, built, installed and tested by PGXS; Makefile hands `all`, `install`,
# `uninstall`, `installcheck` and `installcheck-pgtap` over to it. Also works from another
# directory: make -f <here>/pgxs.mk

EXTENSION = esn_pulse
# The control file alone states the version.
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(srcdir)/$(EXTENSION).control)
MODULE_big = esn_pulse
PGFILEDESC = "esn_pulse - a database of the Erasmus Student Network"

# The parts of the script in the order in which they need each other. report-page is built.
SQL = \
	schema \
	checks \
	tables \
	tables-1.1 \
	tables-api \
	table-comments \
	seeds \
	commands \
	selftest \
	runs \
	resume \
	frontier \
	waiting \
	counts \
	plan \
	removal \
	moves \
	slugs \
	store-accounts \
	store-activities \
	store-relations \
	store-statistics \
	store-pages \
	history \
	summaries \
	views \
	comparisons \
	suggestions \
	expectations \
	trends \
	report \
	report-page \
	schedule \
	quality \
	health \
	health-operation \
	tasks \
	usage \
	maintenance \
	console-views \
	api-views \
	api-routes \
	api-request \
	api-lists \
	api-answers \
	api-keys \
	api-changes \
	api-usage \
	api-openapi \
	dashboard \
	dashboard-words \
	dashboard-tables \
	dashboard-plan \
	dashboard-compare \
	dashboard-subjects \
	api \
	restore \
	privileges \
	names
# Versions that can be upgraded to this one. For each there are the version's script,
# upgrade-<old>--<new>.sql, which prepares its tables for those below,
# upgrade-rows-<old>--<new>.sql, which then brings its rows along, and what can be replaced.
NEW_TABLES = tables-1.1 tables-api
NOT_REPLACED = schema tables $(NEW_TABLES)
OLD_VERSIONS = 1.0

OBJS = $(patsubst $(srcdir)/%.c,%.o,$(sort $(wildcard $(srcdir)/src/*.c $(srcdir)/src/*/*.c)))
SCRIPT = sql/$(EXTENSION)--$(EXTVERSION).sql
UPGRADES = $(OLD_VERSIONS:%=sql/$(EXTENSION)--%--$(EXTVERSION).sql)
DATA_built = $(SCRIPT) $(UPGRADES)
DATA = $(OLD_VERSIONS:%=sql/$(EXTENSION)--%.sql)
# What the report's page is made of (report/build.sh), and where Debian's packages have the
# modules of D3.
PAGE = sql/report-page.sql
PAGE_FILES = page.html page.css words.js chart.js zoom.js map.js page.js land.json \
	d3-licence.txt dashboard.css dashboard.js build.sh
D3 = /usr/share/nodejs
EXTRA_CLEAN = $(PAGE) $(PAGE).part build/regress
LIBRARIES = libcurl libxml-2.0 icu-i18n icu-uc

# What `make installcheck` runs: psql must answer test/sql/<name>.sql as expected/<name>.out says.
REGRESS = \
	calls \
	parse \
	rules \
	settings \
	slugs
# From 16 on, pg_regress looks for expected/ where --expecteddir says. 15 looks in its output
# directory: regress-directory makes a link there.
REGRESS_OPTS = --inputdir=$(srcdir)/test --outputdir=build/regress \
	$(if $(filter 15,$(MAJORVERSION)),,--expecteddir=$(srcdir))
REGRESS_PREP = regress-directory
# The test database is alike on every server: the extension needs UTF8, and the order of what is
# sorted must not depend on the server's locale.
ENCODING = UTF8
NO_LOCALE = yes

PG_CONFIG ?= pg_config
PKG_CONFIG ?= pkg-config
PGXS := $(shell $(PG_CONFIG) --pgxs)

# PostgreSQL's own headers and macros are not written for these four.
PG_CFLAGS = -std=gnu11 -fvisibility=hidden -Wextra \
	-Wno-unused-parameter \
	-Wno-missing-field-initializers \
	-Wno-sign-compare \
	-Wno-ignored-attributes \
	-Wno-declaration-after-statement \
	$(WERROR)
PG_CPPFLAGS = -D_GNU_SOURCE -DEXTENSION_VERSION='"$(EXTVERSION)"' \
	'-DPGDLLEXPORT=__attribute__((visibility("default")))' -I$(srcdir)/src \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
# make ASSERTS=1 checks assertions, as the tests do; otherwise a server without its own has none.
PG_CPPFLAGS += $(if $(ASSERTS),-DUSE_ASSERT_CHECKING=1,-DNDEBUG)
SHLIB_LINK = $(shell $(PKG_CONFIG) --libs $(LIBRARIES))

# Bitcode is for functions that a query calls a million times; there are none.
override with_llvm = no

include $(PGXS)

$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h) $(srcdir)/pgxs.mk \
	$(srcdir)/$(EXTENSION).control | object-directories

# Where the build is outside of the source tree.
object-directories:
	@mkdir -p $(sort $(dir $(OBJS)))

part = $(if $(filter report-page,$1),$(PAGE),$(srcdir)/sql/$1.sql)
PARTS = $(foreach name,$(SQL),$(call part,$(name)))
ADDED = $(foreach name,$(NEW_TABLES),$(call part,$(name)))
REPLACED = $(foreach name,$(filter-out $(NOT_REPLACED),$(SQL)),$(call part,$(name)))

# What distinguishes two scripts of one version: the library knows of which script it is.
SCRIPT_HASH := $(shell cat $(filter-out $(PAGE),$(PARTS)) | sha256sum | cut -c1-12)
src/store/session.o: override CPPFLAGS += -DSCRIPT_HASH='"$(SCRIPT_HASH)"'
src/store/session.o: $(filter-out $(PAGE),$(PARTS))

# Made in whole or not at all.
$(PAGE): $(PAGE_FILES:%=$(srcdir)/report/%) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	$(SHELL) $(srcdir)/report/build.sh $(D3) >$@.part
	mv $@.part $@

$(SCRIPT): $(PARTS) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  sed 's/@SCRIPT_HASH@/$(SCRIPT_HASH)/' $(PARTS); } > $@

$(UPGRADES): sql/$(EXTENSION)--%--$(EXTVERSION).sql: \
		$(srcdir)/sql/schema.sql \
		$(srcdir)/sql/upgrade-%--$(EXTVERSION).sql $(ADDED) \
		$(srcdir)/sql/upgrade-rows-%--$(EXTVERSION).sql $(REPLACED) $(srcdir)/pgxs.mk
	@mkdir -p $(@D)
	{ printf '%s\n' '\echo Use "ALTER EXTENSION $(EXTENSION) UPDATE" to load this file. \quit'; \
	  sed 's/@SCRIPT_HASH@/$(SCRIPT_HASH)/' $(filter %.sql,$^); } > $@

regress-directory:
	@mkdir -p build/regress
	@ln -sfn '$(abspath $(srcdir))/expected' build/regress/expected

# Runs the tests for pgTAP on a server that has it; psql is that of the server's version.
installcheck-pgtap:
	@PATH='$(bindir)':"$$PATH" '$(srcdir)/test/pgtap/run.sh'

.PHONY: object-directories regress-directory installcheck-pgtap
