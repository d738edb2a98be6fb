# The two sites on loopback. Sourced after scripts/lib.sh, with `run` set.

# The network of the demo, by the options of generate.py; docs/one-hour.md asks about it.
demo_network="--sections 120 --count 2000 --seed 7 --believable"

# free_ports <how many, at most 10>: sets ports to ports on which nobody listens, of a block of ten
# that no other test has. This shell holds the block's lock until it ends, with all that it started.
# They lie below the ports that the system gives to outgoing connections, which could take one.
free_ports() {
	local locks=/tmp/esn_pulse-ports block port lock end

	[ -d "$locks" ] || mkdir -m 1777 "$locks" 2>/dev/null || [ -d "$locks" ]
	read -r end _ </proc/sys/net/ipv4/ip_local_port_range
	[ "$end" -gt 10000 ] || end=32768
	while :; do
		block=$((SRANDOM % 500))
		# Another user's file can be locked, but not written.
		[ -e "$locks/$block" ] || : >"$locks/$block" || continue
		[ -r "$locks/$block" ] || continue
		exec {lock}<"$locks/$block"
		ports=()
		if flock -n "$lock"; then
			for port in $(seq $((end - 10 * block - 10)) $((end - 10 * block - 1))); do
				(: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || ports+=("$port")
			done
		fi
		[ "${#ports[@]}" -lt "$1" ] || break
		exec {lock}<&-
	done
	ports=("${ports[@]:0:$1}")
}

# site_server <site> <listen> [tls]: nginx's server block of one site. A page's file is its path
# with .html.
site_server() {
	cat <<-NGINX
		server {
			listen 127.0.0.1:$2${3:+ ssl http2};
			root $dir/$1;
			default_type text/html;
			${3:+ssl_certificate $dir/tls/server.pem;}
			${3:+ssl_certificate_key $dir/tls/server.key;}
			include $dir/$1-faults.conf;
			set \$mitigated "";
			if (-f $dir/$1.answers-500) { return 500; }
			if (-f $dir/$1.answers-503) { return 503; }
			if (-f $dir/$1.answers-401) { return 401; }
			if (-f $dir/$1.answers-403) { set \$mitigated challenge; return 403; }
			add_header cf-mitigated \$mitigated always;
			include $dir/validators.conf;
			include $dir/$1-unreliable.conf;
			location = /reset { internal; return 444; }
			location = /robots.txt {
				if (-f $dir/$1.robots-503) { return 503; }
				try_files \$uri =404;
			}
			location / { try_files \$uri.html \$uri/index.html =404; }
			location = /activities { try_files \$uri/page-\$page.html =404; }
			location ~ ^/organisation/[^/]+/activities\$ {
				try_files \$uri/page-\$arg_page.html \$uri/page-0.html =404;
			}
		}
	NGINX
}

# A certificate for localhost from an authority that exists only here.
site_certificates() {
	mkdir -p "$dir/tls"
	(
		cd "$dir/tls"
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test authority" \
			-keyout ca.key -out ca.pem
		openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" \
			-keyout server.key -out server.csr
		printf 'subjectAltName=DNS:localhost' >san
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
			-extfile san -out server.pem
	) 2>/dev/null
}

# Writes the pages of a site to $dir, for the addresses that are set.
site_pages() {
	local misbehave=http://127.0.0.1:$1
	shift
	python3 test/site/generate.py --out "$dir" --accounts "$accounts_url" \
		--activities-site "$activities_url" --misbehave "$misbehave" "$@"
}

# site_change <name> [options of generate.py]: other pages, and other truth, at the same addresses.
site_change() {
	local name=$1 port
	shift
	dir=$run/$name
	read -r accounts_url activities_url port <"$dir/urls"
	site_stop "$name"
	site_pages "$port" "$@"
	site_clock
	[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir"
	site_resume "$name"
}

# Logs each request: the usual words, then what test/site/obeyed.py reads.
site_log_format() {
	cat <<-'NGINX'
		log_format obeyed '$remote_addr - $remote_user [$time_local] "$request" $status '
			'$body_bytes_sent "$http_referer" "$http_user_agent" '
			'$msec $request_time $host:$server_port $request_method $request_uri $status';
	NGINX
}

# site_start <name> [options of generate.py]: makes the pages and serves them. Sets accounts_url and
# activities_url. With site_tls=1 the sites speak https, and $run/<name>/tls/ca.pem is their
# authority; with site_front=1 misbehave.py stands before both.
site_start() {
	local name=$1 scheme=http host=127.0.0.1 tls=${site_tls:-} front=${site_front:-} ports
	shift
	dir=$run/$name
	site_stop "$name"
	rm -rf "$dir"
	mkdir -p "$dir"
	free_ports 6
	[ -z "$tls" ] || { scheme=https host=localhost && site_certificates; }
	accounts_url=$scheme://$host:${ports[${front:+3 + }0]}
	activities_url=$scheme://$host:${ports[${front:+3 + }1]}
	site_pages "${ports[2]}" "$@"
	mkdir -p "$dir/tmp"
	{
		echo "pid $dir/nginx.pid; error_log $dir/nginx.log; worker_processes 1;"
		echo "events { worker_connections 256; }"
		echo "http { gzip on; gzip_min_length 1; keepalive_requests 100000;"
		site_log_format
		echo "access_log $dir/access.log obeyed;"
		echo "map \$arg_page \$page { '' 0; default \$arg_page; }"
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $dir/tmp/$kind;"
		done
		site_server accounts "${ports[0]}" "$tls"
		site_server activities "${ports[1]}" "$tls"
		echo "include $dir/*.server; }"
	} >"$dir/nginx.conf"
	touch "$dir"/{validators,accounts-unreliable,activities-unreliable}.conf
	mkfifo "$dir/misbehave.input"
	printf '%s %s %s\n' "$accounts_url" "$activities_url" "${ports[2]}" >"$dir/urls"
	# The trap, then each front and what is behind it.
	printf '%s\n' "${front:+${ports[5]} ${ports[3]} ${ports[0]} ${ports[4]} ${ports[1]}}" \
		>"$dir/front"
	[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir"
	site_resume "$name"
}

# site_resume <name>: serves a site that was made before, at the addresses that it had.
site_resume() {
	local port input deadline=$((SECONDS + 20))

	dir=$run/$1
	read -r accounts_url activities_url port <"$dir/urls"
	as_owner nginx -e "$dir/nginx.log" -c "$dir/nginx.conf" ||
		die "nginx did not start: $(tail -n 5 "$dir/nginx.log")"
	# It ends with its input, so with this shell at the latest.
	# shellcheck disable=SC2046
	python3 test/site/misbehave.py "$port" "$dir/activities" $(cat "$dir/front" 2>/dev/null) \
		<"$dir/misbehave.input" >"$dir/misbehave.log" 2>&1 &
	echo $! >"$dir/misbehave.pid"
	exec {input}>"$dir/misbehave.input"
	until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		[ "$SECONDS" -lt "$deadline" ] || die "the server that misbehaves did not start"
		sleep 0.02
	done
}

# site_reload <name>: nginx reads its rules again; returns when no process has the former ones.
site_reload() {
	local nginx old deadline=$((SECONDS + 20))

	nginx=$(cat "$run/$1/nginx.pid")
	old=$(cat "/proc/$nginx/task/$nginx/children")
	as_owner kill -HUP "$nginx"
	while kill -0 $old 2>/dev/null; do
		[ "$SECONDS" -lt "$deadline" ] ||
			die "nginx did not read its rules again: $(tail -n 5 "$run/$1/nginx.log")"
		sleep 0.02
	done
}

# site_validators <name> <mode>: what ETag and Last-Modified of both sites are from now on.
#   honest    nginx's own
#   none      there are none, and no 304
#   changing  another ETag at each answer, and no 304
#   lying     the same for all pages, and 304 to each conditional request for a page that is there
#   clock     nginx's own, but all times are ten years ahead; when the clock is put right, each page
#             has changed once more
site_validators() {
	local dir=$run/$1 no_own="etag off; if_modified_since off;"

	case $2 in
	honest | clock) ;;
	none) echo "$no_own add_header Last-Modified '';" ;;
	changing) echo "$no_own add_header Last-Modified ''; add_header ETag '\"\$request_id\"';" ;;
	lying)
		cat <<-'NGINX'
			etag off;
			add_header Last-Modified 'Mon, 01 Jan 2024 00:00:00 GMT';
			add_header ETag '"same"';
			set $asks $http_if_none_match$http_if_modified_since;
			if (!-f $document_root$uri.html) { set $asks ''; }
			if ($asks) { return 304; }
		NGINX
		;;
	*) die "no such mode: $2" ;;
	esac >"$dir/validators.conf"
	rm -f "$dir/clock-is-ahead"
	[ "$2" != clock ] || touch "$dir/clock-is-ahead"
	site_clock
	site_reload "$1"
}

