#!/usr/bin/env bash
# Builds the image of Containerfile without a registry, and writes it as an OCI archive,
# build/image/esn-pulse-<version>.oci.tar. Loads it from there, starts it, and reads a site on
# loopback with it; the web gateway runs beside it, by the command that compose.yaml has. The base,
# which carries the name that Containerfile asks for, is made by debootstrap, with later updates.
# Needs root, and buildah, which is installed if it is missing. All is kept below build/image.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/chroot.sh
. test/site/site.sh
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"
store=$top/build/image
bare=$top/build/image.bare
version=$(extension_version)
archive=$store/esn-pulse-$version.oci.tar
run=$(run_directory)
mkdir -p "$store"
exec 9>"$store.lock"
flock -n 9 || die "it is in use: another scripts/image.sh runs"
command -v buildah >/dev/null || {
	apt-get update -q >/dev/null
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends buildah >/dev/null
}
image() {
	buildah --root "$store/storage" --runroot "$store/run" --storage-driver vfs "$@"
}
isolation=(--isolation chroot --network host)

step "a base by the name that Containerfile asks for"
base=$(awk '$1 == "FROM" { print $2; exit }' Containerfile)
rm -rf --one-file-system "$store"
mkdir -p "$store"
chroot_make bookworm "$bare"
# Without what debootstrap has copied from this machine or downloaded.
tar -C "$bare" --one-file-system --exclude=./etc/{hostname,hosts,resolv.conf} \
	--exclude=./var/{cache/apt/archives,lib/apt/lists}/'*' --exclude=./var/log/bootstrap.log \
	-c . >"$store/base.tar"
container=$(image from scratch)
image add -q "$container" "$store/base.tar" /
mirror=$(chroot_mirror)
printf "deb %s %s main\n" "$mirror" bookworm "$mirror" bookworm-updates \
	"$mirror-security" bookworm-security >"$store/sources.list"
