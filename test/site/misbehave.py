#!/usr/bin/env python3
"""The server behind nginx that misbehaves: /<how>/<path> answers with the page of that path, or not quite. Ends with its input."""

import http.server
import pathlib
import sys
import threading
import time

port, pages = int(sys.argv[1]), pathlib.Path(sys.argv[2])
asked = set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        _, how, path = self.path.split("?")[0].split("/", 2)
        first = self.path not in asked
        asked.add(self.path)
        body = (pages / f"{path}.html").read_bytes()
        if how == "cut-short":
            self.answer(200, body[:500], length=len(body))
            self.close_connection = True
        elif how == "hangs":
            time.sleep(60)
            self.close_connection = True
        elif how == "resets-once" and first:
            self.close_connection = True
        elif how in ("later-429", "later-503") and first:
            self.answer(int(how[6:]), b"later", Retry_After="1")
        else:
            self.answer(200, body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
