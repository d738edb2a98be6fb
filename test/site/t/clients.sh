# The clients that people use read everything, as docs/connect.md describes: ODBC, JDBC, psycopg and
# pandas, directly and through PgBouncer.
. test/site/tests.sh
guide=docs/connect.md
user=anna
free_ports 2
export PGPORT=${ports[0]}
pooled=${ports[1]}
bouncer=$run/clients-pgbouncer
certificate=$bouncer/ssl-cert-snakeoil
rm -rf "$bouncer"
mkdir -p "$bouncer"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=localhost" \
	-keyout "$certificate.key" -out "$certificate.pem" 2>/dev/null
chmod 600 "$certificate.key"
here='hostssl esn +esn_readers 127.0.0.1/32 '
{
	echo "local all all trust"
	sed -n "s|^ *hostssl  *esn  *+esn_readers  *[0-9./]* |$here|p" "$guide"
} >"$bouncer/pg_hba.conf"
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$bouncer"
site_cluster clients "listen_addresses = '127.0.0.1'" "port = $PGPORT" \
	"hba_file = '$bouncer/pg_hba.conf'" "ssl = on" "ssl_cert_file = '$certificate.pem'" \
	"ssl_key_file = '$certificate.key'" "esn_pulse.keep_pages = invalid" \
	"esn_pulse.max_retries = 0"
trap 'stop_bouncer; site_stop esn; cluster_stop clients' EXIT

# fenced <language>: the blocks of the guide in that language
fenced() {
	awk -v from="\`\`\`$1" '$0 == from { on = 1; next } /^```/ { on = 0 } on' "$guide"
}

start_bouncer() {
	fenced ini | sed -e "s|^esn = .*|esn = host=127.0.0.1 port=$PGPORT|" \
		-e 's|^listen_addr = .*|listen_addr = 127.0.0.1|' \
		-e "s|^listen_port = .*|listen_port = $pooled|" \
		-e "s|^\([a-z_]* = \)/.*/|\1$bouncer/|" \
		-e '$aunix_socket_dir =' | as_owner tee "$bouncer/pgbouncer.ini" >/dev/null
	sql "$(fenced sql | grep '^SELECT format')" | as_owner tee "$bouncer/userlist.txt" >/dev/null
	as_owner pgbouncer -q -d "$bouncer/pgbouncer.ini"
}

stop_bouncer() {
	[ ! -s "$bouncer/pgbouncer.pid" ] ||
		as_owner kill "$(cat "$bouncer/pgbouncer.pid")" 2>/dev/null || true
}

# client_reports <client> <command ...>: the client prints for each check true or false, what was
# checked, and what was wrong with it.
client_reports() {
	local client=$1 status=0 passed what wrong output=$run/clients/output
	shift
	"$@" >"$output" 2>"$output.err" || status=$?
	while IFS=$'\t' read -r passed what wrong; do ok "$passed" "$what" "$wrong"; done <"$output"
	is "$client came to the end" "$status $(cat "$output.err")" "0 "
}

site_database esn --sections 40 --count 300 --seed 21 --every-fault
sql "SELECT esn_scrape_all()" \
	"UPDATE activities SET title = 'Çay, \"quoted\", \\ and more', participants = NULL
	WHERE id % 10 = 0" >/dev/null
like "the guide's role can be made" "$(fenced sql | cluster_psql clients -d esn -At 2>&1)" \
	'*"anna" "SCRAM-SHA-256$*'
export PGSSLMODE=require PGPASSWORD
PGPASSWORD=$(fenced sql | sed -n "s/^CREATE ROLE $user LOGIN PASSWORD '\([^']*\)'.*/\1/p")
start_bouncer
bounced() { psql -X -At -h 127.0.0.1 -p "$pooled" -U "$user" -d esn -c "$1" 2>&1 || true; }
direct() { psql -X -At -h 127.0.0.1 -U "$user" -d esn -c "$1" 2>&1 || true; }
eventually 20 Europe/Istanbul bounced "SHOW timezone" || true
is "the guide's PgBouncer lets her in, with her settings" "$(bounced "SHOW timezone")" \
	Europe/Istanbul
like "but nobody with another password" "$(PGPASSWORD=x bounced "SELECT 1")" "*failed*"
like "and nobody without encryption" "$(PGSSLMODE=disable bounced "SELECT 1")" "*SSL required*"
like "nor does the server" "$(PGSSLMODE=disable direct "SELECT 1")" \
	"*no pg_hba.conf entry*no encryption*"
reference=$run/clients/reference
as_owner mkdir -p "$reference"
cluster_psql clients -d esn -v "role=$user" -v "directory=$reference" \
	-f test/site/clients/reference.sql
is "there is what clients stumble over: long texts, Turkish names, NULLs, pages" \
	"$(sql "SELECT max(length(description)) > 8190 FROM esn_activity_overview" \
		"SELECT count(*) > 1 FROM esn_section_overview WHERE section ~ '[ğışĞİŞ]'" \
		"SELECT count(participants) < count(*) FROM activities" \
		"SELECT count(body) > 0 FROM frontier" \
		"SELECT count(*) > 0 FROM validation_errors" | xargs)" "t t t t t"

# The JVM's time zone is the session's: a client that gets the connection after it must have its own
# again. It is another one, but the day is the same there.
prepare=$(sed -n 's/.*`jdbc:postgresql:[^?`]*?\([^`]*\)`.*/\1/p' "$guide")
client_reports "the client of JDBC" \
	java -Duser.timezone=Africa/Nairobi -XX:TieredStopAtLevel=1 \
	-cp /usr/share/java/postgresql.jar test/site/clients/Clients.java \
	"$reference" "$user" "$PGPASSWORD" \
	direct "jdbc:postgresql://127.0.0.1:$PGPORT/esn?sslmode=require" \
	PgBouncer "jdbc:postgresql://127.0.0.1:$pooled/esn?$prepare"

# Debian's definition of the driver writes a log to /tmp.
printf '[PostgreSQL Unicode]\nDriver=psqlodbcw.so\n' >"$bouncer/odbcinst.ini"
export ODBCSYSINI=$bouncer
# Debian's, which has Debian's packages
python=/usr/bin/python3
settings=$(sed -n 's/^ *Driver={PostgreSQL Unicode};.*;\(SSLmode=.*\)$/\1/p' "$guide")
client_reports "the client of Python" \
	$python test/site/clients/clients.py "$reference" "$user" "$PGPASSWORD" esn \
	"$settings" "$PGPORT" "$pooled"

example() { $python examples/read.py "host=127.0.0.1 port=$1 dbname=esn user=$user" 2>&1; }
first=$(sql "SELECT section FROM esn_section_overview ORDER BY activities DESC, section LIMIT 1")
like "the example prints the most active section first" "$(example "$PGPORT")" \
	"*section*"$'\n'*"$first "*
is "and the same through PgBouncer" "$(example "$pooled")" "$(example "$PGPORT")"
done_testing
