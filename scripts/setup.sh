#!/usr/bin/env bash
# Installs what the build and the demo (argument: demo), the benchmark (bench) or the tests need, by name, from Debian; only what is missing.
set -eu
. "$(dirname "$0")/lib.sh"

packages=(gcc make pkg-config ca-certificates "postgresql-$PG_MAJOR" "postgresql-server-dev-$PG_MAJOR" libcurl4-openssl-dev libicu-dev
	node-d3-array node-d3-geo node-d3-selection nginx-light python3 procps)
case ${1:-} in
demo) ;;
bench) packages+=(libxml2-dev python3-scrapy python3-psycopg2 python3-aiohttp python3-bs4 python3-lxml python3-asyncpg
	python3-icu) ;;
*) packages+=(clang clang-format libclang-rt-dev valgrind "postgresql-$PG_MAJOR-cron" "postgresql-$PG_MAJOR-pgtap"
	libtap-parser-sourcehandler-pgtap-perl libcmocka-dev openssl prometheus-postgres-exporter curl gcovr
	clang-tidy cppcheck chromium
	odbc-postgresql unixodbc python3-pyodbc libpostgresql-jdbc-java default-jdk-headless python3-psycopg python3-pandas pgbouncer) ;;
esac

missing=()
for package in "${packages[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

# Debian would make and start a cluster of its own, and a web server; the project brings its own, under build/.
if ! dpkg-query -W postgresql-common >/dev/null 2>&1; then
	as_root mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod +x "$policy"
	trap 'as_root rm -f "$policy"' EXIT
fi

echo "installing: ${missing[*]}"
as_root apt-get update -q >/dev/null
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
for service in nginx prometheus-postgres-exporter pgbouncer; do
	case " ${missing[*]} " in
	*" $service"*) as_root systemctl disable "$service" >/dev/null 2>&1 || true ;;
	esac
done
