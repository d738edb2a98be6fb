#!/usr/bin/env bash
# How long scripts/backup.sh takes, which restores each backup to prove it, and scripts/restore.sh
# after the loss of a database (docs/operations.md): on a made-up network of 45,000 activities with
# texts of 2 kB and what is known of their pages.
# Usage: bench/restore.sh [activities: 45000]. Takes some minutes.
. test/site/tests.sh
activities=${1:-45000}
cluster=restore
cluster_start "$cluster" "max_wal_size = '2GB'"
kept=$(mktemp -d)
trap 'cluster_stop "$cluster"; rm -rf "$kept"' EXIT
export PGHOST=$run/$cluster
cluster_psql "$cluster" -c "CREATE DATABASE esn"
cluster_psql "$cluster" -d esn -c "CREATE EXTENSION esn_pulse"
# The sections draw a fifth more than is asked for.
cluster_psql "$cluster" -d esn -At -o /dev/null -v sections=500 \
	-v activities="$((activities * 5 / 6))" -v seed=1 -v taste=0.2 -v signal=0.4 \
	-v type_signal=0.4 -v gaps=0 -v taken_up=0 -v rising=1 -f bench/planner-network.sql
# No two texts are alike: pg_dump compresses.
cluster_psql "$cluster" -d esn <<-'SQL'
	UPDATE activities a SET description = (
		SELECT string_agg(md5(a.id || ' ' || n), ' ') FROM generate_series(1, 60) n);
	INSERT INTO frontier (url, kind, event_slug, http_status, etag, content_hash, status,
		fetched_at, next_fetch_at)
	SELECT url, 'activity', event_slug, 200, md5(url), hashtextextended(url, 1), 'fetched', now(),
		now() + interval '30 days'
	FROM activities;
	INSERT INTO changes (activity_id, old_values, new_values)
	SELECT id, '{"title": "before"}', jsonb_build_object('title', title) FROM activities;
	VACUUM ANALYZE;
SQL
timed() { # <what> <command ...>
	local what=$1 begun
	shift
	begun=$(date +%s%N)
	"$@" >"$kept/output" || die "$what: $(tail -n 5 "$kept/output")"
	echo "$what: $((($(date +%s%N) - begun) / 100000000))" | sed -E 's/(.)$/.\1 s/; s/: \./: 0./'
}
cluster_psql "$cluster" -d esn -At -c "SELECT (SELECT count(*) FROM activities) || ' activities, '
	|| pg_size_pretty(pg_database_size('esn'))"
timed "backup.sh, with the proof" scripts/backup.sh esn "$kept"
file=$(echo "$kept"/esn_*.dump)
echo "the dump: $(($(stat -c %s "$file") / 1000000)) MB"
for jobs in 1 2; do
	cluster_psql "$cluster" -c "DROP DATABASE IF EXISTS esn"
	timed "create.sh" scripts/create.sh esn volunteer
	timed "restore.sh, jobs: $jobs" scripts/restore.sh esn "$file" "$jobs"
	timed "the first overview" cluster_psql "$cluster" -d esn -c "TABLE esn_section_overview"
done
