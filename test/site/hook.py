#!/usr/bin/env python3
"""A webhook on loopback: appends the body of each POST to a file, one per line.

hook.py <port> <file> ends with its input. While <file>.refuses exists, it answers 500.
"""

import http.server
import json
import os
import sys
import threading

port, path = int(sys.argv[1]), sys.argv[2]


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if os.path.exists(path + ".refuses"):
            self.send_response(500)
        else:
            message = json.loads(body)
            with open(path, "a", encoding="utf-8") as file:
                print(json.dumps(message, ensure_ascii=False), file=file)
            self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
