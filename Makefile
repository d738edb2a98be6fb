# ESN Pulse: `make check` sets up all and runs every test.

PG_CONFIG ?= /usr/lib/postgresql/15/bin/pg_config
PKG_CONFIG ?= pkg-config
BUILD = build/$(CC)

SERVER = accounts activities api channel esn_pulse functions guc launch run store worker
# The parts of the core that are complete, and the unit test of each.
CORE = arena css_compile css_match html http http_judge http_transfer json page page_accounts page_activities \
	page_activity page_fields page_json politeness redact rules slug text validate value
UNIT_TESTS = arena css html http json page politeness redact text value

WARNINGS = -Wall -Wextra -Werror
# PostgreSQL's own headers and macros are not written for these.
SERVER_WARNINGS = $(WARNINGS) -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare \
	-Wno-ignored-attributes
CFLAGS = -O2 -g
COMMON = -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -Isrc $(CFLAGS)
LIBRARIES = libcurl libxml-2.0 icu-i18n icu-uc

check:
	scripts/check.sh

# Compiles everything that there is, with warnings as errors.
compile: $(SERVER:%=$(BUILD)/server/%.o) $(CORE:%=$(BUILD)/core/%.o)

$(BUILD)/server/%.o: src/%.c $(wildcard src/*.h src/core/*.h)
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(SERVER_WARNINGS) '-DPGDLLEXPORT=__attribute__((visibility("default")))' \
		-isystem $$($(PG_CONFIG) --includedir-server) $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

$(BUILD)/core/%.o: src/core/%.c $(wildcard src/core/*.h)
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(WARNINGS) -Wshadow -Wmissing-prototypes $$($(PKG_CONFIG) --cflags $(LIBRARIES)) -c $< -o $@

unit: $(UNIT_TESTS:%=build/unit/test_%)
	@set -e; for test in $^; do ./$$test; done

build/unit/test_page: test/unit/shipped_rules.c

build/unit/test_%: test/unit/test_%.c $(CORE:%=src/core/%.c) $(wildcard src/core/*.h)
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(WARNINGS) -fsanitize=address,undefined -fno-sanitize-recover=all \
		$$($(PKG_CONFIG) --cflags $(LIBRARIES)) $(filter %.c,$^) \
		$$($(PKG_CONFIG) --libs $(LIBRARIES)) -lcmocka -lm -o $@

clean:
	rm -rf build

.PHONY: check compile unit clean
