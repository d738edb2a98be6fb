# What the scripts share. Sourced, from the top of the tree, with set -eu.

top=$PWD

# Prefer the programs of Debian, which setup.sh installs. Another python3 may lack Debian's
# packages, and one behind a wrapper takes ten times as long to start.
PATH=/usr/bin:$PATH

# The core, which knows no PostgreSQL, and the server side.
core=(src/{base,html,http,page}/*.c)
server_side=(src/*.c src/{pg,store,crawl}/*.c)

# The server's major version that this Debian comes with.
debian_pg_major() {
	local VERSION_ID=
	[ ! -r /etc/os-release ] || VERSION_ID=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
	case $VERSION_ID in
	13) echo 17 ;;
	*) echo 15 ;;
	esac
}

PG_MAJOR=${PG_MAJOR:-$(debian_pg_major)}
PG_BIN=${PG_BIN:-/usr/lib/postgresql/$PG_MAJOR/bin}

extension_version() {
	sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" esn_pulse.control
}

step() {
	printf '\n== %s\n' "$*"
}

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# PostgreSQL and nginx run as an unprivileged user: as you, or, if you are root, as the user of
# PostgreSQL's package.
as_owner() {
	# from a directory that this user can be in, too
	if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# The directory of clusters and sites: build/run, or a directory below /tmp if that user cannot
# enter build/run or a socket's path would be too long.
run_directory() {
	local run=$top/build/run

	mkdir -p "$run"
	if [ ${#run} -gt 75 ] || ! as_owner test -x "$run"; then
		run=/tmp/esn_pulse-$(printf '%s' "$top" | cksum | cut -d' ' -f1)
		mkdir -p "$run"
		ln -sfn "$run" build/run/elsewhere
	fi
	[ "$(id -u)" -ne 0 ] || chown postgres: "$run"
	printf '%s' "$run"
}

# Builds with one compiler, warnings being errors, into build/<compiler>.
build() {
	local quiet=-Werror

	# The flags with which Debian built the server are gcc's; clang need not know all of them.
	[ "$1" != clang ] ||
		quiet="$quiet -Wno-ignored-optimization-argument -Wno-unknown-warning-option"
	mkdir -p "build/$1"
	make -s -j2 -C "build/$1" -f "$top/pgxs.mk" \
		PG_CONFIG="$PG_BIN/pg_config" CC="$1" WERROR="$quiet"
}

install_extension() {
	as_root make -s -C build/gcc -f "$top/pgxs.mk" \
		PG_CONFIG="$PG_BIN/pg_config" CC=gcc WERROR=-Werror install >/dev/null
}

# private_server <directory> <make's arguments ...>: a copy of the server's programs with another
# build of the extension, so that the installed one is not touched. Sets PG_BIN to the copy's, whose
# programs find their files relative to themselves.
private_server() {
	local root=$1 config=$PG_BIN/pg_config directory
	shift

	rm -rf "$root/server"
	mkdir -p "$root/extension" "$root/server"
	make -s -j2 -C "$root/extension" -f "$top/pgxs.mk" PG_CONFIG="$config" CC=gcc "$@"
	for directory in "$(dirname "$("$config" --pkglibdir)")" "$("$config" --sharedir)"; do
		mkdir -p "$root/server/$(dirname "$directory")"
		cp -a "$directory" "$root/server/$directory"
	done
	make -s -C "$root/extension" -f "$top/pgxs.mk" PG_CONFIG="$config" CC=gcc "$@" \
		DESTDIR="$root/server" install >/dev/null
	export PG_BIN=$root/server$PG_BIN
}

# pg_regress and pgTAP on a cluster, by the targets that people call on servers of theirs.
tests_in_server() {
	local target

	for target in installcheck installcheck-pgtap; do
		KEEP_DATABASE=1 PGHOST="$run/$1" PGUSER="$(id -un)" \
			make -s PG_CONFIG="$PG_BIN/pg_config" "$target"
	done
}

# new_data <directory>: the data of a new cluster. initdb takes a second and always makes the same,
# so it runs once.
new_data() {
	local made=$run/initdb-$PG_MAJOR

	(
		flock 9
		[ ! -d "$made" ] || exit 0
		as_owner rm -rf "$made.part"
		as_owner "$PG_BIN/initdb" -D "$made.part" -U "$(id -un)" -A trust -E UTF8 \
			--locale=C.UTF-8 --no-sync >"$made.log" 2>&1 ||
			die "initdb failed: $(cat "$made.log")"
		as_owner mv "$made.part" "$made"
	) 9>"$made.lock" || exit 1
	as_owner cp -a "$made" "$1"
}

# cluster_start <name> [setting=value ...]: a private cluster without TCP, which replaces an
# existing one. You are its superuser.
cluster_start() {
	local data=$run/$1 setting
	shift

	cluster_stop "$(basename "$data")"
	as_owner rm -rf "$data"
	as_owner mkdir -p "$data"
	new_data "$data/data"
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$data'"
		echo "fsync = off"
		[ -z "${calls:-}" ] || echo "track_functions = all"
		for setting in "$@"; do echo "$setting"; done
	} | as_owner tee -a "$data/data/postgresql.conf" >/dev/null
	cluster_resume "$(basename "$data")"
}

# Starts the program in server_program instead of postgres, if that is set.
cluster_resume() {
	as_owner "$PG_BIN/pg_ctl" ${server_program:+-p "$server_program"} \
		-D "$run/$1/data" -l "$run/$1/log" -w -s start ||
		die "the server did not start: $(tail -n 20 "$run/$1/log")"
}

cluster_stop() {
	[ -f "$run/$1/data/postmaster.pid" ] || return 0
	[ -z "${calls:-}" ] || note_calls "$1"
	as_owner "$PG_BIN/pg_ctl" -D "$run/$1/data" -m "${2:-fast}" -w -s stop || true
}

# note_calls <cluster>: adds to the file $calls the functions of the extension that were called
# there. A server that does not answer adds none.
note_calls() {
	local database called="SELECT p.proname, p.pronargs FROM pg_stat_user_functions f
		JOIN pg_proc p ON p.oid = f.funcid JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
		AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid
		AND e.extname = 'esn_pulse' WHERE f.calls > 0"

	for database in $(cluster_psql "$1" -U "$(id -un)" -A -t \
		-c "SELECT datname FROM pg_database WHERE datallowconn" 2>/dev/null); do
		cluster_psql "$1" -U "$(id -un)" -d "$database" -A -t -c "$called" \
			>>"$calls" 2>/dev/null || true
	done
}

# cluster_psql <name> [psql's arguments]: psql on a cluster. It calls the program itself, because
# Debian's psql is a script in Perl that takes longer to start than most statements to run.
cluster_psql() {
	local name=$1
	shift
	"$PG_BIN/psql" -X -q -h "$run/$name" -d postgres -v ON_ERROR_STOP=1 "$@"
}

# uncalled: the functions of the extension that are not in the file $calls. A function in SQL may
# have become a part of the statement that calls it: there it suffices that something names it, as
# with functions that only raise an error.
uncalled() {
	cluster_start uncalled >/dev/null
	as_owner cp "$calls" "$run/uncalled/calls"
	cluster_psql uncalled -A -t -c "CREATE EXTENSION esn_pulse" \
		-c "CREATE TEMP TABLE called (name text, args smallint)" \
		-c "COPY called FROM '$run/uncalled/calls' DELIMITER '|'" -f scripts/uncalled.sql
	cluster_stop uncalled
}
