#!/usr/bin/env bash
# Writes the committed state as an archive that PGXN takes, build/esn_pulse-<version>.zip. It also
# contains the part of the extension's script that is generated, the report's page, so that building
# it needs no D3.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
scripts/versions.sh
version=$(sed -n 's/^   "version": "\(.*\)",/\1/p' META.json)
name=esn_pulse-$version
page=sql/report-page.sql
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p build
git archive HEAD report | tar -x -C "$work"
bash "$work/report/build.sh" /usr/share/nodejs >"$work/report-page.sql"
rm -f "build/$name.zip"
# A zip has local times: one time zone, so that the archive of a commit is the same everywhere.
TZ=UTC git archive --format zip -o "build/$name.zip" --prefix "$name/sql/" \
	--add-file "$work/report-page.sql" --prefix "$name/" HEAD
python3 - "build/$name.zip" "$name/$page" "$name/META.json" <<'PYTHON'
import sys
import zipfile

names = zipfile.ZipFile(sys.argv[1]).namelist()
missing = [name for name in sys.argv[2:] if name not in names]
if missing:
    sys.exit(f"{sys.argv[1]} lacks {missing}")
PYTHON
ls "build/$name.zip"
