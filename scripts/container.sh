#!/usr/bin/env bash
# The entry point of the container: creates the server's data and the database esn if they do not
# exist, then runs the server. Arguments are those of postgres.
# ESN_PASSWORD: when the data are created, the role esn_reader, which can only read, gets this
# password, with which it can log in over the network. Without it, nobody can.
# The role esn_web is for the web gateway, which connects by the socket. Runs are not scheduled:
# those who run the sites are to be asked first.
set -eu
data=/var/lib/postgresql/data

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

# A half-made one is made anew.
if [ ! -d "$data" ]; then
	new=$data.new
	rm -rf "$new"
	chown postgres:postgres "$(dirname "$data")"
	as_postgres initdb -D "$new" -E UTF8 --locale-provider=icu --icu-locale=und --locale=C.UTF-8 \
		--auth-local=peer --auth-host=scram-sha-256 >/dev/null
	as_postgres tee -a "$new/postgresql.conf" >/dev/null <<-'CONF'
		listen_addresses = '*'
		shared_preload_libraries = 'pg_cron'
		cron.database_name = 'esn'
		cron.use_background_workers = on
	CONF
	echo 'host all all all scram-sha-256' | as_postgres tee -a "$new/pg_hba.conf" >/dev/null
	as_postgres pg_ctl -D "$new" -w -s -o "-c listen_addresses=" start
	/usr/share/esn-pulse/scripts/create.sh esn postgres
	as_postgres psql -X -q -d esn -v ON_ERROR_STOP=1 -o /dev/null <<-'SQL'
		CREATE EXTENSION pg_cron;
		-- The health check reads as the owner, to whom pg_cron would show only its own jobs.
		GRANT USAGE ON SCHEMA cron TO esn_owner;
		ALTER ROLE esn_owner BYPASSRLS;
		CREATE ROLE esn_web LOGIN;
		SELECT esn_grant_web('esn_web');
		CREATE ROLE esn_reader LOGIN;
		SELECT esn_grant_read('esn_reader');
		\getenv password ESN_PASSWORD
		\if :{?password}
			SELECT :'password' <> '' AS is_given \gset
			\if :is_given
				ALTER ROLE esn_reader PASSWORD :'password';
			\endif
		\endif
	SQL
	as_postgres pg_ctl -D "$new" -w -s -m fast stop
	mv "$new" "$data"
fi
cd /
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -D "$data" "$@"
