#!/usr/bin/env bash
# Static analysis: clang-tidy (see .clang-tidy), cppcheck and gcc's own, and systemd's of the units.
# Any finding is an error. Exceptions are in the code, with their reason, or in .clang-tidy.
# ANALYZER_NODES: after how many states clang's analyzer leaves a function; by default as many as by
# its own. With a quarter of them it takes a quarter of the time.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
headers=$("$PG_BIN/pg_config" --includedir-server)
server=(-DEXTENSION_VERSION='"0"' -DSCRIPT_HASH='"0"' -DPGDLLEXPORT= -isystem "$headers")
flags="-std=gnu11 -D_GNU_SOURCE -Isrc $(pkg-config --cflags libcurl libxml-2.0 icu-i18n icu-uc)"
read -ra web < <(pkg-config --cflags libmicrohttpd libpq zlib)
log=build/analyze.log
mkdir -p build

# two at once <program ...>: over each file that is named on the input
two_at_once() {
	nice xargs -P 2 -n 1 "$@" >"$log" 2>&1 || die "$(grep -v 'warnings generated' "$log")"
}

step "units for systemd"
rm -rf build/units
mkdir build/units
for unit in examples/*.service examples/*.timer; do
	# Only a program that exists passes. The gateway need not be built.
	sed -e "s,/opt/esn_pulse,$PWD," -e 's,/usr/local/bin/esn-pulse-web,/bin/true,' "$unit" \
		>"build/units/${unit##*/}"
done
systemd-analyze verify --man=no build/units/* || die "see above"
systemd-analyze security --offline=true --threshold=20 --no-pager \
	build/units/esn-pulse-web.service >"$log" || die "$(cat "$log")"

step "cppcheck"
# PostgreSQL's headers are too much for it: foreach is all that it must know of them.
nice cppcheck -q -j 2 --std=c11 --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 -Isrc -D_GNU_SOURCE '-DEXTENSION_VERSION="0"' '-DSCRIPT_HASH="0"' \
	'-Dforeach(cell, list)=for (; (cell) != NULL;)' src web

step "gcc -fanalyzer"
compile=(gcc -fanalyzer -Werror $flags -O1 -c -o /dev/null)
printf '%s\n' "${core[@]}" | two_at_once "${compile[@]}"
printf '%s\n' "${server_side[@]}" | two_at_once "${compile[@]}" "${server[@]}"
printf '%s\n' web/*.c | two_at_once "${compile[@]}" -Wall -Wextra "${web[@]}"

step "clang-tidy"
tidy=(clang-tidy-14 --quiet)
states=(-Xclang -analyzer-config -Xclang "max-nodes=${ANALYZER_NODES:-225000}")
for flag in $flags "${states[@]}"; do tidy+=("--extra-arg=$flag"); done
printf '%s\n' "${core[@]}" | two_at_once "${tidy[@]}"
printf '%s\n' "${server_side[@]}" | two_at_once "${tidy[@]}" "${server[@]/#/--extra-arg=}"
printf '%s\n' web/*.c | two_at_once "${tidy[@]}" "${web[@]/#/--extra-arg=}"
