# Chroots with a bare Debian of their own, for checks. Sourced after scripts/lib.sh, as root.

# The mirror of Debian that this machine's apt uses.
chroot_mirror() {
	local found

	found=$(apt-get indextargets --format '$(ORIGIN) $(SITE)' 'Created-By: Packages' |
		awk '$1 == "Debian" && !/security/ { print $2; exit }')
	[ -n "$found" ] || die "apt knows no mirror of Debian: run apt-get update first"
	printf '%s' "$found"
}

# chroot_make <suite> <directory> [packages, with commas]: makes it with debootstrap if it does not
# exist. A half-made one is made anew: it is moved into place when it is whole.
chroot_make() {
	local log=$2.log

	[ ! -d "$2" ] || return 0
	if ! command -v debootstrap >/dev/null; then
		apt-get update -q >/dev/null
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
			debootstrap >/dev/null
	fi
	rm -rf --one-file-system "$2.part"
	# It leaves mounts behind, which end with their namespace.
	unshare --mount debootstrap --variant=minbase ${3:+"--include=$3"} "$1" "$2.part" \
		"$(chroot_mirror)" >"$log" || die "debootstrap failed: $(tail -n 5 "$log")"
	mv "$2.part" "$2"
}

# chroot_copy <from> <to>: a copy in place of what is there. Nothing that is mounted is copied or
# removed.
chroot_copy() {
	rm -rf --one-file-system "${2:?}"
	cp -a --one-file-system "$1" "$2"
}

# chroot_run <directory> <command ...>: runs it there as root, in /. Its processes and mounts are in
# namespaces that end with the command; the network is this machine's. Must be the last command of a
# function or a script, or in a subshell: it sets traps.
chroot_run() {
	local child

	cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
	# The first process of the namespace waits for the rest, and everything in it ends with it. It
	# does not exec the command, because it must reap orphans. unshare itself obeys no signal but
	# SIGKILL.
	unshare --mount --pid --fork --kill-child bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mkdir -p "$root/dev/shm" "$root/dev/pts"
		mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
		[ ! -d "$root.cache" ] || mount --bind "$root.cache" "$root/var/cache/apt/archives"
		chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"} "$@"
		exit $?
	' sh "$@" <&0 &
	child=$!
	trap 'kill -KILL "$child"' HUP INT TERM
	wait "$child"
}
