#!/usr/bin/env bash
# Builds all that is published of the committed state, into build/release: the archive, the packages
# for Debian 12 and 13, the image of the container, and SHA256SUMS, which is written last. Each
# script that builds one of them tests it. Refuses what is not committed, or has no date of release.
# It does not run the other tests (make check), and neither tags nor uploads anything.
# Needs what `make check`, scripts/package.sh and scripts/image.sh need, and half an hour.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
release=$top/build/release

# committed [commit]: prints the commit that is checked out, which must be this one if it is given.
committed() {
	local changed head

	changed=$(git status --porcelain)
	[ -z "$changed" ] || die "commit or remove these files first:"$'\n'"$changed"
	head=$(git rev-parse HEAD)
	[ "${1:-$head}" = "$head" ] || die "meanwhile $head was checked out in place of $1"
	printf '%s' "$head"
}
commit=$(committed)
scripts/versions.sh release
rm -rf "$release"

step "an upgrade from older versions equals a fresh installation"
scripts/setup.sh
(
	private_server "$top/build/release-server" WERROR=-Werror
	prove -e bash test/site/t/backup_restore.sh
)

step "the archive"
mkdir -p "$release"/debian-1{2,3}
archive=$(scripts/dist.sh)
cp "$archive" "$release/"

step "the packages for Debian 12"
scripts/package.sh bookworm
cp build/package/bookworm/*.deb "$release/debian-12/"

step "the packages for Debian 13"
scripts/package.sh trixie
cp build/package/trixie/*.deb "$release/debian-13/"

step "the image of the container"
scripts/image.sh
cp build/image/*.oci.tar "$release/"

committed "$commit" >/dev/null
(
	cd "$release"
	find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
	sha256sum --quiet -c SHA256SUMS
)
step "build/release, of commit $commit"
(cd "$release" && find . -type f -printf '%10s  %P\n' | LC_ALL=C sort -k 2)