# The times of the pages of $dir, by its clock.
site_clock() {
	if [ -f "$dir/clock-is-ahead" ]; then
		find "$dir/accounts" "$dir/activities" -type f ! -newermt "5 years" \
			-exec touch -d "10 years" {} +
	else
		find "$dir/accounts" "$dir/activities" -type f -newermt "5 years" -exec touch {} +
	fi
}

# site_faults <name> <site> <share> <seed>: from now on that share of the site's answers is 503 with
# Retry-After: 1, 500 or a reset, and as many more are slow, by the seed, the address and how often
# it was requested; share "" ends this.
site_faults() {
	local dir=$run/$1 port

	read -r _ _ port <"$dir/urls"
	# misbehave.py says which, and nginx serves the pages that are well.
	{
		[ -z "$3" ] || cat <<-NGINX
			location = /unreliable {
				internal;
				proxy_pass http://127.0.0.1:$port/unreliable/$3/$4/$2\$request_uri;
			}
			if (\$upstream_http_x_accel_redirect = "") { rewrite ^ /unreliable last; }
		NGINX
	} >"$dir/$2-unreliable.conf"
	site_reload "$1"
}

# site_front <name> <lines>: what the front answers wrongly from now on; each line is an address, a
# tab, and a way of wrong_answers.py.
site_front() {
	printf '%s\n' "$2" | grep . >"$run/$1/front.tsv" || true
}