image copy -q "$container" "$store/sources.list" /etc/apt/sources.list
image run "${isolation[@]}" "$container" -- sh -euc '
	apt-get update -q
	apt-get dist-upgrade -y -q
	apt-get clean
	rm -rf /var/lib/apt/lists/*' >"$store/base.log" 2>&1 ||
	die "see $store/base.log: $(tail -n 20 "$store/base.log")"
image config --cmd bash "$container"
image commit -q --rm "$container" "$base" >/dev/null
rm "$store/base.tar"

step "the image"
git archive HEAD | (mkdir "$store/context" && tar -x -C "$store/context")
begun=$SECONDS
image build "${isolation[@]}" --pull-never -t esn-pulse -f Containerfile "$store/context" \
	>"$store/build.log" 2>&1 || die "see $store/build.log: $(tail -n 20 "$store/build.log")"
echo "built in $((SECONDS - begun)) s"

step "the image as a file, which is loaded again"
image push -q esn-pulse "oci:$store/layout:esn-pulse:$version"
python3 - "$store/layout" "esn-pulse:$version" <<'PYTHON'
# docker load wants a list of its own beside that of OCI.
import json
import pathlib
import sys

layout, name = pathlib.Path(sys.argv[1]), sys.argv[2]


def blob(of):
    return "blobs/" + of["digest"].replace(":", "/")


[image] = json.loads((layout / "index.json").read_text())["manifests"]
manifest = json.loads((layout / blob(image)).read_text())
(layout / "manifest.json").write_text(json.dumps([{
    "Config": blob(manifest["config"]), "RepoTags": [name],
    "Layers": [blob(layer) for layer in manifest["layers"]]}]))
PYTHON
tar -C "$store/layout" --sort=name --owner=0 --group=0 --numeric-owner -cf "$archive" \
	blobs index.json manifest.json oci-layout
rm -r "$store/layout"
for format in docker-archive oci-archive; do
	image rmi -a -f >/dev/null
	image pull -q "$format:$archive" >/dev/null
	[ "$(image images -q | wc -l)" = 1 ] || die "the archive has more than one image, or none"
done
ls -l "$archive"

step "a container, which reads a site on loopback"
free_ports 2
port=${ports[0]} web_port=${ports[1]}
site_start image --sections 12 --count 60 --seed 12 --no-faults
container=$(image from --pull-never "localhost/esn-pulse:$version")
section=$(awk -F'\t' '
	NR == FNR { n[$2]++; next }
	n[$3] > 3 && $4 != "\\N" { print $4; exit }' \
	"$run/image/truth/activity_section_organisers.tsv" "$run/image/truth/sections.tsv")
begun=$(date +%s%N)
# What compose.yaml would start; only the port and the sites are others.
# The two containers share the directory of the socket, which belongs to the server.
mkdir "$store/socket"
image run "${isolation[@]}" --volume "$store/socket:/mnt" "$container" -- \
	install -d -o postgres -g postgres -m 2775 /mnt
socket=(--volume "$store/socket:/run/postgresql" --env "PGPORT=$port")
image run "${isolation[@]}" "${socket[@]}" --env ESN_PASSWORD=secret "$container" -- \
	esn-pulse-server -c "esn_pulse.accounts_url=$accounts_url" \
	-c "esn_pulse.activities_url=$activities_url" -c esn_pulse.request_delay=0 \
	>"$store/server.log" 2>&1 &
server=$!
in_container() {
	image run "${isolation[@]}" "${socket[@]}" --user postgres "$container" -- "$@"
}
# The container shares the numbers of processes with this machine. Without one, its server has not
# been reached: it ends with what started it.
stop() {
	local pid

	pid=$(in_container psql -XAtq postgres -c \
		"SELECT (regexp_match(pg_read_file('postmaster.pid'), '^\d+'))[1]" 2>/dev/null) || true
	kill -INT "${pid:-$server}" 2>/dev/null || true
	wait "$server" || true
	site_stop image
}
trap stop EXIT
export PGPASSWORD=secret
as_reader() { psql -XAtq -h 127.0.0.1 -p "$port" -U esn_reader -d esn -c "$1"; }
as_superuser() { in_container psql -XAtq esn -c "$1"; }
await_server() {
	local deadline=$((SECONDS + 120))

	until as_reader "SELECT 1" >/dev/null 2>&1; do
		kill -0 "$server" 2>/dev/null || die "it has ended: $(tail -n 20 "$store"/*.log)"
		[ "$SECONDS" -lt "$deadline" ] || die "it does not answer: $(tail -n 20 "$store"/*.log)"
		sleep 0.1
	done
}
await_server
as_superuser "SELECT id, status FROM esn_scrape_section('$section')" 2>&1
echo "$((($(date +%s%N) - begun) / 1000000)) ms from the start to" \
	"$(as_reader "SELECT count(*) FROM activities WHERE is_valid") activities"
[ "$(as_reader "SELECT count(*) > 0 FROM activities")" = t ] || die "no activity was stored"
[ "$(as_reader "SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = 'esn_owner'")" = f ] ||
	die "the owner may log in, or is a superuser"
! as_reader "UPDATE activities SET title = 'x'" 2>/dev/null || die "the reader can write"
schedule="SELECT status, value FROM esn_health_check() WHERE name = 'schedule'"
[ "$(as_reader "$schedule")" = "warning|no jobs here" ] ||
	die "runs are scheduled already: $(as_reader "$schedule")"
as_superuser "SELECT count(*) FROM esn_schedule()" >/dev/null
[ "$(as_reader "$schedule")" = "ok|4 jobs" ] ||
	die "of the schedule the health check sees: $(as_reader "$schedule")"
echo "nothing was scheduled; now 4 jobs are"

step "the web gateway, in another container"
web=$(image from --pull-never "localhost/esn-pulse:$version")
read -ra command < <(awk '$1 == "entrypoint:" { print $2 }' compose.yaml)
while IFS= read -r -d "" argument; do command+=("$argument"); done < <(
	awk '$1 == "command:" { sub(/ *command: /, ""); print }' compose.yaml |
		sed "s/:8080/:$web_port/" | xargs printf '%s\0')
image run "${isolation[@]}" "${socket[@]}" --user esn_web "$web" -- "${command[@]}" \
	>"$store/web.log" 2>&1 &
gateway=$!
stop_all() {
	pkill -INT -f -x "[^ ]*esn-pulse-web --listen 0.0.0.0:$web_port .*" || true
	wait "$gateway" || true
	stop
}
trap stop_all EXIT
answer() { curl -sf "http://127.0.0.1:$web_port$1"; }
await_gateway() {
	local deadline=$((SECONDS + 60)) total

	until answer /api/v1/activities >"$store/activities.json"; do
		[ "$SECONDS" -lt "$deadline" ] || die "it does not answer: $(tail -n 20 "$store/web.log")"
		sleep 0.1
	done
	total=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["total"])' \
		<"$store/activities.json")
	[ "$total" = "$(as_reader "SELECT count(*) FROM activities WHERE is_valid")" ] ||
		die "it answers with $total activities"
	echo "it answers with $total activities"
}
await_gateway
answer / | grep -q '<title>' || die "the first page has no title"

step "the same container, started again"
stop
image run "${isolation[@]}" "${socket[@]}" "$container" -- esn-pulse-server \
	>"$store/again.log" 2>&1 &
server=$!
await_server
[ "$(as_reader "SELECT count(*) > 0 FROM activities")" = t ] || die "the activities are lost"
echo "it has kept its data"
await_gateway
