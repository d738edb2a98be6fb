#!/usr/bin/env bash
# Installs the missing packages of Debian that the build and the demo (argument: demo), the
# benchmark (bench) or the tests need.
set -eu
. "$(dirname "$0")/lib.sh"

packages=(
	ca-certificates
	gcc
	libcurl4-openssl-dev
	libicu-dev
	libmicrohttpd-dev
	libpq-dev
	libxml2-dev
	make
	nginx-light
	node-d3-array
	node-d3-geo
	node-d3-selection
	pkg-config
	"postgresql-$PG_MAJOR"
	"postgresql-server-dev-$PG_MAJOR"
	procps
	python3
	zlib1g-dev
)
bench=(
	python3-aiohttp
	python3-asyncpg
	python3-bs4
	python3-fastapi
	python3-icu
	python3-lxml
	python3-psycopg2
	python3-scrapy
	python3-uvicorn
	wrk
)
tests=(
	chromium
	clang
	clang-format
	clang-tidy
	cppcheck
	curl
	default-jdk-headless
	gcovr
	libclang-rt-dev
	libcmocka-dev
	libpostgresql-jdbc-java
	libtap-parser-sourcehandler-pgtap-perl
	odbc-postgresql
	openssl
	pgbouncer
	"postgresql-$PG_MAJOR-cron"
	"postgresql-$PG_MAJOR-pgtap"
	prometheus
	prometheus-postgres-exporter
	python3-openpyxl
	python3-pandas
	python3-psycopg
	python3-pyodbc
	systemd
	unixodbc
	valgrind
)
case ${1:-} in
demo) ;;
bench) packages+=("${bench[@]}") ;;
*) packages+=("${tests[@]}") ;;
esac

missing=()
for package in "${packages[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
		missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

# Debian would create and start a cluster of its own, and a web server. The project starts its own,
# below build/.
if ! dpkg-query -W postgresql-common >/dev/null 2>&1; then
	as_root mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' |
		as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod +x "$policy"
	trap 'as_root rm -f "$policy"' EXIT
fi

echo "installing: ${missing[*]}"
as_root apt-get update -q >/dev/null
as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
# Packages, each with its service if that has another name.
for package in nginx-light:nginx prometheus prometheus-postgres-exporter pgbouncer; do
	case " ${missing[*]} " in
	*" ${package%:*} "*) as_root systemctl disable "${package#*:}" >/dev/null 2>&1 || true ;;
	esac
done
