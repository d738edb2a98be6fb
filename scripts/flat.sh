#!/usr/bin/env bash
# Whether the memory of a process grows with the pages that it has read: 100,000 generated pages,
# valid and broken (test/unit/flat.c).
set -eu
cd "$(dirname "$0")/.."
site=build/flat/site
rm -rf "$site"
mkdir -p build/flat
python3 test/site/generate.py --out "$site" --sections 40 --count 150 --seed 91 \
	--accounts http://accounts.example --activities-site http://activities.example >/dev/null
make -s -j2 UNIT=build/flat UNIT_MODE=-O2 build/flat/flat
find "$site" -name '*.html' -size -60k -print0 | sort -z | xargs -0 build/flat/flat
