"""A loopback server for tests of the fetcher. It prints its port on the first line of its output,
and misbehaves by path until its input ends."""

import email.utils
import gzip
import http.server
import sys
import threading
import time

counts = {}
times = {}
arrivals = threading.Condition()
lock = threading.Lock()
slow_now = 0
most_slow = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    answered = False

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"ok", **headers):
        self.answered = True
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def answer_down(self, failures, site, at_once=1):
        """So many requests to a site fail, whatever their page, and all after them are answered.
        The first are answered when so many have come."""
        with arrivals:
            times.setdefault(site, []).append(time.monotonic())
            turn = len(times[site])
            arrivals.notify_all()
            arrivals.wait_for(lambda: len(times[site]) >= at_once, 15)
        self.answer(503 if turn <= failures else 200)

    def answer_gaps(self, site):
        """The ms between the requests to answer_down's site."""
        asked = times.get(site, [])
        self.answer(
            200, " ".join(str(int((b - a) * 1000)) for a, b in zip(asked, asked[1:])).encode()
        )

    def answer_elsewhere(self, hops, how):
        """Redirects to another host so many times; how: plain, or what is wrong with it."""
        place = "%s:%d" % (["127.0.0.1", "localhost"][int(hops) % 2], server.server_address[1])
        start = {"user": "http://someone:secret@", "scheme": "gopher://"}.get(how, "http://")
        if hops == "0":
            self.answer(200, b"rules of " + self.headers["Host"].encode())
        else:
            self.answer(302, Location=f"{start}{place}/elsewhere/{int(hops) - 1}/{how}")

    def answer_members(self, how):
        """A gzip of two members, or followed by other bytes; plain if that is asked for."""
        body = b"zipped " * 1000
        if how != "always" and "gzip" not in self.headers["Accept-Encoding"]:
            self.answer(200, body + b"plain")
        elif how == "zeros":
            self.answer(200, gzip.compress(body) + bytes(20), Content_Encoding="gzip")
        else:
            members = gzip.compress(body) + gzip.compress(b"two")
            self.answer(200, members, Content_Encoding="gzip")

    def answer_methods(self, head, get):
        """HEAD and GET have statuses of their own."""
        self.answer(head if self.command == "HEAD" else get)

    def answer_refusing(self, answers, site):
        """So many requests to a site are answered, whatever their page, and then none."""
        with lock:
            counts[site] = counts.get(site, 0) + 1
            turn = counts[site]
        self.answer(200 if turn <= answers else 403)

    def answer_cloudflare(self, status, what):
        """Cloudflare's own refusal, or the site's through Cloudflare."""
        body = {
            "code": b"error code: 1010",
            "soon": b"error code: 1015",
            "page": b"<h1>Access denied</h1><p>Error code: 1020</p>" + b" " * 5000,
            "theme": b'<h1>Access denied</h1><script src="https://cdnjs.cloudflare.com/x.js">',
            "long": b"<p>We once had error code: 1010 of Cloudflare." + b" " * 20000,
            "other": b"error code: 502",
        }[what.split("-")[0]]
        headers = {} if what.endswith("-elsewhere") else {"Server": "cloudflare"}
        if what == "soon":
            headers["Retry_After"] = "1"
        self.answer(status, body, **headers)

    def answer_together(self, path, number, status):
        """All are answered when so many have come."""
        with arrivals:
            times.setdefault(path, []).append(time.monotonic())
            arrivals.notify_all()
            arrivals.wait_for(lambda: len(times[path]) >= number, 15)
        self.answer(status)

    def answer_clock(self, ahead, wait, turn):
        """A site whose clock is ahead by some seconds (none: it sends no Date) tells the client to
        wait some seconds, as a date."""
        now = int(time.time()) + (0 if ahead == "none" else int(ahead))
        self.send_response_only(200 if turn > 1 else 503)
        if ahead != "none":
            self.send_header("Date", email.utils.formatdate(now, usegmt=True))
        self.send_header("Retry-After", email.utils.formatdate(now + int(wait), usegmt=True))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        global slow_now, most_slow
        with lock:
            slow_now += self.path == "/slow"
            most_slow = max(most_slow, slow_now)
            counts[self.path] = counts.get(self.path, 0) + 1
            turn = counts[self.path]
        try:
            self.route(self.path.split("?")[0], turn)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with lock:
                slow_now -= self.path == "/slow"

    def route(self, path, turn):
        if path == "/english":
            self.answer(200 if self.headers.get("Accept-Language") == "en" else 406)
        elif path == "/gzip":
            self.answer(200, gzip.compress(b"zipped"), Content_Encoding="gzip", ETag='"e1"')
        elif path.startswith("/elsewhere/"):
            self.answer_elsewhere(*path.split("/")[2:4])
        elif path.startswith("/members/"):
            self.answer_members(path.split("/")[2])
        elif path == "/bomb":
            self.answer(200, gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip")
        elif path == "/conditional":
            fresh = self.headers.get("If-None-Match") == '"e1"'
            self.answer(304 if fresh else 200, ETag='"e1"')
        elif path == "/agent":
            self.answer(200, self.headers["User-Agent"].encode())
        elif path.startswith("/status/"):
            self.answer(int(path[8:]))
        elif path.startswith("/method/"):
            self.answer_methods(*map(int, path.split("/")[2:4]))
        elif path.startswith("/refuses/"):
            self.answer_refusing(int(path.split("/")[2]), path.split("/")[3])
        elif path.startswith("/cloudflare/"):
            self.answer_cloudflare(int(path.split("/")[2]), path.split("/")[3])
        elif path.startswith("/down/"):
            self.answer_down(int(path.split("/")[2]), path.split("/")[3])
        elif path.startswith("/down-at-once/"):
            self.answer_down(int(path.split("/")[2]), path.split("/")[3], 10)
        elif path.startswith("/gaps/"):
            self.answer_gaps(path[6:])
        elif path.startswith("/together/"):
            self.answer_together(path, *map(int, path.split("/")[2:4]))
        elif path.startswith("/clock/"):
            self.answer_clock(*path.split("/")[2:], turn)
        elif path == "/heals":
            self.answer(200 if turn > 2 else 500)
        elif path == "/later":
            self.answer(200 if turn > 1 else 429, Retry_After="1")
        elif path == "/much-later":
            self.answer(503, Retry_After="7200")
        elif path == "/wait":
            self.answer(503, Retry_After="1")
        elif path == "/odd-headers":
            self.answer(200, ETag='"\xe9"', Last_Modified="\x80 soon", Content_Type="text/plain")
        elif path == "/moved-oddly":
            self.answer(301, Location="/status/200?\xff \xe9")
        elif path == "/away-oddly":
            self.answer(302, Location="http://y\xe9.example/\xff")
        elif path == "/closes-once" and turn == 1:
            self.close_connection = True
        elif path == "/first-of-connection" and self.answered:
            self.close_connection = True
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"part")
            self.close_connection = True
        elif path == "/no-http":
            self.wfile.write(b"220 mail.example ESMTP\r\n")
            self.close_connection = True
        elif path == "/many-headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Again: and again\r\n" * 30000)
            self.close_connection = True
        elif path == "/no-gzip":
            self.answer(200, b"plain", Content_Encoding="gzip")
        elif path == "/hangs":
            time.sleep(15)
        elif path == "/moved":
            self.answer(301, Location="/status/200")
        elif path == "/loop":
            self.answer(302, Location="/loop")
        elif path == "/away":
            self.answer(302, Location="http://127.0.0.1:5432/")
        elif path == "/file":
            self.answer(302, Location="file:///etc/passwd")
        elif path == "/refused":
            self.answer(403, cf_mitigated="challenge")
        elif path == "/slow":
            time.sleep(0.1)
            self.answer(200)
        elif path == "/most-slow":
            self.answer(200, str(most_slow).encode())
        else:
            self.answer(200)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that goes away is no error of this server."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
