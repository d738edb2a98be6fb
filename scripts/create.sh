#!/usr/bin/env bash
# Creates a database with the extension, and the role that owns its tables, which cannot log in.
#   sudo scripts/create.sh <database> [role] [version of the extension]
# Grants the owner's rights to the role, by default to the one named like the user who called sudo,
# and creates it if it does not exist. That user then needs no password in psql.
# Call it as root, or as a user who is a superuser of PostgreSQL; then libpq's variables (PGHOST,
# PGPORT, PGUSER) select the server.
set -eu
case $#-${1:-} in
[123]-[!-]*) ;;
*) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
failed=false
database=$1 owner=$1_owner role=${2:-${SUDO_USER:-$(id -un)}} version=${3:-}

# run <database> [psql's arguments]: as the user of PostgreSQL's package, if you are root
run() {
	local command=(psql -X -q -At -v ON_ERROR_STOP=1 -v database="$database" -v owner="$owner"
		-v role="$role" -v version="${version:+VERSION '$version'}" -d "$@")

	if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "${command[@]}")
	else "${command[@]}"; fi
}

# The order of names does not depend on the locale of the machine.
run postgres <<-'SQL'
	SELECT format('CREATE ROLE %I NOLOGIN', :'owner')
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
	SELECT format('CREATE ROLE %I LOGIN', :'role')
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
	CREATE DATABASE :"database" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8'
		LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'und';
	SELECT format('GRANT %I TO %I', :'owner', :'role')
	WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = :'role') \gexec
SQL
# Only a superuser can create the extension: the owner is one until the end of the transaction.
run "$database" --single-transaction <<-'SQL' || failed=true
	ALTER ROLE :"owner" SUPERUSER;
	SET ROLE :"owner";
	CREATE EXTENSION esn_pulse :version;
	RESET ROLE;
	ALTER ROLE :"owner" NOSUPERUSER;
SQL
if "$failed"; then
	run postgres <<<'DROP DATABASE :"database"'
	exit 1
fi
echo "The database $database is ready: psql $database"
