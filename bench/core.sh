#!/usr/bin/env bash
# The cost of parsing and matching one page of each kind, of about 22 KB; see bench/core.c. Needs no
# server.
set -eu
cd "$(dirname "$0")/.."
site=build/bench/site
mkdir -p build/bench
rm -rf "$site"
python3 test/site/generate.py --out "$site" \
	--accounts http://accounts.example --activities-site http://activities.example \
	--sections 60 --count 200 --no-faults --padding 20000 --seed 1
libraries=$(pkg-config --cflags --libs libcurl libxml-2.0 icu-uc icu-i18n)
# shellcheck disable=SC2086
${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Isrc -Itest/unit \
	bench/core.c test/unit/shipped_rules.c src/{base,html,page}/*.c $libraries -lm \
	-o build/bench/core

# largest <pattern>: the largest page whose path matches
largest() {
	find "$site" -path "$1" -size -100k -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

cat <<'TEXT'
In us: libxml2's parsing and tree; our tree; matching the rules; all of it, to JSON. Each with its
ratio to libxml2.

| page | bytes | libxml2 | tree | ratio | rules | ratio | all | ratio |
TEXT
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
build/bench/core activity "$(largest '*/activities/activity/*.html')"
build/bench/core listing "$(largest '*/organisation/*/activities/page-*.html')"
build/bench/core statistics "$(largest '*/organisation/*/statistics.html')"
build/bench/core section "$(largest '*/accounts/section/*.html')"
build/bench/core country "$(largest '*/accounts/country/*.html')"
build/bench/core home "$(largest '*/accounts/index.html')"
