"""A loopback server for test_http: says its port on the first line of its output and misbehaves by path until its input ends."""

import gzip
import http.server
import sys
import threading
import time

counts = {}
lock = threading.Lock()
slow_now = 0
most_slow = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"ok", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

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
        if path == "/gzip":
            self.answer(200, gzip.compress(b"zipped"), Content_Encoding="gzip", ETag='"e1"')
        elif path == "/bomb":
            self.answer(200, gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip")
        elif path == "/conditional":
            fresh = self.headers.get("If-None-Match") == '"e1"'
            self.answer(304 if fresh else 200, ETag='"e1"')
        elif path == "/agent":
            self.answer(200, self.headers["User-Agent"].encode())
        elif path.startswith("/status/"):
            self.answer(int(path[8:]))
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
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"part")
            self.close_connection = True
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


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
