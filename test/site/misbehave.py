#!/usr/bin/env python3
"""The server behind nginx that misbehaves: /<how>/<path> answers with the page of that path, or not quite. Ends with its input.

/unreliable/<share>/<seed>/<site>/<address> says what nginx is to do: serve that address, answer with a fault, or reset the connection.
/held/<file>/<address> has nginx serve that address, but not before there is no such file beside the pages any more."""

import http.server
import pathlib
import random
import sys
import threading
import time
from collections import Counter

port, pages = int(sys.argv[1]), pathlib.Path(sys.argv[2])
asked = Counter()
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        with lock:
            before = asked[self.path]
            asked[self.path] += 1
        _, how, path = self.path.split("/", 2)
        if how == "unreliable":
            self.unreliable(path, before)
        elif how == "held":
            self.held(*path.split("/", 1))
        else:
            self.page(how, path.split("?")[0], before == 0)

    do_HEAD = do_GET

    def page(self, how, path, first):
        body = (pages / f"{path}.html").read_bytes()
        html = {"Content_Type": "text/html; charset=utf-8"}
        if how == "cut-short":
            self.answer(200, body[:500], len(body), **html)
            self.close_connection = True
        elif how == "hangs":
            time.sleep(60)
            self.close_connection = True
        elif how == "resets-once" and first:
            self.close_connection = True
        elif how in ("later-429", "later-503") and first:
            self.answer(int(how[6:]), b"later", Retry_After="1", **html)
        else:
            if how == "slow":
                self.be_slow(random.Random(path))
            self.answer(200, body, **html)

    def unreliable(self, path, before):
        share, seed, site, address = path.split("/", 3)
        rng = random.Random(f"{seed} {site} {address} {before}")
        chance = rng.random() / float(share)
        fault = rng.choice(["503", "500", "reset"])
        if chance >= 1:
            if chance < 2:
                self.be_slow(rng)
            self.answer(200, X_Accel_Redirect=f"/{address}")
        elif fault == "reset":
            self.answer(200, X_Accel_Redirect="/reset")
        elif fault == "503":
            self.answer(503, b"later", Retry_After="1")
        else:
            self.answer(500, b"error")

    def held(self, file, address):
        while (pages.parent / file).exists():
            time.sleep(0.02)
        self.answer(200, X_Accel_Redirect=f"/{address}")

    def be_slow(self, rng):
        time.sleep(rng.uniform(0.2, 1))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = Server(("127.0.0.1", port), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
