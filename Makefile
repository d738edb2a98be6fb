# ESN Pulse. `make demo` shows it, `make check` tests it; `make` and `make install` build it for a
# server of yours, `make installcheck` and `make installcheck-pgtap` then test it there.

PG_CONFIG ?= pg_config
PKG_CONFIG ?= pkg-config
SHELL = bash
# Debian's tools call this file from another directory.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))

all install uninstall installcheck installcheck-pgtap:
	$(MAKE) -f $(HERE)pgxs.mk PG_CONFIG=$(PG_CONFIG) $@

install-web uninstall-web:
	$(MAKE) -f $(HERE)web.mk $(@:-web=)

# The targets that people call; the text of a target stands above it.
help:
	@echo 'all                  builds the extension'
	@echo 'install, uninstall   into the server of PG_CONFIG (pg_config)'
	@echo 'installcheck         tests the installed extension on a running server'
	@echo 'installcheck-pgtap   more tests there; needs pgTAP and pg_prove'
	@echo 'demo                 sets up all, shows what it does, and opens psql'
	@echo 'psql, psql-admin     continues where the demo ended: as a reader, or with all rights'
	@echo 'web                  the web gateway on the data of the demo'
	@echo 'install-web          the web gateway into prefix (/usr/local); uninstall-web'
	@echo 'check                sets up all, and runs every test'
	@echo 'format, lint         formats the C sources; what the analyzers find'
	@echo 'unit, html, fuzz     the core alone; fields beside Chromium; any input'
	@echo 'flat, valgrind       memory over 100,000 pages; memory errors'
	@echo 'coverage             which lines the tests reach'
	@echo 'bench, scale         the cost beside others; growth'
	@echo 'deb, package-check   packages for this Debian; tests them on a bare Debian'
	@echo 'image-check          builds and tries the container, without a registry'
	@echo 'bench-web            requests per second beside others'
	@echo 'bench-questions      how long the twenty questions of docs/one-hour.md take'
	@echo 'bench-planner        how good the suggestions and expected participants are'
	@echo 'dist                 the committed state as an archive, below build/'
	@echo 'release              all that is published, below build/release/'
	@echo 'clean                removes all that was built'

C_FILES = src/*.[ch] src/*/*.[ch] test/unit/*.[ch] test/fuzz/*.[ch] test/html/*.c bench/*.c \
	web/*.[ch]

# In the taste of Debian 12's clang-format.
format:
	clang-format-14 -i $(C_FILES)

lint: layout
	clang-format-14 --dry-run --Werror $(C_FILES)
	scripts/figures.sh
	scripts/analyze.sh

layout:
	scripts/layers.sh
	scripts/shape.sh
	scripts/widths.sh

# The committed state, as PGXN takes it.
dist:
	scripts/dist.sh

# All that is published of the committed state, below build/release.
release:
	scripts/release.sh

# The committed state as packages for this Debian, below build/deb.
deb:
	scripts/deb.sh

# Builds the packages on a bare Debian, and installs them on another; Debian 13: SUITE=trixie.
SUITE ?= bookworm
package-check:
	scripts/package.sh $(SUITE)

# Builds the image of Containerfile on a base that debootstrap makes, and tries it.
image-check:
	scripts/image.sh

# Sets up all on Debian 12 or 13, and runs every test.
check:
	scripts/check.sh

# Sets up all on Debian 12 or 13, shows what it does, and opens psql; psql goes on where the demo
# ended, as a role that only reads, psql-admin as the superuser.
demo:
	scripts/demo.sh

psql psql-admin:
	scripts/demo.sh $@

# The web gateway on the data of the demo, until Ctrl-C.
web:
	scripts/demo.sh web

# What a run costs, measured beside what people would use instead and the least that it could cost.
bench:
	scripts/setup.sh bench
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/compare.sh
	bench/polite.sh

# The web gateway beside FastAPI and nginx, and with 10,000 readers at the same time.
bench-web:
	scripts/setup.sh bench
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/web.sh

# What grows with the number of activities, up to ten times as many as there are. Takes an hour and
# 8 GB of disk.
scale:
	scripts/setup.sh
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/scale.sh

# How long the twenty questions of docs/one-hour.md take over as many activities as there are.
bench-questions:
	scripts/setup.sh
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/scale.sh --questions

# How good the suggestions and the expected participants are (docs/planner.md).
bench-planner:
	scripts/setup.sh
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/planner.sh

# The core alone, under the sanitizers.
CORE = $(foreach folder,base html http page,$(wildcard src/$(folder)/*.c))
LIBRARIES = libcurl libxml-2.0 icu-i18n icu-uc
UNIT_TESTS = $(patsubst test/unit/test_%.c,%,$(wildcard test/unit/test_*.c))
# Where they are built, how, and what runs them: valgrind and the coverage have their own.
UNIT = build/unit
UNIT_MODE = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_RUN =
UNIT_LINK =
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Isrc -g \
	-Wall -Wextra -Wshadow -Wmissing-prototypes -Werror $(UNIT_MODE)
CORE_CFLAGS = $$($(PKG_CONFIG) --cflags $(LIBRARIES))
CORE_LIBS = $$($(PKG_CONFIG) --libs $(LIBRARIES))

# Most of the time they wait, so more of them may run than there are processors: make -O -j4 unit.
UNIT_RUNS = $(UNIT_TESTS:%=run_%)
.PHONY: $(UNIT_RUNS)
unit: $(UNIT_RUNS)
$(UNIT_RUNS): run_%: $(UNIT)/test_%
	@$(UNIT_RUN) ./$<

# kept for the next test that is built
.SECONDARY: $(CORE:src/%.c=$(UNIT)/core/%.o)
$(UNIT)/core/%.o: src/%.c $(wildcard src/*/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) $(CORE_CFLAGS) -c $< -o $@

