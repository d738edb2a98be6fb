#!/usr/bin/env python3
"""The server behind nginx that misbehaves: /<how>/<path> answers with the page of that path, or not
quite. Ends with its input.

/unreliable/<share>/<seed>/<site>/<address> makes nginx serve that address, answer with a fault, or
reset the connection. /held/<file>/<address> makes nginx serve that address, but not before the file
beside the pages is gone.

What nginx would not pass on as it is, this server answers in front of nginx. Given a port for a
trap, and pairs of ports, it is a site at the first of each, and passes requests on to nginx at the
second. Exceptions are the addresses in front.tsv (address and how, by wrong_answers.py) and, if the
file chance has a share, a seed and ways (none: all that a run must detect), that share of all
requests. The file played has what became of each request, the file trapped who came to the trap."""

import http.client
import http.server
import pathlib
import random
import select
import socketserver
import sys
import threading
import time
from collections import Counter

from refusals import ANSWERS, SILENT, STOPS
from wrong_answers import wait_until_left

port, pages = int(sys.argv[1]), pathlib.Path(sys.argv[2])
trap, *fronts = map(int, sys.argv[3:] or [0])
behind = dict(zip(fronts[::2], fronts[1::2]))
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

    def count(self):
        with lock:
            before = asked[self.path]
            asked[self.path] += 1
        return before

    def do_GET(self):
        before = self.count()
        _, how, path = self.path.split("/", 2)
        if how == "unreliable":
            self.unreliable(path, before)
        elif how == "held":
            self.held(*path.split("/", 1))
        else:
            self.page(how, path.split("?")[0], before == 0)

    def do_HEAD(self):
        self.do_GET()

    def page(self, how, path, first):
        body = (pages / f"{path}.html").read_bytes()
        html = {"Content_Type": "text/html; charset=utf-8"}
        if how == "cut-short":
            self.answer(200, body[:500], len(body), **html)
            self.close_connection = True
        elif how == "hangs":
            wait_until_left(self)
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


class Front(Handler):
    """A site itself."""

    trap = trap

    def do_GET(self):
        self.port = self.server.server_address[1]
        before = self.count()
        how = self.by_address() or self.by_chance(before)
        try:
            answer, body, length = self.ask_nginx(how is None)
            how = how if answer.status == 200 else None
            with lock, open(pages.parent / "played", "a") as file:
                file.write(f"{self.command}\t{self.port}\t{self.path}\t{how}\n")
            if how:
                self.first = before == 0
                ANSWERS[how](self, body)
            else:
                self.hand_on(answer, body, length)
        except OSError:
            self.close_connection = True

    def by_address(self):
        for line in self.lines("front.tsv"):
            address, how = line.split("\t")
            if address == self.path.partition("?step=")[0]:
                return how
        return None

    def by_chance(self, before):
        for line in self.lines("chance"):
            share, seed, *ways = line.split()
            rng = random.Random(f"{seed} {self.port in fronts[2:]} {self.path} {before}")
            if rng.random() < float(share):
                return rng.choice(ways or sorted(set(ANSWERS) - SILENT - STOPS))
        return None

    def lines(self, name):
        try:
            return (pages.parent / name).read_text().splitlines()
        except FileNotFoundError:
            return []

    def ask_nginx(self, conditional):
        """What is to be played on is asked for whole, and as it is."""
        nginx = http.client.HTTPConnection("127.0.0.1", behind[self.port])
        drop = () if conditional else ("if-none-match", "if-modified-since", "accept-encoding")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in drop}
        try:
            headers = {"Accept-Encoding": "identity", **headers, "Connection": "close"}
            nginx.request(self.command, self.path, headers=headers)
            if self.connection in select.select([nginx.sock, self.connection], [], [])[0]:
                raise ConnectionAbortedError("the client has left")
            answer = nginx.getresponse()
            try:
                body = answer.read()
                return answer, body, len(body)
            except http.client.IncompleteRead as cut:
                return answer, cut.partial, len(cut.partial) + 1
        finally:
            nginx.close()

    def hand_on(self, answer, body, length):
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = self.close_connection or len(body) < length


class Trap(socketserver.BaseRequestHandler):
    def handle(self):
        with lock, open(pages.parent / "trapped", "a") as file:
            file.write(f"{self.client_address}\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


servers = [(port, Handler), *((front, Front) for front in behind)]
if trap:
    servers.append((trap, Trap))
for number, handler in servers:
    server = Server(("127.0.0.1", number), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
