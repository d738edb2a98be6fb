# ESN Pulse. `make demo` shows it, `make check` tests it; `make` and `make install` build it for a server of yours.

PG_CONFIG ?= pg_config
PKG_CONFIG ?= pkg-config
SHELL = bash

all install uninstall:
	$(MAKE) -f pgxs.mk PG_CONFIG=$(PG_CONFIG) $@

# Sets up all on a Debian 12, and runs every test.
check:
	scripts/check.sh

# Sets up all on a Debian 12, and shows what it does; psql goes on where the demo ended.
demo:
	scripts/demo.sh

psql:
	scripts/demo.sh psql

# What a run costs, measured beside what people would use instead and the least that it could cost.
bench:
	scripts/setup.sh bench
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/compare.sh
	bench/polite.sh

# What grows with the number of activities, up to ten times as many as there are. Takes an hour and 8 GB of disk.
scale:
	scripts/setup.sh
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/scale.sh

# How long the twenty questions of docs/one-hour.md take over as many activities as there are.
bench-questions:
	scripts/setup.sh
	set -eu; . scripts/lib.sh; build gcc; install_extension
	bench/scale.sh --questions

# The core alone, under the sanitizers.
CORE = $(wildcard src/core/*.c)
LIBRARIES = libcurl icu-i18n icu-uc
UNIT_TESTS = $(patsubst test/unit/test_%.c,%,$(wildcard test/unit/test_*.c))
# Where they are built, how, and what runs them: valgrind and the coverage have their own.
UNIT = build/unit
UNIT_MODE = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_RUN =
UNIT_LINK =
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Isrc -g -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror $(UNIT_MODE)

unit: $(UNIT_TESTS:%=$(UNIT)/test_%)
	@set -e; for test in $^; do $(UNIT_RUN) ./$$test; done

# kept for the next test that is built
.SECONDARY: $(CORE:src/core/%.c=$(UNIT)/core/%.o)
$(UNIT)/core/%.o: src/core/%.c $(wildcard src/core/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

$(UNIT)/test_page: test/unit/shipped_rules.c
$(UNIT)/test_http $(UNIT)/test_obedience: test/unit/http_site.c

# Its tests say when memory runs out.
$(UNIT)/test_exhaustion: test/unit/shipped_rules.c test/unit/http_site.c
$(UNIT)/test_exhaustion: UNIT_LINK = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

$(UNIT)/flat: test/unit/flat.c test/unit/shipped_rules.c $(CORE:src/core/%.c=$(UNIT)/core/%.o)
	$(CC) $(UNIT_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) $^ $$($(PKG_CONFIG) --libs $(LIBRARIES)) -lm -o $@

$(UNIT)/test_%: test/unit/test_%.c $(CORE:src/core/%.c=$(UNIT)/core/%.o)
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) $^ \
		$$($(PKG_CONFIG) --libs $(LIBRARIES)) -lcmocka -lm $(UNIT_LINK) -o $@

# Whether the tree of a document is the one that Chromium makes of it, by generated documents: HTML_SEED and HTML_COUNT are which, and how many.
HTML_SEED ?= 1
HTML_COUNT ?= 20000

html: $(UNIT)/print_tree
	python3 test/html/compare.py $< --seed $(HTML_SEED) --count $(HTML_COUNT)

$(UNIT)/print_tree: test/html/print_tree.c $(CORE:src/core/%.c=$(UNIT)/core/%.o)
	$(CC) $(UNIT_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) $^ $$($(PKG_CONFIG) --libs $(LIBRARIES)) -lm -o $@

# The core given inputs of any kind, for FUZZ_SECONDS by each target; `make check` tries those that are kept.
FUZZ_SECONDS ?= 600
FUZZ_CC ?= clang
FUZZ_CORE = $(patsubst src/core/%.c,build/fuzz/core/%.o,$(filter-out src/core/http%.c,$(CORE)))
FUZZ_SHARED = $(patsubst test/%.c,build/fuzz/%.o,test/fuzz/fuzz.c test/fuzz/json_check.c test/fuzz/pages.c test/unit/shipped_rules.c)
FUZZ_CFLAGS = $(subst -fsanitize=address,-fsanitize=fuzzer-no-link$(comma)address,$(UNIT_CFLAGS)) -O2 -Itest/unit
comma = ,
.SECONDARY: $(FUZZ_CORE) $(FUZZ_SHARED)

fuzz: $(patsubst test/fuzz/%.c,build/fuzz/%,$(wildcard test/fuzz/fuzz_*.c))
	test/fuzz/run.sh $(FUZZ_SECONDS)

build/fuzz/core/%.o: src/core/%.c $(wildcard src/core/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

build/fuzz/fuzz/%.o: test/fuzz/%.c $(wildcard test/fuzz/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

build/fuzz/unit/%.o: test/unit/%.c Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

build/fuzz/fuzz_memory: FUZZ_EXTRA = -Wl,--wrap=malloc,--wrap=realloc

build/fuzz/fuzz_%: test/fuzz/fuzz_%.c $(FUZZ_SHARED) $(FUZZ_CORE) $(wildcard test/fuzz/*.h)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer $$($(PKG_CONFIG) --cflags $(LIBRARIES)) $(FUZZ_EXTRA) \
		$(filter-out %.h,$^) $$($(PKG_CONFIG) --libs icu-i18n icu-uc) -lm -o $@

# The unit tests, and whole runs inside a server, under valgrind.
valgrind:
	scripts/setup.sh
	scripts/valgrind.sh

# Whether memory grows with the number of pages, over 100,000 of them.
flat:
	scripts/setup.sh
	scripts/flat.sh

# What static analysis finds.
analyze:
	scripts/setup.sh
	scripts/analyze.sh

# Which lines the tests reach, in a table by file.
coverage:
	scripts/setup.sh
	scripts/coverage.sh

clean:
	$(MAKE) -f pgxs.mk PG_CONFIG=$(PG_CONFIG) clean
	rm -rf build

.PHONY: all install uninstall check demo psql bench bench-questions scale unit html fuzz flat valgrind analyze coverage clean