$(UNIT)/test_accounts $(UNIT)/test_fields $(UNIT)/test_listing $(UNIT)/test_page \
	$(UNIT)/test_statistics: \
	test/unit/shipped_rules.c test/unit/page_expect.c
$(UNIT)/test_http $(UNIT)/test_obedience $(UNIT)/test_refusals: test/unit/http_site.c

$(UNIT)/test_usage: web/usage.c
$(UNIT)/test_usage: private UNIT_CFLAGS += -Iweb

# Its tests say when memory runs out.
$(UNIT)/test_exhaustion: test/unit/shipped_rules.c test/unit/http_site.c
$(UNIT)/test_exhaustion: UNIT_LINK = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free

$(UNIT)/flat: test/unit/flat.c test/unit/shipped_rules.c $(CORE:src/%.c=$(UNIT)/core/%.o)
	$(CC) $(UNIT_CFLAGS) $(CORE_CFLAGS) $^ $(CORE_LIBS) -lm -o $@

$(UNIT)/test_%: test/unit/test_%.c $(CORE:src/%.c=$(UNIT)/core/%.o)
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) $(CORE_CFLAGS) $^ $(CORE_LIBS) -lcmocka -lm $(UNIT_LINK) -o $@

# Compares the fields found on a page with those found on the tree that Chromium makes of it, on
# generated pages with the usual slips of authors. HTML_SEED selects the pages, HTML_PAGES their
# number.
HTML_SEED ?= 1
HTML_PAGES ?= 100

html: $(UNIT)/print_page
	python3 test/html/compare.py $< --seed $(HTML_SEED) --pages $(HTML_PAGES)

$(UNIT)/print_page: \
		test/html/print_page.c \
		test/unit/shipped_rules.c \
		$(CORE:src/%.c=$(UNIT)/core/%.o)
	$(CC) $(UNIT_CFLAGS) -Itest/unit $(CORE_CFLAGS) $^ $(CORE_LIBS) -lm -o $@

# Gives the core and the gateway inputs of any kind, for FUZZ_SECONDS per target. `make check` tries
# those that are kept.
FUZZ_SECONDS ?= 600
FUZZ_CC ?= clang
FUZZ_CORE = $(patsubst src/%.c,build/fuzz/core/%.o,$(CORE))
FUZZ_SHARED = $(patsubst test/%.c,build/fuzz/%.o, \
	test/fuzz/fuzz.c \
	test/fuzz/json_check.c \
	test/fuzz/pages.c \
	test/unit/shipped_rules.c)
