# What scripts/package.sh does on the bare Debian: types the commands as a user with sudo, then
# looks at what came of them.
#   package-server.sh <address of accounts> <address of activities>
set -eu
cd /home/volunteer
volunteer() { runuser -u volunteer -- bash -c "cd && $1"; }
fail() { echo "$*" >&2; exit 1; }
value() { volunteer "psql -XAtq esn -c \"$1\""; }

count=0
begun=$(date +%s%N)
spent=0
command=
while IFS= read -r line; do
	if [ "$line" != ";" ]; then
		command+=$line$'\n'
		continue
	fi
	count=$((count + 1))
	# What only this test needs takes no time of the user's. No systemd starts the server here.
	before=$(date +%s%N)
	if [[ $command == *create.sh* ]]; then
		pg_lsclusters -h | awk '{ system("pg_ctlcluster " $1 " " $2 " start") }'
	elif [[ $command == psql* ]]; then
		for setting in "accounts_url = '$1'" "activities_url = '$2'" "request_delay = 0"; do
			runuser -u postgres -- psql -qX -d postgres -c \
				"ALTER DATABASE esn SET esn_pulse.$setting"
		done
	fi
	spent=$((spent + $(date +%s%N) - before))
	printf '\n$ %s' "$command"
	volunteer "$command" </dev/null >output 2>&1 || fail "it failed: $(tail -n 20 output)"
	tail -n 6 output
	command=
done <commands
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
echo "the packages' own test:"
apt-get install -y -q make postgresql-server-dev-all >test.log 2>&1 || fail "$(tail test.log)"
cd /srv/esn-pulse-*/
sh debian/tests/installcheck >test.log 2>&1 || fail "$(tail -n 40 test.log)"
grep -E '^(ok|not ok|# All|=* *All|All )' test.log || tail -n 12 test.log

echo
echo "removed:"
apt-get purge -y -q "postgresql-*-esn-pulse" esn-pulse-tools >remove.log 2>&1 ||
	fail "$(tail remove.log)"
left=$(find / -xdev -iname '*esn*pulse*' -not -path '/srv/*' -not -path '/home/*' \
	-not -path '/proc/*' -not -path '*/base/*' -not -path '*/esn_pulse_log*' \
	-not -path '/var/cache/*')
[ -z "$left" ] || fail "these files are left: $left"
echo "no file is left but the database, and its log of runs"
