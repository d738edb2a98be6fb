# What scripts/package.sh does on the bare Debian: types the commands as a user with sudo, then
# looks at what came of them.
#   package-server.sh <address of accounts> <address of activities> <port for the web gateway>
set -eu
accounts=$1 activities=$2 port=$3
cd /home/volunteer
volunteer() { runuser -u volunteer -- bash -c "cd && $1"; }
fail() { echo "$*" >&2; exit 1; }
value() { volunteer "psql -XAtq esn -c \"$1\""; }

# type_commands <file>: counts the commands, and the time in which they wait for what only this test
# needs: no systemd starts services here.
type_commands() {
	local command= line before

	while IFS= read -r line; do
		if [ "$line" != ";" ]; then
			command+=$line$'\n'
			continue
		fi
		count=$((count + 1))
		before=$(date +%s%N)
		if [[ $command == *create.sh* ]]; then
			pg_lsclusters -h | awk '{ system("pg_ctlcluster " $1 " " $2 " start") }'
		elif [[ $command == psql* ]]; then
			for setting in "accounts_url = '$accounts'" "activities_url = '$activities'" \
				"request_delay = 0"; do
				runuser -u postgres -- psql -qX -d postgres -c \
					"ALTER DATABASE esn SET esn_pulse.$setting"
			done
		fi
		spent=$((spent + $(date +%s%N) - before))
		printf '\n$ %s' "$command"
		if [[ $command == *systemctl* ]]; then
			start_gateway
		else
			volunteer "$command" </dev/null >output 2>&1 || fail "it failed: $(tail -n 20 output)"
			tail -n 6 output
		fi
		command=
	done <"$1"
}
# As systemd would, from the unit and the file that it names.
start_gateway() {
	local unit=/lib/systemd/system/esn-pulse-web.service user DSN OPTIONS

	user=$(sed -n 's/^User=//p' "$unit")
	sed -i "s/:8080/:$port/" "$(sed -n 's/^EnvironmentFile=//p' "$unit")"
	. "$(sed -n 's/^EnvironmentFile=//p' "$unit")"
	# The chroot shares this machine's ports: the cluster may have got another than 5432.
	PGPORT=$(pg_lsclusters -h | awk '{ print $3; exit }') eval "exec setpriv --reuid=$user \
		--regid=$user --init-groups $(sed -n 's/^ExecStart=//; T; s/\${DSN}/"$DSN"/; p' "$unit")" \
		>gateway.log 2>&1 &
	gateway=$!
}
count=0 spent=0
begun=$(date +%s%N)
type_commands commands
took=$((($(date +%s%N) - begun - spent) / 1000000))
rows=$(value "SELECT count(*) FROM activities WHERE is_valid")
[ "$rows" -gt 0 ] || fail "no activity was stored"
echo
echo "$count commands and $((took / 1000)).$((took / 100 % 10)) s from the bare Debian to $rows" \
	"activities"

owner=$(value "SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = 'esn_owner'")
[ "$owner" = f ] || fail "the owner may log in, or is a superuser"
[ "$(value "SELECT count(*) FROM esn_health_check()")" -gt 10 ] || fail "no health check"

echo
echo "the web gateway:"
type_commands web-commands
# answer <path>
answer() {
	python3 -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())' \
		"http://127.0.0.1:$port$1"
}
deadline=$((SECONDS + 60))
until answer / >page 2>answer.log; do
	kill -0 "$gateway" && [ "$SECONDS" -lt "$deadline" ] ||
		fail "it does not answer: $(tail answer.log gateway.log)"
	sleep 0.1
done
grep -q '<title>' page || fail "the first page has no title"
answered=$(answer /api/v1/activities |
	python3 -c 'import json, sys; print(json.load(sys.stdin)["total"])')
[ "$answered" = "$rows" ] || fail "it answers with $answered activities instead of $rows"
echo "it answers with $answered activities"
kill "$gateway"
wait "$gateway" || fail "it ended with $?"

echo
echo "the packages' own test:"
apt-get install -y -q make postgresql-server-dev-all >test.log 2>&1 || fail "$(tail test.log)"
cd /srv/esn-pulse-*/
sh debian/tests/installcheck >test.log 2>&1 || fail "$(tail -n 40 test.log)"
grep -E '^(ok|not ok|# All|=* *All|All )' test.log || tail -n 12 test.log

echo
echo "removed:"
apt-get purge -y -q "postgresql-*-esn-pulse" esn-pulse-tools esn-pulse-web >remove.log 2>&1 ||
	fail "$(tail remove.log)"
left=$(find / -xdev -iname '*esn*pulse*' -not -path '/srv/*' -not -path '/home/*' \
	-not -path '/proc/*' -not -path '*/base/*' -not -path '*/esn_pulse_log*' \
	-not -path '/var/cache/*')
[ -z "$left" ] || fail "these files are left: $left"
echo "no file is left but the database, and its log of runs"