comma = ,
FUZZ_SANITIZERS = -fsanitize=fuzzer-no-link$(comma)address
FUZZ_CFLAGS = $(subst -fsanitize=address,$(FUZZ_SANITIZERS),$(UNIT_CFLAGS)) -O2 -Itest/unit
.SECONDARY: $(FUZZ_CORE) $(FUZZ_SHARED)

fuzz: $(patsubst test/fuzz/%.c,build/fuzz/%,$(wildcard test/fuzz/fuzz_*.c))
	test/fuzz/run.sh $(FUZZ_SECONDS)

build/fuzz/core/%.o: src/%.c $(wildcard src/*/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(CORE_CFLAGS) -c $< -o $@

build/fuzz/fuzz/%.o: test/fuzz/%.c $(wildcard test/fuzz/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(CORE_CFLAGS) -c $< -o $@

build/fuzz/unit/%.o: test/unit/%.c Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(CORE_CFLAGS) -c $< -o $@

# fuzz.c says why: most of them do without the core's largest allocation.
build/fuzz/fuzz_%: FUZZ_EXTRA = -Wl,--wrap=arena_ensure_room
build/fuzz/fuzz_memory: FUZZ_EXTRA = -Wl,--wrap=malloc,--wrap=realloc

# The gateway, but for its options and what listens: fake_http.c and fake_database.c are in the
# place of its libraries, of its clock, and of the threads of database.c.
FUZZ_WEB = $(patsubst web/%.c,build/fuzz/web/%.o, \
	$(filter-out web/listener.c web/main.c,$(wildcard web/*.c)))
FUZZ_FAKES = $(patsubst test/%.c,build/fuzz/%.o, \
	test/fuzz/fake_database.c \
	test/fuzz/fake_http.c \
	test/fuzz/gateway_check.c)
FUZZ_WEB_CFLAGS = -Iweb $$($(PKG_CONFIG) --cflags libmicrohttpd libpq zlib)
.SECONDARY: $(FUZZ_WEB) $(FUZZ_FAKES)

$(FUZZ_FAKES): build/fuzz/fuzz/%.o: test/fuzz/%.c $(wildcard test/fuzz/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZ_WEB_CFLAGS) -c $< -o $@

build/fuzz/web/%.o: web/%.c $(wildcard web/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZ_WEB_CFLAGS) -Dclock_gettime=fake_clock_gettime \
		-Dgetrandom=fake_getrandom -Dpthread_create=fake_thread_create \
		-Dpthread_cond_wait=fake_cond_wait -Drecv=fake_recv -c $< -o $@

build/fuzz/fuzz_gateway: $(FUZZ_WEB) $(FUZZ_FAKES) $(wildcard web/*.h)
build/fuzz/fuzz_gateway: FUZZ_EXTRA = $(FUZZ_WEB_CFLAGS) -Wl,--no-as-needed \
	$$($(PKG_CONFIG) --libs zlib)

build/fuzz/fuzz_%: test/fuzz/fuzz_%.c $(FUZZ_SHARED) $(FUZZ_CORE) $(wildcard test/fuzz/*.h)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(CORE_CFLAGS) $(FUZZ_EXTRA) \
		$(filter-out %.h,$^) $(CORE_LIBS) -lm -o $@

# The unit tests, and whole runs inside a server, under valgrind.
valgrind:
	scripts/setup.sh
	scripts/valgrind.sh

# Whether memory grows with the number of pages, over 100,000 of them.
flat:
	scripts/setup.sh
	scripts/flat.sh

# Which lines the tests reach, in a table by file.
coverage:
	scripts/setup.sh
	scripts/coverage.sh

clean:
	$(MAKE) -f $(HERE)pgxs.mk PG_CONFIG=$(PG_CONFIG) clean
	rm -rf build

.PHONY: \
	all \
	bench \
	bench-planner \
	bench-questions \
	bench-web \
	check \
	clean \
	coverage \
	deb \
	demo \
	dist \
	flat \
	format \
	fuzz \
	help \
	html \
	image-check \
	install \
	install-web \
	installcheck \
	installcheck-pgtap \
	layout \
	lint \
	package-check \
	psql \
	psql-admin \
	release \
	scale \
	uninstall \
	uninstall-web \
	unit \
	valgrind \
	web
