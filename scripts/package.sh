#!/usr/bin/env bash
# Builds the Debian packages of the committed tree on a bare Debian, installs them on another as the
# README says, reads a section of a site on loopback, and runs the packages' own test. Prints how
# many commands and how much time it takes from the bare Debian to the first rows.
#   scripts/package.sh [suite of Debian: bookworm, which is 12, or trixie, 13]
# Needs root. The chroots are below build/package; the packages are left there, in <suite>/.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/chroot.sh
. test/site/site.sh
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"
suite=${1:-bookworm}
bare=$top/build/package/$suite.bare
builder=$top/build/package/$suite.builder
server=$top/build/package/$suite.server
packages=$top/build/package/$suite
run=$(run_directory)
[[ $suite =~ ^[a-z]+$ ]] || die "a suite of Debian, such as bookworm, not: $suite"

mkdir -p "$packages" "$builder.cache/partial"
exec 9>"$packages.lock"
flock -n 9 || die "it is in use: another scripts/package.sh $suite runs"
step "a bare Debian, with sudo"
chroot_make "$suite" "$bare" sudo

step "build, in a copy"
scripts/deb.sh source
chroot_copy "$bare" "$builder"
mkdir -p "$builder/srv"
cp -a build/deb/* "$builder/srv/"
# lintian wants no root; it finds the packages' errors, not those of a name that nobody has yet.
(chroot_run "$builder" bash -euc '
	cd /srv/esn-pulse-*/
	apt-get update -q
	apt-get install -y -q --no-install-recommends build-essential lintian
	apt-get build-dep -y -q --no-install-recommends .
	pg_buildext updatecontrol
	dpkg-buildpackage -us -uc
	cd ..
	chown -R nobody .
	echo "lintian:"
	runuser -u nobody -- lintian --fail-on error ./*.changes
' sh </dev/null) >"$packages.log" 2>&1 || die "see $packages.log: $(tail -n 20 "$packages.log")"
sed -n '/^lintian:$/,$p' "$packages.log"
rm -f "$packages"/*
cp "$builder"/srv/*.deb "$packages/"
ls "$packages"

step "a site on loopback"
trap 'site_stop package' EXIT
site_start package --sections 12 --count 60 --seed 12 --no-faults
section=$(awk -F'\t' '
	NR == FNR { n[$2]++; next }
	n[$3] > 3 && $4 != "\\N" { print $4; exit }' \
	"$run/package/truth/activity_section_organisers.tsv" "$run/package/truth/sections.tsv")

step "install, in another copy, by the commands of README.md"
chroot_copy "$bare" "$server"
useradd --root "$server" --create-home --shell /bin/bash volunteer
echo 'volunteer ALL=(ALL) NOPASSWD: ALL' >"$server/etc/sudoers.d/volunteer"
cp "$packages"/*.deb "$server/home/volunteer/"
# commands <file>: those below its heading "The package", of the Debian that it is; 13 has 17. Each
# ends with a line that is a semicolon.
commands() {
	awk '/^##/ { on = $0 == "### The package" }
		on && sub(/^    /, "") { printf "%s%s", $0, /\\$/ ? "\n" : "\n;\n" }' "$1" |
		sed -e "s/esn-metu/$section/" ${on_trixie:+-e 's/\b15\b/17/g'}
}
[ "$suite" != trixie ] || on_trixie=1
commands README.md >"$server/home/volunteer/commands"
commands docs/web.md >"$server/home/volunteer/web-commands"
free_ports 1
cp scripts/package-server.sh "$server/srv/"
cp -a "$builder/srv/esn-pulse-"*/ "$server/srv/"
(chroot_run "$server" bash /srv/package-server.sh "$accounts_url" "$activities_url" \
	"${ports[0]}" </dev/null)
