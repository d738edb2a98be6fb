#!/usr/bin/env bash
# Builds Debian packages of the committed tree, for the versions of PostgreSQL that this Debian has.
# The results are in build/deb.
#   scripts/deb.sh [source]
# source: only the sources are made, as build/deb/esn-pulse-<version> and the tarball beside it.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
version=$(extension_version)
tree=build/deb/esn-pulse-$version
scripts/versions.sh
git diff --quiet HEAD || echo "what is not committed is not in the packages" >&2

rm -rf build/deb
mkdir -p build/deb
git archive --prefix="esn-pulse-$version/" HEAD -- . ':!debian' |
	gzip -n >"build/deb/esn-pulse_$version.orig.tar.gz"
git archive --prefix="esn-pulse-$version/" HEAD | tar -x -C build/deb
if [ "${1:-}" != source ]; then
	for tool in dpkg-buildpackage dh pg_buildext lintian; do
		command -v "$tool" >/dev/null || die "there is no $tool; install what is missing by" \
			"sudo apt-get install dpkg-dev debhelper lintian postgresql-server-dev-all"
	done
	# The packages are those of the versions of PostgreSQL that this Debian has.
	(cd "$tree" && pg_buildext updatecontrol && dpkg-buildpackage -us -uc)
	lintian --fail-on error build/deb/*.changes
	ls build/deb/*.deb
fi
