#!/usr/bin/env bash
# Installs what the build and the tests need, by name, from Debian; only what is missing.
set -eu

packages=(gcc make pkg-config clang clang-format libclang-rt-14-dev postgresql-15 postgresql-server-dev-15
	libcurl4-openssl-dev libxml2-dev libicu-dev libcmocka-dev)

missing=()
for package in "${packages[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive

# Debian would make and start a cluster of its own; the project brings its own, under build/.
if ! dpkg-query -W postgresql-common >/dev/null 2>&1; then
	"${as_root[@]}" mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -q >/dev/null
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