# site_chance <name> <share> <seed> [way ...]: from now on the front answers that share of all
# requests in one of these ways of wrong_answers.py (none: in any that a run must detect), by the
# seed, the address and how often it was requested; share "" ends this.
site_chance() {
	local name=$1

	shift
	rm -f "$run/$name/chance"
	[ -z "$1" ] || echo "$*" >"$run/$name/chance"
}

# site_hold <name> <site> <pattern>: from now on the site answers matching addresses only after
# site_release.
site_hold() {
	local dir=$run/$1 port

	read -r _ _ port <"$dir/urls"
	touch "$dir/$2.held"
	cat >"$dir/$2-unreliable.conf" <<-NGINX
		location = /held {
			internal;
			proxy_read_timeout 600s;
			proxy_pass http://127.0.0.1:$port/held/$2.held\$request_uri;
		}
		if (\$upstream_http_x_accel_redirect = "") { rewrite "$3" /held last; }
	NGINX
	site_reload "$1"
}

site_release() { # <name> <site>
	rm -f "$run/$1/$2.held"
}

# site_switch <name> <site> <500, 503, 401 or 403>: what the whole site answers from now on, 403
# being Cloudflare's; "" ends this.
site_switch() {
	rm -f "$run/$1/$2".answers-*
	[ -z "$3" ] || touch "$run/$1/$2.answers-$3"
}

# site_robots <name> <site> <text, or 503>: what robots.txt says from now on; "" and there is none.
site_robots() {
	rm -f "$run/$1/$2.robots-503" "$run/$1/$2/robots.txt"
	case $3 in
	"") ;;
	503) touch "$run/$1/$2.robots-503" ;;
	*) printf '%s\n' "$3" >"$run/$1/$2/robots.txt" ;;
	esac
}

site_stop() {
	local pid

	for pid in "$run/$1/nginx.pid" "$run/$1/misbehave.pid"; do
		[ ! -s "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || true
		rm -f "$pid"
	done
}
